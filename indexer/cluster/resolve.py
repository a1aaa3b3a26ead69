"""Which version of a document counts: the last one that was read, be it a write or a deletion.

By ids alone, one partition of them at a time: so memory is bounded by the number of partitions, however many there are.
"""

from typing import Any

from indexer.cluster.scratch import Scratch


def resolve(partition: int, parts: int, scratch: Scratch) -> int:
    """Writes `resolved/PARTITION`, a block for each part: which of its versions are superseded, and of those that count
    and had others before them, what is known of these, oldest first. Gives how many ids there are.
    """
    last: dict[str, tuple[int, int]] = {}
    before: dict[str, list[list[Any]]] = {}
    changes: dict[tuple[int, int], Any] = {}
    superseded: list[list[int]] = [[] for _ in range(parts)]
    for part in range(parts):
        for number, id, change in next(scratch.blocks(f"derived/{part}.ids", [partition])):
            earlier = last.get(id)
            if earlier is not None:
                superseded[earlier[0]].append(earlier[1])
                before.setdefault(id, []).append([*earlier, changes.pop(earlier, None)])
            last[id] = (part, number)
            if change is not None:
                changes[part, number] = change
    won: list[list[Any]] = [[] for _ in range(parts)]
    for id, versions in before.items():
        part, number = last[id]
        won[part].append([number, versions])
    scratch.write(f"resolved/{partition}", [[superseded[part], won[part]] for part in range(parts)])
    return len(last)


def counted(part: int, partitions: int, scratch: Scratch) -> tuple[set[int], dict[int, list[list[Any]]]]:
    """Of a part: the numbers of its superseded versions; and number -> earlier versions of those that count and had
    some, as [part, number, change], oldest first.
    """
    lost: set[int] = set()
    won: dict[int, list[list[Any]]] = {}
    for partition in range(partitions):
        numbers, earlier = next(scratch.blocks(f"resolved/{partition}", [part]))
        lost.update(numbers)
        won.update((number, versions) for number, versions in earlier)
    return lost, won
