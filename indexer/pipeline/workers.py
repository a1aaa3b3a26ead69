"""What a process that derives documents does: one record to what is sent for it, and how both travel to it and back."""

import gc
import hashlib
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

import orjson

from indexer.derive.tracking import Change
from indexer.engines.base import Write
from indexer.formats import to_documents
from indexer.formats.changes import change_of
from indexer.formats.profiles import Profile, make_id
from indexer.formats.registry import DELETE, format_named
from indexer.model.documents import Delete, Document, Fields
from indexer.model.errors import Dropped, RecordError
from indexer.model.records import Header, Position, Record
from indexer.model.schema import Schema, biblio, in_use, use

WARNINGS = ("marc_error", "metadata_error_str_mv")  # the fields that hold them


@dataclass(frozen=True, slots=True)
class TransformSpec:
    """What a worker needs to know: for each source the profile of each format, and the fields that the target fills
    itself. `fingerprint_key` is what the documents' fingerprints are keyed with (jobs/plan.py). `dates`: whether it is
    asked when a record was last changed. `schema`: the fields that documents may have; `site` those of the target's own
    that the profiles name, with whether they hold several values. `harvested` are the sources whose dumps are pages of
    a live server.
    """

    profiles: dict[str, dict[str, Profile]]
    omit: Set[str] = frozenset()
    fingerprint_key: str = ""
    dates: bool = False
    schema: Schema = field(default_factory=biblio)
    site: tuple[tuple[str, bool], ...] = ()
    harvested: Set[str] = frozenset()

    def profile_of(self, record: Record) -> Profile | None:
        """The profile that reads this record; None where its source reads no such format."""
        return self.profiles[record.source].get(record.format)

    def format_of(self, source: str) -> str | None:
        """The format of the source, for content that does not tell; None where it reads several."""
        formats = [name for name in self.profiles[source] if name != DELETE]
        return formats[0] if len(formats) == 1 else None

    def elements_of(self, source: str) -> list[str]:
        """The names of the elements that are the source's records, where its profile says them."""
        reads = self.profiles[source].get(self.format_of(source) or "")
        return list(reads.options.get("records", ())) if reads is not None else []

    def has_header(self, source: str) -> bool:
        """Whether the first row of the source's tables is no record."""
        reads = self.profiles[source].get(self.format_of(source) or "")
        if reads is None or "header" not in reads.options:
            return True
        format = format_named(reads.format)
        asked = format.hook("header_of") if format is not None else None
        return asked is None or asked(reads.options) != "none"


@dataclass(frozen=True, slots=True)
class Failed:
    """The record did not become a document. `stage` is where: format or derive; `document_id` is None if not known."""

    stage: str
    reason: str
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Filtered:
    reason: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A write with its fingerprint: equal fingerprints, equal documents. `warnings` are
    what the document itself says was wrong with its record. `change` is for first_indexed and last_indexed, None where
    nobody asks or the document has its own; they are not in `write`, and so not in the fingerprint.
    """

    write: Write
    fingerprint: bytes
    warnings: tuple[str, ...] = ()
    change: Change | None = None


Result = Prepared | Delete | Failed | Filtered


@dataclass(frozen=True, slots=True)
class Split:
    """What is sent for a record that makes several documents (or deletes some), in their order."""

    parts: tuple[Prepared | Delete, ...]


def results_of(made: Result | Split | None) -> tuple[Result, ...]:
    """What became of a record, one by one; () of what is no record."""
    return made.parts if isinstance(made, Split) else (made,) if made is not None else ()


def transform(record: Record, spec: TransformSpec) -> Result | Split:
    """One record to what is sent for it. Pure: the same record and spec give the same bytes everywhere."""
    profile = spec.profile_of(record)
    if profile is None:
        read = ", ".join(sorted(spec.profiles[record.source].keys() - {DELETE}))
        return Failed("format", f"is {record.format}, and what is read here is {read}: is --profile right?")
    try:
        if biblio() is spec.schema:  # as in every worker: to put it in use takes longer than to ask
            documents = to_documents(record, profile)
        else:
            with in_use(spec.schema):
                documents = to_documents(record, profile)
        if len(documents) == 1:
            return _prepared(documents[0], record, spec)
        return Split(tuple(_prepared(document, record, spec) for document in documents))
    except RecordError as error:
        reason = f"{error.field}: {error.reason}" if error.field else error.reason
        return Failed("format", reason, error.document_id or _named_by_header(record, profile))
    except Dropped as dropped:
        return Filtered(str(dropped))
    except Exception as error:  # noqa: BLE001 - a bug of ours costs this record, never its neighbours, and is shown
        reason = f"unexpected {type(error).__name__}: {error}; this is a fault of the loader"
        return Failed("derive", reason, _named_by_header(record, profile))


def _prepared(document: Document | Delete, record: Record, spec: TransformSpec) -> Prepared | Delete:
    if isinstance(document, Delete):
        return document
    fields = document.fields
    if spec.omit:
        fields = {name: value for name, value in fields.items() if name not in spec.omit}
    body = orjson.dumps(fields)
    mark = hashlib.blake2b(body, digest_size=16, key=spec.fingerprint_key.encode()[:64]).digest()
    change = change_of(record, document.fields) if spec.dates else None
    return Prepared(Write(document.id, body), mark, _warnings(document.fields), change)


def _warnings(fields: Fields) -> tuple[str, ...]:
    found: list[str] = []
    for name in WARNINGS:
        if name in fields:
            value = fields[name]
            found += value if isinstance(value, list) else [value]
    return tuple(found)


def _named_by_header(record: Record, profile: Profile) -> str | None:
    """The id of a document that could not be made, where its harvest says it."""
    identifier = record.header.identifier if record.header is not None else None
    return make_id(profile, identifier) if identifier else None


_spec: TransformSpec | None = None


def collect_rarely() -> None:
    """Python looks for garbage in cycles after every 700 new objects; a record makes hundreds, and hardly a cycle."""
    gc.set_threshold(50_000, 20, 100)


def start_worker(spec: TransformSpec | None) -> None:
    global _spec
    _spec = spec
    if spec is not None:
        use(spec.schema)
    collect_rarely()


# Between processes records and what is made of them travel as plain tuples: to pickle dataclasses takes as long as to
# parse the record. Where a record stands plays no part in what is made of it, and stays here.
Packed = tuple[str, str, bytes, tuple[str | None, str | None, tuple[str, ...], bool] | None]
PackedChange = tuple[int, bool, tuple[int, int] | None] | None
PackedPart = tuple[str, bytes, bytes, tuple[str, ...], PackedChange] | Delete | Failed | Filtered
PackedResult = PackedPart | list[PackedPart]  # a list: of a record that makes several documents

_NOWHERE = Position("")


def pack(record: Record) -> Packed:
    header = record.header
    if header is not None:
        told = (header.identifier, header.datestamp, header.sets, header.deleted)
        return record.source, record.format, record.raw, told
    return record.source, record.format, record.raw, None


def transform_in_worker(records: Sequence[Packed]) -> list[PackedResult]:
    """By the spec that this worker was started with."""
    assert _spec is not None  # noqa: S101 - set by start_worker in every worker
    return [_transform_packed(record, _spec) for record in records]


def transform_alone(record: Packed | None, spec: TransformSpec) -> PackedResult | None:
    """One record; None for none, which shows that the process is well."""
    return _transform_packed(record, spec) if record is not None else None


def _transform_packed(record: Packed, spec: TransformSpec) -> PackedResult:
    source, format, raw, header = record
    result = transform(Record(source, format, raw, _NOWHERE, Header(*header) if header is not None else None), spec)
    return [_pack(part) for part in result.parts] if isinstance(result, Split) else _pack(result)


def _pack(result: Result) -> PackedPart:
    if not isinstance(result, Prepared):
        return result
    change = result.change
    told = (change.at, change.later_only, change.own) if change is not None else None
    return result.write.id, result.write.body, result.fingerprint, result.warnings, told


def unpack(result: PackedResult) -> Result | Split:
    if isinstance(result, list):
        return Split(tuple(part for each in result if isinstance(part := _unpack(each), Prepared | Delete)))
    return _unpack(result)


def _unpack(result: PackedPart) -> Result:
    if isinstance(result, tuple):
        id, body, fingerprint, warnings, change = result
        return Prepared(Write(id, body), fingerprint, warnings, Change(*change) if change is not None else None)
    return result
