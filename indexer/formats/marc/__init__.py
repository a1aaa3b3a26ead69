"""MARC 21 records to documents, by a mapping: VuFind's own (vufind.py), or a file of the user's on top of it."""

import re
from collections.abc import Mapping
from typing import Any

from indexer.formats.marc import mappings, rules
from indexer.formats.marc.reader import parse
from indexer.formats.marc.record import MarcRecord
from indexer.formats.profiles import Profile, make_id
from indexer.model.documents import Delete, Draft, Fields
from indexer.model.errors import Dropped, RecordError
from indexer.model.records import Record

DELETED = "d"  # leader/05
OTHER_TYPES = {"z": "authority", **dict.fromkeys("uvxy", "holdings")}  # leader/06 of what is no bibliographic record

_PICA_TAG = re.compile("[0-9]{3}[@A-Z]")
_UNIMARC_100 = re.compile(r"[0-9]{8}[a-u|# ]")  # when it was entered, and the type of the date behind it


def document(record: Record, profile: Profile) -> Draft | Delete:
    """The document of one MARC record, without copied fields; a deletion where its leader says that it is deleted.

    A field that cannot be made is left out and noted in `marc_error`, as is what had to be repaired in reading.
    Raises RecordError where nothing can be read, the record has no id or is not MARC 21, and Dropped where it is no
    bibliographic record (unless the profile lets all types in) or the mapping drops it.
    """
    made = from_marc(parse(record.raw), profile, (record.header.identifier if record.header else None) or "")
    return made if isinstance(made, Delete) else Draft(made, computed=())  # the mapping has rules of its own for them


def from_marc(record: MarcRecord, profile: Profile, harvested: str = "") -> Fields | Delete:
    """The same, of a record that was read already. `harvested` is the identifier that its harvest has for it."""
    kind = OTHER_TYPES.get(record.leader[6:7])
    if kind is not None and not profile.options.get("all_types"):
        raise Dropped(f"a record of {kind} (leader/06 {record.leader[6]}), no bibliographic one")
    _check_format(record)
    mapping = mappings.load(profile.options["mapping"], profile.options["functions"])
    made, problems = make(mapping, record)
    given = made.pop("id", "")
    if not given and profile.options["harvest_id"]:
        given = harvested
    identifier = make_id(profile, given if isinstance(given, str) else given[0])
    if not identifier:
        raise RecordError("the record has none to make its id of", field="001")
    if record.leader[5:6] == DELETED:
        return Delete(identifier)
    if mapping.dropped and any(condition.holds(record) for condition in mapping.dropped):
        raise Dropped("the mapping drops it")
    if mapping.deleted and any(condition.holds(record) for condition in mapping.deleted):
        return Delete(identifier)
    fields: Fields = {"id": identifier, **profile.constants, **made}
    for name in mapping.decided & profile.constants.keys() - made.keys():
        del fields[name]
    fields.update({name: value for name, value in profile.constants.items() if name not in mapping.own})
    if problems := [*record.warnings, *problems]:
        fields["marc_error"] = list(dict.fromkeys(problems))
    return fields


def _check_format(record: MarcRecord) -> None:
    """Raises RecordError for a record of another format, of which the rules for MARC 21 would make nonsense."""
    by_tag = record.by_tag
    if "245" in by_tag:
        return
    if any(_PICA_TAG.fullmatch(tag) for tag in by_tag):
        raise RecordError("is PICA+ (fields such as 021A), and this profile reads MARC 21. Export it as MARC 21")
    coded = [text for field in by_tag.get("100", ()) for code, text in field.subfields if code == "a"]
    if any(_UNIMARC_100.match(text) for text in coded) and any(
        code == "a" for field in by_tag.get("200", ()) for code, _ in field.subfields
    ):
        raise RecordError(
            "is UNIMARC or made of it, as RUSMARC is (coded data in 100 $a, the title in 200), and this profile reads "
            "MARC 21. Export it as MARC 21"
        )


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
        except RecordError as error:  # which says that the whole record is lost with it
            error.field = error.field or name
            raise
        except Exception as error:  # noqa: BLE001 - any function of a mapping: its field is lost, not the record
            problems.append(f"{name}: could not be made: {error or type(error).__name__}")
    return fields, problems


def made_alone(options: Mapping[str, Any]) -> frozenset[str] | None:
    """The fields that a mapping of SolrMarc's files alone makes, for which the profile's example constants are not
    meant; None for other mappings."""
    mapping = options["mapping"]
    paths = (mapping,) if isinstance(mapping, str) else mapping
    if not all(path.endswith(mappings.PROPERTIES) for path in paths):
        return None
    return frozenset(mappings.load(mapping, options["functions"]).fields)


def depends_on(options: Mapping[str, Any]) -> str:
    """What the documents depend on besides their records: the mapping of one's own."""
    return mappings.digest(options["mapping"], options["functions"]) if options["mapping"] else ""


def named_fields(options: Mapping[str, Any]) -> set[str]:
    """The fields that a mapping of the user's own makes."""
    return mappings.load(options["mapping"], options["functions"]).own


def check_options(options: Mapping[str, Any]) -> tuple[str, str] | None:
    """Reads the mapping. Raises ConfigError naming its file and line where it is wrong."""
    mappings.load(options["mapping"], options["functions"])
    return None
