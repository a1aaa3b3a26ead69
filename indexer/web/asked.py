"""What a request asks for, out of its URL, by VuFind's names: `lookfor`, `type`, `filter[]`, `sort`, `page`, `limit`.

Everything has a limit here, so that nothing behind has to fear a request. What is beyond is a BadRequest.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote_plus

from starlette.datastructures import QueryParams

from indexer.engines.base import Filter, Query
from indexer.engines.query import SEARCH_TYPES
from indexer.model.schema import biblio

LONGEST_TEXT = 1_000  # characters that are looked for
MOST_WORDS = 64
LONGEST_VALUE = 1_000
MOST_FILTERS = 30
MOST_FACETS = 30
DEEPEST = 10_000  # records that can be paged through: what Elasticsearch gives at most
LIMITS = (20, 50, 100)
#: VuFind's sort options, and our fields.
SORTS: dict[str, str | None] = {
    "relevance": None,
    "year": "-publishDateSort",
    "year asc": "publishDateSort",
    "title": "title_sort",
    "author": "author_sort",
    "callnumber-sort": "callnumber-sort",
}
RESULTS = "/Search/Results"
_FILTER = re.compile(r'(?P<sign>[-~]?)(?P<field>[\w-]{1,100}):(?:"(?P<quoted>.*)"|(?P<plain>.*))', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


class BadRequest(Exception):
    """A request that is not answered; `key` is the message that says why, in the pages' languages."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter: `sign` is "-" for a value that may not be there, "~" for one of several, as in VuFind."""

    field: str
    value: str
    sign: str = ""

    def __str__(self) -> str:
        return f'{self.sign}{self.field}:"{self.value}"'


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as its URL has it."""

    lookfor: str = ""
    type: str = "AllFields"
    chosen: tuple[Chosen, ...] = ()
    sort: str = "relevance"
    page: int = 1
    limit: int = LIMITS[0]

    def query(self, facets: Sequence[str] = (), *, facet_limit: int = 50, suggest: bool = True) -> Query:
        """What the engine is asked."""
        any_of: dict[str, list[str]] = {}
        for each in self.chosen:
            if each.sign == "~":
                any_of.setdefault(each.field, []).append(each.value)
        filters: list[Filter] = [(each.field, each.value) for each in self.chosen if not each.sign]
        filters += [(field, tuple(values)) for field, values in any_of.items()]
        return Query(
            text=self.lookfor,
            type=self.type,
            limit=self.limit,
            offset=(self.page - 1) * self.limit,
            sort=SORTS[self.sort],
            filters=tuple(filters),
            without=tuple((each.field, each.value) for each in self.chosen if each.sign == "-"),
            facets=tuple(facets),
            facet_limit=facet_limit,
            suggest=suggest,
        )

    def url(self, path: str = RESULTS, **more: str) -> str:
        """The URL of this search, without what is the default."""
        pairs = [("lookfor", self.lookfor), ("type", self.type)]
        pairs += [("filter[]", str(each)) for each in self.chosen]
        default = Asked()
        if self.sort != default.sort:
            pairs.append(("sort", self.sort))
        if self.page != default.page:
            pairs.append(("page", str(self.page)))
        if self.limit != default.limit:
            pairs.append(("limit", str(self.limit)))
        return f"{path}?{'&'.join(_encoded(*pair) for pair in (*pairs, *more.items()))}"

    def at(self, page: int) -> "Asked":
        return replace(self, page=page)

    def sorted_by(self, sort: str) -> "Asked":
        return replace(self, sort=sort, page=1)

    def with_(self, field: str, value: str) -> "Asked":
        return replace(self, chosen=(*self.chosen, Chosen(field, value)), page=1)

    def urls_with(self, field: str, values: Sequence[str]) -> list[str]:
        """The URLs of `with_` for each value; "" for one that is chosen. They differ in their ends alone."""
        start = f"{self.at(1).url()}&{quote_plus('filter[]')}={quote_plus(field)}%3A%22"
        chosen = {each.value for each in self.chosen if each.field == field and not each.sign}
        return ["" if value in chosen else f"{start}{quote_plus(value)}%22" for value in values]

    def without(self, one: Chosen) -> "Asked":
        return replace(self, chosen=tuple(each for each in self.chosen if each != one), page=1)

    def has(self, field: str, value: str) -> bool:
        return Chosen(field, value) in self.chosen

    def last_page(self, total: int) -> int:
        return max(1, -(-min(total, DEEPEST) // self.limit))


@functools.lru_cache(1_000)
def _encoded(name: str, value: str) -> str:
    """A pair of a URL; a page has dozens of URLs that differ in one."""
    return f"{quote_plus(name)}={quote_plus(value)}"


def search_of(params: QueryParams) -> Asked:
    """The search of a URL. Raises BadRequest."""
    lookfor = clean(params.get("lookfor", ""))
    if len(lookfor) > LONGEST_TEXT or len(lookfor.split()) > MOST_WORDS:
        raise BadRequest("too_long", characters=LONGEST_TEXT, words=MOST_WORDS)
    type_ = params.get("type") or "AllFields"
    if type_ not in SEARCH_TYPES:
        raise BadRequest("no_such_type", types=", ".join(SEARCH_TYPES))
    sort = {"score": "relevance", "relevance,id asc": "relevance"}.get(params.get("sort", ""), params.get("sort", ""))
    sort = sort or "relevance"
    if sort not in SORTS:
        raise BadRequest("no_such_sort", sorts=", ".join(SORTS))
    limit = number(params, "limit", LIMITS[0], 0, LIMITS[-1])
    page = number(params, "page", 1, 1, 10**12)
    if page * max(limit, 1) > DEEPEST and page > 1:
        raise BadRequest("too_deep", records=DEEPEST)
    return Asked(lookfor, type_, filters_of(many(params, "filter")), sort, page, limit)


def filters_of(texts: Sequence[str]) -> tuple[Chosen, ...]:
    """Filters as VuFind writes them: `format:"Book"`, and `-` or `~` before. Raises BadRequest."""
    if len(texts) > MOST_FILTERS:
        raise BadRequest("too_many", number=MOST_FILTERS)
    found = []
    for text in texts:
        match = _FILTER.fullmatch(text)
        if match is None:
            raise BadRequest("not_a_filter")
        value = clean(match["quoted"] if match["quoted"] is not None else match["plain"], strip=False)
        if len(value) > LONGEST_VALUE:
            raise BadRequest("too_long", characters=LONGEST_VALUE, words=MOST_WORDS)
        check_exact(match["field"])
        found.append(Chosen(match["field"], value, match["sign"]))
    return tuple(dict.fromkeys(found))


def facets_of(names: Sequence[str]) -> tuple[str, ...]:
    """Fields to count by. Raises BadRequest."""
    wanted = tuple(dict.fromkeys(names))
    if len(wanted) > MOST_FACETS:
        raise BadRequest("too_many", number=MOST_FACETS)
    for name in wanted:
        check_exact(name)
    return wanted


def check_exact(name: str) -> None:
    """Raises BadRequest for a field that is not there, or cannot be filtered and counted by."""
    if not is_exact(name):
        raise BadRequest("no_such_field")


def is_exact(name: str) -> bool:
    """Whether this is a field of exact values, by which every engine filters and counts."""
    schema = biblio()
    field = schema.field(name)
    if field is None or not field.indexed:
        return False
    chain = schema.types[field.type]
    return bool(chain["kind"] == "string" or (chain["kind"] == "text" and chain.get("tokenizer") == "keyword"))


def many(params: QueryParams, name: str) -> list[str]:
    """Every value of a parameter, with the brackets of PHP or without, numbered or not."""
    return [value for key, value in params.multi_items() if re.fullmatch(rf"{name}(\[\d*\])?", key) and value]


def number(params: QueryParams, name: str, default: int, least: int, most: int) -> int:
    """A whole number, brought between its limits. Raises BadRequest for what is none."""
    text = params.get(name, "").strip()
    if not text:
        return default
    if not re.fullmatch(r"-?[0-9]{1,20}", text):
        raise BadRequest("not_a_number", name=name)
    return min(max(int(text), least), most)


def clean(text: str, *, strip: bool = True) -> str:
    """Without control characters and halves of characters, which no index holds and no engine wants."""
    text = _CONTROL.sub(" ", text)
    return text.strip() if strip else text
