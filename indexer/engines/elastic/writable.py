"""Whether an index is in a state to take documents, looked at before anything is sent. Nothing here writes.

A block (index.blocks.*, a disk over its flood stage) is none of its business: it may be gone in a minute, so what is
sent waits for that. A server that does not let us see a state is not asked again: what it refuses will say why.
"""

from collections.abc import Mapping
from typing import Any

from indexer.engines.elastic.client import Call
from indexer.engines.preflight import NOTHING_SENT
from indexer.model.errors import NotThere, PermanentError
from indexer.model.targets import Target

SETTINGS = "index.uuid,index.verified_before_close,index.default_pipeline,index.final_pipeline"


def check_elastic(target: Target, call: Call, path: str) -> None:
    """Of the index or alias at this path. Raises PermanentError where it takes no documents."""
    settings = call("GET", f"{path}/_settings/{SETTINGS}", flat_settings="true")
    aliases = call("GET", f"{path}/_alias")
    index = write_index(target.index, aliases)
    if index is None:
        raise PermanentError(
            f"{target}: no write index is defined for the alias: it stands for {', '.join(sorted(aliases))}",
            advice=f"Set is_write_index on one of them, or give an index. {NOTHING_SENT}",
            nothing_sent=True,
        )
    closed = sorted(name for name, row in settings.items() if row["settings"].get("index.verified_before_close"))
    if closed:
        raise PermanentError(
            f"{target}: the index {', '.join(closed)} is closed (index_closed_exception)",
            advice=f"Open it (POST /{closed[0]}/_open). {NOTHING_SENT}",
            nothing_sent=True,
        )
    for key in ("index.default_pipeline", "index.final_pipeline"):
        pipeline = settings.get(index, {}).get("settings", {}).get(key, "_none")
        if pipeline != "_none" and not _is_there(call, f"/_ingest/pipeline/{pipeline}"):
            raise PermanentError(
                f"{target}: the pipeline with id [{pipeline}] does not exist, which {key} of {index} names",
                advice=f"Make it, or take the setting away: without it every document is refused. {NOTHING_SENT}",
                nothing_sent=True,
            )


def write_index(name: str, aliases: Mapping[str, Any]) -> str | None:
    """The index that documents go to which are sent to this name; None where an alias has none. `aliases` is the answer
    of its _alias.
    """
    behind = {index: row["aliases"][name] for index, row in aliases.items() if name in row.get("aliases", {})}
    if not behind:
        return name  # an index, or a data stream
    chosen = [index for index, alias in behind.items() if alias.get("is_write_index", len(behind) == 1)]
    return chosen[0] if chosen else None


def _is_there(call: Call, path: str) -> bool:
    try:
        call("GET", path)
    except NotThere:
        return False
    except PermanentError:  # we may not see it
        return True
    return True
