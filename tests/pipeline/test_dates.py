"""first_indexed and last_indexed of documents on their way, and what is remembered of them once they are there."""

from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.derive.tracking import Change, Tracked, shown
from indexer.engines.base import Durable, Write
from indexer.model.documents import Delete
from indexer.pipeline import dates
from indexer.pipeline.dates import Dates
from indexer.state import tracked
from indexer.state.store import Store
from tests.pipeline.dating import Clock, Line, Model, as_sent, known, sent, write
from tests.pipeline.loading import TARGET, Desk
from tests.pipeline.scripted import Killed, ScriptedSink

LINES = st.tuples(st.sampled_from("abcd"), st.integers(1, 4), st.sampled_from(["good", "good", "deleted", "bad"]))
LOADS = st.lists(st.lists(LINES, min_size=1, max_size=10), min_size=1, max_size=4)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(dates, "time", made)
    return made


@pytest.mark.usefixtures("in_small_steps")
@pytest.mark.parametrize("durable", ["acknowledged", "committed"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(loads=LOADS, seed=st.integers(0, 9))
def test_dates_are_as_if_records_were_applied_one_by_one(
    clock: Clock, loads: list[list[Line]], seed: int, durable: Durable
) -> None:
    with TemporaryDirectory() as folder:
        desk = Desk(Store(f"sqlite:///{folder}/state.db"), ScriptedSink(seed, trouble=0.2, durable=durable))
        model = Model()
        for number, lines in enumerate(loads, 1):
            clock.now = 1_000 * number
            desk.load(write(Path(folder) / f"{number}.xml", lines), dates=True)
            model.apply(lines, clock.now)
            assert known(desk) == model.known
            assert sent(desk) == as_sent(model.known)
        desk.store.close()


@pytest.mark.usefixtures("in_small_steps")
@pytest.mark.parametrize("durable", ["acknowledged", "committed"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(loads=st.tuples(*[st.lists(LINES, min_size=1, max_size=10)] * 2), dies_at=st.integers(0, 12))
def test_killed_at_any_moment_it_forgets_no_first_date(
    clock: Clock, loads: tuple[list[Line], list[Line]], dies_at: int, durable: Durable
) -> None:
    with TemporaryDirectory() as folder:
        desk = Desk(Store(f"sqlite:///{folder}/state.db"), ScriptedSink(durable=durable))
        first = write(Path(folder) / "1.xml", loads[0])
        second = write(Path(folder) / "2.xml", loads[1])
        clock.now = 1_000
        desk.load(first, dates=True)
        before = known(desk)
        clock.now = 2_000
        desk.sink.restart(dies_at=dies_at)
        try:
            desk.load(second, dates=True)
        except Killed:
            desk.sink.restart()
            clock.now = 3_000
            desk.load(second, dates=True)
        after = known(desk)
        assert sent(desk) == as_sent(after)
        assert {id: after[id].first for id in before} == dict.fromkeys(before, 1_000)
        assert after.keys() == before.keys() | {id for id, _, what in loads[1] if what == "good"}
        desk.store.close()


def test_dates_stand_behind_the_fields_and_not_in_the_fingerprint(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    clock.now = 60
    desk.load(write(tmp_path / "1.xml", [("a", 1, "good")]), dates=True)
    [body] = desk.sink.documents.values()
    assert body.endswith(b',"first_indexed":"1970-01-01T00:01:00Z","last_indexed":"1970-01-01T00:01:00Z"}')
    desk.sink.restart()
    clock.now = 120
    summary = desk.load(write(tmp_path / "2.xml", [("a", 1, "good")]), dates=True)
    assert summary.account.total.unchanged == 1
    desk.load(write(tmp_path / "2.xml", [("a", 1, "good")]), dates=True, force=True)
    assert list(desk.sink.documents.values()) == [body]


def test_a_document_that_was_refused_changes_nothing(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    clock.now = 60
    desk.load(write(tmp_path / "1.xml", [("a", 1, "good"), ("b", 1, "bad")]), dates=True)
    clock.now = 120
    desk.load(write(tmp_path / "2.xml", [("a", 2, "bad")]), dates=True)
    assert known(desk) == {"a": Tracked(60, 60, 0)}
    desk.load(write(tmp_path / "3.xml", [("b", 1, "good")]), dates=True)
    assert known(desk)["b"] == Tracked(120, 120, 0)


def test_an_index_that_is_made_anew_keeps_its_dates(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    files = write(tmp_path / "1.xml", [("a", 1, "good")])
    clock.now = 60
    desk.load(files, dates=True)
    before = dict(desk.sink.documents)
    desk.sink.documents, desk.sink.name = {}, "2"
    clock.now = 120
    summary = desk.load(files, dates=True)
    assert summary.account.total.indexed == 1
    assert desk.sink.documents == before


def test_a_document_with_dates_of_its_own_is_left_as_it_is(desk: Desk, clock: Clock) -> None:
    clock.now = 60
    adding = Dates(desk.store, tracked.open_target(desk.store, TARGET))
    adding.look_up(["a", "b"])
    own = Write("a", b'{"id":"a","first_indexed":"1970-01-01T00:00:01Z","last_indexed":"1970-01-01T00:00:02Z"}')
    assert adding.stamp(own, Change(own=(1, 2))) == own
    half = Write("b", b'{"id":"b","first_indexed":"1970-01-01T00:00:01Z"}')
    assert adding.stamp(half, None) == half
    for id in "ab":
        adding.acknowledge(id)
    assert adding.unstored == {"a": Tracked(1, 2, None)}


def test_what_is_not_stored_yet_is_known_all_the_same(desk: Desk, clock: Clock) -> None:
    adding = Dates(desk.store, tracked.open_target(desk.store, TARGET))
    for clock.now in (60, 120):
        adding.look_up(["a"])
        sent = adding.stamp(Write("a", b'{"id":"a"}'), Change(500))
        adding.acknowledge("a")
        assert isinstance(sent, Write)
        assert orjson.loads(sent.body)["first_indexed"] == shown(60)
    assert adding.unstored == {"a": Tracked(60, 60, 500)}


def test_a_generation_that_is_built_from_old_dumps_alters_nothing(desk: Desk, clock: Clock) -> None:
    target_id = tracked.open_target(desk.store, TARGET)
    with desk.store.begin() as connection:
        tracked.put(connection, target_id, {"a": Tracked(1, 2, 500), "b": Tracked(3, 4, 500, deleted=5)})
    clock.now = 60
    adding = Dates(desk.store, target_id, building=True)
    adding.look_up(["a", "b", "c"])
    first = adding.stamp(Write("a", b'{"id":"a"}'), Change(400))
    assert isinstance(first, Write)
    assert orjson.loads(first.body)["last_indexed"] == shown(2)
    adding.acknowledge("a")
    assert adding.unstored == {}
    adding.stamp(Write("b", b'{"id":"b"}'), Change(500))
    adding.acknowledge("b")
    adding.stamp(Delete("b"), None)
    adding.acknowledge("b")
    assert adding.unstored == {"b": Tracked(3, 4, 500, deleted=60)}
    adding.stamp(Write("a", b'{"id":"a"}'), Change(600))
    adding.acknowledge("a")
    assert adding.unstored["a"] == Tracked(1, 60, 600)
