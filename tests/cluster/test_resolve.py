"""However versions of a document are spread over parts: what is sent is what reading in order leaves, each id once."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from indexer.cluster.derive import write
from indexer.cluster.push import Sending, push
from indexer.cluster.resolve import resolve
from indexer.cluster.scratch import Scratch
from indexer.engines.base import Action, Outcome, Write
from indexer.engines.retry import RetryPolicy
from indexer.model.documents import Delete
from indexer.model.records import Position, Record
from indexer.model.schema import biblio
from indexer.model.targets import Target
from indexer.pipeline.push import Limits
from indexer.pipeline.workers import Failed, Filtered, Prepared, Result, TransformSpec

KINDS = st.sampled_from(["write", "write", "write", "delete", "fail", "filter"])
PARTS = st.lists(st.lists(st.tuples(KINDS, st.integers(0, 8)), max_size=12), min_size=1, max_size=5)
LIMITS = Limits(2, 3, 1 << 20, RetryPolicy(1, 1))


class Holding:
    """An engine that says what it was sent."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}
        self.sent: list[str] = []

    def push(self, actions: Sequence[Action]) -> list[Outcome]:
        for action in actions:
            self.sent.append(action.id)
            if isinstance(action, Write):
                self.documents[action.id] = action.body
            else:
                self.documents.pop(action.id, None)
        return [Outcome("indexed" if isinstance(action, Write) else "deleted") for action in actions]


def result(kind: str, id: str, version: int) -> Result:
    match kind:
        case "write":
            return Prepared(Write(id, f"{version}".encode()), f"{version:016}".encode())
        case "delete":
            return Delete(id)
        case "fail":
            return Failed("format", "no title", id)
    return Filtered("not wanted")


@given(PARTS, st.integers(1, 4))
def test_the_last_version_counts_and_the_books_close(parts: list[list[tuple[str, int]]], partitions: int) -> None:
    spec = TransformSpec({"s": {}})
    expected: dict[str, bytes] = {}
    read = version = 0
    with tempfile.TemporaryDirectory() as folder:
        scratch = Scratch(str(Path(folder)))
        books: list[dict[str, Any]] = []
        for number, part in enumerate(parts):
            made = []
            for kind, name in part:
                version += 1
                read += 1
                made.append(("f", Record("s", "x", b"", Position("f", version)), result(kind, str(name), version)))
                if kind == "write":
                    expected[str(name)] = f"{version}".encode()
                elif kind == "delete":
                    expected.pop(str(name), None)
            books.append(write(made, number, scratch, spec, partitions)["books"])
        ids = sum(resolve(partition, len(parts), scratch) for partition in range(partitions))
        sink = Holding()
        sending = Sending(Target("jsonl", "-"), LIMITS, biblio(), partitions, dated=False, building=True)
        numbers = range(len(parts))
        books += [push(number, scratch, scratch, sending, sink)["books"] for number in numbers]  # type: ignore[arg-type]
    assert sink.documents == expected
    assert len(sink.sent) == len(set(sink.sent)) == ids
    counts = {name: sum(each.get("s", {}).get(name, 0) for each in books) for name in ("read", *COLUMNS)}
    assert counts["read"] == read == sum(counts[name] for name in COLUMNS)


COLUMNS = ("indexed", "deleted", "filtered", "rejected", "superseded")
