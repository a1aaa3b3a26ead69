"""What a sink takes: a document with its fields in emission order, or the deletion of one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Value = str | list[str]
Fields = dict[str, Value]
NOTES = "metadata_error_str_mv"  # the field that says what was mended in a record
Style = Literal["legacy", "current"]  # of title_sort (derive.titles)


@dataclass(slots=True)
class Draft:
    """What a format makes of a record, before the computed fields and the copies are put to it (derive.stage).

    `fields` are in emission order, with `id`. A computed field that is among them stays as it is, and one without a
    value (an empty list) is not made; a format that names nothing else gets them all, each at its place. The rest is
    for records that say more than their fields hold, and for formats with rules of their own.
    """

    fields: Fields
    titles: Sequence[str] | None = None  # of the work keys, where they are not `title` and `title_alt`
    authors: Sequence[str] | None = None  # of the work keys, where they are not `author` and `author_corporate`
    style: Style | None = None  # of title_sort, where the record decides it and not the profile
    computed: Collection[str] | None = None  # the fields that may be computed; None: all
    anew: Collection[str] = ()  # those that are computed again where that can be done, in the place that they have
    behind: Mapping[str, tuple[str, ...]] | None = None  # computed field -> those that go before it, where others do
    repairs: Sequence[str] = ()  # what had to be mended to read the record


@dataclass(frozen=True, slots=True)
class Document:
    """`fields` holds `id` first and then every field in *emission order*: the order in which an importer emits a
    field name for the first time decides the order of the values in copied fields (docs/fields.md).

    A value is a string for a single-valued field of the schema and a list of strings for a multi-valued one, even
    when there is one value. A field without a value is absent; an empty string is a value.
    """

    fields: Fields

    @property
    def id(self) -> str:
        value = self.fields["id"]
        assert isinstance(value, str)  # noqa: S101 - the schema's unique key is single-valued
        return value


@dataclass(frozen=True, slots=True)
class Delete:
    """A tombstone: the document with this id is to go."""

    id: str
