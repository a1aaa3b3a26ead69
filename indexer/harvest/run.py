"""One harvest: what changed on the server since the last one, page after page into the folder.

The time until which a harvest is complete is the server's own, of the first page: what changes while a list is read
comes with the next one. It is never later than ours, so that a server whose clock was wrong once does not hide its
changes from us. The next list begins one unit of the server's granularity before that, since a record may get its date
a moment before it can be seen; what comes twice is unchanged, and not sent.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from indexer.engine.push import Limits
from indexer.engine.retry import persist
from indexer.errors import SourceError, TransientError
from indexer.harvest.answer import Answer, NotAnAnswer
from indexer.harvest.folder import Folder, Listing, Notes
from indexer.harvest.server import Server
from indexer.settings import OaiSettings

DAYS = "YYYY-MM-DD"
BROKEN_TRIES = 4  # of an answer that is no answer: the server is likely to give the same again
STARTS = 3  # of one list in one harvest, when the server forgets the tokens it gave
GOES_ON = "What was harvested is kept, and the next sync goes on from there."

_ADVICE = {
    "cannotDisseminateFormat": "Look at metadata_prefix; verb=ListMetadataFormats says which there are.",
    "noSetHierarchy": "The server has no sets: take set out.",
    "badArgument": "Look at metadata_prefix, set and from.",
    "badVerb": "Is this the base URL of the server?",
}


@dataclass(frozen=True, slots=True)
class Told:
    """`progress(records, of)` is called for each page, with how long the list is said to be; `warning` once, for what
    the server cannot do; `pause(error, seconds)` before a request is tried again.
    """

    progress: Callable[[int, int | None], None]
    warning: Callable[[str], None]
    pause: Callable[[TransientError, float], None]


def harvest(
    settings: OaiSettings, server: Server, folder: Folder, *, limits: Limits, told: Told, stop: threading.Event
) -> None:
    """Brings what is new into the folder, or goes on with a list that is not at its end. Once `stop` is set no further
    page is asked for. Raises SourceError and TransientError; the pages that came before stay.
    """
    with folder.held():
        run = _Harvest(settings, server, folder, limits, told, stop)
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
    if notes.granularity == DAYS:
        return f"{until - timedelta(days=1):%Y-%m-%d}"
    return f"{until - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"


def _until(answer: Answer) -> str:
    return f"{min(answer.date, datetime.now(UTC)):%Y-%m-%dT%H:%M:%SZ}"


class _Harvest:
    def __init__(
        self, settings: OaiSettings, server: Server, folder: Folder, limits: Limits, told: Told, stop: threading.Event
    ) -> None:
        self._settings, self._server, self._folder = settings, server, folder
        self._limits, self._told, self._stop = limits, told, stop
        self._starts = 0
        self.notes = folder.notes() or Notes(
            url=settings.url,
            metadata_prefix=settings.metadata_prefix,
            set=settings.set or "",
            pages=folder.last_number(),
        )

    def prepare(self) -> None:
        """Notes that fit, with what the server says of itself and a list to read. What is known is not asked for."""
        self._check()
        if not self.notes.granularity:
            said = self._ask({"verb": "Identify"})
            if said.error or not said.granularity:
                raise self._refused(said)
            self._note(granularity=said.granularity, deleted=said.deleted)
            if said.deleted != "persistent":
                self._told.warning(
                    f"{self._settings.url}: the server does not keep note of all deleted records (deletedRecord is "
                    f"{said.deleted or 'missing'}): they stay in the index until a harvest of everything and a sweep"
                )
        if self.notes.listing is None:
            self._note(listing=Listing(since=_since(self._settings, self.notes)))

    def step(self, listing: Listing) -> None:
        """Asks for the next page of the list."""
        answer = self._ask(self._query(listing))
        # some servers end a list so, some say so of a token that they have forgotten
        ended = answer.error == "noRecordsMatch" and (not listing.token or listing.records >= listing.size)
        if ended:
            self._finish(listing, answer)
        elif listing.token and answer.error in ("badResumptionToken", "badArgument", "noRecordsMatch"):
            self._start_over(listing, answer)
        elif answer.error:
            raise self._refused(answer)
        else:
            self._take(listing, answer)

    def _take(self, listing: Listing, answer: Answer) -> None:
        whole = not listing.token and not answer.token
        stuck = listing.token != "" and answer.token == listing.token
        repeats = (whole or stuck) and self._folder.repeats(self.notes.pages)
        if stuck and (repeats or not answer.records):
            raise SourceError(
                f"{self._settings.url}: the server gives the same page and the same resumption token again and again",
                advice=f"Tell whoever runs the server. {GOES_ON}",
            )
        pages = self.notes.pages
        if answer.records and not repeats:
            pages += 1
            self._folder.keep(pages)
        read = Listing(
            since=listing.since,
            begun=listing.begun or _until(answer),
            token=answer.token,
            records=listing.records + answer.records,
            size=answer.size or listing.size,
        )
        self._told.progress(read.records, answer.size)
        if answer.token:
            self._note(pages=pages, listing=read)
        else:
            self._note(pages=pages, harvested=read.begun, listing=None)

    def _finish(self, listing: Listing, answer: Answer) -> None:
        self._note(harvested=listing.begun or _until(answer), listing=None)

    def _start_over(self, listing: Listing, answer: Answer) -> None:
        """The token is not known any more: its records come again, behind those that are here, and win over them."""
        self._starts += 1
        self._note(listing=Listing(since=listing.since))
        if self._starts == STARTS:
            raise SourceError(
                f"{self._settings.url}: the server forgot its resumption token {STARTS} times ({answer.error})",
                advice="The pages that came are kept, and the next sync begins this list again.",
            )

    def _ask(self, query: dict[str, str]) -> Answer:
        def once() -> Answer:
            if self._stop.is_set():  # a pause was cut short: the server is not asked before it wants to be
                raise TransientError(f"{self._settings.url}: told to stop")
            return self._server.ask(query, str(self._folder.part))

        try:
            return persist(
                once,
                seconds=self._limits.retry_seconds,
                tries=self._limits.retry_tries,
                on_pause=self._told.pause,
                stop=self._stop,
                first_wait=self._limits.first_wait,
                hopeless=lambda error, tries: isinstance(error, NotAnAnswer) and tries >= BROKEN_TRIES,
            )
        except TransientError as error:
            raise TransientError(error.message, advice=f"{error.advice}\n{GOES_ON}".lstrip()) from None

    def _query(self, listing: Listing) -> dict[str, str]:
        if listing.token:
            return {"verb": "ListRecords", "resumptionToken": listing.token}
        asked = {
            "metadataPrefix": self.notes.metadata_prefix,
            "set": self.notes.set,
            "from": listing.since,
        }
        return {"verb": "ListRecords", **{name: value for name, value in asked.items() if value}}

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

    def _refused(self, answer: Answer) -> SourceError:
        words = f": {answer.words[:300]}" if answer.words else ""
        said = f"answered with the error {answer.error}{words}" if answer.error else "does not identify itself"
        return SourceError(f"{self._settings.url}: the server {said}", advice=_ADVICE.get(answer.error, ""))

    def _note(self, **changed: str | int | Listing | None) -> None:
        self.notes = self.notes.model_copy(update=changed)
        self._folder.note(self.notes)
