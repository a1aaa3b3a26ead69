"""Maps: from a value to what the document has for it, by a table or by patterns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.formats.marc.solrmarc.formatting import Change
from indexer.formats.marc.solrmarc.java import Replace, expression, replacement

_ARROW = re.compile(" *=> *")
_BACKSLASHED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Where `expression` is found the value becomes `output`, `$1` the first group: SolrMarc's own replacement, one
    group after the other; `replace` is Java's, for `filter`."""

    expression: re.Pattern[str]
    output: str
    replace: Replace

    def mapped(self, found: re.Match[str]) -> str:
        result = self.output
        if "$" in result:
            for number in range(self.expression.groups, 0, -1):
                group = found[number]
                if group is None:
                    raise ValueError(f"group {number} of {self.expression.pattern!r} is not in {found.string!r}")
                result = result.replace(f"${number}", group)
        return result

    def filtered(self, found: re.Match[str]) -> str:
        return self.expression.sub(self.replace, found.string)


def unescaped(text: str) -> str:
    """As SolrMarc takes one level of backslashes out of maps in the file itself."""
    return _BACKSLASHED.sub(r"\1", text)


def section(entries: Mapping[str, str], name: str) -> dict[str, str]:
    """The entries of a map whose keys begin with a name and a period, without these."""
    return {key[len(name) + 1 :]: value for key, value in entries.items() if key.startswith(f"{name}.")}


def from_entries(entries: Mapping[str, str]) -> Change:
    """A map by its entries; one with `pattern_0` is made of patterns. Raises ValueError for a pattern that is none."""
    if "pattern_0" not in entries:
        return _translation(entries)
    written = []
    for number in range(len(entries)):
        if f"pattern_{number}" not in entries:
            raise ValueError(
                f"has {len(entries)} entries, and none is pattern_{number}: patterns are numbered from 0 on"
            )
        written.append(entries[f"pattern_{number}"])
    return from_patterns(written)


def from_patterns(written: Sequence[str], *, filtering: bool = False) -> Change:
    """`map("a=>b", ...)` and `filter(...)`, the backslashes taken out already."""
    patterns = []
    words = {"filter", "matchAll", "keepRaw"} if filtering else set()
    for each in written:
        parts = _ARROW.split(each, maxsplit=1)
        if len(parts) == 2:
            patterns.append(_pattern(*parts))
        else:
            words.add(each)
    filtering, every, keep = "filter" in words, "matchAll" in words, "keepRaw" in words

    def change(values: Sequence[str]) -> list[str]:
        made: list[str] = []
        for value in values:
            if every:
                for pattern in patterns:
                    if found := pattern.expression.search(value):
                        value = pattern.filtered(found) if filtering else pattern.mapped(found)
                made.append(value)
            else:
                made += [
                    pattern.filtered(found) if filtering else pattern.mapped(found)
                    for pattern in patterns
                    if (found := pattern.expression.search(value))
                ]
        made = [value for value in made if value]
        return made if made or not keep else list(values)

    return change


def _pattern(written: str, output: str) -> Pattern:
    compiled = expression(written)
    for place, char in enumerate(output):
        if char == "$":
            digit = output[place + 1 : place + 2]
            if not (digit.isascii() and digit.isdigit()):
                raise ValueError(f"{output!r}: '$' stands for a group, and no number follows it")
            if int(digit) > compiled.groups:
                raise ValueError(f"{output!r}: {written!r} has no group {digit}")
    return Pattern(compiled, output, replacement(output, compiled.groups))


def _translation(entries: Mapping[str, str]) -> Change:
    other = entries.get("__DEFAULT", entries.get(""))
    raw, strict = (entries.get(word) == "true" for word in ("displayRawIfMissing", "throwExceptionIfMissing"))
    made = {key: _several(value) for key, value in entries.items()}
    default = None if other is None else _several(other)

    def change(values: Sequence[str]) -> list[str]:
        found: list[str] = []
        for value in values:
            labels = made.get(value, default)
            if labels is not None:
                found += labels
            elif raw:
                found.append(value)
            elif strict:
                raise ValueError(f"{value!r} is not in the map")
        return found

    return change


def _several(label: str) -> list[str] | None:
    """Names apart by `|`; `null` is none."""
    if label == "null":
        return None
    if "|" not in label:
        return [label]
    parts = label.split("|")
    while parts and not parts[-1]:  # as Java splits
        parts.pop()
    return parts
