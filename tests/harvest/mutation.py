"""Wrong answers of an OAI-PMH server: one of the protocol's elements, attributes or habits at a time, by a seed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.harvest.oai_server import Repository

ELEMENTS = [
    "OAI-PMH",
    "responseDate",
    "request",
    "error",
    "Identify",
    "repositoryName",
    "baseURL",
    "protocolVersion",
    "adminEmail",
    "earliestDatestamp",
    "deletedRecord",
    "granularity",
    "ListRecords",
    "record",
    "header",
    "identifier",
    "datestamp",
    "setSpec",
    "metadata",
    "resumptionToken",
]
ATTRIBUTES = [
    "xmlns",
    "verb",
    "metadataPrefix",
    "resumptionToken",
    "code",
    "status",
    "completeListSize",
    "cursor",
    "expirationDate",
]
RISKY = (
    "resumptionToken",
    "record",
    "completeListSize",
    "ListRecords",
    "OAI-PMH",
    "error",
    "code",
)  # what the end, or all, hangs on
GARBAGE = (
    "",
    " ",
    "0",
    "-1",
    "99999999999999999999999",
    "nonsense",
    "é\ufffd",
    "2999-12-31T23:59:59Z",
    "1970-01-01",
    "\x0c",
    "&nope;",
    "&#0;",
    "<",
    "]]>",
    "<!--",
    "<![CDATA[",
    "<x>y</x>",
    "x" * 100_000,
)
FAULTS = ("503", "429", "500", "404", "403", "401", "410", "200", "302", "cut", "broken", "page", "drop", "expired")

Edit = Callable[[str], str]


@dataclass
class Mutator:
    """Answers of the repository, wrong from the request `first` on for `count` of them. `what` says in words how;
    `sent` has the ids of all records that were sent whole; `risky`: some may never have been sent for it.
    """

    repository: Repository
    random: Random
    what: str = ""
    risky: bool = False
    healed: bool = False
    sent: set[str] = field(default_factory=set)
    edit: Edit | None = None
    fault: str = ""
    habit: str = ""
    old: list[str] = field(default_factory=list)
    seen: int = 0

    def __post_init__(self) -> None:
        random = self.random
        self.first = random.choice((0, 0, 1, 2, 3, 4))
        self.count = random.choice((1, 2, 5, 1000, 1000))
        kind = random.choice(("element", "element", "element", "attribute", "fault", "habit"))
        if kind == "element":
            name = random.choice(ELEMENTS)
            self.edit, how = _element(random, name)
            self.risky = name in RISKY
            self.what = f"{name} {how}"
        elif kind == "attribute":
            name = random.choice(ATTRIBUTES)
            value = random.choice((None, *GARBAGE[:9]))
            self.edit = _attribute(name, value)
            self.risky = name in RISKY
            self.what = f"{name} is {value!r}"
        elif kind == "fault":
            self.fault = random.choice(FAULTS)
            self.what = f"HTTP {self.fault}"
        else:
            self.habit = random.choice(sorted(HABITS))
            self.risky = True
            self.what = self.habit
        self.real = self.repository.answer
        self.what += f", from request {self.first} on, {self.count} times"

    @property
    def active(self) -> bool:
        return not self.healed and self.first <= self.seen < self.first + self.count

    def answer(self, query: dict[str, str]) -> str:
        """In the place of the repository's own."""
        active, self.seen = self.active, self.seen + 1
        if active and self.habit:
            body = HABITS[self.habit](self, query)
        else:
            body = self.real(query)
            if active and self.edit is not None:
                body = self.edit(body)
        self.old.append(body)
        if query["verb"] == "ListRecords" and not (active and self.fault):
            self.sent |= {item.id for item in self.repository.items.values() if item.record in body}
        return body


def _element(random: Random, name: str) -> tuple[Edit, str]:
    """What is done to elements of this name: to the first of a page, or to all."""
    whole = re.compile(rf"<{name}(?: [^<>]*)?(?:/>|>.*?</{name}>)", re.S)
    start = re.compile(rf"<{name}(?: [^<>]*)?/?>")
    end = re.compile(rf"</{name}>")
    inner = re.compile(rf"(<{name}(?: [^<>]*)?>).*?(</{name}>)", re.S)
    either = re.compile(rf"(</?){name}(?=[\s>/])")
    garbage = random.choice(GARBAGE)
    other = random.choice(ELEMENTS)
    often = random.choice((0, 1))
    ways: dict[str, Edit] = {
        "is missing": lambda text: whole.sub("", text, count=often),
        "has no start tag": lambda text: start.sub("", text, count=often),
        "has no end tag": lambda text: end.sub("", text, count=often),
        "is cut in its tag": lambda text: start.sub(lambda match: match.group()[:-1], text, count=often),
        "has another name": lambda text: either.sub(rf"\g<1>{other}", text),
        "has its name in capitals": lambda text: either.sub(rf"\g<1>{name.upper()}", text),
        "has a prefix": lambda text: either.sub(rf"\g<1>oai:{name}", text),
        "is empty": lambda text: inner.sub(r"\1\2", text, count=often),
        f"holds {garbage[:20]!r}": lambda text: inner.sub(
            lambda match: match[1] + garbage + match[2], text, count=often
        ),
        "is there twice": lambda text: whole.sub(lambda match: match.group() * 2, text, count=often),
        "is in another": lambda text: whole.sub(lambda match: f"<{other}>{match.group()}</{other}>", text, count=often),
    }
    how = random.choice(sorted(ways))
    return ways[how], how


def _attribute(name: str, value: str | None) -> Edit:
    there = re.compile(rf' {name}="[^"]*"')
    return lambda text: there.sub("" if value is None else f' {name}="{value}"', text)


def _error(code: str) -> Callable[[Mutator, dict[str, str]], str]:
    def answer(mutator: Mutator, query: dict[str, str]) -> str:
        head = mutator.real({"verb": "Identify"}).partition("<Identify")[0]
        return f'{head}<error code="{code}">{code}</error></OAI-PMH>'

    return answer


def _first_page(mutator: Mutator, query: dict[str, str]) -> str:
    again = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    return mutator.real(again if query["verb"] == "ListRecords" else query)


def _fresh_tokens(mutator: Mutator, query: dict[str, str]) -> str:
    return re.sub("(<resumptionToken[^>]*>)[^<]*", rf"\g<1>token-{mutator.seen}", _first_page(mutator, query))


def _empty_pages(mutator: Mutator, query: dict[str, str]) -> str:
    return re.sub("<record>.*</record>", "", _fresh_tokens(mutator, query), flags=re.S)


def _last_answer(mutator: Mutator, query: dict[str, str]) -> str:
    return mutator.old[-1] if mutator.old else mutator.real(query)


def _no_token(mutator: Mutator, query: dict[str, str]) -> str:
    return re.sub("<resumptionToken.*?(?:/>|</resumptionToken>)", "", mutator.real(query))


def _nothing(_mutator: Mutator, _query: dict[str, str]) -> str:
    return ""


HABITS: dict[str, Callable[[Mutator, dict[str, str]], str]] = {
    **{
        code: _error(code)
        for code in [
            "badArgument",
            "badResumptionToken",
            "badVerb",
            "cannotDisseminateFormat",
            "idDoesNotExist",
            "noRecordsMatch",
            "noMetadataFormats",
            "noSetHierarchy",
            "nonsense",
        ]
    },
    "first page again": _first_page,
    "first page with another token": _fresh_tokens,
    "empty pages": _empty_pages,
    "last answer again": _last_answer,
    "no token": _no_token,
    "nothing at all": _nothing,
}
