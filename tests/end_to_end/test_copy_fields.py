"""A Solr whose schema has VuFind's copyField rules fills the copied fields itself: its documents are those of ours."""

import io
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from indexer.engines.registry import parse_target
from indexer.model.schema import biblio
from indexer.model.targets import Target
from tests.conftest import ROOT
from tests.end_to_end.conftest import Indexer, read_back
from tests.schemas.collections import make_collection
from tests.schemas.conftest import drop_collection

FEW = {
    "pmc": ["tests/data/seed/oai_dc_record.xml"],
    "ojs": ["tests/data/sources/pyoai_erasmus_listrecords_16.xml"],
    "pubmed": ["tests/data/pubmed/varied.xml"],
    "marc": ["tests/data/marc/pymarc/marc.dat", "tests/data/marc/marc8"],
}
MANY = {
    "pubmed": ["samples/pubmed20n0014_slice.xml.gz"],
    "marc": ["tests/data/marc/lc_booksall_2016_sample.mrc.gz"],
}


@pytest.fixture
def copying(indexer: Indexer, solrcloud_url: str, tmp_path: Path) -> Iterator[Target]:
    """A collection with the configset that `schema build --copy-fields` makes."""
    built = indexer("schema", "build", "--copy-fields", "--out", "copying")
    assert built.code == 0, built.err
    assert indexer("schema", "build", "--copy-fields", "--out", "copying", "--check").code == 0
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in (tmp_path / "copying/conf").iterdir():
            archive.write(file, file.name)
    target = parse_target(f"solr+{solrcloud_url}/copying_{uuid.uuid4().hex[:8]}")
    configs = f"{target.base}/admin/configs"
    named = {"name": target.index}
    uploading = {"action": "UPLOAD", **named}
    requests.post(configs, params=uploading, data=buffer.getvalue(), timeout=60).raise_for_status()
    try:
        make_collection(target)
        yield target
        drop_collection(target)
    finally:
        requests.get(configs, params={"action": "DELETE", **named}, timeout=60)


@pytest.fixture
def sending(indexer: Indexer, solrcloud_url: str) -> Iterator[Target]:
    """A collection with our own schema."""
    target = parse_target(f"solr+{solrcloud_url}/sending_{uuid.uuid4().hex[:8]}")
    assert indexer("schema", "install", "--target", str(target)).code == 0
    yield target
    drop_collection(target)


def terms(target: Target, field: str) -> dict[str, int]:
    """Every term of a field and how many documents have it: the only sight of one that is not stored."""
    params: dict[str, Any] = {"terms.fl": field, "terms.limit": -1, "wt": "json", "json.nl": "map"}
    answer = requests.get(f"{target.base}/{target.index}/terms", params=params, timeout=60)
    answer.raise_for_status()
    found: dict[str, int] = answer.json()["terms"][field]
    return found


@pytest.mark.parametrize(
    ("dumps", "count"), [(FEW, 60), pytest.param(MANY, 3500, marks=pytest.mark.long)], ids=["few", "many"]
)
def test_documents_equal_those_of_our_own_schema(
    indexer: Indexer, copying: Target, sending: Target, tmp_path: Path, dumps: dict[str, list[str]], count: int
) -> None:
    sources = "".join(
        f"[[source]]\nname = '{profile}'\nprofile = '{profile}'\npaths = {[str(ROOT / path) for path in paths]}\n"
        for profile, paths in dumps.items()
    )
    (tmp_path / "indexer.toml").write_text(sources)
    for target in (copying, sending):
        loaded = indexer("sync", "--target", str(target))
        assert loaded.code == 0, loaded.out + loaded.err
    theirs, ours = read_back(copying), read_back(sending)
    assert len(ours) >= count
    assert theirs.keys() == ours.keys()
    for id in ours:
        assert theirs[id] == ours[id], id
    filled = 0
    for field in (field.name for field in biblio() if not field.stored and field.indexed):
        found = terms(sending, field)
        assert terms(copying, field) == found, field
        filled += bool(found)
    assert filled >= 7


def test_it_is_taken_as_it_is(indexer: Indexer, copying: Target) -> None:
    installed = indexer("schema", "install", "--target", str(copying))
    assert installed.code == 0, installed.err
    assert "a schema of its own that takes our documents; it is left as it is" in installed.out
    checked = indexer("schema", "check", "--target", str(copying))
    assert checked.code == 0
    assert "spelling: filled by copyField rules from allfields" in checked.out


def test_a_place_that_cannot_be_written_is_said(indexer: Indexer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = indexer("schema", "build", "--copy-fields", "--out", tmp_path / "file/folder")
    assert ended.code == 2
    assert "file/folder" in ended.err
