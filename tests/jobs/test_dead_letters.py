"""What programs get of dead letters."""

from pathlib import Path

import pytest

from indexer.config import Config
from indexer.jobs.dead_letters import LetterKind, drop, list_dead_letters, replay, show_dead_letter
from indexer.jobs.load import load
from indexer.jobs.sync import sync
from indexer.model.books import HELD
from indexer.model.errors import ConfigError, ExitCode
from indexer.observe.audience import Audience


def test_the_letters_and_their_kinds(loaded: Config) -> None:
    target = str(loaded.target())
    listed = list_dead_letters(config=loaded)
    assert [(letter.ordinal, letter.stage, letter.document_id) for letter in listed.letters] == [
        (2, "format", "b"),
        (3, "format", None),
    ]
    assert all(letter.target == target and letter.raw == b"" and letter.size for letter in listed.letters)
    assert LetterKind(target, "format", "title: holds one value, and this record gives …", 1) in listed.kinds
    assert sum(kind.count for kind in listed.kinds) == 2
    assert listed.state.endswith("state.db")
    assert list_dead_letters("embedded:other", config=loaded).letters == []


def test_those_of_a_source_and_of_a_stage(loaded: Config, tmp_path: Path) -> None:
    (tmp_path / "dumps/2.jsonl").write_text('{"title":"nobody either"}\n')
    sync(config=loaded, audience=Audience())
    listed = list_dead_letters(config=loaded)
    assert {name: sum(kind.count for kind in kinds) for name, kinds in listed.sources.items()} == {
        "solr_json": 2,
        "books": 1,
    }
    [letter] = list_dead_letters(source="books", config=loaded).letters
    assert str(letter.position) == f"{tmp_path / 'dumps/2.jsonl'} record 1"
    assert letter.kind == letter.reason
    assert list_dead_letters(stage="index", config=loaded).letters == []


def test_deletions_that_are_held(loaded: Config, tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_text("".join(f'{{"id":"d{number}"}}\n' for number in range(20)))
    load([str(tmp_path / "many.jsonl")], config=loaded, profile_name="solr_json", audience=Audience())
    (tmp_path / "dumps/1.delete").write_text("".join(f"d{number}\n" for number in range(20)))
    result = sync(config=loaded, audience=Audience())
    assert (result.summary.held, result.exit_code) == (20, ExitCode.VERIFICATION)
    held = list_dead_letters(stage=HELD, config=loaded)
    assert [letter.document_id for letter in held.letters] == [f"d{number}" for number in range(20)]


def test_one_with_its_record(loaded: Config) -> None:
    [first, _] = list_dead_letters(config=loaded).letters
    shown = show_dead_letter(first.id, config=loaded)
    assert shown.raw == b'{"id":"b","title":["two","three"]}'
    with pytest.raises(ConfigError, match="there is no dead letter 99"):
        show_dead_letter(99, config=loaded)


def test_what_is_tried_again_and_fails_stays(loaded: Config) -> None:
    result = replay([], config=loaded, everything=True, audience=Audience())
    assert (result.letters, result.came_through, result.total.rejected) == (2, 0, 2)
    assert result.exit_code == ExitCode.REJECTED
    assert [letter.attempts for letter in list_dead_letters(config=loaded).letters] == [2, 2]


def test_what_is_dropped_is_gone(loaded: Config) -> None:
    [first, second] = list_dead_letters(config=loaded).letters
    assert drop([first.id], config=loaded) == 1
    assert [letter.id for letter in list_dead_letters(config=loaded).letters] == [second.id]
    assert drop([], config=loaded, everything=True) == 1
    nothing = replay([], config=loaded, everything=True, audience=Audience())
    assert (nothing.letters, nothing.exit_code, nothing.total.read) == (0, ExitCode.OK, 0)


def test_neither_names_nor_all_is_refused(loaded: Config) -> None:
    for ids, everything in (([], False), ([1], True)):
        with pytest.raises(ConfigError, match="name the IDs of dead letters, or --all"):
            drop(ids, config=loaded, everything=everything)
