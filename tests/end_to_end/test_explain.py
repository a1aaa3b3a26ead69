"""`indexer explain`, as a cataloguer calls it."""

import json
from pathlib import Path

from tests.conftest import ROOT
from tests.end_to_end.conftest import Indexer

PUBMED = ROOT / "samples/pubmed20n0014_slice.xml.gz"
MARC = ROOT / "tests/data/marc/lc_booksall_2016_sample.mrc.gz"


def test_one_field_of_one_record_among_many(indexer: Indexer) -> None:
    found = indexer("explain", PUBMED, "--id", "pmid-399297", "--field", "title_sort")
    assert found.code == 0, found.err
    assert found.out == (
        f"{PUBMED} record 1 · profile pubmed\n"
        "\n"
        "title_sort\n"
        "    the pineal body\n"
        "  rule  title in the form by which it sorts\n"
        "  from  ArticleTitle     [The pineal body].\n"
        "        VernacularTitle  Die pineale klier.\n"
        "  step  article off, lower case              [the pineal body].\n"
        "        punctuation to spaces                 the pineal body \n"
        "        trimmed, lower case (style current)  the pineal body\n"
    )


def test_every_field_as_json_is_the_document(indexer: Indexer) -> None:
    documents = [json.loads(line) for line in indexer("transform", MARC).out.splitlines()]
    wanted = documents[700]
    found = json.loads(indexer("explain", MARC, "--id", wanted["id"], "--json").out)
    assert (found["profile"], found["id"]) == ("marc", wanted["id"])
    assert {each["field"]: each["value"] for each in found["fields"]} == wanted
    assert all(each["rules"] for each in found["fields"])


def test_an_index_can_be_asked(indexer: Indexer) -> None:
    assert indexer("load", PUBMED, "--target", "embedded:index").code == 0
    found = indexer("explain", "embedded:index", "--id", "pmid-399297", "--field", "author_facet")
    assert "record 1 · profile solr_json" in found.out
    assert "copied from author\n  from  author  Terblanche, H M" in found.out


def test_what_is_not_there(tmp_path: Path, indexer: Indexer) -> None:
    found = indexer("explain", PUBMED, "--id", "399297")
    assert found.code == 1
    assert "no record makes the document '399297'; 1,685 were read\n  Ids here are like 'pmid-399297'." in found.err
    field = indexer("explain", PUBMED, "--id", "pmid-399297", "--field", "titel")
    assert field.code == 2
    assert "its document has no field 'titel'\n  It has: id, " in field.err
    assert indexer("explain", tmp_path / "none.xml", "--id", "x").code == 2
    bad = tmp_path / "bad.json"
    bad.write_text('{"id": "a", "no such field": "x"}\n{"id": "b", "title": "B"}\n', encoding="utf-8")
    rejected = indexer("explain", bad, "--id", "a")
    assert rejected.code == 1
    assert f"{bad} record 1: rejected: no such field" in rejected.err
