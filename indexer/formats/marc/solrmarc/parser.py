"""Reads a field specification: what SolrMarc takes is taken and means the same, what it refuses is refused."""

from indexer.formats.marc.solrmarc.scanner import END, ILLEGAL, Token, scan
from indexer.formats.marc.solrmarc.syntax import (
    AllFields,
    Both,
    Call,
    Comparison,
    Condition,
    Constants,
    Date,
    Either,
    Extractor,
    Fields,
    Group,
    Not,
    Part,
    Spec,
    Step,
    Whole,
)

DEEPEST = 100  # parentheses within one another
MOST_TESTS = 300  # in one specification

_OPERATORS = ("=", "!=", "~", "contains", "<", ">")
_START = (
    'a field such as 245ab, a "constant", fields, FullRecordAs..., custom, java, script or the name of a get function'
)


class SpecError(ValueError):
    """A specification that is not one. `column` counts from 0."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


def parse(text: str) -> Spec:
    """What a specification says. Raises SpecError."""
    return _Parser(scan(text)).spec()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0
        self._tests = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self, *kinds: str) -> Token | None:
        token = self._next
        if token.kind not in kinds:
            return None
        self._place += 1
        return token

    def _expect(self, what: str, *kinds: str) -> Token:
        return self._take(*kinds) or self._refuse(what)

    def _refuse(self, expected: str) -> Token:
        token = self._next
        here = token.kind if token.kind == END else token.value if token.kind == ILLEGAL else repr(token.value)
        raise SpecError(f"{here}, where {expected} is expected", token.column)

    def spec(self) -> Spec:
        extractor = self._extractor()
        steps = []
        while self._take(","):
            steps.append(self._step())
        if self._next.kind != END:
            self._refuse(_after(extractor))
        return Spec(extractor, tuple(steps))

    def _extractor(self) -> Extractor:
        if token := self._take("string"):
            values = [token.value]
            while self._take("|"):
                values.append(self._expect("a string in quotation marks", "string").value)
            return Constants(tuple(values))
        if token := self._take("record"):
            return Whole(token.value)
        if token := self._take("date"):
            return Date(token.value)
        if self._take("fields"):
            if not self._take("("):
                return AllFields("")
            pattern = self._expect("a pattern of tags, bare and without spaces", "string").value
            self._expect("')'", ")")
            return AllFields(pattern)
        if token := self._take("function"):
            return Call("", "", token.value, self._optional_parameters())
        if token := self._take("class::function"):
            owner, _, name = token.value.partition("::")
            return Call("", owner, name, self._optional_parameters())
        if token := self._take("custom", "java", "script"):
            return self._call(token.value)
        return self._fields()

    def _call(self, kind: str) -> Call:
        owner = ""
        if kind == "script":
            self._expect("the file of the script in parentheses", "(")
            owner = self._expect("the file of the script", "name", "string").value
            self._expect("')'", ")")
        elif self._take("("):
            owner = self._expect("the name of a class", "name").value
            self._expect("')'", ")")
        self._take(",")
        name = self._expect("the name of a function", "name", "string").value
        return Call(kind, owner, name, self._optional_parameters())

    def _optional_parameters(self) -> tuple[str, ...]:
        if not self._take("("):
            return ()
        found = self._parameters()
        self._expect("')' or ','", ")")
        return found

    def _parameters(self) -> tuple[str, ...]:
        found = [self._parameter()]
        while self._take(","):
            found.append(self._parameter())
        return tuple(found)

    def _parameter(self) -> str:
        return self._expect("a parameter", "string", "name", "number").value

    def _step(self) -> Step:
        if self._take("("):
            found = self._parameters()
            self._expect("')' or ','", ")")
            return Step("", found)
        if self._take("custom_map"):
            self._expect("'('", "(")
            first = self._expect("the name of a class or of a function", "name").value
            comma = self._take(",")
            second = self._expect("the name of a function", "name") if comma else self._take("name")
            owner, name = (first, second.value) if second else ("", first)
            found = self._optional_parameters()
            self._expect("')'", ")")
            return Step(name, found, custom=True, owner=owner)
        name = self._expect("a map, a way to format or a way to collect", "name", "string").value
        return Step(name, self._optional_parameters())

    def _fields(self) -> Fields:
        parts = [self._part()]
        while self._take(":"):
            parts.append(self._part())
        return Fields(tuple(parts))

    def _part(self) -> Part | Group:
        if self._take("{"):
            parts = [self._simple()]
            while self._take(":"):
                parts.append(self._simple())
            self._expect("'}' or ':'", "}")
            self._expect("the '?' of the condition that braces are for", "?")
            return Group(tuple(parts), self._condition())
        part = self._simple()
        if self._take("?"):
            return Part(part.tag, part.codes, part.position, self._condition())
        return part

    def _simple(self) -> Part:
        tag = self._expect(_START, "tag", "control field")
        codes = self._take("subfields") if tag.kind == "tag" else None
        if codes is not None and (wrong := _wrong_range(codes.value)):
            raise SpecError(f"{wrong!r} in {codes.value!r} is not a range of subfields", codes.column)
        position = self._take("position")
        return Part(tag.value, codes.value if codes else "", position.value if position else "")

    def _condition(self) -> Condition:
        """`!` takes all that follows, `|` binds closer than `&`."""
        if self._take("!"):
            return Not(self._deeper())
        left = self._either()
        while self._take("&"):
            if self._next.kind == "!":
                return Both(left, self._condition())
            left = Both(left, self._either())
        return left

    def _either(self) -> Condition:
        left = self._test()
        while self._take("|"):
            if self._next.kind == "!":
                return Either(left, self._condition())
            left = Either(left, self._test())
        return left

    def _deeper(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise SpecError(f"more than {DEEPEST} parentheses within one another", self._next.column)
        inner = self._condition()
        self._depth -= 1
        return inner

    def _test(self) -> Condition:
        if self._take("("):
            inner = self._deeper()
            self._expect("')', '&' or '|'", ")")
            return inner
        self._tests += 1
        if self._tests > MOST_TESTS:
            raise SpecError(f"more than {MOST_TESTS} comparisons in one line", self._next.column)
        tag = self._take("tag")
        what = self._expect("a subfield such as $a, ind1, ind2 or a position such as [6]", "$", "ind", "position")
        operator = self._expect("an operator (= != ~ matches contains < startsWith > endsWith)", *_OPERATORS)
        value = self._expect("a \"string\", a 'c'haracter or a number", "string", "character", "number")
        return Comparison(tag.value if tag else "", what.value, operator.kind, value.value)


def _after(extractor: Extractor) -> str:
    if isinstance(extractor, Fields):
        return "':' and another field, '?' and a condition, or ',' and a step"
    return "',' and a step, or the end of the line"


def _wrong_range(codes: str) -> str:
    """The range that goes backwards, as in `[z-a]`; empty where there is none."""
    body = codes.strip("[]^")
    if not codes.startswith("["):
        return ""
    place = 0
    while place < len(body):
        if body[place + 1 : place + 2] == "-" and place + 2 < len(body):
            if body[place + 2] < body[place]:
                return body[place : place + 3]
            place += 3
        else:
            place += 1
    return ""
