"""What Java reads differently from Python: regular expressions and property files."""

import functools
import re
from collections.abc import Callable

DIGIT, WORD, SPACE = "0-9", "a-zA-Z_0-9", r"\ \t\n\x0b\f\r"
_HORIZONTAL = r"\ \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000"
_VERTICAL = r"\n\x0b\f\r\x85\u2028\u2029"
_LINE_ENDS = r"\n\r\x85\u2028\u2029"
_PUNCTUATION = r"!-/:-@\[-`{-~"
_SETS = {"d": DIGIT, "w": WORD, "s": SPACE, "h": _HORIZONTAL, "v": _VERTICAL}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}
_POSIX = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": r"\x00-\x7f",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": _PUNCTUATION,
    "Graph": "!-~",
    "Print": r"\ -~",
    "Blank": r"\ \t",
    "Cntrl": r"\x00-\x1f\x7f",
    "XDigit": "0-9a-fA-F",
    "Space": SPACE,
    "javaLowerCase": r"\p{Ll}",
    "javaUpperCase": r"\p{Lu}",
    "javaWhitespace": r"\p{White_Space}",
}
_QUANTIFIER = re.compile(r"\{\d+(?:,\d*)?\}")
_FLAGS = re.compile(r"\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)])")
_NAME = re.compile(r"\(\?<([a-zA-Z][a-zA-Z0-9]*)>")
_HEX = re.compile(r"\\x\{([0-9a-fA-F]{1,6})\}|\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\0([0-3]?[0-7]{1,2})")
_PROPERTY = re.compile(r"\\[pP](?:\{\^?([A-Za-z_]+(?:=[A-Za-z_ ]+)?)\}|([A-Za-z]))")
MAX_DEPTH = 100  # parentheses within one another


@functools.cache
def expression(text: str) -> re.Pattern[str]:
    """A regular expression of Java's, compiled. Raises ValueError, saying what is wrong, for one that Java refuses and
    for the little that Python cannot do."""
    try:
        return re.compile(_Translator(text).translated())
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from None


class _Translator:
    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._depth = 0

    def translated(self) -> str:
        found = self._alternatives("")
        if self._place < len(self._text):
            raise self._wrong("')' closes nothing")
        return found

    def _wrong(self, what: str) -> ValueError:
        return ValueError(f"{self._text!r} is not a regular expression: {what} (character {self._place + 1})")

    def _alternatives(self, flags: str) -> str:
        """All up to the parenthesis that closes this group. A flag, as in `(?i)`, holds until there."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._wrong(f"more than {MAX_DEPTH} groups within one another")
        found, closing = "", ""
        text = self._text
        while self._place < len(text) and text[self._place] != ")":
            switched = _FLAGS.match(text, self._place)
            if switched is not None and switched[3] == ")":
                self._place = switched.end()
                flags = self._flags(flags, switched[1], switched[2] or "")
                found, closing = f"{found}(?{_python_flags(flags)}:", closing + ")"
            elif text[self._place] == "|":
                self._place += 1
                # Within (?i) an alternative would end with the group that stands for the flag, so it is closed first.
                reopened = f"(?{_python_flags(flags)}:" if closing else ""
                found, closing = f"{found}{closing}|{reopened}", ")" if closing else ""
            else:
                found += self._one(flags)
        self._depth -= 1
        return found + closing

    def _flags(self, flags: str, on: str, off: str) -> str:
        for flag in on + off:
            if flag not in "imsud":
                raise self._wrong(f"the flag {flag!r} is not known here")
        return "".join(sorted((set(flags) | set(on)) - set(off)))

    def _one(self, flags: str) -> str:
        text, place = self._text, self._place
        char = text[place]
        if char == "\\":
            return self._escape()
        if char == "[":
            self._place += 1
            return self._set()
        if char == "(":
            return self._group(flags)
        if char == "{":
            quantifier = _QUANTIFIER.match(text, place)
            if quantifier is None:
                raise self._wrong("'{' begins no count")
            self._place = quantifier.end()
            return quantifier[0]
        self._place += 1
        if char == "." and "s" not in flags:
            return f"[^{_LINE_ENDS}]"
        return char if char in ".^$*+?" else re.escape(char)

    def _group(self, flags: str) -> str:
        text = self._text
        named, switched = _NAME.match(text, self._place), _FLAGS.match(text, self._place)
        if named is not None:
            self._place, opening = named.end(), f"(?P<{named[1]}>"
        elif switched is not None:
            self._place = switched.end()
            flags = self._flags(flags, switched[1], switched[2] or "")
            opening = f"(?{_python_flags(flags)}:"
        else:
            opening = next(
                (start for start in ("(?<=", "(?<!", "(?=", "(?!", "(?>") if text.startswith(start, self._place)), "("
            )
            if opening == "(" and text.startswith("(?", self._place):
                raise self._wrong("'(?' begins no group that is known")
            self._place += len(opening)
        inner = self._alternatives(flags)
        if self._place >= len(text):
            raise self._wrong("a group is not closed")
        self._place += 1
        return f"{opening}{inner})"

    def _escape(self) -> str:
        text, place = self._text, self._place
        char = text[place + 1 : place + 2]
        if char == "Q":
            end = text.find("\\E", place + 2)
            literal = text[place + 2 : end if end >= 0 else len(text)]
            self._place = end + 2 if end >= 0 else len(text)
            return re.escape(literal)
        if char == "E":
            raise self._wrong("\\E ends nothing")
        if char in ("A", "b", "B"):
            self._place += 2
            return f"\\{char}"
        if char in ("Z", "z"):
            self._place += 2
            return rf"(?=(?:\r\n|[{_LINE_ENDS}])?\Z)" if char == "Z" else r"\Z"
        if char == "R":
            self._place += 2
            return rf"(?:\r\n|[{_VERTICAL}])"
        if char in tuple("123456789"):
            found = re.compile(r"\\(\d+)").match(text, place)
            self._place = found.end() if found else place + 2
            return f"(?:{text[place : self._place]})"
        if char == "k" and (found := re.compile(r"\\k<([a-zA-Z][a-zA-Z0-9]*)>").match(text, place)):
            self._place = found.end()
            return f"(?P={found[1]})"
        negated, members = self._members()
        return f"[{'^' if negated else ''}{members}]" if negated or len(members) > 2 else members

    def _members(self) -> tuple[bool, str]:
        """What an escape stands for, as members of a set, and whether it is all but these."""
        text, place = self._text, self._place
        char = text[place + 1 : place + 2]
        if char and char in "dwshvDWSHV":
            self._place += 2
            return char.isupper(), _SETS[char.lower()]
        if found := _PROPERTY.match(text, place):
            self._place = found.end()
            negated = (found[0][1] == "P") != found[0].startswith("{^", 2)
            return negated, self._property(found[1] or found[2])
        if found := _HEX.match(text, place):
            self._place = found.end()
            digits = found[1] or found[2] or found[3]
            code = int(digits, 16) if digits else int(found[4], 8)
            if code > 0x10FFFF:
                raise self._wrong("there is no such character")
            return False, re.escape(chr(code))
        self._place += 2
        if char in _CONTROLS:
            return False, re.escape(_CONTROLS[char])
        if char == "c" and self._place < len(text):
            self._place += 1
            return False, re.escape(chr(ord(text[self._place - 1]) ^ 64))
        if not char or (char.isascii() and char.isalnum()):
            self._place = place
            raise self._wrong(f"'\\{char}' stands for nothing")
        return False, re.escape(char)

    def _property(self, name: str) -> str:
        if name in _POSIX and "\\p" not in _POSIX[name]:
            return _POSIX[name]
        written = _POSIX.get(name) or _unicode_property(name)
        try:
            return _ranges(written)
        except ValueError:
            raise self._wrong(f"there is no property {name!r}") from None

    def _set(self) -> str:
        """What stands in square brackets, which in Java may hold others, and be cut by `&&`."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._wrong(f"more than {MAX_DEPTH} sets within one another")
        text = self._text
        negated = text.startswith("^", self._place)
        self._place += negated
        members = ""
        others: list[str] = []
        cuts: list[str] = []
        first = True
        while True:
            if self._place >= len(text):
                raise self._wrong("'[' is not closed")
            char = text[self._place]
            if char == "]" and not first:
                self._place += 1
                break
            if text.startswith("&&", self._place):
                self._place += 2
                cuts.append(_union(members, others))
                members, others = "", []
                first = False
                continue
            first = False
            if char == "[":
                self._place += 1
                others.append(self._set())
                continue
            negative, one = self._member()
            if negative:
                others.append(f"[^{one}]")
            elif (
                text.startswith("-", self._place)
                and text[self._place + 1 : self._place + 2] not in ("]", "[", "")
                and len(one) <= 2
            ):
                self._place += 1
                _, end = self._member()
                low, high = one[-1], end[-1]
                if len(end) > 2 or high < low:
                    raise self._wrong(f"{low}-{high} is not a range")
                members += f"{one}-{end}"
            else:
                members += one
        self._depth -= 1
        made = _union(members, others)
        if cuts:
            last = made or cuts.pop()
            made = "(?:" + "".join(f"(?={cut})" for cut in cuts if cut) + last + ")"
        if not made:
            raise self._wrong("a set without members")
        if not negated:
            return made
        return f"[^{members}]" if not others and not cuts else rf"(?:(?!{made})[\s\S])"

    def _member(self) -> tuple[bool, str]:
        if self._place >= len(self._text):
            raise self._wrong("'[' is not closed")
        if self._text[self._place] == "\\":
            return self._members()
        self._place += 1
        return False, re.escape(self._text[self._place - 1])


def _union(members: str, others: list[str]) -> str:
    sets = [f"[{members}]" if members else "", *others]
    found = [each for each in sets if each]
    return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})" if found else ""


def _python_flags(flags: str) -> str:
    """Without `u` Java takes only ASCII's letters for equal."""
    kept = flags.replace("u", "").replace("d", "")
    return kept + "a" if "i" in flags and "u" not in flags else kept


def _unicode_property(name: str) -> str:
    if name.startswith("In"):
        return rf"\p{{Block={name[2:]}}}"
    return rf"\p{{{name.removeprefix('Is')}}}"


@functools.cache
def _ranges(written: str) -> str:
    """A property of Unicode as members of a Python set. Raises ValueError for one that ICU does not know."""
    import icu  # lazily: few expressions ask

    try:
        found = icu.UnicodeSet(f"[{written}]")
    except icu.ICUError:
        raise ValueError(written) from None
    spans = [(found.getRangeStart(place), found.getRangeEnd(place)) for place in range(found.getRangeCount())]
    return "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in spans)


_KEY_END = re.compile(r"(?:[^\\=: \t\f]|\\.)*", re.DOTALL)
_BETWEEN = re.compile(r"[ \t\f]*(?:[=:][ \t\f]*)?")
_ESCAPES = re.compile(r"\\(u[0-9a-fA-F]{4}|.|\Z)", re.DOTALL)
_KEPT = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_LINES = re.compile(r"\r\n|\r|\n")


def properties(text: str) -> dict[str, str]:
    """A property file as Java reads it: `#` and `!` begin comments, a backslash at the end joins lines, `\\u00e9` is a
    letter; of a key that comes twice the last one counts. Raises ValueError, with the number of the line, for a broken
    escape."""
    found = {}
    lines = iter(enumerate(_LINES.split(text), 1))
    for number, line in lines:
        line = line.lstrip(" \t\f")
        if not line or line[0] in "#!":
            continue
        while _continued(line):
            _, following = next(lines, (0, ""))
            line = line[:-1] + following.lstrip(" \t\f")
        end = _KEY_END.match(line)
        key = end[0] if end is not None else ""
        between = _BETWEEN.match(line, len(key))
        value = line[between.end() if between is not None else len(key) :]
        try:
            found[_ESCAPES.sub(_unescaped, key)] = _ESCAPES.sub(_unescaped, value)
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from None
    return found


def _continued(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _unescaped(found: re.Match[str]) -> str:
    char = found[1]
    if len(char) == 5:
        return chr(int(char[1:], 16))
    if char == "u":
        raise ValueError("\\u wants four hexadecimal digits")
    return _KEPT.get(char, char)


Replace = Callable[[re.Match[str]], str]


def replacement(text: str, groups: int) -> Replace:
    """What Java's replaceAll puts in: `$1` is a group, a backslash takes the next character as it is."""
    parts: list[str | int] = []
    place = 0
    while place < len(text):
        char = text[place]
        if char == "\\" and place + 1 < len(text):
            parts.append(text[place + 1])
            place += 2
        elif char == "$" and text[place + 1 : place + 2].isdigit():
            end = place + 2
            while end < len(text) and text[end].isdigit() and int(text[place + 1 : end + 1]) <= groups:
                end += 1
            parts.append(int(text[place + 1 : end]))
            place = end
        else:
            parts.append(char)
            place += 1
    return lambda found: "".join((found[part] or "") if isinstance(part, int) else part for part in parts)
