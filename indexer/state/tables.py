"""The tables of the state. SQLite and PostgreSQL take them alike."""

import sqlalchemy as sa

from indexer.model.books import COLUMNS

metadata = sa.MetaData()

REVISION = "0006"  # of these tables: the newest of migrations/versions
FIRST_REVISION = "0003"  # from which the migrations lead on: the tables of 0.1.0

#: Alembic's own table, of one row, and the release of ours that made the tables what they are.
version = sa.Table(
    "alembic_version",
    metadata,
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.Column("release", sa.Text, nullable=False, server_default=""),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)

#: Every target that was ever loaded into. `identity` is what the engine calls the index: another one, and all that we
#: remember of its documents is void.
targets = sa.Table(
    "targets",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("url", sa.Text, nullable=False, unique=True),
    sa.Column("identity", sa.Text, nullable=False, server_default=""),
)

#: Indexes that were built for one target, side by side. `target` is the URL that users load into and search; what is
#: remembered of a generation's documents is in `targets` under `TARGET#NAME`. `state` is adopting (a plain index that
#: becomes one), building, failed (its verification), ready (to be promoted), live or former; `documents` is how many it
#: held when it was verified.
generations = sa.Table(
    "generations",
    metadata,
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("made", sa.Text, nullable=False),  # ISO 8601, UTC, as are all times
    sa.Column("promoted", sa.Text),
    sa.Column("documents", sa.BigInteger),
)

#: Documents that were deleted from the live index by hand: their sources may have them still, and a generation that is
#: built from those is not to have them.
deletions = sa.Table(
    "deletions",
    metadata,
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
)

#: The dumps of the configured sources that a finished run read to their end, into this index, as they were then; and
#: those that may have been read in part (not `complete`).
files = sa.Table(
    "files",
    metadata,
    sa.Column("target_id", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("file", sa.Text, primary_key=True),
    sa.Column("signature", sa.Text, nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False, server_default=sa.true()),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("command", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("derive_version", sa.Text, nullable=False),
    sa.Column("started", sa.Text, nullable=False),  # ISO 8601, UTC
    sa.Column("finished", sa.Text),
    sa.Column("exit_code", sa.Integer),
    sa.Column("message", sa.Text),
    sa.Column("seconds", sa.Float, nullable=False, server_default="0"),
    sa.Column("retries", sa.Integer, nullable=False, server_default="0"),  # requests that were tried again
)

books = sa.Table(
    "books",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    *(sa.Column(column, sa.Integer, nullable=False) for column in COLUMNS if column != "superseded"),
    sa.Column("superseded", sa.Integer, nullable=False, server_default="0"),
)

#: What a run tells of itself beyond its books (observe/report.py), in JSON: now and then while it goes on, and at its
#: end.
run_reports = sa.Table(
    "run_reports",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("updated", sa.Text, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
)

#: Records that are not in the index, with all that is needed to try them again. `run_id` and `sequence` say when they
#: came along: of two versions of a document the later one wins.
dead_letters = sa.Table(
    "dead_letters",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("target_id", sa.ForeignKey("targets.id"), nullable=False),
    sa.Column("run_id", sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("profile", sa.Text),  # JSON: as it was for the run, so that a replay needs no configuration
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("document_id", sa.Text),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("offset", sa.BigInteger),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("derive_version", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="1"),
    sa.Column("first_seen", sa.Text, nullable=False),
    sa.Column("last_seen", sa.Text, nullable=False),
    sa.Column("header", sa.Text),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("target_id", "file", "ordinal", "digest"),
)

#: What the index holds for sure: a fingerprint of what was sent under each id and acknowledged. There is none while
#: another version is on its way.
documents = sa.Table(
    "documents",
    metadata,
    sa.Column("target_id", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

#: The targets of which first_indexed and last_indexed are kept, by the URL that users load into and search: whichever
#: index is behind it, and however often it is made anew.
tracked_targets = sa.Table(
    "tracked_targets",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("url", sa.Text, nullable=False, unique=True),
)

#: VuFind's change tracker (derive.tracking.Tracked). Times are seconds since 1970, UTC.
tracked = sa.Table(
    "tracked",
    metadata,
    sa.Column("tracked_target_id", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("first", sa.BigInteger, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("changed", sa.BigInteger),
    sa.Column("deleted", sa.BigInteger),
    sqlite_with_rowid=False,
)

#: How far the last unfinished run got in each dump: `items` records and faults from the start are settled, `begun` is
#: the run that read its first, `books` is JSON.
checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("target_id", sa.Integer, primary_key=True),
    sa.Column("file", sa.Text, primary_key=True),
    sa.Column("signature", sa.Text, nullable=False),
    sa.Column("items", sa.BigInteger, nullable=False),
    sa.Column("finished", sa.Boolean, nullable=False),
    sa.Column("begun", sa.Integer, nullable=False),
    sa.Column("books", sa.Text, nullable=False),
)

locks = sa.Table(
    "locks",
    metadata,
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("born", sa.Text, nullable=False),  # when the process began: a pid alone may belong to another by now
    sa.Column("command", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
    sa.Column("beat", sa.Float, nullable=False),  # seconds since the epoch
)

#: Settings of an index that were changed for a load and must be put back: written before the change.
saved_settings = sa.Table(
    "saved_settings",
    metadata,
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("settings", sa.Text, nullable=False),  # JSON
)
