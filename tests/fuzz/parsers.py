"""The parsers under test: real records for each, how they stand together in a dump, and what damage may excuse.

The rule that `check` holds every parser to: whatever was done to the bytes of one record, the documents of the records
before it and behind it are those that these records give alone. What is excused is said by each dump: the damage has
cut the container itself, or has a meaning in its syntax that reaches beyond the record. What stands before the damage
is never excused.
"""

import gzip
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.fuzz import records as real

Damage = Callable[[bytes], bytes]
Excuse = Callable[[bytes, bytes], str]  # (damaged record, all behind it) -> why that may be lost, or ""
Dump = Callable[[Random, list[bytes], int, Damage], tuple[dict[str, bytes], str]]


@dataclass(frozen=True, slots=True)
class Parser:
    """`dump(random, records, at, damage)` gives files of these records, the one at `at` damaged, and the excuse for
    what is behind it. `words` are marks of the syntax; `forgiven` matches notes in `marc_error` of a neighbour that
    are the damaged record's.
    """

    samples: Callable[[], list[bytes]]
    dump: Dump
    words: tuple[bytes, ...]
    format: str | None = None
    forgiven: re.Pattern[str] | None = None


def nothing_excused(_damaged: bytes, _rest: bytes) -> str:
    return ""


def swallowed(damaged: bytes, rest: bytes) -> str:
    """XML: a comment, CDATA section or processing instruction that is open at the record's end goes on to the next
    `-->`, `]]>` or `?>`, wherever that is. Where there is none the neighbours are not excused.
    """
    at = 0
    endless: set[bytes] = set()  # of these there is no closing one, neither here nor behind
    while match := _OPENING.search(damaged, at):
        at = match.end()
        closing = _CLOSING[match.group()]
        end = damaged.find(closing, at) if closing not in endless else -1
        if end >= 0:
            at = end + len(closing)
        elif closing in rest:
            return f"{match.group().decode()} is closed by a {closing.decode()} behind the record"
        else:
            endless.add(closing)
    for opening, closing in _CLOSING.items():  # where a broken record ends inside such a section, another may begin
        at = damaged.rfind(opening)
        if at >= 0 and closing in rest and damaged.find(closing, at + len(opening)) < 0:
            return f"{opening.decode()} is closed by a {closing.decode()} behind the record"
    return ""


_OPENING = re.compile(rb"<!--|<!\[CDATA\[|<\?")
_CLOSING = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}


def closed_behind(damaged: bytes, rest: bytes) -> str:
    """JSON: a record that lost just the brackets that the container closes with is one valid value with its neighbours
    in it; so is what stands behind its first half, where that ends like a record.
    """
    starts = [match.start() for match in _OBJECT.finditer(damaged)]
    for start in (0, *starts[1:20], *starts[-20:]):
        text = (damaged[start:] + rest).decode("utf-8", "replace")
        try:
            _, end = json.JSONDecoder(strict=False, parse_int=str, parse_float=str).raw_decode(text)
        except (json.JSONDecodeError, RecursionError):
            continue
        if end > len(damaged[start:].decode("utf-8", "replace")):
            return "the brackets behind the record close it"
    return ""


_OBJECT = re.compile(rb'\{\s*"')


def joined(*layouts: tuple[bytes, bytes, bytes], excuse: Excuse = nothing_excused) -> Dump:
    """A file of records in one of these layouts: what stands before, between and behind them."""

    def dump(random: Random, records: list[bytes], at: int, damage: Damage) -> tuple[dict[str, bytes], str]:
        head, between, tail = random.choice(layouts)
        damaged = damage(records[at])
        rest = between + between.join(records[at + 1 :]) + tail
        content = head + between.join([*records[:at], damaged, *records[at + 1 :]]) + tail
        return {"dump": content}, excuse(damaged, rest)

    return dump


def each_a_file(_random: Random, records: list[bytes], at: int, damage: Damage) -> tuple[dict[str, bytes], str]:
    return {f"{n}": damage(record) if n == at else record for n, record in enumerate(records)}, ""


_XML = b'<?xml version="1.0" encoding="UTF-8"?>\n'
PUBMED = joined(
    (_XML + b"<PubmedArticleSet>\n", b"\n", b"\n</PubmedArticleSet>\n"),
    (_XML + b"<!DOCTYPE PubmedArticleSet SYSTEM 'x.dtd'><PubmedArticleSet>", b"", b"</PubmedArticleSet>"),
    excuse=swallowed,
)
HARVEST = joined(
    (b"<collection>\n", b"\n", b"\n</collection>\n"),
    (b"", b"\n", b"\n"),
    (_XML + b"<x>", b"", b"</x>"),
    excuse=swallowed,
)
ISO2709 = joined((b"", b"", b""), (b"", b"\n", b"\n"), (b"", b"\r\n", b""))
_MARC_NAMESPACE = b'xmlns="http://www.loc.gov/MARC21/slim"'
_OAI = b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2003-04-15T10:18:51Z</responseDate>'


def packed(random: Random, records: list[bytes], at: int, damage: Damage) -> tuple[dict[str, bytes], str]:
    """Archives of files with a record each. Either what is packed is damaged, or the packed bytes are.

    A zip archive is damaged in place, because its list of members, which says where each begins, stands at its end. In
    a tar archive a header with a right checksum is believed, and blocks stay blocks of 512 bytes. Behind a damaged
    gzip stream nothing tells where the next one begins.
    """
    inside = random.random() < 0.4
    members = [_XML + b"<PubmedArticleSet>" + record + b"</PubmedArticleSet>" for record in records]
    if inside:
        members[at] = damage(members[at])
    harm: Damage = bytes if inside else damage
    kind = random.choice(("zip", "tar", "gz"))
    if kind == "gz":
        streams = [gzip.compress(member, mtime=0) for member in members]
        if inside:
            return {"dump.gz": b"".join(streams)}, swallowed(members[at], b"".join(members[at + 1 :]))
        streams[at] = harm(streams[at])
        return {"dump.gz": b"".join(streams)}, "the gzip stream is broken"
    if kind == "zip":
        return {"dump.zip": _zip(random, members, at, harm)}, ""
    blocks = [_tar(number, member) for number, member in enumerate(members)]
    whole = blocks[at]
    blocks[at] = harm(whole)
    return {"dump.tar": b"".join(blocks) + bytes(1024)}, _tar_excuse(whole, blocks[at])


def _zip(random: Random, members: list[bytes], at: int, harm: Damage) -> bytes:
    stream = io.BytesIO()
    method = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(stream, "w", method) as archive:
        for number, member in enumerate(members):
            archive.writestr(zipfile.ZipInfo(f"ré{number}.xml"), member, compress_type=method)
        starts = [info.header_offset for info in archive.infolist()] + [archive.start_dir]
    content = stream.getvalue()
    start, end = starts[at], starts[at + 1]
    damaged = harm(content[start:end])[: end - start]
    return content[:start] + damaged + content[start + len(damaged) :]


def _tar(number: int, member: bytes) -> bytes:
    info = tarfile.TarInfo(f"folder/{'long' * 30 * (number % 3 == 2)}{number}.xml")
    info.size = len(member)
    return info.tobuf(tarfile.PAX_FORMAT if number % 2 else tarfile.GNU_FORMAT) + member + bytes(-len(member) % 512)


def _tar_excuse(whole: bytes, damaged: bytes) -> str:
    if len(damaged) % 512:
        return "the blocks of the archive are shifted"
    if len(damaged) < len(whole):
        return "the content of the next members stands where the header says that of this one does"
    for at in range(0, len(damaged), 512):
        try:
            info = tarfile.TarInfo.frombuf(damaged[at : at + 512], "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            continue
        if at + 512 + info.size > len(damaged):
            return "a header with a right checksum says that the next members are content of this one"
    return ""


_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_ENCODINGS = (*_WIDE, "iso-8859-1", "cp1252", "koi8-r", "gb18030", "shift_jis", "euc-jp", "big5", "iso-2022-jp")


def encoded(random: Random, records: list[bytes], at: int, damage: Damage) -> tuple[dict[str, bytes], str]:
    """XML in other encodings, damaged behind the encoding. In UTF-16 and UTF-32 bytes that are missing or too many
    shift all that follows; in ISO 2022 an escape sequence holds on.
    """
    name = random.choice(_ENCODINGS)
    unit = {"utf-16": 2, "utf-32": 4}.get(name[:6], 1)
    mark = "\ufeff" if unit > 1 else ""
    head = f"{mark}<?xml version='1.0' encoding='{name[:6] if unit > 1 else name}'?>\n<PubmedArticleSet>\n"
    parts = [record.decode().encode(name, "xmlcharrefreplace") for record in records]
    parts[at] = damage(parts[at])
    newline = "\n".encode(name)
    content = head.encode(name) + newline.join(parts) + newline + "</PubmedArticleSet>".encode(name)
    if len(parts[at]) % unit:
        excuse = "the code units are shifted"
    elif name == "iso-2022-jp" and b"\x1b" in parts[at]:
        excuse = "an escape sequence holds on"
    else:
        excuse = swallowed(parts[at].decode(name, "replace").encode("utf-8", "replace"), b"".join(records[at + 1 :]))
    return {"dump.xml": content}, excuse


_ANGLES = (b"<!DOCTYPE x [", *b"< > / \" ' = & <!-- --> <![CDATA[ ]]> <? ?> <!".split())
_ARTICLES = tuple(b"<PubmedArticle> </PubmedArticle> <PMID </PMID> <MedlineCitation <DeleteCitation>".split())
_DC = tuple(b"<oai_dc:dc </oai_dc:dc> <dc:title> </dc:title> <identifier> </identifier>".split())
_OAI_TAGS = tuple(b"<record> </record> <header> </header> <metadata> </metadata> </ListRecords> </OAI-PMH>".split())
_MARC_TAGS = tuple(b"<record> </record> <leader> <datafield <controlfield <subfield </collection>".split())
_SOLR_TAGS = tuple(b"<doc> </doc> <field </field> <arr <result> </result> <delete><id> </add> </response>".split())
_JATS_TAGS = tuple(b"<article> </article> <front> </front> <title-group> </p> <sub-article> </collection>".split())
_BRACKETS = tuple(rb"""{ } [ ] " \ , : }, },{ "} null true""".split())
_COMMANDS = tuple(b"""{"add": {"add":{"doc": {"delete": {"index": "_source": {"responseHeader": {"hits":""".split())
_MARC_KEYS = tuple(b"""{"leader":" {"fields":[ "subfields":[ {"245":{""".split())
_MARKS = (b"\x1d", b"\x1e", b"\x1f", b"\x1fa", b"\x1e\x1d", b"\x1b(N", b"00000nam a2200000 a 4500", b"245001000000")
_CELLS = (b'"', b'""', b",", b";", b"\t", b"\n", b"\r", b'",', b',"', b'"\n', b"sep=;\n")
_PAGE = (b"\n", b"\t", b"\nid ", b"\nid\n", b"\ntitle ", b"\nauthor\n", b"\nspelling ", b"_version_", b"{", b"<")
_PACKED = (b"\0", b"\xff", b"PK\x03\x04", b"\x1f\x8b\x08", b"ustar", b"0000644\0", b"27 path=x\n")

_ARRAY = ((b"[", b",", b"]"), (b"[\n ", b",\n ", b"\n]\n"))
_LINES = (b"", b"\n", b"\n")
_ANSWER = (b'{"responseHeader":{"status":0},"response":{"numFound":9,"docs":[\n', b",\n", b"]}}")
_ADD = (b"<add>\n", b"\n", b"\n</add>\n")
_RESPONSE = (_XML + b'<response><result name="response" numFound="9">', b"", b"</result></response>")
_TABLE = (",".join(real.COLUMNS).encode() + b"\n", b"\n", b"\n")
_SLIM = (_XML + b"<collection " + _MARC_NAMESPACE + b">\n", b"\n", b"\n</collection>")
_COLLECTION = (b"<collection>", b"", b"</collection>")
_LIST = (_XML + _OAI + b"<ListRecords>\n", b"\n", b"</ListRecords></OAI-PMH>")
_PART = (_XML + _OAI + b"<ListRecords>", b"", b"<resumptionToken>t</resumptionToken></ListRecords></OAI-PMH>")
_ARTICLE_SET = (b"<pmc-articleset>", b"\n", b"</pmc-articleset>")

_BIBS = (b"<bibs><n>2</n><bib><id>1</id>", b"</bib><bib><id>1</id>", b"</bib></bibs>")
_ITEMS = (b"<export><n>2</n><items>", b"\n", b"</items></export>")
_SRU = (
    b'<zs:searchRetrieveResponse xmlns:zs="http://www.loc.gov/zing/srw/"><zs:records><zs:record><zs:recordData>',
    b"</zs:recordData></zs:record>\n<zs:record><zs:recordData>",
    b"</zs:recordData></zs:record></zs:records></zs:searchRetrieveResponse>",
)

PARSERS = {
    "iso2709": Parser(real.iso2709, ISO2709, _MARKS, forgiven=re.compile("before the leader. Left out")),
    "marc_in_json": Parser(real.marc_in_json, joined(*_ARRAY, _LINES, excuse=closed_behind), _BRACKETS + _MARC_KEYS),
    "pubmed": Parser(real.articles, PUBMED, (*_ANGLES, *_ARTICLES, b"</PubmedArticleSet>")),
    "documents": Parser(
        real.json_documents, joined(*_ARRAY, _ANSWER, excuse=closed_behind), (*_BRACKETS, *_COMMANDS, b"\n")
    ),
    "solr_xml": Parser(real.solr_documents, joined(_ADD, _RESPONSE, excuse=swallowed), _ANGLES + _SOLR_TAGS),
    "csv": Parser(real.rows, joined(_TABLE), _CELLS, "csv"),
    "encodings": Parser(real.articles, encoded, _ANGLES + _ARTICLES),
    "oai_dc": Parser(real.harvested, HARVEST, (*_ANGLES, *_DC, b"</collection>"), "oai_dc"),
    "marcxml": Parser(
        real.marcxml, joined(_SLIM, _COLLECTION, _BIBS, _SRU, _ITEMS, excuse=swallowed), _ANGLES + _MARC_TAGS
    ),
    "oai": Parser(real.oai, joined(_LIST, _PART, excuse=swallowed), _ANGLES + _DC + _OAI_TAGS),
    "jats": Parser(real.journal_articles, joined(_ARTICLE_SET, _COLLECTION, excuse=swallowed), _ANGLES + _JATS_TAGS),
    "archives": Parser(real.articles, packed, _PACKED),
    "json_lines": Parser(real.json_documents, joined(_LINES), _BRACKETS + _COMMANDS),
    "staff_view": Parser(real.pages, each_a_file, _PAGE),
}
