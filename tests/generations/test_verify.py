"""What a new index has to hold against the live one, on the embedded engine."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from indexer.config import load
from indexer.engines.base import Index, Write
from indexer.engines.embedded.sink import EmbeddedSink
from indexer.jobs.load import plan_for
from indexer.jobs.verification import Check, verify
from indexer.model.books import Account, Books
from indexer.model.documents import Fields
from indexer.model.settings import VerifySettings
from indexer.pipeline.run import Plan


def documents(count: int) -> dict[str, Fields]:
    return {
        f"d{number}": {"id": f"d{number}", "title": f"Volume number{number}", "topic": ["frogs"]}
        for number in range(count)
    }


@pytest.fixture
def made(tmp_path: Path) -> Plan:
    """A dump of 20 documents and the plan that reads it."""
    dump = tmp_path / "dump.jsonl"
    dump.write_bytes(b"".join(orjson.dumps(fields) + b"\n" for fields in documents(20).values()))
    return plan_for([str(dump)], load(environ={}), None, connections=1)


@pytest.fixture
def sinks(tmp_path: Path) -> Iterator[tuple[Index, Index]]:
    """Two empty indexes: the new one and the live one."""
    open_session = [EmbeddedSink(tmp_path / name, create=True) for name in ("new", "live")]
    for sink in open_session:
        sink.check()
    yield open_session[0], open_session[1]
    for sink in open_session:
        sink.close()


def fill(sink: Index, plan: Plan, **changes: str | list[str] | None) -> None:
    """What the plan makes; in each document these fields are others, or (None) not there."""
    from indexer.pipeline.transform_all import transform_all
    from indexer.pipeline.workers import Prepared

    for chunk in transform_all(plan):
        for _, each in chunk:
            assert isinstance(each, Prepared)
            fields = {**orjson.loads(each.write.body), **changes}
            body = orjson.dumps({name: value for name, value in fields.items() if value is not None})
            sink.push([Write(each.write.id, body)])
    sink.commit()


def failed(checks: list[Check]) -> dict[str, str]:
    return {check.name: check.message for check in checks if not check.passed}


def run(plan: Plan, sinks: tuple[Index, Index], account: Account | None = None) -> dict[str, str]:
    new, live = sinks
    return failed(verify(plan, new, live=live, account=account, limits=VerifySettings()))


def test_equal_indexes_pass(made: Plan, sinks: tuple[Index, Index]) -> None:
    for sink in sinks:
        fill(sink, made)
    assert run(made, sinks, Account({"a": Books(20, 20)})) == {}


def test_books_that_do_not_close_and_files_that_were_not_read_fail(made: Plan, sinks: tuple[Index, Index]) -> None:
    for sink in sinks:
        fill(sink, made)
    assert run(made, sinks, Account({"a": Books(20, 19)})) == {"books": "the books of a do not close"}
    assert "1 file was not read" in run(made, sinks, Account({"a": Books(20, 20)}, faults=1))["books"]


def test_a_smaller_index_fails(made: Plan, sinks: tuple[Index, Index]) -> None:
    new, live = sinks
    fill(new, made)
    live.push([Write(id, orjson.dumps(fields)) for id, fields in documents(40).items()])
    live.commit()
    message = run(made, sinks)["size"]
    assert message.startswith("20 documents, 40 in the live index: 50.0% fewer, and 5.0% may be")


def test_a_field_that_is_lost_fails(made: Plan, sinks: tuple[Index, Index]) -> None:
    new, live = sinks
    fill(new, made)
    fill(live, made, series=["Annals"])
    message = run(made, sinks)["fields"]
    assert "series (20 before, 0 now)" in message
