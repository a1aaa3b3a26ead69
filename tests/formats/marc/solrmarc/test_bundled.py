"""The bundled mapping, written as SolrMarc's properties, gives the same documents to the byte."""

import itertools
import shutil
from pathlib import Path

import orjson
import pytest

from indexer.formats.marc import from_marc, maps
from indexer.formats.marc.reader import parse
from indexer.formats.profiles import Profile, resolve
from indexer.model.documents import Delete
from tests.formats.marc.solrmarc.golden import DATA, records


@pytest.fixture(scope="module")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Profile, Profile]:
    folder = tmp_path_factory.mktemp("mapping")
    shutil.copy(DATA / "bundled.properties", folder / "marc.properties")
    (folder / "translation_maps").mkdir()
    for name in maps.bundled():
        lines = [f"{key.replace(' ', chr(92) + ' ')} = {label}\n" for key, label in maps.table(name).items()]
        (folder / f"translation_maps/{name}.properties").write_text("".join(lines), encoding="utf-8")
    options = {"all_types": True}
    return (
        resolve("marc", {"marc": {"options": options}}),
        resolve("marc", {"marc": {"mapping": str(folder / "marc.properties"), "options": options}}),
    )


@pytest.mark.parametrize(
    ("file", "every"), [("probes.mrc.gz", 1), ("pymarc/marc.dat", 1), ("lc_booksall_2016_sample.mrc.gz", 8)]
)
def test_the_documents_are_the_same(profiles: tuple[Profile, Profile], data: Path, file: str, every: int) -> None:
    def written(raw: bytes, profile: Profile) -> bytes:
        made = from_marc(parse(raw.lstrip(b"\r\n")), profile)
        return made.id.encode() if isinstance(made, Delete) else orjson.dumps(made)

    bundled, properties = profiles
    count = 0
    for raw in itertools.islice(records(data / "marc" / file), 0, None, every):
        if raw.strip(b"\r\n\x1d"):
            assert written(raw, properties) == written(raw, bundled)
            count += 1
    assert count >= 20
