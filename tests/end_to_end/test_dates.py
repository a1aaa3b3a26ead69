"""`load.dates`: when each document came into the target, as the engine gives it back."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from indexer.engines.registry import parse_target
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from indexer.state.store import Store
from indexer.state.tables import tracked
from tests.conftest import PATIENCE
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.dating import Dates, dates, record, write

ON = {"INDEXER_DATES": "true"}
RECORDS = 1_000
SECOND = 1.1  # longer than one, so that another load has another time


def deletion(number: int) -> str:
    return f'<record><header status="deleted"><identifier>r{number}</identifier></header></record>'


def load(
    indexer: Indexer, target: Target, dump: Path, *options: str, env: Mapping[str, str] = ON, code: int = 0
) -> dict[str, int]:
    """Not within the second of the load before."""
    time.sleep(SECOND)
    ended = indexer("load", dump, "--target", str(target), "--json", *options, env=env)
    assert ended.code == code, ended.err
    counted = next(iter(json.loads(ended.out)["books"].values()))
    return {column: count for column, count in counted.items() if count}


def others(dates: Dates, but: Collection[str]) -> Dates:
    return {id: each for id, each in dates.items() if id not in but}


def test_only_what_was_changed_gets_another_date(indexer: Indexer, target: Target, tmp_path: Path) -> None:
    assert target.kind == "embedded" or indexer("schema", "install", "--target", str(target)).code == 0
    dump = write(tmp_path / "d.xml", *(record(number) for number in range(RECORDS)))
    assert load(indexer, target, dump) == {"read": RECORDS, "indexed": RECORDS}
    first = dates(target)
    assert len(first) == RECORDS
    assert all(first == last for first, last in first.values())

    changed = {f"r{number}" for number in range(0, RECORDS, 100)}
    write(dump, *(record(number, 2 if f"r{number}" in changed else 1) for number in range(RECORDS)))
    assert load(indexer, target, dump) == {"read": RECORDS, "indexed": 10, "unchanged": RECORDS - 10}
    second = dates(target)
    assert others(second, changed) == others(first, changed)
    assert all(second[id][0] == first[id][0] and second[id][1] > first[id][1] for id in changed)

    # sent again, all of it: no date changes
    assert load(indexer, target, dump, "--force") == {"read": RECORDS, "indexed": RECORDS}
    assert dates(target) == second

    # deleted and restored with an old date
    assert load(indexer, target, write(tmp_path / "gone.xml", deletion(7), deletion(5_000))) == {
        "read": 2,
        "deleted": 2,
    }
    assert load(indexer, target, write(tmp_path / "back.xml", record(7), record(8))) == {
        "read": 2,
        "indexed": 1,
        "unchanged": 1,
    }
    third = dates(target)
    assert others(third, {"r7"}) == others(second, {"r7"})
    assert third["r7"][0] == second["r7"][0]
    assert third["r7"][1] > second["r7"][1]


@pytest.fixture
def embedded(tmp_path: Path) -> Target:
    return parse_target(f"embedded:{tmp_path / 'index'}")


def test_without_the_switch_there_are_none_and_with_it_all_get_them(
    indexer: Indexer, embedded: Target, tmp_path: Path
) -> None:
    dump = write(tmp_path / "d.xml", record(1), record(2))
    assert load(indexer, embedded, dump, env={}) == {"read": 2, "indexed": 2}
    assert all("first_indexed" not in fields for fields in read_back(embedded).values())
    assert load(indexer, embedded, dump) == {"read": 2, "indexed": 2}
    assert dates(embedded).keys() == {"r1", "r2"}
    assert load(indexer, embedded, dump) == {"read": 2, "unchanged": 2}


def test_what_is_not_in_an_index_yet_has_no_dates(indexer: Indexer, tmp_path: Path) -> None:
    dump = write(tmp_path / "d.xml", record(1))
    assert "_indexed" not in indexer("transform", dump, env=ON).out
    assert indexer("load", dump, "--target", "jsonl:out.jsonl", env=ON).code == 0
    assert "_indexed" not in (tmp_path / "out.jsonl").read_text()
    assert indexer("load", dump, "--dry-run", env=ON).code == 0


def test_a_replayed_record_has_its_dates(indexer: Indexer, embedded: Target, tmp_path: Path) -> None:
    dump = write(tmp_path / "d.xml", record(1), record(2))
    (tmp_path / "indexer.toml").write_text('[profile.wrong]\nbase = "ojs"\nid_search = ["^.*$"]\nid_replace = [""]\n')
    counted = load(indexer, embedded, dump, "--profile", "wrong", code=ExitCode.REJECTED)
    assert counted == {"read": 2, "rejected": 2}
    time.sleep(SECOND)
    replay = indexer("dead-letters", "replay", "--all", "--profile", "ojs", "--target", str(embedded), "--json", env=ON)
    assert replay.code == 0, replay.err
    found = dates(embedded)
    assert found.keys() == {"r1", "r2"}
    assert load(indexer, embedded, dump, "--profile", "ojs") == {"read": 2, "unchanged": 2}
    assert dates(embedded) == found


ON_SERVERS = [pytest.param(kind, marks=pytest.mark.servers) for kind in ("solr", "elasticsearch")]


@pytest.mark.parametrize("target", ["embedded", *ON_SERVERS], indirect=True)
def test_killed_and_started_again_it_keeps_the_dates(indexer: Indexer, target: Target, tmp_path: Path) -> None:
    assert target.kind == "embedded" or indexer("schema", "install", "--target", str(target)).code == 0
    dump = write(tmp_path / "d.xml", *(record(number) for number in range(RECORDS)))
    load(indexer, target, dump)
    first = dates(target)
    write(dump, *(record(number, 2 if number % 2 else 1) for number in range(RECORDS * 3)))
    time.sleep(SECOND)
    command = "import indexer.pipeline.run as run; run.COMMIT_EVERY = 0.1; from indexer.cli.main import main; main()"
    killed = subprocess.Popen(
        [sys.executable, "-c", command, "load", str(dump), "--target", str(target), "--force"],
        cwd=tmp_path,
        env={**os.environ, **ON, "INDEXER_BATCH_DOCUMENTS": "50"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    store = Store(f"sqlite:///{tmp_path}/var/state.db")
    until = time.monotonic() + PATIENCE
    while _known(store) == RECORDS and killed.poll() is None:  # until the first of the new ones are remembered
        assert time.monotonic() < until
        time.sleep(0.01)
    killed.kill()
    killed.wait(timeout=PATIENCE)
    assert RECORDS < _known(store) < RECORDS * 3
    store.close()
    load(indexer, target, dump)
    after = dates(target)
    assert len(after) == RECORDS * 3
    for id, (began, ended) in first.items():
        assert after[id][0] == began
        assert (after[id][1] > ended) == bool(int(id[1:]) % 2)
    assert all(after[id][0] > max(first.values())[0] for id in after.keys() - first.keys())


def _known(store: Store) -> int:
    with store.begin() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(tracked)).scalar_one())


def sources(folder: Path) -> None:
    table = "[[source]]\nname = 'j'\nprofile = 'ojs'\npaths = ['dumps']\n"
    (folder / "indexer.toml").write_text(f"target = 'embedded:index'\n[load]\ndates = true\n{table}")
    (folder / "dumps").mkdir()


def test_an_index_that_is_built_anew_keeps_them(indexer: Indexer, embedded: Target, tmp_path: Path) -> None:
    sources(tmp_path)
    write(tmp_path / "dumps/1.xml", record(1), record(2), record(3), record(4))
    assert indexer("reindex", "--quiet").code == 0
    write(tmp_path / "dumps/2.xml", record(2, 2), deletion(3), deletion(4))
    time.sleep(SECOND)
    assert indexer("sync", "--quiet").code == 0
    write(tmp_path / "dumps/3.xml", record(4))
    assert indexer("sync", "--quiet").code == 0
    before = dates(embedded)
    assert before.keys() == {"r1", "r2", "r4"}
    assert before["r1"] < before["r2"]
    assert before["r1"] < before["r4"]

    time.sleep(SECOND)
    write(tmp_path / "dumps/4.xml", record(5))
    built = indexer("reindex")
    assert built.code == 0, built.out + built.err
    assert others(dates(embedded), {"r5"}) == before
    assert dates(embedded)["r5"][0] > before["r4"][1]
    verified = indexer("verify")
    assert verified.code == 0, verified.out
    assert "nothing would change" in indexer("diff").out

    time.sleep(SECOND)
    write(tmp_path / "dumps/5.xml", record(3))  # it was deleted
    assert indexer("sync", "--quiet").code == 0
    assert dates(embedded)["r3"] == (before["r1"][0], max(last for _, last in dates(embedded).values()))


def test_going_back_and_syncing_gives_the_same_dates(indexer: Indexer, embedded: Target, tmp_path: Path) -> None:
    sources(tmp_path)
    write(tmp_path / "dumps/1.xml", record(1), record(2), record(3))
    assert indexer("reindex", "--quiet").code == 0
    first = dates(embedded)
    write(tmp_path / "dumps/2.xml", record(2, 2), deletion(3), record(4))
    time.sleep(SECOND)
    assert indexer("sync", "--quiet").code == 0
    assert indexer("reindex", "--quiet").code == 0
    before = dates(embedded)
    assert indexer("rollback").code == 0
    assert indexer("rollback").code == 0
    assert dates(embedded) == before
    write(tmp_path / "dumps/3.xml", record(3), record(2, 3))
    time.sleep(SECOND)
    assert indexer("reindex", "--quiet").code == 0
    again = dates(embedded)
    assert indexer("rollback").code == 0
    assert dates(embedded) == before
    time.sleep(SECOND)
    assert indexer("sync", "--quiet").code == 0
    assert dates(embedded) == again
    assert {id: began for id, (began, _) in again.items()} == {
        id: (before | first)[id][0] for id in ("r1", "r2", "r3", "r4")
    }


def test_what_was_deleted_by_hand_stays_deleted_when_the_index_is_built_anew(
    indexer: Indexer, embedded: Target, tmp_path: Path
) -> None:
    sources(tmp_path)
    write(tmp_path / "dumps/1.xml", record(1), record(2))
    assert indexer("reindex", "--quiet").code == 0
    first = dates(embedded)
    assert indexer("delete", "r2", "--max-share", "1").code == 0
    assert indexer("reindex", "--quiet").code == 0
    assert dates(embedded) == others(first, {"r2"})
    time.sleep(SECOND)
    write(tmp_path / "dumps/2.xml", record(2))
    assert indexer("sync", "--quiet").code == 0
    assert dates(embedded)["r2"][0] == first["r2"][0]
    assert dates(embedded)["r2"][1] > first["r2"][1]


def test_a_state_that_was_lost_learns_them_from_the_index(indexer: Indexer, embedded: Target, tmp_path: Path) -> None:
    dump = write(tmp_path / "d.xml", record(1), record(2))
    load(indexer, embedded, dump)
    before = dates(embedded)
    for file in (tmp_path / "var").glob("state.db*"):
        file.unlink()
    assert load(indexer, embedded, Path(str(embedded))) == {"read": 2, "indexed": 2}
    assert dates(embedded) == before
    assert load(indexer, embedded, write(dump, record(1), record(2, 2)))["read"] == 2
    assert dates(embedded) == before  # the first version that is met says which change is known
    load(indexer, embedded, write(dump, record(1), record(2, 3)))
    after = dates(embedded)
    assert after["r1"] == before["r1"]
    assert after["r2"][0] == before["r2"][0]
    assert after["r2"][1] > before["r2"][1]


def test_explain_says_where_they_come_from(indexer: Indexer, tmp_path: Path) -> None:
    dump = write(tmp_path / "d.xml", record(1, 3))
    told = indexer("explain", dump, "--id", "r1", "--field", "last_indexed", env=ON)
    assert told.code == 0, told.err
    assert "rule  when a version of it with a later date of change was sent, or it came again" in told.out
    assert "from  header datestamp  2020-01-03T00:00:00Z" in told.out
    every = json.loads(indexer("explain", dump, "--id", "r1", "--json", env=ON).out)["fields"]
    assert [each["field"] for each in every][-2:] == ["first_indexed", "last_indexed"]
    off = indexer("explain", dump, "--id", "r1", "--field", "first_indexed")
    assert off.code == ExitCode.USAGE
    assert "load.dates = true" in off.err
