"""What every engine does: one contract, one conformance suite that runs it on the real engine."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from indexer.model.documents import Delete, Fields

if TYPE_CHECKING:
    from indexer.engines.generations import GenerationStore
    from indexer.model.targets import Target

PAGE = 500  # documents that are read from an index at once
FACET_VALUES = 50  # values counted of a facet, unless the query says how many

#: When a document survives a crash: once it is acknowledged, or once it is committed. "never" is a file of JSON lines:
#: it is continued by any run, so nothing that an earlier one wrote is ever taken for unchanged.
Durable = Literal["acknowledged", "committed", "never"]


@dataclass(frozen=True, slots=True)
class Write:
    """A document ready to send: `body` is its fields as one JSON object in UTF-8, without the sink's omitted ones."""

    id: str
    body: bytes


Action = Write | Delete


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the engine said of one action.

    `retry`: refused for a reason that may pass (a per-item 429 or 503); `rejected`: refused for good, `reason` holds
    the engine's own words. Deleting what is not there is `deleted`: the index is as asked. `blamed`, of `retry`: the
    engine failed over this very document, and is not busy; when it goes on to, it is refused for good.
    """

    status: Literal["indexed", "deleted", "rejected", "retry"]
    reason: str = ""
    blamed: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    id: str
    fields: Fields
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """`facets`: field -> (value, count) pairs, most frequent first. `suggestion`: a corrected query, or None."""

    total: int
    hits: list[Hit]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    suggestion: str | None = None


#: A field and its exact value, or several of which any will do.
Filter = tuple[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Like:
    """Words or a phrase that documents are to have where searches of this type look, and how much that counts."""

    type: str
    text: str
    weight: float = 1


@dataclass(frozen=True, slots=True)
class Query:
    """`text` in plain words (all must match; "..." is a phrase; empty or `*` matches all), looked for as `type` says
    (query.SEARCH_TYPES).

    `filters` are exact values of string fields, all of which must be there, `without` those that may not. `likes`: the
    documents that have any of these, those with the most first. `within` is one of the fields that the type looks at:
    only there, then. `sort` is a field name, `-` before it for descending;
    None sorts by relevance. `facets` names the string fields to count, `facet_limit` how many values of each at most.
    """

    text: str
    limit: int = 10
    offset: int = 0
    sort: str | None = None
    filters: tuple[Filter, ...] = ()
    facets: tuple[str, ...] = ()
    suggest: bool = True
    type: str = "AllFields"
    without: tuple[tuple[str, str], ...] = ()
    likes: tuple[Like, ...] = ()
    facet_limit: int = FACET_VALUES
    within: str = ""


class Refused(Exception):
    """The engine refused a whole request because of what is in it; the argument is its reason."""


class Writer(Protocol):
    """What takes documents. `push` may be called from several threads at once, and so may `commit` and `get` by those
    in which a push fails again and again; the rest from one.

    `str(writer)` is the target as the user wrote it, for messages.
    """

    durable: Durable

    def __str__(self) -> str: ...

    @property
    def omit(self) -> frozenset[str]:
        """Fields that this target fills itself (its own copyField rules): not to be sent. Known after `check`."""
        ...

    def check(self, *, to_write: bool = False) -> None:
        """Reachable, the product and version we speak to, our schema on it; opens what `push` needs. `to_write`: in a
        state, too, to take documents.

        Raises PermanentError or TransientError. Nothing is written.
        """
        ...

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        """Sends the batch in one request; one outcome per action, in order. Ids in a batch are distinct.

        Raises Refused when the engine takes none of the batch, or only some of it, for the sake of a document that it
        does not name (the pipeline looks for it), TransientError when the whole batch may have failed, PermanentError
        when it can never work. Sending it again is safe.
        """
        ...

    def commit(self) -> None:
        """Makes everything acknowledged durable and visible to searches."""
        ...

    def get(self, ids: Sequence[str]) -> dict[str, Fields]:
        """The stored fields of these documents, read back from the engine; an absent id is absent. {} where nothing is
        kept.
        """
        ...

    def close(self) -> None: ...


class Index(Writer, Protocol):
    """A writer whose documents can be read back (`Engine.index`)."""

    def identity(self) -> str:
        """What tells this index from another one under the same name: other after it was made anew. "" if the engine
        gives nothing of the kind.
        """
        ...

    def count(self) -> int:
        """How many documents a search can see."""
        ...

    def ids(self) -> Iterator[str]:
        """Every visible id, in no order."""
        ...

    def pages(self, after: str = "") -> Iterator[tuple[list[bytes], str]]:
        """Every visible document as one JSON object, with all fields that the engine keeps, page by page, each page
        with the mark that goes on behind it. Needs no `check`: looks for itself whether the index is there.

        Raises TransientError, after which `after` the last mark goes on, or PermanentError.
        """
        ...

    def refresh(self) -> None:
        """Where it searches: what comes next sees what others have committed since, in the index that is live now."""
        ...

    def search(self, query: Query) -> Found:
        """Raises ConfigError for a field that cannot be used so, and where the engine does not search
        (`Engine.searchable`).
        """
        ...


class Counting(Index, Protocol):
    """An index that is asked for the dates in it before they would be lost, as all of ours are."""

    def count_with(self, field: str) -> int:
        """How many visible documents have a value in this field."""
        ...


class Tunable(Index, Protocol):
    """An index that can be set up for a bulk load and back (`Engine.tunable`)."""

    def bulk_settings(self) -> dict[str, str | None]:
        """The settings that a bulk load changes, as they are now; None where the engine's default holds."""
        ...

    def for_bulk(self, before: dict[str, str | None]) -> dict[str, str | None]:
        """These settings for the time of the load, where they were `before`."""
        ...

    def put_settings(self, settings: dict[str, str | None]) -> None: ...


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a live schema is not biblio.toml's. `blocking`: documents would be refused, or could not be found."""

    field: str
    problem: str
    blocking: bool = True

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One engine: how its targets are written, how they are opened, and what it can do beyond taking documents.

    `scheme` begins the URL of its targets: `SCHEME+http://HOST/.../INDEX` of a `server`, else `SCHEME:PATH`; `example`
    is one such URL. `product` is what people are told it is, `noun` what the last part of the URL names.
    `open(target, connections=, create=, any_schema=)` gives a Writer (registry.open_writer says what they mean).

    What it cannot do is False or None, and commands that need it say so before anything is sent: with `index` the
    writer is an Index, with `searchable` one whose `search` works, with `tunable` a Tunable; `private`: only this
    loader reads it, so that one with another schema is of no use; `own_fields`: its schema may have fields besides
    ours, which documents may have then (the writer's `live` gives them); `any_schema`: one of another kind will do.
    `install(target)` puts our schema there and gives lines that say what was done; `differences(target)` compares the
    live schema with ours; `generations(target, configset)` gives the GenerationStore that re-indexing needs;
    `optimize(target)` merges the index into one segment.
    """

    scheme: str
    product: str
    example: str
    open: Callable[..., Writer]
    server: bool = True
    noun: str = "index"
    index: bool = True
    searchable: bool = True
    tunable: bool = False
    private: bool = False
    own_fields: bool = False
    any_schema: bool = False
    install: "Callable[[Target], list[str]] | None" = None
    differences: "Callable[[Target], list[Difference]] | None" = None
    generations: "Callable[[Target, str], GenerationStore] | None" = None
    optimize: "Callable[[Target], None] | None" = None
