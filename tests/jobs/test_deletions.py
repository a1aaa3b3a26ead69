import pytest

from indexer.engines.base import Write
from indexer.jobs.deletions import _keep
from indexer.model.documents import Delete
from indexer.model.records import Fault, Position, Record
from indexer.pipeline.delete_guard import DeleteGuardError
from indexer.pipeline.idset import IdSet
from indexer.pipeline.workers import Failed, Filtered, Prepared

RECORD = Record("s", "oai_dc", b"", Position("dump.xml", 3))


def test_the_last_version_of_an_id_says_whether_a_source_has_it() -> None:
    with IdSet() as held:
        _keep([(RECORD, Prepared(Write(id, b""), b"")) for id in ("a", "b", "c")], held)
        _keep([(RECORD, Delete("a")), (RECORD, Delete("b")), (RECORD, Prepared(Write("b", b""), b""))], held)
        assert held.without(["a", "b", "c", "d"]) == ["a", "d"]


def test_a_record_that_is_rejected_or_filtered_keeps_its_document() -> None:
    with IdSet() as held:
        _keep([(RECORD, Prepared(Write("a", b""), b""))], held)
        _keep([(RECORD, Failed("format", "bad", "b")), (RECORD, Filtered("no url"))], held)
        assert held.without(["a", "b", "c"]) == ["c"]


@pytest.mark.parametrize(
    ("item", "made", "said"),
    [
        (RECORD, Failed("format", "has no id"), "dump.xml record 3: has no id"),
        (Fault("s", Position("dump.xml"), "ends early"), None, "dump.xml: ends early"),
        (Fault("s", Position("dump.xml", 4), "no sense", raw=b"x"), None, "dump.xml record 4: no sense"),
    ],
)
def test_what_nobody_knows_the_id_of_stops_the_sweep(item: Record | Fault, made: Failed | None, said: str) -> None:
    with IdSet() as held, pytest.raises(DeleteGuardError) as caught:
        _keep([(item, made)], held)
    assert caught.value.message == said
