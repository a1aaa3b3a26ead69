"""What has to hold of a generation before it may be promoted."""

from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass

from indexer.derive.tracking import DATES
from indexer.engines.base import Index, Query
from indexer.engines.query import parse_words
from indexer.jobs.compare import Sample, differing, filled, last_of
from indexer.model.books import Account
from indexer.model.documents import Fields
from indexer.model.errors import ConfigError, PermanentError
from indexer.model.records import Fault
from indexer.model.settings import SearchSettings, VerifySettings
from indexer.pipeline.run import Plan
from indexer.pipeline.transform_all import transform_all

SHOWN = 5  # ids or fields that a message names
HITS = 1000  # of a search, among which its records have to be
FEW = 3  # documents: a field that fewer of the sample have says nothing about the others
NOT_AS_MADE = ("documents", "sample")  # checks: where one fails, the index is not what its dumps make
TITLES = 20  # of the sample that are searched for


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: `message` says what was found, and what to do where it failed."""

    name: str
    passed: bool
    message: str


def verify(
    plan: Plan,
    sink: Index,
    *,
    live: Index | None,
    account: Account | None,
    limits: VerifySettings,
    searches: Sequence[SearchSettings] = (),
    documents: int | None = None,
    rejected: Collection[str] = (),
    seed: int = 0,
) -> list[Check]:
    """Looks at the index behind `sink`, committed and checked, and at nothing else: reads every dump of the plan again,
    writes nothing.

    `account` holds the books of the load that filled it, `documents` how many were acknowledged and not deleted since,
    `rejected` the ids of those that the engine refused, or that were deleted by hand (None and empty where nobody
    knows). `live` is the index that it is to take the place of. The plan's spec omits what the sink omits.
    Raises what reading the dumps and the engine raise.
    """
    checks = [] if account is None else [_books(account)]
    count = sink.count()
    if documents is not None:
        checks.append(_counts(count, documents))
    if live is not None:
        checks.append(_size(count, live.count(), limits.shrink))
    sample, faults = _sample(plan, limits.sample, seed)
    wanted = {id: last for id, last in sample.items() if id not in rejected}
    there = sink.get(list(wanted))
    wrong = []
    for id, last in wanted.items():
        if last.body is None:
            if id in there:
                wrong.append(f"{id} is deleted in its source, and there")
        elif id not in there:
            wrong.append(f"{id} is not there")
        elif names := differing(last.fields(), there[id], sink.omit, plan.spec.schema):
            wrong.append(f"{id} differs in {_named(names)}")
    checks.append(_sampled(len(wanted), wrong, seed, faults))
    if live is not None:
        before = live.get([id for id, last in wanted.items() if last.body is not None])
        checks.append(_fields(before, {id: there[id] for id in before if id in there}, limits.fill_loss))
        checks.append(_titles(before, there, sink, live))
    checks += [_search(search, sink) for search in searches]
    return checks


def _books(account: Account) -> Check:
    total = account.total
    if account.open_sources:
        return Check("books", False, f"the books of {_named(account.open_sources)} do not close")
    if account.faults:
        files = "1 file was" if account.faults == 1 else f"{account.faults:,} files were"
        return Check("books", False, f"{files} not read, or not to the end; mend that and run it again")
    if not account.sources:
        return Check("books", True, "nothing was left to read")
    refused = f", {total.rejected:,} of them rejected" if total.rejected else ""
    return Check("books", True, f"closed over {total.read:,} records{refused}")


def _counts(count: int, documents: int) -> Check:
    if count != documents:
        return Check("documents", False, f"{count:,} in the index, {documents:,} were acknowledged")
    return Check("documents", True, f"{count:,}, as acknowledged")


def _size(count: int, before: int, shrink: float) -> Check:
    against = f"{count:,} documents, {before:,} in the live index"
    if count < before * (1 - shrink):
        gone = 1 - count / before
        return Check(
            "size",
            False,
            f"{against}: {gone:.1%} fewer, and {shrink:.1%} may be (verify.shrink). Is a source cut short?",
        )
    return Check("size", True, against)


def _sample(plan: Plan, size: int, seed: int) -> tuple[Sample, list[Fault]]:
    """The sample of what the plan's dumps make, and the dumps that could not be read."""
    sample = Sample(size, seed)
    faults = []
    with closing(transform_all(plan)) as derived:
        for chunk in derived:
            for item, result in chunk:
                if isinstance(item, Fault) and not item.raw:
                    faults.append(item)
                elif (version := last_of(result)) is not None:
                    sample.offer(*version)
    return sample, faults


def _sampled(size: int, wrong: Sequence[str], seed: int, faults: Sequence[Fault]) -> Check:
    if faults:
        first = faults[0]
        return Check("sample", False, f"{first.position.file}: {first.reason}; the documents cannot be made again")
    if wrong:
        more = f"; and {len(wrong) - SHOWN:,} more" if len(wrong) > SHOWN else ""
        words = "; ".join(wrong[:SHOWN]) + more
        return Check("sample", False, f"{len(wrong):,} of {size:,} documents are not as made (seed {seed}): {words}")
    return Check("sample", True, f"{size:,} documents read back are as made (seed {seed})")


def _fields(before: dict[str, Fields], after: dict[str, Fields], loss: float) -> Check:
    """The same documents in both: a field that one of them loses is lost by its source, mapping or schema."""
    had, has = filled(before), filled(after)
    lost = [
        f"{name} ({had[name]:,} before, {has.get(name, 0):,} now)"
        for name in had
        if name not in DATES and had[name] >= FEW and has.get(name, 0) < had[name] * (1 - loss)
    ]
    if lost:
        return Check(
            "fields",
            False,
            f"of {len(before):,} documents that the live index has, too many lose {_named(lost)}: more than "
            f"{loss:.0%} of those that had it (verify.fill_loss). indexer explain says which rule writes a field",
        )
    return Check("fields", True, f"{len(before):,} documents that the live index has keep their fields")


def _titles(before: dict[str, Fields], there: dict[str, Fields], sink: Index, live: Index) -> Check:
    """What a search for its title finds in the live index is to be found in this one."""
    asked, missed = 0, []
    for id, fields in before.items():
        title = fields.get("title")
        if not isinstance(title, str) or there.get(id, {}).get("title") != title or not parse_words(title):
            continue
        query = Query(title, limit=1, filters=(("id", id),), suggest=False)
        try:
            found = live.search(query).total
        except (ConfigError, PermanentError) as error:  # its schema may be of another version
            return Check("titles", True, f"not compared, as the live index does not take the search: {error.message}")
        if found:
            asked += 1
            if not sink.search(query).total:
                missed.append(id)
        if asked == TITLES:
            break
    if missed:
        return Check(
            "titles", False, f"{len(missed)} of {asked} documents are not found by their title: {_named(missed)}"
        )
    return Check("titles", True, f"{asked} documents are found by their titles, as in the live index")


def _search(search: SearchSettings, sink: Index) -> Check:
    name = f"search {search.query!r}"
    try:
        found = sink.search(Query(search.query, limit=HITS, filters=tuple(search.filters.items()), suggest=False))
    except ConfigError as error:
        return Check(name, False, error.message)
    missed = [id for id in search.finds if id not in {hit.id for hit in found.hits}]
    if missed:
        return Check(name, False, f"{_named(missed)} is not among its first {HITS:,} of {found.total:,} hits")
    if found.total < search.at_least:
        return Check(name, False, f"{found.total:,} hits, not {search.at_least:,}")
    return Check(name, True, f"{found.total:,} hits")


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def as_data(checks: Sequence[Check]) -> dict[str, object]:
    """The checks as `--json` prints them."""
    rows = [{"check": check.name, "passed": check.passed, "message": check.message} for check in checks]
    return {"passed": all(check.passed for check in checks), "checks": rows}


def lines(checks: Sequence[Check]) -> list[str]:
    """The checks for people, one a line."""
    width = max(len(check.name) for check in checks)
    return [f"{'ok    ' if check.passed else 'FAILED'}  {check.name:<{width}}  {check.message}" for check in checks]
