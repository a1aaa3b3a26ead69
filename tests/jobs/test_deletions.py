from pathlib import Path

import pytest

from indexer.config import Config
from indexer.engines.base import Write
from indexer.jobs.deletions import _keep, delete, sweep
from indexer.jobs.load import load
from indexer.model.documents import Delete
from indexer.model.errors import ExitCode
from indexer.model.records import Fault, Position, Record
from indexer.observe.audience import Audience
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


def test_a_dry_run_lists_what_would_go(loaded: Config) -> None:
    listed = delete(["a", "a", "absent"], config=loaded, dry_run=True, audience=Audience())
    assert list(listed.deletions) == [("a", "one")]
    assert (listed.count, listed.documents, listed.missing, listed.stopped) == (1, 2, 1, "")
    assert listed.exit_code == ExitCode.OK
    assert delete(["a"], config=loaded, dry_run=True, audience=Audience()).count == 1  # it is there still


def test_what_is_deleted_is_in_the_books(loaded: Config) -> None:
    result = delete(iter(["a", "absent"]), config=loaded, audience=Audience())
    assert (result.count, result.missing, result.total.deleted, result.exit_code) == (1, 1, 1, ExitCode.OK)
    nothing = delete(["a"], config=loaded, audience=Audience())
    assert (nothing.count, nothing.missing, nothing.total.read, nothing.exit_code) == (0, 1, 0, ExitCode.OK)


def test_a_sweep_takes_what_no_source_has(loaded: Config, tmp_path: Path) -> None:
    (tmp_path / "dumps/1.jsonl").write_text('{"id":"a"}\n')
    assert list(sweep(config=loaded, dry_run=True, audience=Audience()).deletions) == [("c", "four")]
    assert sweep(config=loaded, audience=Audience()).total.deleted == 1
    assert sweep(config=loaded, audience=Audience()).count == 0


def test_too_many_are_told_and_not_deleted(settings: Config, tmp_path: Path) -> None:
    dump, ids = tmp_path / "many.jsonl", [f"d{number}" for number in range(20)]
    dump.write_text("".join(f'{{"id":"{id}"}}\n' for id in ids))
    load([str(dump)], config=settings, profile_name="solr_json", audience=Audience())
    listed = delete(ids, config=settings, dry_run=True, audience=Audience())
    assert listed.stopped == "20 of 20 documents (100.0%) would be deleted, more than delete.max_share (5.0%)"
    assert listed.exit_code == ExitCode.VERIFICATION
    with pytest.raises(DeleteGuardError, match="20 of 20 documents"):
        delete(ids, config=settings, audience=Audience())
    assert delete(ids, config=settings, max_share=1.0, audience=Audience()).total.deleted == 20
