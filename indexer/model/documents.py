"""What a sink takes: a document with its fields in emission order, or the deletion of one."""

from dataclasses import dataclass

Value = str | list[str]
Fields = dict[str, Value]


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
