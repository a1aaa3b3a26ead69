"""Work keys: what brings the editions of one work together, `AT <author> <title>` and `UT <uniform title>`.

The rules and the order of the keys are those of VuFind's XSL route, with ICU's transliterator. Keys differ between
ICU versions for some scripts, so the version is part of `formats.version.derive_version()`.
"""

import functools
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from indexer.derive.titles import lower, strip_articles

if TYPE_CHECKING:
    import icu

DEFAULT_RULES = ":: NFD; :: lower; :: Latin; :: [^[:letter:] [:number:]] Remove; :: NFKC;"
MAX_LENGTH = 255  # characters of each part of a key, after normalising

_Normalise = Callable[[str], str]

_ASCII_LOWER = bytes(range(128)).lower() + bytes(range(128, 256))
_ASCII_REMOVED = bytes(code for code in range(128) if not chr(code).isalnum())

_DELIMITED = re.compile(r"([/#~!@%])(.*)\1([a-zA-Z]*)", re.DOTALL)
_MODIFIERS = "imsxu"  # PCRE's; all but u (always on here) are ICU's too


def work_keys(
    titles: Sequence[str],
    authors: Sequence[str],
    *,
    uniform_titles: Sequence[str] = (),
    trimmed_titles: Sequence[str] = (),
    include: str | None = None,
    exclude: str | None = None,
    rules: str = DEFAULT_RULES,
) -> list[str]:
    """The work keys of a record, in VuFind's order: uniform titles, then for each title a key with each author.

    `trimmed_titles` are the titles without their leading article, tried after `titles`; when none are given they are
    made with `strip_articles` (give `("",)` to have none). A title whose normal form came before gives no key again;
    a repeated author does. `include` and `exclude` are regular expressions in ICU's syntax, plain or as VuFind writes
    them (`/[a-z]+/u`): the parts of the normal form to keep, and those to drop. `rules` are ICU transliteration
    rules; the empty string leaves NFKC alone. Raises ValueError for rules or an expression that ICU refuses.

    Where VuFind's own behaviour is an accident of PHP, chosen knowingly:

    - A blank author, or one without a letter or number, gives a key with an empty author: `AT`, two spaces, title.
      The XSL route does so for every such creator element (the MARC route leaves them out), and those keys are in
      the indexes that ours must match. No authors at all give no `AT` keys.
    - Normal forms are compared as text. PHP takes numeric-looking ones for numbers (`0e1` = `0e2`, `10` = `1e1`) and
      a lone `0` for nothing, which loses keys by chance; here each gives its key.
    - Expressions match characters, with or without the modifier `u`; PHP without it matches bytes, and can leave half
      a character in a key.
    - Without rules, `&` and `<` are characters like others; the XSL route loses such a key.
    """
    normalise = normaliser(rules, include or "", exclude or "")
    keys = ["UT " + normal for title in uniform_titles if (normal := normalise(title))]
    if not authors:
        return keys
    seen = {""}
    normal_titles = []
    for title in (*titles, *(trimmed_titles or [strip_articles(title) for title in titles])):
        normal = normalise(title)
        if normal not in seen:
            seen.add(normal)
            normal_titles.append(normal)
    if normal_titles:
        cached = _cached(normalise)
        starts = [f"AT {cached(author)} " for author in authors]
        keys += [start + normal for normal in normal_titles for start in starts]
    return keys


@functools.lru_cache(maxsize=16)
def normaliser(rules: str, include: str, exclude: str) -> _Normalise:
    """The function from a text to its normal form; one transliterator a process and a set of rules."""
    if rules == DEFAULT_RULES and not include and not exclude:
        return normal_form
    transliterate = _transliterator(rules)
    keep = _pattern(include) if include else None
    drop = _pattern(exclude) if exclude else None

    def normalise(text: str) -> str:
        text = transliterate(text)
        if keep is not None:
            matcher = keep.matcher(text)
            parts = []
            while matcher.find():
                parts.append(matcher.group())
            text = "".join(parts)
        if drop is not None:
            text = drop.matcher(text).replaceAll("")
        return lower(text)[:MAX_LENGTH]

    return normalise


def normal_form(text: str) -> str:
    """The normal form by the default rules.

    For ASCII they come to: lower case, letters and digits only; the same bytes as ICU's.
    """
    if text.isascii():
        return text.encode().translate(_ASCII_LOWER, _ASCII_REMOVED).decode()[:MAX_LENGTH]
    return lower(_transliterator(DEFAULT_RULES)(text))[:MAX_LENGTH]


@functools.lru_cache(maxsize=16)
def _cached(normalise: _Normalise) -> _Normalise:
    """Names recur in a dump, titles hardly: the normal forms of authors are remembered, a bounded number of them."""
    return functools.lru_cache(maxsize=1 << 15)(normalise)


@functools.lru_cache(maxsize=16)
def _transliterator(rules: str) -> _Normalise:
    import icu  # lazily: most commands never need it

    if not rules:
        nfkc: _Normalise = icu.Normalizer2.getNFKCInstance().normalize
        return nfkc
    try:
        made = icu.Transliterator.createFromRules("work-keys", rules, icu.UTransDirection.FORWARD)
    except icu.ICUError as error:
        raise ValueError(f"ICU refuses the transliteration rules {rules!r}: {error}") from error
    transliterate: _Normalise = made.transliterate
    return transliterate


def _pattern(expression: str) -> "icu.RegexPattern":
    """Compiles a regular expression, plain or with delimiters."""
    import icu

    pattern = expression
    delimited = _DELIMITED.fullmatch(expression)
    if delimited is not None:
        pattern, modifiers = delimited[2], delimited[3]
        if unknown := set(modifiers) - set(_MODIFIERS):
            raise ValueError(f"regular expression {expression!r}: unknown modifier {''.join(sorted(unknown))!r}")
        if flags := modifiers.replace("u", ""):
            pattern = f"(?{flags}){pattern}"
    try:
        return icu.RegexPattern.compile(pattern)
    except icu.ICUError as error:
        raise ValueError(f"ICU refuses the regular expression {expression!r}: {error}") from error
