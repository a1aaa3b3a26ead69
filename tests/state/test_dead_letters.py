"""Records that are not in the index: kept once, with all that a replay needs."""

from dataclasses import asdict, replace

import pytest

from indexer.formats import profiles
from indexer.model.errors import ConfigError
from indexer.model.records import Header, Position, Record
from indexer.state import dead_letters, progress, runs
from indexer.state.dead_letters import DeadLetter
from indexer.state.store import Store

PMC = profiles.resolve("pmc", {})
HEADER = Header("oai:x:1", "2020-02-29", ("a", "b"))
LETTER = DeadLetter(
    source="pmc",
    profile=asdict(PMC),
    format="oai_dc",
    document_id="pubmed-1",
    position=Position("/dumps/a.zip!x.xml", 17, 4711),
    stage="format",
    reason="why",
    header=HEADER,
    raw=b"<dc>\xe9\x00</dc>",
    arrival=(1, 5),
)


@pytest.fixture
def target_id(store: Store) -> int:
    for _ in range(3):
        runs.start(store, command="load", target="t", derive_version="1")
    progress.open_target(store, "other", identity="", documents_in_index=0)
    return progress.open_target(store, "t", identity="", documents_in_index=0)


def put(store: Store, target_id: int, *letters: DeadLetter, derive: str = "1") -> None:
    with store.begin() as connection:
        dead_letters.put(connection, letters, target_id=target_id, derive=derive)


def at(
    ordinal: int, arrival: tuple[int, int], id: str | None = "pubmed-1", file: str = "/dumps/a.zip!x.xml"
) -> DeadLetter:
    return replace(LETTER, position=Position(file, ordinal), arrival=arrival, document_id=id)


def ordinals(store: Store) -> list[int]:
    return [row.ordinal for row in dead_letters.find(store)]


def test_a_letter_comes_back_whole(store: Store, target_id: int) -> None:
    put(store, target_id, LETTER)
    [row] = dead_letters.find(store)
    assert dead_letters.record(row) == Record("pmc", "oai_dc", LETTER.raw, LETTER.position, HEADER)
    assert dead_letters.profile(row) == PMC
    assert row.target == "t"
    assert (row.stage, row.reason, row.attempts, row.size) == ("format", "why", 1, 11)
    [row] = dead_letters.find(store, raw=False)
    assert (row.raw, row.size) == (b"", 11)


def test_what_was_never_a_record(store: Store, target_id: int) -> None:
    put(store, target_id, replace(LETTER, profile=None, format="", header=None, document_id=None))
    [row] = dead_letters.find(store)
    assert dead_letters.profile(row) is None
    assert dead_letters.record(row).header is None


def test_the_same_record_again_is_one_more_attempt(store: Store, target_id: int) -> None:
    put(store, target_id, LETTER)
    [first] = dead_letters.find(store)
    put(store, target_id, replace(LETTER, reason="another", stage="index", arrival=(2, 9)), derive="2")
    [row] = dead_letters.find(store)
    assert (row.id, row.attempts, row.reason, row.stage) == (first.id, 2, "another", "index")
    assert (row.run_id, row.sequence, row.derive_version) == (2, 9, "2")
    assert row.first_seen == first.first_seen
    put(store, target_id, replace(LETTER, raw=b"other bytes at this place"))
    assert len(dead_letters.find(store)) == 2


def test_letters_are_found_in_the_order_of_their_records(store: Store, target_id: int) -> None:
    put(store, target_id, at(1, (2, 1)), at(2, (1, 9)), at(3, (1, 2)))
    assert ordinals(store) == [3, 2, 1]
    assert dead_letters.find(store, target="other") == []
    assert len(dead_letters.find(store, target="t")) == 3
    ids = [row.id for row in dead_letters.find(store)][:2]
    assert [row.id for row in dead_letters.find(store, ids=ids)] == ids


def test_a_later_version_takes_the_earlier_ones_away(store: Store, target_id: int) -> None:
    put(store, target_id, at(1, (1, 1)), at(2, (1, 9)), at(3, (2, 4)), at(4, (2, 6)), at(5, (1, 1), id="another"))
    with store.begin() as connection:
        dead_letters.overtake(connection, target_id=target_id, document_id="pubmed-1", arrival=(2, 5))
    assert sorted(ordinals(store)) == [4, 5]


def test_a_dump_that_was_read_again_has_only_its_new_letters(store: Store, target_id: int) -> None:
    files = ["/d/a.zip", "/d/a.zip!x", "/d/a.zip!b.tar!y", "/d/a.zipped", "/d/a_zip!x", "/d/A.zip!x", "-"]
    put(store, target_id, *(at(number, (1, number), file=file) for number, file in enumerate(files)))
    put(store, target_id, at(90, (2, 1), file="/d/a.zip!x"))
    with store.begin() as connection:
        dead_letters.forget_file(connection, target_id=target_id + 1, file="/d/a.zip", before=2)
        dead_letters.forget_file(connection, target_id=target_id, file="/d/a_zip", before=1)
    assert len(ordinals(store)) == 8
    with store.begin() as connection:
        dead_letters.forget_file(connection, target_id=target_id, file="/d/a.zip", before=2)
    assert ordinals(store) == [3, 4, 5, 6, 90]


def test_dropping(store: Store, target_id: int) -> None:
    put(store, target_id, at(1, (1, 1)), at(2, (1, 2)), at(3, (1, 3)))
    ids = [row.id for row in dead_letters.find(store)]
    with store.begin() as connection:
        assert dead_letters.drop(connection, [*ids[:2], 999]) == 2
    assert ordinals(store) == [3]


def test_what_a_target_has_letters_of(store: Store, target_id: int) -> None:
    put(store, target_id, at(1, (1, 1)), at(2, (1, 2), id=None, file="-"))
    assert dead_letters.known(store, target_id) == ({"/dumps/a.zip!x.xml", "-"}, {"pubmed-1"})
    assert dead_letters.known(store, target_id + 1) == (set(), set())


def test_a_profile_of_another_version(store: Store, target_id: int) -> None:
    put(store, target_id, replace(LETTER, profile={"name": "x", "unheard": 1}))
    [row] = dead_letters.find(store)
    with pytest.raises(ConfigError, match="left by another version") as refused:
        dead_letters.profile(row)
    assert "--profile" in refused.value.advice
