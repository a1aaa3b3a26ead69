"""Parts: what one task of a build works on, some 50,000 records. Together they are the dumps, in their order.

Files small enough are read as they are, several together. A large one is divided, where a reader can begin inside it;
what can be read from its beginning alone is read once, and its records are written to scratch.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

from indexer import sources
from indexer.cluster.scratch import Scratch
from indexer.model.records import Fault, Header, Position, Record
from indexer.model.targets import Target
from indexer.pipeline.workers import TransformSpec
from indexer.sources import spans
from indexer.sources.files import is_no_file
from indexer.sources.remote_file import Remote
from indexer.sources.spans import Span, Survey
from indexer.sources.window import StreamError

PART_RECORDS = 50_000
PART_BYTES = 32 << 20  # of records as they are in memory, or of whole files as they are stored
WHOLE = 32 << 20  # bytes; a smaller file is read as it is by the task that derives its documents
BLOCK_RECORDS = 500


@dataclass(frozen=True, slots=True)
class Part:
    """Whole `files`, each with its source, in their order; or of one file a `span`, or what was `cut` out of it, by its
    name in scratch. `folder` is the one from which the files are named.
    """

    files: tuple[tuple[str, str], ...]
    folder: str
    cut: str = ""
    span: Span | None = None

    def as_data(self) -> list[Any]:
        """What `from_data` makes it of again."""
        span = None if self.span is None else astuple(self.span)
        return [self.files, self.folder, self.cut, span]

    @classmethod
    def from_data(cls, data: list[Any]) -> "Part":
        files, folder, cut, span = data
        its_span = None if span is None else Span.from_data(span)
        return cls(tuple((file, source) for file, source in files), folder, cut, its_span)

    @property
    def most(self) -> int:
        """How many records it has at the most, as far as that is known."""
        return max(PART_RECORDS, self.span.records or 0) if self.span is not None else PART_RECORDS


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


def divide(
    step: Cut, name: str, scratch: Scratch, spec: TransformSpec, locations: Mapping[str, Target | Remote]
) -> list[Part]:
    """The parts of a file: spans of it where it can be divided, else what `cut` writes."""
    path = os.path.join(step.folder, step.file)
    found = spans.divided(path, PART_BYTES, sources.place_in(path, source=step.source, **_reading(step.source, spec)))
    if not found:
        return cut(step, name, scratch, spec, locations)
    return [Part(((step.file, step.source),), step.folder, span=span) for span in found]


def survey(part: Part, spec: TransformSpec) -> Survey | None:
    """Looks at a part that is a stretch of a file; None where the file is to be read from its beginning."""
    [(file, source)] = part.files
    assert part.span is not None  # noqa: S101 - what has none is not surveyed
    path = os.path.join(part.folder, file)
    try:
        return spans.survey(path, part.span, sources.place_in(path, source=source, **_reading(source, spec)))
    except StreamError:
        return None


def numbered(parts: Sequence[Part], found: Sequence[Survey | None]) -> list[Part]:
    """The stretches of one file, as they were surveyed, at their places in it; none where it can't be divided."""
    told = [its for its in found if its is not None]
    if len(told) < len(parts):
        return []
    chain = spans.chained([part.span for part in parts if part.span is not None], told)
    return [replace(part, span=span) for part, span in zip(parts, chain, strict=True)] if chain else []


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
        for item in read_file(file, source, part.folder, spec, {}, part.span):
            yield file, item


def read_file(
    file: str,
    source: str,
    folder: str,
    spec: TransformSpec,
    locations: Mapping[str, Target | Remote],
    span: Span | None = None,
) -> Iterable[Record | Fault]:
    """What is in the file, or a span of it, at positions by the name that it has from the folder, wherever this process
    is.
    """
    path = file if is_no_file(file) else os.path.join(folder, file)
    harvested = source in spec.harvested
    reading = _reading(source, spec)
    found = sources.read([path], source=source, harvested=harvested, locations=locations, span=span, **reading)
    return found if path == file else (_named(item, path, file) for item in found)


def _reading(source: str, spec: TransformSpec) -> dict[str, Any]:
    return {
        "format": spec.format_of(source),
        "elements": spec.elements_of(source),
        "header": spec.has_header(source),
    }


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
