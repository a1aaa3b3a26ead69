"""MARC 21 records to documents, by a mapping: VuFind's own (vufind.py), or a file of the user's on top of it."""

from collections.abc import Mapping
from typing import Any

from indexer.formats.marc import rules
from indexer.formats.marc.reader import parse
from indexer.formats.marc.record import MarcRecord
from indexer.formats.profiles import Profile, make_id
from indexer.model.documents import Delete, Fields
from indexer.model.errors import RecordError
from indexer.model.records import Record

DELETED = "d"  # leader/05


def document(record: Record, profile: Profile) -> Fields | Delete:
    """The document of one MARC record, without copied fields; a deletion where its leader says that it is deleted.

    A field that cannot be made is left out and noted in `marc_error`, as is what had to be repaired in reading.
    Raises RecordError where nothing can be read, or the record has no id.
    """
    return from_marc(parse(record.raw), profile, (record.header.identifier if record.header else None) or "")


def from_marc(record: MarcRecord, profile: Profile, harvested: str = "") -> Fields | Delete:
    """The same, of a record that was read already. `harvested` is the identifier that its harvest has for it."""
    mapping = rules.load(profile.options["mapping"])
    made, problems = make(mapping, record)
    given = made.pop("id", "")
    if not given and profile.options["harvest_id"]:
        given = harvested
    identifier = make_id(profile, given if isinstance(given, str) else given[0])
    if not identifier:
        raise RecordError("the record has none to make its id of", field="001")
    if record.leader[5:6] == DELETED:
        return Delete(identifier)
    fields: Fields = {"id": identifier, **profile.constants, **made}
    fields.update({name: value for name, value in profile.constants.items() if name not in mapping.own})
    if problems := [*record.warnings, *problems]:
        fields["marc_error"] = list(dict.fromkeys(problems))
    return fields


def make(mapping: rules.FieldRules, record: MarcRecord) -> tuple[Fields, list[str]]:
    """The fields that a mapping makes of a record, and what went wrong with some."""
    fields: Fields = {}
    problems = []
    for name, rule in mapping.fields.items():
        try:
            values = rule.run(record)
            if not values:
                continue
            if rule.multi:
                fields[name] = list(values)
            else:
                fields[name] = values[0]
                if len(values) > 1:
                    problems.append(f"{name}: holds one value, the first of the {len(values)} of this record")
        except Exception as error:  # noqa: BLE001 - any function of a mapping: its field is lost, not the record
            problems.append(f"{name}: could not be made: {error or type(error).__name__}")
    return fields, problems


def check_options(options: Mapping[str, Any]) -> tuple[str, str] | None:
    """Reads the mapping. Raises ConfigError naming its file and line where it is wrong."""
    rules.load(options["mapping"])
    return None
