"""Where each field of a document came from: the rule, its input, the steps between.

Nothing is traced while records are loaded. Here one record is made into its document as always, and told field by
field with the format's table of rules (MARC's mapping is its own table). Steps are shown only where they end in the
value that the document has.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lxml import etree

from indexer.derive import copies, titles
from indexer.derive.stage import COMPUTED
from indexer.derive.tracking import DATES, shown
from indexer.derive.work_keys import normal_form
from indexer.formats import solr_json, to_documents, xml
from indexer.formats.changes import change_of
from indexer.formats.profiles import Profile, make_id
from indexer.formats.provenance import Explained, Named, Rule
from indexer.formats.registry import Format, formats
from indexer.model.documents import Delete, Document, Fields, Value
from indexer.model.records import Record
from indexer.model.schema import biblio

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_STEP = re.compile(r"(?<![\w@'\"=-])([A-Za-z][\w-]*)(?![\w-]*['\"=])")


def explain(record: Record, profile: Profile, id: str | None = None) -> list[Explained] | Delete:
    """Every field of the record's document, in the document's order: of several the one with this `id`, else the first.
    Raises what `to_documents` raises.
    """
    documents = to_documents(record, profile)
    document = next((each for each in reversed(documents) if each.id == id), documents[0])
    if isinstance(document, Delete):
        return document
    rules = dict(_rules(record, profile, document))
    return [Explained(name, value, rules.get(name, [])) for name, value in document.fields.items()]


def explain_dates(record: Record, fields: Fields) -> list[Explained]:
    """first_indexed and last_indexed, which get their values when the document is sent; [] where it has its own."""
    change = change_of(record, fields)
    if change is None or change.own is not None:
        return []
    where = "header datestamp" if change.later_only else "005, else 008/00-05"
    other = "a later" if change.later_only else "another"
    last = f"when a version of it with {other} date of change was sent, or it came again after a deletion"
    inputs = [(where, shown(change.at) if change.at else "no date: last_indexed stays")]
    made = "put in when the document is sent, from the state (load.dates)"
    rules = (Rule(f"when this id first came into the target; {made}"), Rule(f"{last}; {made}", inputs))
    return [Explained(name, [], [rule]) for name, rule in zip(DATES, rules, strict=True)]


def _rules(record: Record, profile: Profile, document: Document) -> Iterator[tuple[str, list[Rule]]]:
    fields = document.fields
    marc = _marc(record, profile)
    hook = formats()[profile.format].hook("rules_of")
    mapped = _of_marc(marc, profile) if marc is not None else hook(record, profile) if hook is not None else {}
    if profile.format == "solr_json":
        mapped.pop("id", None)  # the document keeps its own
    format = formats()[profile.format]
    source = _Input(record, profile, format) if profile.format != "marc" else None
    for name, value in fields.items():
        if name in copies.filled():
            yield name, [Rule(_copied(name, fields), _copies(name, fields))]
        elif mapped.get(name):
            yield name, mapped[name]
        elif name in profile.constants and _shaped(profile.constants[name]) == _shaped(value):
            yield name, [Rule(f"constant of the profile {profile.name}")]
        elif name in mapped:
            yield name, mapped[name]
        elif source is not None:
            rule = rule_of(name, format)
            inputs = source.find(name, rule.get("from", []))
            yield name, [Rule(rule["rule"], inputs, list(_steps(name, fields, record, profile)))]


def rule_of(name: str, format: Format) -> Mapping[str, Any]:
    """As the format's table has it; else that of the computed field, whose input stands where its parts' does."""
    written, any_field = format.rules.get(name), format.rules.get("*")
    if written is None and (computed := COMPUTED.get(name)) is not None:
        own = any_field is not None  # its records have fields by name
        places = [format.rules.get(part, {}).get("from", [part] if own else []) for part in computed.of]
        return {"rule": computed.told, "from": list(dict.fromkeys(place for found in places for place in found))}
    return written or any_field or {"rule": "no rule is written down for it"}


def _marc(record: Record, profile: Profile) -> Record | None:
    """The MARC record that the document was made of."""
    if profile.format == "solr_json" and profile.options.get("rederive"):
        raw = solr_json.marc_record(solr_json.read(record.raw))
        return replace(record, raw=raw) if raw is not None else None
    return record if profile.format == "marc" else None


def _of_marc(record: Record, profile: Profile) -> dict[str, list[Rule]]:
    from indexer.formats.marc.explain import rules_of  # the mapping is large, and other formats have none

    return rules_of(record, profile)


def _shaped(value: Value) -> list[str]:
    return [value] if isinstance(value, str) else value


class _Input:
    """The record as it came, opened once: where the values of a rule are found in it."""

    def __init__(self, record: Record, profile: Profile, format: Format) -> None:
        self._header = record.header
        self._root: etree._Element | None = None
        self._values: Mapping[str, list[str]] | None = None
        self._names: Mapping[str, list[str]] = {}
        if (named_values := format.hook("named_values")) is not None:
            self._values, self._names = named_values(record, profile)
        else:
            self._root = (format.hook("parse") or xml.parse)(record.raw)

    def find(self, name: str, places: list[str]) -> list[Named]:
        """(place, value) of everything that stands at these places; without any, at those of the field's own name."""
        found: list[Named] = []
        if name == "id" and self._header is not None and self._header.identifier:
            found.append(("header identifier", self._header.identifier))
        if self._root is not None:
            for place in places:
                found += self._elements(place)
        elif self._values is not None:
            for place in places or [name]:
                for column in self._names.get(place, [place]):
                    found += [(column, value) for value in self._values.get(column, [])]
        return found

    def _elements(self, place: str) -> list[Named]:
        assert self._root is not None  # noqa: S101 - asked by `find`
        if place.startswith("@"):
            value = self._root.get(_XML_LANG if place == "@xml:lang" else place[1:])
            return [(place, value)] if value else []
        elements = self._root.iterfind(".//" + _STEP.sub(r"{*}\1", place))
        return [(place, " ".join("".join(each.itertext()).split())) for each in elements]  # type: ignore[arg-type]


def _copied(name: str, fields: Fields) -> str:
    sources = [source for source, targets in biblio().copies.items() if name in targets]
    there = [source for source in fields if source in sources]
    if biblio().fields[name].multi or len(there) < 2:
        return f"copied from {', '.join(there)}"
    return f"copied from {there[0]}, the first of {', '.join(there)}: it holds one value"


def _copies(name: str, fields: Fields) -> list[Named]:
    """The values that were copied, in the order in which the fields were emitted."""
    pairs = [
        (source, value)
        for source, values in fields.items()
        if name in biblio().copies.get(source, ())
        for value in _shaped(values)
    ]
    return pairs if biblio().fields[name].multi else pairs[:1]


def _steps(name: str, fields: Fields, record: Record, profile: Profile) -> Iterator[Named]:
    if name == "id":
        yield from _id_steps(str(fields["id"]), record, profile)
    elif name == "title_sort" and isinstance(title := fields.get("title"), str):
        yield from _title_sort_steps(title, fields[name])
    elif name == "work_keys_str_mv":
        yield from _key_steps(_shaped(fields[name]), fields)


def _id_steps(identifier: str, record: Record, profile: Profile) -> Iterator[Named]:
    """How the profile changed a harvest's identifier."""
    given = record.header.identifier if record.header is not None else None
    if not given or make_id(profile, given) != identifier:
        return
    value = given
    for search, replacement in zip(profile.id_search, profile.id_replace, strict=True):
        changed = re.sub(search, replacement, value)
        if changed != value:
            yield f"id_search {search!r}", changed
        value = changed
    if value != identifier:
        yield f"id_prefix {profile.id_prefix!r}", identifier


def _title_sort_steps(title: str, value: Value) -> Iterator[Named]:
    legacy = titles.strip_articles(title)
    if value == legacy:
        yield "article off, lower case (style legacy)", legacy
        return
    accents = titles.strip_accents(legacy)
    words = titles.strip_punctuation(accents)
    steps = [
        ("article off, lower case", legacy),
        ("accents off", accents),
        ("punctuation to spaces", words),
        ("trimmed, lower case (style current)", titles.lower(titles.clean_data(words))),
    ]
    if steps[-1][1] == value:
        before = ""
        for step in steps:
            if step[1] != before or step is steps[-1]:
                yield step
            before = step[1]


def _key_steps(keys: list[str], fields: Fields) -> Iterator[Named]:
    """The normal form of each part of a key, where the document holds the part that it was made of."""
    parts: dict[str, str] = {}
    for name in ("title", "title_alt", "author", "author_corporate"):
        for text in _shaped(fields.get(name, [])):
            parts.setdefault(normal_form(text), f"{name} {text!r}")
    if isinstance(title := fields.get("title"), str):
        parts.setdefault(normal_form(titles.strip_articles(title)), f"title without its article {title!r}")
    seen = set()
    for key in keys:
        for part in key.split(" ")[1:]:
            if part in parts and part not in seen:
                seen.add(part)
                yield parts[part], part


def as_json(explained: Explained) -> Mapping[str, Any]:
    """One field as `indexer explain --json` prints it."""
    rules = [
        {
            "rule": rule.text,
            "input": [{"from": place, "value": value} for place, value in rule.inputs],
            "steps": [{"step": step, "value": value} for step, value in rule.steps],
            **({"values": rule.values} if rule.values is not None else {}),
        }
        for rule in explained.rules
    ]
    return {"field": explained.name, "value": explained.value, "rules": rules}
