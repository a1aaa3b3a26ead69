"""Formats: from one record of a source to the document for a sink. One module a format (formats.registry)."""

from collections.abc import Callable

from indexer.derive.stage import complete
from indexer.formats.profiles import Profile, make_id
from indexer.formats.registry import DELETE, format_named, formats
from indexer.model.documents import Delete, Document, Draft, Fields
from indexer.model.errors import RecordError
from indexer.model.records import Record

Make = Callable[[Record, Profile], Draft | Fields | Delete]

_documents: dict[str, Make] = {}


def to_document(record: Record, profile: Profile) -> Document | Delete:
    """What a sink does about this record: a whole document, derived fields included, or a deletion.

    Ids of deletions go through the profile's id rules, as those of documents do. A format's module has a function
    `document(record, profile)`: its fields with `id`, in emission order, without copied fields and with those computed
    ones alone for which it has a rule of its own; a Draft, where there is more to say of them; or a Delete, where the
    record itself says that it is deleted.

    Raises RecordError where the record cannot become a document, and Dropped where it is left out on purpose.
    """
    made = _to_document(record, profile)
    if "\0" in made.id:
        raise RecordError("holds a NUL, which no database stores", field="id")
    return made


def _to_document(record: Record, profile: Profile) -> Document | Delete:
    header = record.header
    if record.format == DELETE or (header is not None and header.deleted):
        deleted = make_id(profile, header.identifier or "") if header is not None else ""
        if not deleted.strip():
            raise RecordError("a deletion without an identifier: nothing to delete", field="id")
        return Delete(deleted)
    make = _documents.get(record.format) or _load(record.format)
    if record.format != profile.format:
        raise RecordError(f"is {record.format}, and profile {profile.name!r} reads {profile.format}")
    made = make(record, profile)
    if isinstance(made, Delete):
        return made
    draft = made if isinstance(made, Draft) else Draft(made)
    try:
        document = Document(complete(draft, "legacy" if profile.title_sort == "legacy" else "current"))
    except RecordError as error:
        ids = draft.fields.get("id", "")
        error.document_id = (ids if isinstance(ids, str) else "".join(ids[:1])) or None
        raise
    if not document.id.strip():
        raise RecordError("the record has none", field="id")
    return document


def _load(name: str) -> Make:
    format = format_named(name)
    if format is None:
        raise RecordError(f"is {name}, and there is no such format; there are: {', '.join(formats())}")
    make: Make = format.load().document
    _documents[name] = make
    return make
