"""The pages' texts: one TOML file a language, with the same messages in each."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

CODES = ("en", "es", "de", "fr")
COOKIE = "language"


@dataclass(frozen=True, slots=True)
class Language:
    """`thousands`, `point`, `colon`: how it writes these. `texts`: key -> message, with {names} for what is put in;
    `formats` and `facets`: what is in the index -> how it is called.
    """

    code: str
    name: str
    thousands: str
    point: str
    colon: str
    texts: Mapping[str, str]
    formats: Mapping[str, str]
    facets: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The message of this key; numbers among the values get their separators."""
        if not values:
            return self.texts[key]
        shown = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        return self.texts[key].format(**shown)

    def count(self, key: str, number: int) -> str:
        """A message about a number of things: its keys end with _one and _many."""
        return self(f"{key}_{'one' if number == 1 else 'many'}", number=number)

    def number(self, value: int) -> str:
        return self.written(f"{value:,}")

    def decimal(self, value: float, places: int | None = None) -> str:
        """A number with a fraction: of so many places, or of four digits in all."""
        return self.written(f"{value:,.{places}f}" if places is not None else f"{value:.4g}")

    def written(self, number: str) -> str:
        """A number as English writes it, as this language does."""
        return number.translate({ord(","): self.thousands, ord("."): self.point})

    def format(self, value: str) -> str:
        """What a format is called: those of the index are English words."""
        return self.formats.get(value, value)

    def value(self, field: str, value: str) -> str:
        return self.format(value) if field == "format" else value

    def value_of(self, field: str, shown: str) -> str:
        """The value in the index that is called so, however it is written; what is no format's name is one itself."""
        if field != "format":
            return shown
        names = {value.casefold(): value for value in self.formats}
        names |= {name.casefold(): value for value, name in self.formats.items()}
        return names.get(shown.casefold(), shown)

    def facet(self, field: str) -> str:
        return self.facets.get(field, field)


@functools.cache
def language(code: str) -> Language:
    """The language of a code of CODES."""
    text = (files("indexer.web") / "languages" / f"{code}.toml").read_text(encoding="utf-8")
    data: dict[str, Any] = tomllib.loads(text)
    return Language(code, **data)


def languages() -> list[Language]:
    return [language(code) for code in CODES]


def best(chosen: str, accepted: str) -> Language:
    """The language that was chosen, else the first of ours that the browser accepts (RFC 9110), else English."""
    if chosen in CODES:
        return language(chosen)
    wishes: list[tuple[float, str]] = []
    for part in accepted[:1000].split(","):
        tag, _, options = part.strip().partition(";")
        try:
            weight = float(options.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0
        wishes.append((weight, tag.strip().lower().partition("-")[0]))
    for weight, code in sorted(wishes, key=lambda wish: -wish[0]):
        if weight > 0 and code in CODES:
            return language(code)
    return language(CODES[0])
