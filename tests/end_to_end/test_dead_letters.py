"""What became of rejected records: to look at, to try again, to forget."""

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.engines.registry import parse_target
from indexer.model.errors import ExitCode
from indexer.model.records import Position
from indexer.model.targets import Target
from indexer.state import dead_letters
from indexer.state.dead_letters import DeadLetter
from indexer.state.store import Store
from tests.end_to_end.conftest import Ended, Indexer, read_back

DUMP = b"""\
{"id":"a","title":"one"}
{"id":"b","title":["two","three"]}
{"id":"c","first_indexed":"yesterday","title":"x"}
{"title":"nobody"}
{"id":"e" broken \x1b[2J
"""


@pytest.fixture
def index(tmp_path: Path) -> Target:
    return parse_target(f"embedded:{tmp_path / 'index'}")


@pytest.fixture
def loaded(indexer: Indexer, index: Target, tmp_path: Path) -> Target:
    (tmp_path / "d.jsonl").write_bytes(DUMP)
    ended = indexer("load", "d.jsonl", "--profile", "solr_json", "--target", index)
    assert ended.code == ExitCode.REJECTED
    assert list(read_back(index)) == ["a"]
    return index


def letters(indexer: Indexer) -> dict[int, dict[str, Any]]:
    """Ordinal -> dead letter."""
    listed = json.loads(indexer("dead-letters", "list", "--json").out)
    return {row["ordinal"]: row for row in listed["dead_letters"]}


def replay(indexer: Indexer, index: Target, *args: object) -> Ended:
    return indexer("dead-letters", "replay", *args, "--target", index)


def test_the_list_counts_what_is_wrong(indexer: Indexer, loaded: Target) -> None:
    listed = indexer("dead-letters", "list")
    assert listed.code == 0
    assert listed.out.startswith(f"{loaded}: 4 dead letters\n")
    assert "      1  format  title: holds one value, and this record gives …\n" in listed.out
    assert "d.jsonl record 3 (c): field first_indexed: 'yesterday' is not a date" in listed.out
    assert "\x1b" not in listed.out
    assert indexer("dead-letters", "list", "--target", "embedded:other").out.startswith(
        "no dead letters of embedded:other"
    )
    data = json.loads(indexer("dead-letters", "list", "--json").out)
    assert sum(kind["count"] for kind in data["counts"]) == 4
    assert {(row["ordinal"], row["stage"], row["document_id"]) for row in data["dead_letters"]} == {
        (2, "format", "b"),
        (3, "index", "c"),
        (4, "format", None),
        (5, "read", None),
    }


def test_a_letter_is_shown_whole(indexer: Indexer, loaded: Target, tmp_path: Path) -> None:
    row = letters(indexer)[3]
    shown = indexer("dead-letters", "show", row["id"]).out
    assert f"record    {tmp_path}/d.jsonl record 3, at byte 60\n" in shown
    assert "source    solr_json (profile solr_json, format solr_json)\n" in shown
    assert "attempts  1, first 20" in shown
    assert shown.endswith('\n\n{"id":"c","first_indexed":"yesterday","title":"x"}\n')
    as_json = json.loads(indexer("dead-letters", "show", row["id"], "--json").out)
    assert as_json["raw"] == '{"id":"c","first_indexed":"yesterday","title":"x"}'
    broken = indexer("dead-letters", "show", letters(indexer)[5]["id"]).out
    assert broken.endswith('{"id":"e" broken \\x1b[2J\n')


def test_bytes_that_are_no_text_are_shown_in_hexadecimal(indexer: Indexer, index: Target, tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_bytes(b'{"id":"a","title":"\xff"}\n{"id":"b","title":"\xc3\xa4"}\n')
    indexer("load", "d.jsonl", "--profile", "solr_json", "--target", index)
    [row] = letters(indexer).values()
    shown = indexer("dead-letters", "show", row["id"]).out
    assert shown.endswith(f'00000010  {"22 3a 22 ff 22 7d":<48} ":"."}}\n')
    assert json.loads(indexer("dead-letters", "show", row["id"], "--json").out)["raw_base64"]


def test_what_still_fails_stays_with_one_more_attempt(indexer: Indexer, loaded: Target) -> None:
    again = replay(indexer, loaded, "--all")
    assert again.code == ExitCode.REJECTED
    assert "read 4   indexed 0   rejected 4\n" in again.out
    assert "0 came through; 4 stay in the dead letters\n" in again.out
    assert {row["attempts"] for row in letters(indexer).values()} == {2}


def test_what_comes_through_leaves(indexer: Indexer, loaded: Target, tmp_path: Path) -> None:
    """Read by a profile that puts a value over the one that was wrong."""
    (tmp_path / "indexer.toml").write_text(
        '[profile.mended]\nbase = "solr_json"\nconstants = { first_indexed = "2020-01-01T00:00:00Z" }\n',
        encoding="utf-8",
    )
    again = replay(indexer, loaded, letters(indexer)[3]["id"], "--profile", "mended")
    assert again.code == 0, again.err
    assert "1 came through; 0 stay" in again.out
    assert sorted(letters(indexer)) == [2, 4, 5]
    assert sorted(read_back(loaded)) == ["a", "c"]
    status = indexer("status").out
    assert "dead-letters replay" in status
    # it is remembered like what a load sent
    (tmp_path / "c.jsonl").write_bytes(DUMP.splitlines()[2])
    assert "unchanged 1" in indexer("load", "c.jsonl", "--profile", "mended", "--target", loaded).out


def test_a_record_whose_id_was_not_known_overwrites_nothing(indexer: Indexer, loaded: Target, tmp_path: Path) -> None:
    """What has no id for one profile has one for another, and which version is newer nobody knows."""
    oai = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{}</ListRecords></OAI-PMH>'
    record = (
        "<record><header><datestamp>2020-01-01</datestamp></header><metadata>"
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:identifier>x1</dc:identifier><dc:title>older</dc:title></oai_dc:dc></metadata></record>"
    )
    (tmp_path / "x.xml").write_text(oai.format(record), encoding="utf-8")
    assert indexer("load", "x.xml", "--profile", "ojs", "--target", loaded).code == ExitCode.REJECTED
    [row] = [row for row in letters(indexer).values() if row["file"].endswith("x.xml")]
    assert row["document_id"] is None
    (tmp_path / "x.jsonl").write_text('{"id":"x1","title":"newer"}\n', encoding="utf-8")
    indexer("load", "x.jsonl", "--target", loaded)
    (tmp_path / "indexer.toml").write_text(
        '[profile.named]\nbase = "ojs"\noptions = { id_tag = "dc:identifier" }\n', encoding="utf-8"
    )
    again = replay(indexer, loaded, row["id"], "--profile", "named")
    assert again.code == ExitCode.REJECTED
    assert "the index holds another version of x1, and this one may be older; load " in again.err
    assert read_back(loaded)["x1"]["title"] == "newer"


def test_bytes_that_were_no_record_are_tried_if_they_are_one_now(
    indexer: Indexer, loaded: Target, tmp_path: Path
) -> None:
    store = Store(f"sqlite:///{tmp_path}/var/state.db")
    letter = DeadLetter("s", None, "", None, Position("x", 7), "read", "why", None, b'{"id":"f","title":"x"}', (1, 9))
    with store.begin() as connection:
        dead_letters.put(connection, [letter], target_id=1, derive="1")
    store.close()
    again = replay(indexer, loaded, letters(indexer)[7]["id"], letters(indexer)[5]["id"], "--profile", "solr_json")
    assert again.code == ExitCode.REJECTED
    assert "1 came through; 1 stay" in again.out
    assert f"{tmp_path}/d.jsonl record 5: {letters(indexer)[5]['reason']}" in again.err
    assert sorted(letters(indexer)) == [2, 3, 4, 5]
    assert sorted(read_back(loaded)) == ["a", "f"]


def test_a_later_load_takes_letters_away(indexer: Indexer, loaded: Target, tmp_path: Path) -> None:
    (tmp_path / "later.jsonl").write_text('{"id":"b","title":"newest"}\n', encoding="utf-8")
    indexer("load", "later.jsonl", "--target", loaded)
    assert sorted(letters(indexer)) == [3, 4, 5]


def test_the_same_dump_mended_empties_the_store(indexer: Indexer, loaded: Target, tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text('{"id":"a","title":"one"}\n{"id":"b","title":"two"}\n', encoding="utf-8")
    assert indexer("load", "d.jsonl", "--profile", "solr_json", "--target", loaded).code == 0
    assert letters(indexer) == {}


def test_a_file_of_json_lines_is_continued(indexer: Indexer, tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_bytes(DUMP)
    target = parse_target(f"jsonl:{tmp_path}/out.jsonl")
    assert indexer("load", "d.jsonl", "--profile", "solr_json", "--target", target).code == ExitCode.REJECTED
    assert sorted(letters(indexer)) == [2, 4, 5]  # a file has no opinion about dates
    (tmp_path / "indexer.toml").write_text(
        '[profile.mended]\nbase = "solr_json"\nconstants = { title = "mended" }\n', encoding="utf-8"
    )
    assert replay(indexer, target, letters(indexer)[2]["id"], "--profile", "mended").code == 0
    assert sorted(letters(indexer)) == [4, 5]
    assert {id: fields["title"] for id, fields in read_back(target).items()} == {"a": "one", "b": "mended", "c": "x"}


def test_dropping(indexer: Indexer, loaded: Target) -> None:
    row = letters(indexer)[5]
    assert indexer("dead-letters", "drop", row["id"]).out == "dropped 1 dead letter\n"
    assert sorted(letters(indexer)) == [2, 3, 4]
    assert indexer("dead-letters", "drop", "--all", "--target", "embedded:other").out == "dropped 0 dead letters\n"
    assert indexer("dead-letters", "drop", "--all", "--target", loaded).out == "dropped 3 dead letters\n"
    assert letters(indexer) == {}
    assert indexer("dead-letters", "list").out.startswith("no dead letters")
    assert replay(indexer, loaded, "--all").code == 0


WRONG = {
    "show 99": "there is no dead letter 99",
    "drop 99": "there is no dead letter 99",
    "drop": "name the IDs of dead letters, or --all",
    "drop 1 --all": "name the IDs of dead letters, or --all",
    "replay 1 --target embedded:other": "dead letter 1 is of embedded:",
    "replay --all --profile nosuch": "there is no profile 'nosuch'",
}


def test_wrong_usage_changes_nothing(indexer: Indexer, loaded: Target) -> None:
    for line, said in WRONG.items():
        ended = indexer("dead-letters", *line.split())
        assert ended.code == ExitCode.USAGE
        assert said in ended.err
    assert len(letters(indexer)) == 4
