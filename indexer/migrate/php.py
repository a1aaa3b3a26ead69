"""Regular expressions of PHP (PCRE with delimiters) as Python's."""

import re

_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
_FLAGS = {"i": "i", "m": "m", "s": "s", "x": "x", "u": ""}  # u: characters, not bytes, which Python's are anyway


def expression(pattern: str) -> str:
    """`/^oai:(.*)$/iu` as Python writes it. Raises ValueError, in words, for what Python has no way to say."""
    pattern = pattern.strip()
    opening = pattern[:1]
    closing = _CLOSING.get(opening, opening)
    if not opening or opening.isalnum() or opening in "\\ ":
        raise ValueError(f"{pattern!r} has no delimiters")
    end = pattern.rfind(closing)
    if end <= 0:
        raise ValueError(f"{pattern!r} has no closing delimiter")
    inner, modifiers = pattern[1:end], pattern[end + 1 :].strip()
    if unknown := sorted(set(modifiers) - set(_FLAGS)):
        raise ValueError(f"{pattern!r}: Python has no modifier {unknown[0]!r}")
    if opening == closing:
        inner = inner.replace(f"\\{opening}", opening if opening not in ".^$*+?{}[]|()" else f"\\{opening}")
    inner = re.sub(r"\\x\{([0-9A-Fa-f]+)\}", lambda code: _character(int(code[1], 16)), inner)
    flags = "".join(sorted(_FLAGS[modifier] for modifier in modifiers))
    python = f"(?{flags}){inner}" if flags else inner
    try:
        re.compile(python)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression that Python reads: {error}") from None
    return python


def replacement(text: str) -> str:
    r"""`$1-\2${3}` as Python writes it."""
    text = re.sub(r"\\(?![0-9$\\])", r"\\\\", text)
    return re.sub(r"\$\{([0-9]{1,2})\}|\$([0-9]{1,2})|\\([0-9]{1,2})", lambda found: rf"\g<{_group(found)}>", text)


def _group(found: re.Match[str]) -> int:
    return int(next(group for group in found.groups() if group is not None))


def _character(code: int) -> str:
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
