"""Parts: what one task of a build works on, some 50,000 records. Together they are the dumps, in their order."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from indexer import sources
from indexer.cluster.scratch import Scratch
from indexer.model.records import Fault, Header, Position, Record
from indexer.model.targets import Target
from indexer.pipeline.workers import TransformSpec
from indexer.sources.files import is_no_file
from indexer.sources.remote_file import Remote

PART_RECORDS = 50_000
PART_BYTES = 32 << 20  # of records as they are in memory, or of whole files as they are stored
WHOLE = 32 << 20  # bytes; a smaller file is read as it is by the task that derives its documents
BLOCK_RECORDS = 500


@dataclass(frozen=True, slots=True)
class Part:
    """Whole `files`, each with its source, in their order; or what was `cut` out of one, by its name in scratch.
    `folder` is the one from which the files are named.
    """

    files: tuple[tuple[str, str], ...]
    folder: str
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """A file that is cut into parts while it is read. `here`: only the driver can read it (standard input, an index, a
    server's file, whose credentials no worker gets).
    """

    file: str
    source: str
    folder: str
    here: bool


def planned(files: Mapping[str, str], folder: str) -> list[Part | Cut]:
    """What is to be read, in order: small files together, large ones to be cut. They are named from `folder`."""
    steps: list[Part | Cut] = []
    small: list[tuple[str, str]] = []
    held = 0
    for file, source in files.items():
        size = -1 if is_no_file(file) else _size(os.path.join(folder, file))
        if not 0 <= size <= WHOLE or held + size > PART_BYTES:
            if small:
                steps.append(Part(tuple(small), folder))
            small, held = [], 0
        if 0 <= size <= WHOLE:
            small.append((file, source))
            held += size
        else:
            steps.append(Cut(file, source, folder, here=is_no_file(file)))
    return [*steps, Part(tuple(small), folder)] if small else steps


def cut(
    step: Cut, name: str, scratch: Scratch, spec: TransformSpec, locations: Mapping[str, Target | Remote]
) -> list[Part]:
    """Reads the file once and writes its parts. Done again it gives the same."""
    parts: list[Part] = []
    blocks: list[list[Any]] = [[]]
    records = size = 0

    def write() -> None:
        nonlocal blocks, records, size
        part = Part(((step.file, step.source),), step.folder, f"{name}-{len(parts)}")
        scratch.write(part.cut, blocks)
        parts.append(part)
        blocks, records, size = [[]], 0, 0

    for item in read_file(step.file, step.source, step.folder, spec, locations):
        blocks[-1].append(packed(item))
        if len(blocks[-1]) >= BLOCK_RECORDS:
            blocks.append([])
        records, size = records + 1, size + len(item.raw)
        if records >= PART_RECORDS or size >= PART_BYTES:
            write()
    if records or not parts:
        write()
    return parts


def items(part: Part, scratch: Scratch, spec: TransformSpec) -> Iterator[tuple[str, Record | Fault]]:
    """What the part holds, each with the file that it is of."""
    if part.cut:
        file = part.files[0][0]
        for block in scratch.blocks(part.cut):
            for each in block:
                yield file, unpacked(each)
        return
    for file, source in part.files:
        for item in read_file(file, source, part.folder, spec, {}):
            yield file, item


def read_file(
    file: str, source: str, folder: str, spec: TransformSpec, locations: Mapping[str, Target | Remote]
) -> Iterable[Record | Fault]:
    """What is in the file, at positions by the name that it has from the folder, wherever this process is."""
    path = file if is_no_file(file) else os.path.join(folder, file)
    found = sources.read(
        [path],
        source=source,
        format=spec.format_of(source),
        elements=spec.elements_of(source),
        header=spec.has_header(source),
        locations=locations,
    )
    return found if path == file else (_named(item, path, file) for item in found)


def _named(item: Record | Fault, path: str, file: str) -> Record | Fault:
    position = replace(item.position, file=sources.shown(file) + item.position.file[len(sources.shown(path)) :])
    return replace(item, position=position)


def packed(item: Record | Fault) -> list[Any]:
    where = [item.position.file, item.position.ordinal, item.position.offset]
    if isinstance(item, Fault):
        return [None, item.source, where, item.raw, item.reason, item.advice]
    header = item.header
    told = None if header is None else [header.identifier, header.datestamp, list(header.sets), header.deleted]
    return [item.format, item.source, where, item.raw, told]


def unpacked(data: list[Any]) -> Record | Fault:
    if data[0] is None:
        return Fault(data[1], Position(*data[2]), data[4], data[5], data[3])
    told = data[4]
    header = None if told is None else Header(told[0], told[1], tuple(told[2]), told[3])
    return Record(data[1], data[0], data[3], Position(*data[2]), header)


def _size(file: str) -> int:
    try:
        return os.stat(file).st_size if os.path.isfile(file) else 0
    except OSError:
        return 0  # reading it says why
