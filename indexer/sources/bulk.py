"""The actions of bulk files for Elasticsearch and OpenSearch: a line each, before the document."""

from typing import NamedTuple

import orjson

from indexer.sources.json_syntax import FIRST_KEY

ACTIONS = frozenset({b"index", b"create", b"update", b"delete"})


class Action(NamedTuple):
    """An action of a bulk file, and where it stands; `followed` by its document."""

    body: dict[str, object]
    followed: bool
    raw: bytes
    offset: int


def action_of(raw: bytes, offset: int) -> Action | None:
    """The action that a line of a bulk file is; None: it is something else."""
    match = FIRST_KEY.match(raw)
    if match is None or match.group(1) not in ACTIONS or len(raw) > 4096:
        return None
    try:
        parsed = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    body = next(iter(parsed.values()))
    plain = {"routing", "pipeline", "require_alias", "dynamic_templates", "version", "version_type"}
    if len(parsed) != 1 or not isinstance(body, dict) or any(k[:1] != "_" and k not in plain for k in body):
        return None
    return Action(body, match.group(1) in (b"index", b"create") and "_delete" not in body, raw, offset)
