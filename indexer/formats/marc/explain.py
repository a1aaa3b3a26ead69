"""What each rule of a MARC mapping read in a record, and what it gave.

The record is handed to every rule in wrappers that note which fields were looked into: that is true of the rules of any
institution's mapping, plain functions included.
"""

import re
from typing import cast

from indexer.derive.work_keys import normal_form
from indexer.formats.marc import mappings, rules, titles, work_keys
from indexer.formats.marc.reader import parse
from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.formats.marc.specs import trim
from indexer.formats.profiles import Profile
from indexer.formats.provenance import Named, Rule
from indexer.model.records import Record


class _Field:
    """A field of a record that notes when its content is read. It stands in for a MarcField."""

    def __init__(self, field: MarcField, read: list[MarcField]) -> None:
        self._field = field
        self._read = read
        self.tag, self.ind1, self.ind2 = field.tag, field.ind1, field.ind2

    @property
    def value(self) -> str:
        self._note()
        return self._field.value

    @property
    def subfields(self) -> list[tuple[str, str]]:
        self._note()
        return self._field.subfields

    def _note(self) -> None:
        if not any(field is self._field for field in self._read):
            self._read.append(self._field)


class _Record:
    """A record of such fields, which stands in for a MarcRecord."""

    def __init__(self, record: MarcRecord, read: list[MarcField]) -> None:
        self._leader = MarcField("leader", record.leader)
        self._read = read
        self.warnings: list[str] = []
        self.fields = [_Field(field, read) for field in record.fields]
        self.by_tag: dict[str, list[_Field]] = {}
        for field in self.fields:
            self.by_tag.setdefault(field.tag, []).append(field)

    @property
    def leader(self) -> str:
        if self._leader not in self._read:
            self._read.append(self._leader)
        return self._leader.value


def rules_of(record: Record, profile: Profile) -> dict[str, list[Rule]]:
    """Field -> the rules of the mapping that gave a value, in their order; none for a field for which a constant of the
    profile counts more."""
    marc = parse(record.raw)
    found: dict[str, list[Rule]] = {}
    mapping = mappings.load(profile.options["mapping"], profile.options["functions"])
    for name, field in mapping.fields.items():
        if name in profile.constants and name not in mapping.own:
            found[name] = []
            continue
        told = [_applied(rule, marc) for rule in field.rules]
        found[name] = [rule for rule in told if rule.values]
    found["marc_error"] = [Rule("what had to be repaired in reading, and fields that could not be made")]
    return found


def _applied(rule: rules.Rule, record: MarcRecord) -> Rule:
    read: list[MarcField] = []
    steps: list[Named] = []
    try:
        values = list(rule.extract(cast(MarcRecord, _Record(record, read))))
        steps = [("extracted", value) for value in values]
        for name, change in rule.steps:
            changed = change(values) if values else []
            if changed != values:
                steps += [(name, value) for value in changed] or [(name, "nothing is left")]
            values = changed
    except Exception:  # noqa: BLE001 - any function of a mapping: what went wrong is in marc_error
        values = []
    if all(name == "extracted" for name, _ in steps):
        steps = _steps(rule.text, record, values)
    return Rule(_text(rule), [_shown(field) for field in read], steps, values)


def _text(rule: rules.Rule) -> str:
    """The rule as it is written in the mapping; a function with what it says of itself."""
    about = "" if rule.spec else " ".join((rule.extract.__doc__ or "").partition("\n\n")[0].split())
    about = about.partition(" Raises ")[0]  # for who calls it
    about = re.sub(r"^[\w-]+: ", "", about)  # the field, which is told already
    return f"{rule.text}: {about}" if about else rule.text


def _steps(name: str, record: MarcRecord, values: list[str]) -> list[Named]:
    """Inside those functions of the bundled mapping that go by several steps."""
    if name == titles.title_sort.__name__:
        filed = [(field, text) for field in record.by_tag.get("245", []) for text in titles.filed(field, "abkp")]
        forms = [(field, text, titles.sort_form(text)) for field, text in filed]
        return [
            step
            for field, text, form in forms
            if form in " ".join(values)
            for step in ((_filed_as(field, text), text), ("sorts as", form))
        ]
    if name == work_keys.work_keys.__name__:
        texts = [
            *(("uniform title", text) for text in work_keys.uniform_titles_of(record)),
            *(("title", text) for text in work_keys.titles_of(record)),
            *(("title as filed", text) for text in work_keys.titles_as_filed(record)),
            *(("author", text) for text in work_keys.authors_of(record)),
        ]
        parts = {part for key in values for part in key.split(" ")[1:]}
        told = {form: f"{what} {text!r}" for what, text in reversed(texts) if (form := normal_form(text)) in parts}
        return [(text, form) for form, text in reversed(told.items())]
    return []


def _filed_as(field: MarcField, text: str) -> str:
    """How a subfield of a title came to be filed so."""
    skipped = titles.nonfiling(field)
    starts = [value for code, value in field.subfields if code == "a" and trim(value[skipped:]) == text]
    if not skipped or not starts:
        return "files as"
    return f"files without {starts[0][:skipped]!r} (second indicator {skipped}) as"


def _shown(field: MarcField) -> Named:
    """A field as cataloguers write it: tag and indicators, then `$a text $b text`."""
    if not field.subfields:
        return field.tag, field.value
    indicators = (field.ind1 + field.ind2).replace(" ", "#")
    return f"{field.tag} {indicators}", " ".join(f"${code} {text}" for code, text in field.subfields)
