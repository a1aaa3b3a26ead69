"""A part's records to what is sent for them: pure, so a task that is run twice writes the same."""

import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from indexer.cluster.cut import BLOCK_RECORDS, Part, items, packed
from indexer.cluster.scratch import Scratch
from indexer.derive.tracking import Change
from indexer.model.documents import Delete
from indexer.model.reasons import kind as kind_of
from indexer.model.records import Fault, Record
from indexer.model.schema import in_use
from indexer.pipeline.naming import Naming
from indexer.pipeline.workers import Failed, Filtered, Prepared, Result, Split, TransformSpec, results_of, transform

#: A part's items, each with its file and what was made of it.
Made = Iterable[tuple[str, Record | Fault, Result | Split | None]]


def derive(part: Part, number: int, scratch: Scratch, spec: TransformSpec, partitions: int) -> dict[str, Any]:
    """Makes the documents of a part; writes `derived/NUMBER` and gives what the driver must know of it."""
    with in_use(spec.schema):
        made = (
            (file, item, transform(item, spec) if isinstance(item, Record) else None)
            for file, item in items(part, scratch, spec)
        )
        return write(made, number, scratch, spec, partitions)


def write(made: Made, number: int, scratch: Scratch, spec: TransformSpec, partitions: int) -> dict[str, Any]:
    """Writes what was made of a part: documents and deletions in blocks, their ids by partition, the dead letters."""
    began = time.monotonic()
    books: defaultdict[str, Counter[str]] = defaultdict(Counter)
    warnings: Counter[str] = Counter()
    letters: list[Any] = []
    faults: list[Any] = []
    blocks: list[list[Any]] = [[]]
    ids: list[list[Any]] = [[] for _ in range(partitions)]
    naming = Naming(spec)
    several: list[list[int]] = []
    taken = 0
    for file, item, result in made:
        if isinstance(item, Fault) and not item.raw:
            faults.append(packed(item))
            continue
        name = naming(item)
        counts = books[name]
        if isinstance(result, Split):
            several.append([taken + 1, len(result.parts)])
        for each in results_of(result) or (None,):
            taken += 1
            counts["read"] += 1
            if isinstance(each, Filtered):
                counts["filtered"] += 1
            elif isinstance(each, Prepared | Delete):
                id = each.id if isinstance(each, Delete) else each.write.id
                body = mark = change = None
                if isinstance(each, Prepared):
                    body, mark, change = each.write.body, each.fingerprint, as_data(each.change)
                    for warning in each.warnings:
                        warnings[kind_of(warning)] += 1
                if len(blocks[-1]) >= BLOCK_RECORDS:
                    blocks.append([])
                blocks[-1].append([taken, name, id, body, mark, change])
                ids[partition_of(id, partitions)].append([taken, id, change if body is not None else None])
            else:
                counts["rejected"] += 1
                why = ("read", item.reason, None) if isinstance(item, Fault) else _why(each)
                letters.append([taken, name, file, packed(item), *why])
    scratch.write(f"derived/{number}.documents", blocks)
    scratch.write(f"derived/{number}.ids", ids)
    scratch.write(f"derived/{number}.letters", [letters])
    told = {
        "records": taken,
        "books": {name: dict(counts) for name, counts in books.items()},
        "warnings": dict(warnings),
        "faults": faults,
        "letters": len(letters),
        "several": several,
        "seconds": time.monotonic() - began,
    }
    scratch.write(f"derived/{number}", [told])
    return told


def partition_of(id: str, partitions: int) -> int:
    """The same on every host."""
    return int.from_bytes(hashlib.blake2b(id.encode(), digest_size=4).digest(), "big") % partitions


def as_data(change: Change | None) -> list[Any] | None:
    return None if change is None else [change.at, change.later_only, list(change.own) if change.own else None]


def as_change(data: list[Any] | None) -> Change | None:
    return None if data is None else Change(data[0], data[1], tuple(data[2]) if data[2] else None)


def _why(result: Result | None) -> tuple[str, str, str | None]:
    assert isinstance(result, Failed)  # noqa: S101 - what else a result is was asked for
    return result.stage, result.reason, result.document_id
