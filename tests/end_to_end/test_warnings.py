"""What could not be made of a record is counted by kind, logged, and kept; the books are not concerned."""

import json
from pathlib import Path

from tests.conftest import ROOT
from tests.end_to_end.conftest import Indexer

LINES = [
    {"id": "a", "title": 'A "marc_error": in a title'},
    {"id": "b", "title": "B", "metadata_error_str_mv": ["title_sort: could not be made: '7'", "era: is 'x'"]},
    {"id": "c", "title": "C", "metadata_error_str_mv": ["era: is 'y'"], "marc_error": ["245: no $a"]},
]
BOOKS = {"read": 3, "indexed": 3, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 0}
KINDS = {"era: is …": 2, "title_sort: could not be made: …": 1, "…: no $a": 1}


def test_warnings_are_counted_by_kind_and_logged(tmp_path: Path, indexer: Indexer) -> None:
    dump = tmp_path / "dump.jsonl"
    dump.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    loaded = indexer("load", dump, "--json", "--log-format", "json")
    assert loaded.code == 0, loaded.err
    told = json.loads(loaded.out)
    assert told["books"]["solr_json"] == BOOKS
    assert told["warnings"] == KINDS
    logged = [json.loads(line) for line in loaded.err.splitlines()]
    warnings = [
        (event["id"], event["record"], event["warning"]) for event in logged if event["event"] == "metadata_warning"
    ]
    assert sorted(warnings) == [
        ("b", f"{dump} record 2", "era: is 'x'"),
        ("b", f"{dump} record 2", "title_sort: could not be made: '7'"),
        ("c", f"{dump} record 3", "245: no $a"),
        ("c", f"{dump} record 3", "era: is 'y'"),
    ]
    page = Path(tmp_path / told["report"]).read_text(encoding="utf-8")
    assert f'<li>2 × era: is &#x27;x&#x27;<br><span class="where">{dump} record 2 (b)</span></li>' in page
    assert "<li>1 × 245: no $a<br>" in page  # with its digits
    again = indexer("load", dump)
    assert "4 metadata warnings, which the documents keep; by kind:\n        2  era: is …\n" in again.out
    kept = [json.loads(line) for line in indexer("transform", "embedded:var/index").out.splitlines()]
    assert {each["id"]: each.get("marc_error") for each in kept}["c"] == ["245: no $a"]


def test_what_was_repaired_in_marc_records_is_counted(indexer: Indexer) -> None:
    ended = indexer("load", "--dry-run", ROOT / "tests/data/marc/pymarc", "--json", "--workers", "1")
    told = json.loads(ended.out)
    assert told["books_closed"] is True
    assert sum(told["warnings"].values()) > 5
