"""Documents out of another index: what an importer once emitted is kept, what was derived from it is made anew.

One record is a JSON object (a Solr document, or an Elasticsearch hit with `_source`), a `<doc>` element of Solr's XML
(update or response), or the text of a VuFind record page with its staff view. Copied fields are dropped and the
pipeline fills them again; the fields that a dump lacks because an index does not store them are recovered where
something in the dump still tells them: `allfields` from `spelling`, `publishDateSort` from `publishDate`, and the
order of emission from the order of the copied values.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from indexer.derive import copies
from indexer.derive.titles import title_sort
from indexer.formats import emission_order, mend, staff_view, xml
from indexer.formats.profiles import Profile, make_id
from indexer.model.documents import Draft, Fields, Style
from indexer.model.errors import RecordError
from indexer.model.records import Record

# What an engine says about a document beside its fields
_ENGINE_FIELDS = {"_version_", "_root_", "_nest_path_", "_nest_parent_", "score"}
_XML_VALUES = {"str", "int", "long", "float", "double", "bool", "date"}

Values = dict[str, list[str]]


#: The computed fields that are made again of what a document holds; of its titles it may say more than we can make.
ANEW = frozenset({"title_sort", "author_sort", "publishDateSort", "work_keys_str_mv"})


def document(record: Record, profile: Profile) -> Draft:
    """The source and computed fields of a dumped document, in emission order, without copied fields.

    Records whose `record_format` is marc keep the computed fields that they have, which were made from MARC fields that
    the document does not hold; where a dump took them all out, they are made as for others. With the option `rederive`
    all their fields are made of the MARC record in `fullrecord` again.

    Raises RecordError where the dump cannot be read, a value is no text, or there is no id.
    """
    repairs: list[str] = []
    dumped = read(record.raw, repairs)
    if "id" not in dumped and record.header is not None and record.header.identifier:
        dumped = {"id": [record.header.identifier], **dumped}  # the _id of a hit, or of a bulk file's action
    identifier = dumped.get("id", [])
    if len(identifier) != 1 or not identifier[0].strip():
        raise RecordError(f"gives {len(identifier)} ids" if len(identifier) > 1 else "the record has none", field="id")
    dumped = _with_allfields(dumped | {"id": [make_id(profile, identifier[0])]})
    left_out = copies.filled()
    kept = {name: dumped[name] for name in emission_order.recovered(dumped) if name not in left_out}
    kept |= {name: [value] if isinstance(value, str) else value for name, value in profile.constants.items()}
    if profile.options.get("rederive") and (marc := marc_record(dumped)) is not None:
        return Draft(_rederived(kept, marc, profile), computed=())
    draft = draft_of(kept, style=_style(dumped, kept, profile), repairs=repairs)
    if kept.get("record_format") == ["marc"]:
        draft.anew = ()
        if "title_sort" in kept:  # it was made with all the others: what it has no more of, the record never had
            draft.computed = {"publishDateSort"}
    return draft


def named_values(record: Record, _profile: Profile) -> tuple[Values, Values]:
    """For `indexer explain`: the document's own fields."""
    return read(record.raw), {}


def depends_on(options: Mapping[str, Any]) -> str:
    """What the documents depend on besides their records: the mapping of one's own."""
    if not options["mapping"]:
        return ""
    from indexer.formats import marc  # the mapping is large, and most profiles need none

    return marc.depends_on(options)


def check_options(options: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with the options of a profile. Raises ConfigError naming file and line of a mapping at fault."""
    if options["mapping"] and not options["rederive"]:
        return "mapping", "is for MARC records in fullrecord, which are read with rederive = true"
    if options["rederive"]:
        from indexer.formats import marc  # the mapping is large, and most profiles need none

        return marc.check_options(options)
    return None


def named_fields(options: Mapping[str, Any]) -> set[str]:
    """The fields that a mapping of the user's own makes of MARC records in fullrecord."""
    from indexer.formats import marc

    return marc.named_fields(options) if options["rederive"] else set()


def marc_record(dumped: Values) -> bytes | None:
    """The MARC record that a document was made of, where it holds one."""
    if dumped.get("record_format") != ["marc"] or len(dumped.get("fullrecord", [])) != 1:
        return None
    return dumped["fullrecord"][0].encode()


def _rederived(kept: Values, raw: bytes, profile: Profile) -> Fields:
    """What the mapping makes of the MARC record, beside the fields that it does not make: id, institution, ..."""
    from indexer.formats import marc
    from indexer.formats.marc.reader import parse

    record = parse(raw)
    mapping = marc.mappings.load(profile.options["mapping"], profile.options["functions"])
    made, problems = marc.make(mapping, record)
    others = kept.keys() - {name for name in mapping.fields if name != "id" and name not in profile.constants}
    fields: Fields = {name: kept[name] for name in kept if name in others and name != "marc_error"}
    fields |= {name: value for name, value in made.items() if name not in others}
    if problems := [*record.warnings, *problems]:
        fields["marc_error"] = list(dict.fromkeys(problems))
    return fields


def _with_allfields(dumped: Values) -> Values:
    """allfields is not stored by VuFind's schema; `spelling` is its verbatim copy, without the values of `format`.

    An index that does store it may have put those of `format` into it, as the schema's copy rule asks.
    """
    spelling, formats = dumped.get("spelling"), dumped.get("format", [])
    if spelling is None or dumped.get("allfields") not in (None, spelling + formats, formats + spelling):
        return dumped
    return {"id": dumped["id"], "allfields": spelling} | {
        name: values for name, values in dumped.items() if name != "allfields"
    }


def draft_of(kept: Values, *, style: Style | None = None, repairs: Sequence[str] = ()) -> Draft:
    """Of a document whose computed fields are made again where they can be. Without a title it has no work keys."""
    titles = None if "title" in kept else ()
    return Draft({**kept}, titles=titles, style=style, anew=ANEW, repairs=repairs)


def _style(dumped: Values, kept: Values, profile: Profile) -> Style | None:
    """Where the profile leaves it to the document: the style in which that has it, current where neither fits."""
    if profile.title_sort != "auto" or "title" not in kept:
        return None
    title, before = kept["title"][0], dumped.get("title_sort")
    legacy, current = title_sort(title, style="legacy"), title_sort(title, style="current")
    return "legacy" if before == [legacy] and before != [current] else "current"


def read(raw: bytes, repairs: list[str] | None = None) -> Values:
    """Field name -> values as text, in the dump's order; the engine's own fields and empty lists left out. What had to
    be mended is put to `repairs`.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordError(f"byte {error.start + 1:,} (0x{raw[error.start]:02X}) is not UTF-8") from None
    start = text.lstrip()[:1]
    if start == "{":
        values = _from_json(text, repairs)
    elif start == "<":
        values = _from_xml(raw, repairs)
    else:
        values = staff_view.read(text)
    return {name: found for name, found in values.items() if found and name not in _ENGINE_FIELDS and name[:1] != "["}


def _from_json(text: str, repairs: list[str] | None) -> Values:
    try:
        # numbers stay as they are written: Solr prints 64-bit ones that a float cannot hold
        found = json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        mended, said = mend.json(text)
        if mended != text:
            if repairs is not None:
                repairs += said
            return _from_json(mended, repairs)
        raise RecordError(f"JSON line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise RecordError("JSON: nested too deep for a document") from None
    if "_source" in found:  # a hit of Elasticsearch or OpenSearch
        source = found["_source"]
        if not isinstance(source, dict):
            raise RecordError("is not an object", field="_source")
        found = source if "id" in source or "_id" not in found else {"id": found["_id"], **source}
    values = {name: _texts(name, value) for name, value in found.items()}
    if "\\u" in text and _has_surrogates(values):
        mended, said = mend.json(text)
        if repairs is not None:
            repairs += said
        return _from_json(mended, repairs)
    return values


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; the values of a repeated name are the values of one field, as for Solr's JSON loader."""
    found = dict(pairs)
    if len(found) < len(pairs):
        found = {}
        for name, value in pairs:
            found.setdefault(name, []).extend(value if isinstance(value, list) else [value])
    return found


def _refuse(constant: str) -> NoReturn:
    raise RecordError(f"JSON: {constant} is not a value")


def _texts(name: str, value: Any) -> list[str]:
    """The values of a field as text, numbers and truth values as Solr prints them; null is no value."""
    texts = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            texts.append(one)
        elif isinstance(one, bool):
            texts.append("true" if one else "false")
        elif one is not None:
            kind = "a list" if isinstance(one, list) else "an object"
            raise RecordError(f"holds {kind} where a value is expected", field=name)
    return texts


def _has_surrogates(values: Values) -> bool:
    """JSON can write half of a character outside the BMP (\\ud83d); no UTF-8 can hold it."""
    try:
        for name, texts in values.items():
            "".join((name, *texts)).encode()
    except UnicodeEncodeError:
        return True
    return False


def _from_xml(raw: bytes, repairs: list[str] | None) -> Values:
    """A `<doc>` of an update (`<field name="">`) or of a response (`<arr name=""><str>`, `<str name="">` ...)."""
    root = xml.parse(raw, repairs)
    if root.tag != "doc":
        raise RecordError(f"<{root.tag}> is not a document of Solr: <doc> is expected")
    values: Values = {}
    for child in root:
        name = child.get("name")
        if not name:
            raise RecordError(f"<{child.tag}> inside <doc> has no field name")
        if child.tag == "field" and child.get("update"):
            raise RecordError("is an atomic update, not a value: a whole document is expected", field=name)
        entries = list(child) if child.tag == "arr" else [child]
        for entry in entries:
            if entry.tag == "null" or entry.get("null") == "true":
                continue
            if (entry.tag not in _XML_VALUES and not (entry.tag == "field" and entry is child)) or len(entry):
                raise RecordError(f"<{entry.tag}> is not a value", field=name)
            values.setdefault(name, []).append(xml.text(entry))
    return values
