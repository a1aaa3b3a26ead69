"""The embedded index: a folder with a Tantivy index in it, no server.

folder.py says what lies in it. A commit is atomic: searches see the last one whole, and a process that is
killed leaves it so.
"""

import contextlib
import dataclasses
import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
import tantivy

from indexer.engines.base import PAGE, Action, Durable, Found, Outcome, Query, Write
from indexer.engines.embedded import words
from indexer.engines.embedded.folder import INDEX, META, faults, has_index, install, is_ours, live_folder
from indexer.engines.embedded.schema import DYNAMIC, SOURCE, Entry, Layout, analyzers, tokenizer_name
from indexer.engines.embedded.search import Reader, search
from indexer.engines.embedded.suggest import suggest
from indexer.engines.query import alternatives
from indexer.model.documents import Delete, Fields
from indexer.model.errors import NotThere, PermanentError, RecordError
from indexer.model.schema import biblio

HEAP = 64_000_000  # bytes of documents in memory before Tantivy writes a segment
# Bytes of documents as JSON after which we commit by ourselves: Tantivy queues 10,000 documents, whatever they weigh,
# and nothing but a commit waits for the queue. A document in it takes three times its JSON.
QUEUED = 36_000_000
COMMITTED = "meta.json"  # of Tantivy: replaced by each commit
THREADS = 1  # of Tantivy: more make more and smaller segments, and the cores are busy deriving
OPEN_AGAIN = 3  # times, where files of the index went while it was opened
ADDRESSES = 20_000  # of documents that are asked for at once: each question walks over all documents before them


class EmbeddedSink:
    """An Index (engines.base) over the folder `path`. With `create`, `check` makes a folder that is not there; with
    `any_schema` it may be an index of another version, to be read.
    """

    durable: Durable = "committed"

    def __init__(self, path: str | Path, *, create: bool = False, any_schema: bool = False) -> None:
        self._folder = self._home = Path(path)  # where the live index lies is known once it is open
        self._create = create
        self._any_schema = any_schema
        self._layout = Layout(biblio())
        self._index: tantivy.Index | None = None
        self._commit_read: Reader | None = None  # what searches see, until the next reload
        self._writer: tantivy.IndexWriter | None = None
        self._lock = threading.Lock()  # over the writer
        self._reading = threading.Lock()  # over which commit is read
        self._terms: dict[tuple[str, int], str] = {}
        self._committed = 0  # when the commit was made that searches see
        self._dirty = False
        self._queued = 0  # bytes since the last commit
        self._broken: PermanentError | None = None

    def __str__(self) -> str:
        return f"embedded:{self._folder}"

    @property
    def omit(self) -> frozenset[str]:
        return frozenset()

    def check(self, *, to_write: bool = False) -> None:
        """Opens the index; makes it first where it may. Raises PermanentError."""
        if self._create:
            install(self._folder)
        home = live_folder(self._folder)
        again = OPEN_AGAIN
        while True:
            try:
                opened = self._open(home)
                with self._reading:
                    self._index, self._commit_read = opened, None
                self._home = home
                return
            except PermanentError as error:
                moved = live_folder(self._folder)
                if moved == home and (isinstance(error, NotThere) or not again):
                    raise
                # a switch came in between, and what was live before it may be gone; or a commit, and files of it are
                again -= moved == home
                home = moved

    def _open(self, home: Path) -> tantivy.Index:
        if not (self._any_schema or is_ours(home, self._layout)) or not has_index(home):
            raise NotThere(
                f"embedded:{self._folder}: there is no index",
                advice=f"Load records into it first: indexer load PATH --target embedded:{self._folder}",
            )
        with faults(self._folder, "cannot be opened"):
            index = tantivy.Index.open(str(home / INDEX))
            for stemmed, analyzer in analyzers().items():
                index.register_tokenizer(tokenizer_name(stemmed), analyzer)
            index.config_reader("manual")
            index.reload()
        return index

    def identity(self) -> str:
        """Drawn when the folder was made."""
        self._opened()
        with faults(self._folder, "cannot be read"):
            text = (self._home / META).read_text(encoding="utf-8")
        return str(json.loads(text).get("identity", ""))

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        prepared = [_prepare(action, self._layout) for action in batch]
        with self._writing():
            writer = self._open_writer()
            for action, document in zip(batch, prepared, strict=True):
                if isinstance(document, Outcome):
                    continue
                self._dirty = True
                writer.delete_documents_by_term("id", action.id)
                if document is not None and isinstance(action, Write):
                    writer.add_document(document)
                    self._queued += len(action.body)
                    if self._queued >= QUEUED:
                        self._commit(writer)
        return [
            document if isinstance(document, Outcome) else Outcome("indexed" if document is not None else "deleted")
            for document in prepared
        ]

    def commit(self) -> None:
        with self._writing():
            if self._writer is not None and self._dirty:
                self._commit(self._writer)
            self._reload()

    def _reload(self) -> None:
        index = self._opened()
        with self._reading:
            index.reload()
            self._commit_read = None

    def _commit(self, writer: tantivy.IndexWriter) -> None:
        writer.commit()
        self._dirty = False
        self._queued = 0

    def get(self, ids: Sequence[str]) -> dict[str, Fields]:
        with faults(self._folder, "cannot be read"):
            return self._reader().get(ids)

    def count(self) -> int:
        with faults(self._folder, "cannot be read"):
            return self._reader().searcher.num_docs

    def count_with(self, field: str) -> int:
        return self._reader().total(tantivy.Query.exists_query(field))

    def ids(self) -> Iterator[str]:
        with faults(self._folder, "cannot be read"):
            reader = self._reader()
            # The filter leaves out deleted documents whose terms are still in a segment.
            found = reader.searcher.terms_with_prefix("id", "", filter_query=tantivy.Query.all_query())
        for term, _ in found:
            yield term

    def pages(self, after: str = "") -> Iterator[tuple[list[bytes], str]]:
        """As the last commit left it when the reading begins, whatever is written meanwhile. There are no faults that
        pass: it never goes on behind a mark.
        """
        with faults(self._folder, "cannot be read"):
            reader = self._reader()
        for offset in range(0, reader.searcher.num_docs, ADDRESSES):
            with faults(self._folder, "cannot be read"):
                addresses = reader.addresses(ADDRESSES, offset)
            for start in range(0, len(addresses), PAGE):
                with faults(self._folder, "cannot be read"):
                    page = [reader.source(address) for address in addresses[start : start + PAGE]]
                yield page, ""

    def refresh(self) -> None:
        """Looks at the files of the index: unless they have changed it costs nothing."""
        if live_folder(self._folder) != self._home:
            self.check()
        with faults(self._folder, "cannot be read"):
            committed = (self._home / INDEX / COMMITTED).stat().st_mtime_ns
            if committed != self._committed:
                self._reload()
                self._committed = committed

    def search(self, query: Query) -> Found:
        query = dataclasses.replace(
            query,
            text=_encodable(query.text),
            filters=tuple((name, tuple(map(_encodable, alternatives(value)))) for name, value in query.filters),
            without=tuple((name, _encodable(value)) for name, value in query.without),
        )
        with faults(self._folder, "cannot be read"):
            reader = self._reader()
            found = search(reader, query)
            if found.total or not query.suggest or query.likes:
                return found
            return dataclasses.replace(found, suggestion=suggest(reader, query))

    def close(self) -> None:
        """What was pushed after the last commit (also of our own) is dropped; segments being merged are finished."""
        with self._lock:
            writer, self._writer, self._index, self._commit_read = self._writer, None, None, None
            if writer is None:
                return
            if self._broken is not None:
                # The fault was told when it came; this gives the lock back, and may fail for the same reason.
                with contextlib.suppress(ValueError, RuntimeError):
                    writer.wait_merging_threads()
                return
            with faults(self._folder, "cannot be written"):
                if self._dirty:
                    writer.rollback()
                writer.wait_merging_threads()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """A writer that failed once takes nothing more: its next commit would lack what was pushed before."""
        with self._lock:
            if self._broken is not None:
                raise self._broken
            try:
                with faults(self._folder, "cannot be written"):
                    yield
            except PermanentError as error:
                if self._writer is not None:
                    self._broken = error
                raise

    def _opened(self) -> tantivy.Index:
        if self._index is None:
            self.check()
        assert self._index is not None  # noqa: S101 - check() opens it or raises
        return self._index

    def _reader(self) -> Reader:
        index = self._opened()
        with self._reading:
            if self._commit_read is None:
                self._commit_read = Reader(self._layout, index.schema, index.searcher(), self._terms)
            return self._commit_read

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            try:
                self._writer = self._opened().writer(HEAP, THREADS)
            except ValueError as error:
                if not words.is_locked(error):
                    raise
                raise PermanentError(
                    f"embedded:{self._folder}: another process writes to this index",
                    advice="Wait until it is done, then run the same command again. Nothing was changed by this run.",
                ) from None
        return self._writer


def _prepare(action: Action, layout: Layout) -> tantivy.Document | Outcome | None:
    """The document for Tantivy, None for a deletion, or the rejection."""
    if isinstance(action, Delete):
        return None
    fields = orjson.loads(action.body)
    try:
        if fields.get("id") != action.id:
            raise RecordError(f"the document's id is {fields.get('id')!r}, not {action.id!r}", field="id")
        return _document(layout.entry(fields), action.body)
    except RecordError as error:
        return Outcome("rejected", error.reason)


def _encodable(text: str) -> str:
    """Without the surrogates that stand for bytes that were not UTF-8 on a command line."""
    return text.encode(errors="replace").decode()


def _document(entry: Entry, body: bytes) -> tantivy.Document:
    document = tantivy.Document()
    for name, text in entry.texts:
        document.add_text(name, text)
    for name, number in entry.numbers:
        document.add_unsigned(name, number)
    if entry.dynamic:
        document.add_json(DYNAMIC, entry.dynamic)
    document.add_bytes(SOURCE, body)
    return document
