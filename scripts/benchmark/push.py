"""Pushes documents that were encoded before: what a loader that did nothing but send would take.

push.py TARGET FILE CONNECTIONS BATCH_DOCUMENTS BATCH_BYTES; a line of FILE is an id, a tab and the document's JSON.
The sink, its connections and the settings of the index are those of `indexer load`; nothing is derived, remembered,
counted or tried again.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import cast

from indexer.engines.base import Index, Outcome, Tunable, Write
from indexer.engines.elastic.sink import BULK_SETTINGS
from indexer.engines.registry import open_index, parse_target


def batches(path: Path, *, documents: int, size: int) -> Iterator[list[Write]]:
    """By count and bytes, as the loader makes them."""
    batch: list[Write] = []
    held = 0
    with path.open("rb") as file:
        for line in file:
            id, _, body = line[:-1].partition(b"\t")
            if batch and (len(batch) == documents or held + len(body) > size):
                yield batch
                batch, held = [], 0
            batch.append(Write(id.decode(), body))
            held += len(body)
    if batch:
        yield batch


def push(sink: Index, path: Path, *, connections: int, documents: int, size: int) -> None:
    flying: set[Future[list[Outcome]]] = set()

    def collect() -> None:
        nonlocal flying
        done, flying = wait(flying, return_when=FIRST_COMPLETED)
        for future in done:
            wrong = [outcome for outcome in future.result() if outcome.status != "indexed"]
            if wrong:
                sys.exit(f"{len(wrong)} documents were not indexed: {wrong[0]}")

    with ThreadPoolExecutor(connections) as threads:
        for batch in batches(path, documents=documents, size=size):
            while len(flying) >= connections:
                collect()
            flying.add(threads.submit(sink.push, batch))
        while flying:
            collect()
    sink.commit()


def main() -> None:
    target = parse_target(sys.argv[1])
    connections, documents, size = map(int, sys.argv[3:])
    sink = open_index(target, connections=connections, create=True)
    sink.check()
    before = cast(Tunable, sink).bulk_settings() if hasattr(sink, "bulk_settings") else None
    if before is not None:
        cast(Tunable, sink).put_settings(BULK_SETTINGS)
    push(sink, Path(sys.argv[2]), connections=connections, documents=documents, size=size)
    if before is not None:
        cast(Tunable, sink).put_settings(before)
    sink.close()


main()
