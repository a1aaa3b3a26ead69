"""What a run tells of itself beyond its books: now and then while it goes on, and at its end."""

import json
from typing import Any

import sqlalchemy as sa

from indexer.state.store import Store, now
from indexer.state.tables import run_reports

KEPT = 500  # runs: one takes 20 kB at most, where much went wrong more

_PUT = sa.text(
    "INSERT INTO run_reports (run_id, updated, data) VALUES (:run, :updated, :data)"
    " ON CONFLICT (run_id) DO UPDATE SET updated = excluded.updated, data = excluded.data"
)


def put(store: Store, run_id: int, report: dict[str, Any]) -> None:
    """Stores it in place of what the run told before; what runs of long ago told is forgotten."""
    row = {"run": run_id, "updated": now(), "data": json.dumps(report, ensure_ascii=False)}
    with store.begin() as connection:
        connection.execute(_PUT, row)
        connection.execute(run_reports.delete().where(run_reports.c.run_id <= run_id - KEPT))


def read(store: Store, run_id: int) -> tuple[str, dict[str, Any]] | None:
    """When the run told something last (ISO 8601, UTC), and what; None where it never did, or too long ago."""
    query = sa.select(run_reports.c.updated, run_reports.c.data).where(run_reports.c.run_id == run_id)
    with store.begin() as connection:
        row = connection.execute(query).one_or_none()
    return (row.updated, json.loads(row.data)) if row is not None else None
