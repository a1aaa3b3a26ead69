"""What programs get of documents: what a load would change, and which rule wrote what."""

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.config import Config
from indexer.jobs.changes import Change
from indexer.jobs.diff import diff
from indexer.jobs.explain import explain_document
from indexer.model.errors import ConfigError, IndexerError
from indexer.observe.audience import Audience

Told = tuple[list[str], Callable[..., Audience]]


@pytest.fixture
def dump(tmp_path: Path) -> str:
    """A later version of a document, one that is as it was, and a new one; then a line of no sense."""
    file = tmp_path / "later.jsonl"
    file.write_bytes(b'{"id":"a","title":"other"}\n{"id":"c","title":"four"}\n{"id":"new"}\n\xff\n')
    return str(file)


def test_what_a_load_would_change(loaded: Config, dump: str) -> None:
    changes = diff([dump], config=loaded, profile_name="solr_json").changes
    assert dict(changes.documents) == {"changed": 1, "unchanged": 1, "added": 1}
    [title] = [field for field in changes.fields if field.name == "title"]
    assert (title.count, title.profile, list(title.examples)) == (1, "solr_json", [Change("a", "one", "other")])
    sources = diff(config=loaded).changes
    assert (dict(sources.documents), sources.rejected) == ({"unchanged": 2}, 2)


def test_one_document_alone(loaded: Config, dump: str) -> None:
    assert dict(diff([dump], config=loaded, id="new").changes.documents) == {"added": 1}
    with pytest.raises(IndexerError, match="no record makes the document 'absent'"):
        diff([dump], config=loaded, id="absent")


def test_which_rule_wrote_a_field(settings: Config, dump: str) -> None:
    whole = explain_document([dump], id="a", config=settings)
    assert (whole.id, whole.record, whole.profile, whole.deletes) == ("a", f"{dump} record 1", "solr_json", False)
    assert {"id", "title"} <= {field.name for field in whole.fields}
    [title] = explain_document([dump], id="a", field="title", config=settings).fields
    assert title.value == "other"
    assert title.rules
    with pytest.raises(ConfigError, match="its document has no field 'nope'"):
        explain_document([dump], id="a", field="nope", config=settings)


def test_what_cannot_be_read_on_the_way_is_told(settings: Config, dump: str, told: Told) -> None:
    lines, audience = told
    with pytest.raises(IndexerError) as caught:
        explain_document([dump], id="absent", config=settings, audience=audience())
    assert "3 were read" in caught.value.message
    assert caught.value.advice == "Ids here are like 'a'."
    [line] = lines
    assert line.startswith(f"{dump} record 4: ")


def test_a_record_that_deletes_its_document(settings: Config, tmp_path: Path) -> None:
    file = tmp_path / "gone.xml"
    file.write_text("<PubmedArticleSet><DeleteCitation><PMID>5</PMID></DeleteCitation></PubmedArticleSet>")
    explained = explain_document([str(file)], id="pmid-5", config=settings)
    assert explained.deletes
    assert list(explained.fields) == []
