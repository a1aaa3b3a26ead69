"""Cuts a field specification into tokens, as SolrMarc does: what a character may begin depends on what came before.

Of the rules of the state at hand the one that matches most characters wins, the first one where two match as many.
"""

import re
from dataclasses import dataclass

END = "the end of the line"
ILLEGAL = "illegal"

_SPACE = r"[ \t\f\r\n]"
_IDENTIFIER = r"[A-Za-z0-9][A-Z_a-z0-9./\\]*[A-Za-z0-9]"
_FUNCTION = r"(?:get|extract)" + _IDENTIFIER
_WORD = r'[^,() \\"]+'
_CONTROL = "00[0-9]"
_DATA = "(?:[1-9][0-9]|0[1-9])[0-9]"
_POSITION = r"\[[0-9]+(?:-[0-9]+)?\]"
_WHOLE = "xml|raw|json2?|text|FullRecordAs[A-Za-z0-9]*"
_DATE = "[Dd]ateOfPublication|[Dd]ateRecordIndexed|index_date|date"

# state -> (expression, kind of token, next state); without a kind the text is passed over, without a state it stays.
_RULES: dict[str, list[tuple[str, str, str]]] = {
    "start": [
        (r"\{", "{", ""),
        (_CONTROL, "control field", "positions"),
        (_DATA, "tag", "subfields"),
        ("LNK" + _DATA, "tag", "subfields"),
        ("[A-Z]{3}", "tag", "subfields"),
        (":", ":", ""),
        (r"\?", "?", "condition"),
        (",", ",", "steps"),
        (_SPACE, "", ""),
        ("script", "script", "script"),
        ("custom", "custom", "owner"),
        ("java", "java", "owner"),
        (_WHOLE, "record", "steps"),
        ("fields", "fields", "all fields"),
        (_DATE, "date", "steps"),
        (_FUNCTION, "function", "parameters"),
        (r"[a-z][a-zA-Z_.]*::" + _FUNCTION, "class::function", "parameters"),
        ('"', "quote", "constants"),
    ],
    "constants": [('"', "quote", ""), (r"\|\|?", "|", ""), (",", ",", "steps"), (_SPACE, "", "")],
    "owner": [(r"\(", "(", ""), (r"\)", ")", ""), (",", ",", "function"), (_IDENTIFIER, "name", ""), (_SPACE, "", "")],
    "script": [(r"\(", "(", ""), (r"\)", ")", ""), (",", ",", "function"), (_WORD, "word", ""), (_SPACE, "", "")],
    "function": [(_IDENTIFIER, "name", ""), (r"\(", "(", "parameters"), (",", ",", "steps"), (_SPACE, "", "")],
    "parameters": [
        ('"', "quote", ""),
        (r"\(", "(", ""),
        (",", ",", ""),
        (_WORD, "word", ""),
        (r"\)", ")", "steps"),
        (_SPACE, "", ""),
    ],
    "steps": [
        (",", ",", ""),
        ("custom_map", "custom_map", ""),
        (_WORD, "word", ""),
        (r"\(", "(", "parameters"),
        (r"\)", ")", ""),
        (_SPACE, "", ""),
    ],
    "all fields": [(r"\(", "(", ""), (_WORD, "string", ""), (r"\)", ")", "steps"), (_SPACE, "", "")],
    "positions": [
        (_POSITION, "position", ""),
        (_SPACE, "", ""),
        (":", ":", "start"),
        (",", ",", "steps"),
        (r"\}", "}", "start"),
        (r"\?", "?", "condition"),
    ],
    "subfields": [
        (r"\[\^?[a-z][-a-z0-9]*\]", "subfields", "positions"),
        ("[a-z0-9]+", "subfields", "positions"),
        (_SPACE, "", ""),
        (":", ":", "start"),
        (",", ",", "steps"),
        (r"\}", "}", "start"),
        (r"\?", "?", "condition"),
    ],
    "condition": [
        (_CONTROL, "tag", ""),
        (_DATA, "tag", ""),
        (r"\$[a-z0-9A-Z]", "$", ""),
        ("ind[12]", "ind", ""),
        (_POSITION, "position", ""),
        (":", ":", "start"),
        (r"\}", "}", "start"),
        (",", ",", "steps"),
        (r"\(", "(", ""),
        (r"\)", ")", ""),
        ("==?", "=", "value"),
        ("!=", "!=", "value"),
        ("~|matches", "~", "value"),
        ("contains", "contains", "value"),
        ("<|startsWith", "<", "value"),
        (">|endsWith", ">", "value"),
        ("&&?", "&", ""),
        (r"\|\|?", "|", ""),
        ("!", "!", ""),
        (_SPACE, "", ""),
    ],
    "value": [
        ("0|[1-9][0-9]*", "number", "condition"),
        (r"'\\.'", "character", "condition"),
        ('"', "quote", "condition"),
        (r"'[^\\]'", "character", "condition"),
        (_SPACE, "", ""),
    ],
}
_COMPILED = {
    state: [(re.compile(expression), kind, then) for expression, kind, then in rules] for state, rules in _RULES.items()
}
_NUMBER = re.compile("[0-9]+")
_NAME = re.compile(_IDENTIFIER)
_ESCAPED = {"\\t": "\t", "\\n": "\n", "\\r": "\r", '\\"': '"'}


@dataclass(frozen=True, slots=True)
class Token:
    """`column` counts from 0. `value` is the text, of a string without its marks and escapes."""

    kind: str
    value: str
    column: int


def scan(text: str) -> list[Token]:
    """The tokens of a specification; the last one is END, or ILLEGAL with what is not allowed there."""
    tokens: list[Token] = []
    state, place = "start", 0
    while place < len(text):
        best: tuple[int, str, str] = (place, "", "")
        for expression, kind, then in _COMPILED[state]:
            found = expression.match(text, place)
            if found is not None and found.end() > best[0]:
                best = (found.end(), kind, then)
        end, kind, then = best
        if end == place:
            return [*tokens, Token(ILLEGAL, repr(text[place]), place)]
        if kind == "quote":
            string = _string(text, place)
            if string is None:
                return [*tokens, Token(ILLEGAL, "a string without its closing quotation mark", place)]
            value, end = string
            tokens.append(Token("string", value, place))
        elif kind == "word":
            tokens.append(_word(text[place:end], place))
        elif kind == "character":
            tokens.append(Token("character", text[place + 1 : end - 1], place))
        elif kind:
            tokens.append(Token(kind, text[place:end], place))
        state, place = then or state, end
    return [*tokens, Token(END, "", len(text))]


def _word(value: str, place: int) -> Token:
    """A bare word of parameters and steps: a number, a name, or a string without marks."""
    kind = "number" if _NUMBER.fullmatch(value) else "name" if _NAME.fullmatch(value) else "string"
    return Token(kind, value, place)


def _string(text: str, place: int) -> tuple[str, int] | None:
    """What stands in quotation marks, and the place behind them; a backslash before any other character stays."""
    found: list[str] = []
    place += 1
    while place < len(text):
        if text[place] == '"':
            return "".join(found), place + 1
        if text[place] in "\r\n":
            return None
        pair = text[place : place + 2]
        found.append(_ESCAPED.get(pair, text[place]))
        place += 2 if pair in _ESCAPED else 1
    return None
