"""Formats: from one record of a source to the document for a sink. One module a format (formats.registry)."""

from collections.abc import Callable, Sequence

from indexer.derive.stage import complete
from indexer.formats.profiles import Profile, make_id
from indexer.formats.registry import DELETE, format_named, formats
from indexer.model.documents import Delete, Document, Draft, Fields
from indexer.model.errors import Dropped, RecordError
from indexer.model.records import Record

Made = Draft | Fields | Delete
Make = Callable[[Record, Profile], Made | Sequence[Made]]

_documents: dict[str, Make] = {}


def to_document(record: Record, profile: Profile) -> Document | Delete:
    """As `to_documents`, of a record that makes one. Raises RecordError for one that makes several."""
    made = to_documents(record, profile)
    if len(made) > 1:
        raise RecordError(f"makes {len(made)} documents")
    return made[0]


def to_documents(record: Record, profile: Profile) -> list[Document | Delete]:
    """What a sink does about this record: a whole document, derived fields included, or a deletion; several of them
    where the format makes several, in their order.

    Ids of deletions go through the profile's id rules, as those of documents do. A format's module has a function
    `document(record, profile)`: its fields with `id`, in emission order, without copied fields and with those computed
    ones alone for which it has a rule of its own; a Draft, where there is more to say of them; a Delete, where the
    record itself says that it is deleted; or a list of such.

    Raises RecordError where the record cannot become a document, or one of its documents is none, and Dropped where it
    is left out on purpose.
    """
    made = _to_documents(record, profile)
    for each in made:
        if "\0" in each.id:
            raise RecordError("holds a NUL, which no database stores", field="id")
    return made


def _to_documents(record: Record, profile: Profile) -> list[Document | Delete]:
    header = record.header
    if record.format == DELETE or (header is not None and header.deleted):
        deleted = make_id(profile, header.identifier or "") if header is not None else ""
        if not deleted.strip():
            raise RecordError("a deletion without an identifier: nothing to delete", field="id")
        return [Delete(deleted)]
    make = _documents.get(record.format) or _load(record.format)
    if record.format != profile.format:
        raise RecordError(f"is {record.format}, and profile {profile.name!r} reads {profile.format}")
    made = make(record, profile)
    if isinstance(made, Draft | dict | Delete):
        return [_completed(made, profile)]
    if not made:
        raise Dropped("the format makes no document of it")
    return [_completed(each, profile) for each in made]


def _completed(made: Made, profile: Profile) -> Document | Delete:
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
