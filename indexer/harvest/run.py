"""One harvest: what changed on the server since the last one, page after page into the folder.

The time until which a harvest is complete is the server's own, of the first page: what changes while a list is read
comes with the next one. It is never later than ours, so that a server whose clock was wrong once does not hide its
changes from us. The next list begins one unit of the server's granularity before that, since a record may get its date
a moment before it can be seen; what comes twice is unchanged, and not sent.

A harvest ends, whatever the server does (`endless.py`), and the next one goes on: a token that fails is given up for
the list from its beginning, and a list that breaks off again and again (`broken`) for the one behind it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from indexer import sources
from indexer.engines.retry import RetryPolicy, persist
from indexer.harvest import answer as answers
from indexer.harvest.answer import Answer, BrokenOff, NotAnAnswer, Refused, Unwell
from indexer.harvest.endless import Turns
from indexer.harvest.folder import Folder, Listing, Notes
from indexer.harvest.server import Server
from indexer.model.errors import SourceError, TransientError
from indexer.model.records import Fault
from indexer.model.settings import OaiSettings

DAYS, SECONDS = "YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ"
BROKEN_TRIES = 4  # of an answer that is no answer: the server is likely to give the same again
STARTS = 3  # of one list in one harvest, when the server forgets the tokens it gave
TURNS_RUNS = 2  # in which a list went round and round: it has no other end
BROKEN_RUNS = 7  # in which one broke off: what is new would never come else
FLAWS = 3  # of a page that are told
UNSURE = timedelta(days=1)  # how far clocks may be apart, where the server does not say what time it is
GOES_ON = "What was harvested is kept, and the next sync goes on from there."
ANEW = "What came is kept, and the next sync begins this list again."
FLAWED = "The records of the page are loaded. Look at it, and tell whoever runs the server; it is not told again."
BEHIND = (
    "What came is kept, and the next sync asks for what changed since: what the server did not give is not asked for "
    "again. Move the folder of the source away to harvest everything anew once the server is mended."
)

OURS = "Look at metadata_prefix and set: it refuses the list without a from, too."  # the from is no setting

_ADVICE = {
    "cannotDisseminateFormat": "Look at metadata_prefix; verb=ListMetadataFormats says which there are.",
    "noSetHierarchy": "The server has no sets: take set out.",
    "badArgument": "Look at metadata_prefix, set, from and granularity.",
    "badVerb": "Is this the base URL of the server?",
}


@dataclass(frozen=True, slots=True)
class Callbacks:
    """`progress(records, of)` is called for each page, with how long the list is said to be; `warning` for what the
    server cannot do; `flaw(message, advice)` for what is amiss with what it gave, where the harvest goes on all the
    same; `pause(error, seconds)` before a request is tried again.
    """

    progress: Callable[[int, int | None], None]
    warning: Callable[[str], None]
    flaw: Callable[[str, str], None]
    pause: Callable[[TransientError, float], None]


def harvest(
    settings: OaiSettings,
    server: Server,
    folder: Folder,
    *,
    retry: RetryPolicy,
    callbacks: Callbacks,
    stop: threading.Event,
) -> None:
    """Brings what is new into the folder, or goes on with a list that is not at its end. Once `stop` is set no further
    page is asked for. Raises SourceError and TransientError; the pages that came before stay.
    """
    with folder.held():
        run = _Harvest(settings, server, folder, retry, callbacks, stop)
        run.prepare()
        while run.notes.listing is not None and not stop.is_set():
            run.step(run.notes.listing)


def plan(settings: OaiSettings, folder: Folder) -> str:
    """What the next harvest is going to ask for, in words."""
    notes = folder.notes()
    if notes is not None and notes.listing is not None and notes.listing.token:
        return f"harvest of {settings.url}: goes on after {notes.listing.records:,} records"
    since = _since(settings, notes)
    return f"harvest of {settings.url}: {f'what changed since {since}' if since else 'everything'}"


def _since(settings: OaiSettings, notes: Notes | None) -> str:
    """What is to be sent as `from` for a new list."""
    if notes is None or not notes.harvested:
        return settings.from_ or ""
    until = datetime.fromisoformat(notes.harvested)
    if (settings.granularity or notes.granularity) == SECONDS:
        return f"{until - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
    return f"{until - timedelta(days=1):%Y-%m-%d}"  # which every server has to take


def _until(answer: Answer) -> str:
    now = datetime.now(UTC)
    return _stamp(min(answer.date or now - UNSURE, now))


def _expires(answer: Answer) -> str:
    """When the token is not to be asked with any more, by our clock; the server's may be another one."""
    if not answer.token or answer.expires is None:
        return ""
    now = datetime.now(UTC)
    left = answer.expires - (answer.date or now)
    return _stamp(now + min(left, timedelta(days=365))) if left > timedelta() else ""


def _stamp(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def _anew(listing: Listing) -> Listing:
    """The same list from its beginning: pages that are as they were are not kept once more."""
    return Listing(since=listing.since, again=listing.first or listing.again)


def _took(answer: Answer) -> bool:
    """Whether the server took what was asked: one that gives records did, whatever else it says."""
    return answer.records > 0 or answer.error in ("", "noRecordsMatch")


class _Harvest:
    def __init__(
        self,
        settings: OaiSettings,
        server: Server,
        folder: Folder,
        retry: RetryPolicy,
        callbacks: Callbacks,
        stop: threading.Event,
    ) -> None:
        self._settings, self._server, self._folder = settings, server, folder
        self._retry, self._callbacks, self._stop = retry, callbacks, stop
        self._starts = 0
        self._ends: set[int] = set()  # after how many records the list ended without being at its end
        self._turns = Turns()
        self._flaws: set[str] = set()  # that were told
        self._counted = False  # this run is in notes.broken
        self.notes = folder.notes() or Notes(
            url=settings.url,
            metadata_prefix=settings.metadata_prefix,
            set=settings.set or "",
            pages=folder.last_number(),
        )
        self._stored = self.notes.listing is not None and self.notes.listing.token != ""

    def prepare(self) -> None:
        """Notes that fit, with what the server says of itself and a list to read. What is known is not asked for."""
        self._check()
        if self.notes.short:
            self._callbacks.warning(f"{self._settings.url}: {self.notes.short}")
        if not self.notes.granularity:
            self._identify()
        if self.notes.listing is None:
            self._note(listing=Listing(since=_since(self._settings, self.notes), again=self.notes.first))

    def _identify(self) -> None:
        """What the server says of itself. One that cannot say it is asked for what changed all the same, by days."""
        try:
            said = self._ask({"verb": "Identify"})
        except (NotAnAnswer, Unwell, Refused) as error:
            if self._stop.is_set() or (isinstance(error, Unwell) and error.retry_after is not None):
                raise
            self._callbacks.warning(f"{error.message}: it does not identify itself, and is asked by days")
            return
        if said.granularity not in (DAYS, SECONDS):
            shown = repr(said.granularity[:40]) if said.granularity else "missing"
            self._callbacks.warning(f"{self._settings.url}: the server's granularity is {shown}: it is asked by days")
        self._note(granularity=said.granularity if said.granularity in (DAYS, SECONDS) else "", deleted=said.deleted)
        if said.deleted != "persistent":
            self._callbacks.warning(
                f"{self._settings.url}: the server does not keep note of all deleted records (deletedRecord is "
                f"{said.deleted or 'missing'}): they stay in the index until a harvest of everything and a sweep"
            )

    def step(self, listing: Listing) -> None:
        """Asks for the next page of the list."""
        self._folder.check_room()
        if self._stored:
            self._stored = False
            listing, answer = self._go_on(listing)
        else:
            answer = self._page(listing)
        if not _took(answer) and not listing.token:
            listing, answer = self._without_from(listing, answer)
        if answer.records:  # whatever else it says
            self._take(listing, answer)
        elif answer.error == "noRecordsMatch" and (not listing.token or listing.records >= listing.size):
            self._finish(listing.begun or _until(answer), listing)
        elif answer.error == "noRecordsMatch":  # some servers end a list so, some say so of a token they have forgotten
            self._ends_early(listing, listing.begun, "its resumption token matches no records")
        elif answer.error and listing.token and 0 < listing.size <= listing.records:
            self._finish(listing.begun, listing)
        elif answer.error and listing.token:
            self._start_over(listing, f"the server forgot its resumption token ({answer.error})")
        elif answer.error:
            raise self._refused(answer, listing)
        else:
            self._take(listing, answer)

    def _go_on(self, listing: Listing) -> tuple[Listing, Answer]:
        """The next page by the token of an earlier run. Where that has expired, or gets no answer, the list is begun
        again; a server that does not answer then either keeps its token for the next run.
        """
        if listing.expires and listing.expires < _stamp(datetime.now(UTC)):
            why = f"the resumption token expired at {listing.expires}"
        else:
            try:
                return listing, self._page(listing, tries=BROKEN_TRIES)
            except (SourceError, TransientError) as error:
                asks_to_wait = isinstance(error, TransientError) and error.retry_after is not None
                self._note(listing=listing.model_copy(update={"failed": listing.failed + 1}))
                if self._stop.is_set() or (asks_to_wait and not listing.failed):
                    raise
                why = f"the resumption token gets no answer ({error.message})"
        anew = _anew(listing)
        answer = self._page(anew)
        if not _took(answer):
            anew, answer = self._without_from(anew, answer)
        self._callbacks.warning(f"{self._settings.url}: the list is read from its beginning again: {why}")
        if self._is_hopeless(BROKEN_RUNS):
            self._give_up(listing, listing.begun, why)
        self._note(listing=anew)
        return anew, answer

    def _without_from(self, listing: Listing, refused: Answer) -> tuple[Listing, Answer]:
        """The list without the `from` that the server refused: since that day, which every server has to take (section
        2.7.1), and where it does not take that either, all that a first harvest lists. Raises SourceError where it
        refuses that too, or it is no matter of a `from`.
        """
        since, begin = listing.since, self._settings.from_ or ""
        if refused.error == "badArgument" and "T" in since:
            day = listing.model_copy(update={"since": since[:10]})
            answer = self._page(day)
            if _took(answer):
                self._callbacks.warning(
                    f"{self._said(refused, since)}, and took from={day.since}: from now on it is asked by days"
                )
                self._note(granularity=DAYS, listing=day)
                return day, answer
        if refused.error == "badArgument" and since != begin:
            whole = listing.model_copy(update={"since": begin})
            answer = self._page(whole)
            if _took(answer):
                self._callbacks.warning(f"{self._said(refused, since)}: all that it has is listed again")
                self._note(listing=whole)
                return whole, answer
        raise self._refused(refused, listing)

    def _said(self, refused: Answer, since: str) -> str:
        return f"{self._settings.url}: the server refused from={since} ({refused.words[:100] or refused.error})"

    def _take(self, listing: Listing, answer: Answer) -> None:
        """Keeps the page, unless it is here already, and goes on to the next one."""
        before = self.notes.pages
        whole = not listing.token and not answer.token
        turn = self._turns.turn(answer)
        again, pages = listing.again, before
        if answer.records or answer.others:
            if again and self._is_there(again, answer):
                first = listing.first or again
                again += 1
            elif (whole or turn.old) and self._is_there(before, answer):
                first = listing.first
            else:
                pages, again = before + 1, 0
                self._folder.keep(pages)
                self._tell_flaws(pages)
                first = listing.first or pages
        else:
            first = listing.first
        read = Listing(
            since=listing.since,
            begun=listing.begun or _until(answer),
            token=answer.token,
            records=listing.records + answer.records,
            size=answer.size or listing.size,
            expires=_expires(answer),
            first=first,
            again=again,
        )
        self._callbacks.progress(read.records, answer.size)
        self.notes = self.notes.model_copy(update={"pages": pages})  # written down with what becomes of the list
        if turn.endless and answer.token:
            self._break_off(read, turn.words, runs=TURNS_RUNS)
        elif answer.token:
            self._note(listing=read)
        elif answer.ends or not listing.token or read.records >= read.size:
            self._finish(read.begun, read)
        else:
            self._ends_early(read, read.begun, "a page has no resumption token")

    def _tell_flaws(self, number: int) -> None:
        """What is amiss with a page beside its records, once: no reading of the page tells it again."""
        page = self._folder.page(number)
        found = (
            item.reason for item in sources.read([str(page)], source="") if isinstance(item, Fault) and item.beside
        )
        flaws = "; ".join(islice(found, FLAWS))
        if flaws and flaws not in self._flaws:
            self._flaws.add(flaws)
            self._callbacks.flaw(f"{self._settings.url}: its page {page.name}: {flaws}", FLAWED)

    def _is_there(self, number: int, answer: Answer) -> bool:
        """Whether the page of this number has the very records of this answer."""
        try:
            page = answers.read(str(self._folder.page(number)))
        except NotAnAnswer as error:
            if error.partial is None:
                return False
            page = error.partial
        return not answer.others and (page.records, page.digest) == (answer.records, answer.digest)

    def _finish(self, until: str, listing: Listing) -> None:
        if listing.records < listing.size:
            self._callbacks.warning(
                f"{self._settings.url}: the server said {listing.size:,} records, and its list has {listing.records:,}"
            )
        whole = listing.since == (self._settings.from_ or "")
        short = "" if whole else self.notes.short
        self._note(harvested=until, listing=None, broken=0, short=short, first=listing.first or self.notes.first)

    def _ends_early(self, listing: Listing, until: str, why: str) -> None:
        """The list ends without saying so, and before what the server said. It does if it does so again."""
        if listing.records in self._ends:
            self._finish(until, listing)
        else:
            self._ends.add(listing.records)
            self._start_over(listing, f"the list ended after {listing.records:,} records of {listing.size:,}: {why}")

    def _start_over(self, listing: Listing, why: str) -> None:
        """The token is not known any more: its records come again, behind those that are here, and win over them."""
        self._starts += 1
        if self._starts == STARTS or (self._starts > 1 and self.notes.broken):
            self._break_off(listing, f"{why}, {self._starts} times", runs=BROKEN_RUNS)
        self._turns = Turns()
        self._note(listing=_anew(listing))

    def _break_off(self, listing: Listing, why: str, *, runs: int) -> None:
        """This harvest ends here. The next one begins the list again, if it did not do so in this many runs."""
        if self._is_hopeless(runs):
            self._give_up(listing, listing.begun, why)
        self._note(listing=_anew(listing))
        raise SourceError(f"{self._settings.url}: {why}", advice=f"Tell whoever runs the server. {ANEW}")

    def _is_hopeless(self, runs: int) -> bool:
        if not self._counted:
            self._counted = True
            self._note(broken=self.notes.broken + 1)
        return self.notes.broken >= runs

    def _give_up(self, listing: Listing, until: str, why: str) -> None:
        said = f"{why}, after {listing.records:,} records and in {self.notes.broken} runs"
        short = f"not all of its records may be here: {said}"
        self._note(harvested=until, listing=None, broken=0, short=short, first=listing.first or self.notes.first)
        raise SourceError(f"{self._settings.url}: {said}", advice=BEHIND)

    def _page(self, listing: Listing, *, tries: int | None = None) -> Answer:
        """The next page of the list. Of one that never comes as a whole what came is kept; with a token it will do."""
        try:
            return self._ask(self._query(listing), tries=tries)
        except NotAnAnswer as error:
            partial = error.partial
            if partial is None:
                raise
            if not partial.behind and (partial.ends or partial.token not in ("", listing.token)):
                self._callbacks.warning(f"{error.message}: what came of the page is kept")
                return partial
            if not self._is_there(self.notes.pages, partial):
                self._folder.keep(self.notes.pages + 1)
                self._note(pages=self.notes.pages + 1)
            raise

    def _ask(self, query: dict[str, str], *, tries: int | None = None) -> Answer:
        def once() -> Answer:
            if self._stop.is_set():  # a pause was cut short: the server is not asked before it wants to be
                raise TransientError(f"{self._settings.url}: told to stop")
            try:
                return self._server.ask(query, str(self._folder.part))
            except TransientError as error:
                failed.append(error)
                raise

        def is_hopeless(error: TransientError) -> bool:
            if isinstance(error, Unwell):
                return query["verb"] == "Identify"  # without which the harvest can do
            return isinstance(error, NotAnAnswer) and not isinstance(error, BrokenOff)

        failed: list[TransientError] = []
        try:
            return persist(
                once,
                replace(self._retry, tries=min(self._retry.tries, tries or self._retry.tries)),
                on_pause=self._callbacks.pause,
                stop=self._stop,
                hopeless=lambda error, tries: tries >= BROKEN_TRIES and is_hopeless(error),
            )
        except TransientError as error:
            advice = f"{error.advice}\n{GOES_ON}".lstrip()
            last = failed[-1] if failed else error
            if isinstance(last, NotAnAnswer):
                raise NotAnAnswer(error.message, advice=advice, partial=last.partial) from None
            kind = Unwell if isinstance(last, Unwell) else TransientError
            raise kind(error.message, advice=advice, retry_after=last.retry_after) from None

    def _query(self, listing: Listing) -> dict[str, str]:
        if listing.token:
            return {"verb": "ListRecords", "resumptionToken": listing.token}
        return {"verb": "ListRecords", **self._arguments(listing)}

    def _arguments(self, listing: Listing) -> dict[str, str]:
        asked = {
            "metadataPrefix": self.notes.metadata_prefix,
            "set": self.notes.set,
            "from": listing.since,
        }
        return {name: value for name, value in asked.items() if value}

    def _check(self) -> None:
        """Raises SourceError where the folder has pages of something else."""
        before = (self.notes.url, self.notes.metadata_prefix, self.notes.set)
        now = (self._settings.url, self._settings.metadata_prefix, self._settings.set or "")
        for name, was, wanted in zip(("url", "metadata_prefix", "set"), before, now, strict=True):
            if was != wanted:
                raise SourceError(
                    f"{self._folder.path}: was harvested with {name} {was!r}, and now it is {wanted!r}",
                    advice="Move the folder away: the next sync harvests everything anew. If only the server moved, "
                    "change its url in .harvest.json there.",
                )

    def _refused(self, answer: Answer, listing: Listing) -> SourceError:
        words = f": {answer.words[:300]}" if answer.words else ""
        asked = ", ".join(f"{name}={value}" for name, value in self._arguments(listing).items())
        is_ours = answer.error == "badArgument" and listing.since != (self._settings.from_ or "")
        return SourceError(
            f"{self._settings.url}: the server answered with the error {answer.error}{words} (asked for {asked})",
            advice=OURS if is_ours else _ADVICE.get(answer.error, ""),
        )

    def _note(self, **changed: str | int | Listing | None) -> None:
        self.notes = self.notes.model_copy(update=changed)
        self._folder.note(self.notes)
