"""Loads, and what they leave."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

import indexer
from indexer.engines.registry import open_index, parse_target
from indexer.jobs.results import LoadResult, ReindexResult, SyncResult

#: What no two loads have alike.
OF_THE_LOAD = ("first_indexed", "last_indexed", "_version_")


def load(
    folder: Path, name: str, paths: list[str], scheduler: str = "", profile: str | None = "ojs", **values: Any
) -> LoadResult:
    config = indexer.configure(
        target=values.pop("target", f"embedded:{folder / name}"),
        state=f"sqlite:///{folder / name}.db",
        reports="",
        load__dates=True,
        load__batch_documents=10,
        load__error_budget=values.pop("load__error_budget", {"share": 1.0}),
        cluster__scheduler=scheduler,
        cluster__scratch=values.pop("cluster__scratch", str(folder / "scratch")),
        **values,
    )
    return indexer.load(paths, profile=profile, config=config)


def reindex(file: Path) -> ReindexResult:
    return indexer.reindex(indexer.configure(file))


def sync(file: Path) -> SyncResult:
    return indexer.sync(indexer.configure(file))


def documents(target: str) -> dict[str, dict[str, Any]]:
    with closing(open_index(parse_target(target))) as index:
        index.check()
        found = [orjson.loads(body) for bodies, _ in index.pages() for body in bodies]
    return {each["id"]: {name: each[name] for name in each if name not in OF_THE_LOAD} for each in found}


def remembered(folder: Path, name: str) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(folder / f"{name}.db")) as state:
        letters = "SELECT source, file, ordinal, offset, stage, reason, document_id, raw, sequence FROM dead_letters"
        return {
            "letters": sorted(state.execute(letters)),
            "fingerprints": sorted(state.execute("SELECT id, fingerprint FROM documents")),
            "dates": sorted(state.execute("SELECT id, changed, deleted IS NULL FROM tracked")),
        }
