"""Puts the bundled schema on Elasticsearch or OpenSearch, and compares the live one with it.

Installing twice changes nothing. Nothing that is not ours is overwritten: an index with other types is left as it is,
and refused with the reason when it does not take our documents.
"""

import shlex
from typing import Any
from urllib.parse import quote

import orjson

from indexer.engines.base import Difference, Refused
from indexer.engines.elastic.client import PRODUCTS, Call, check_product, open_client
from indexer.engines.elastic.preflight import compare_analysis, compare_elastic
from indexer.engines.elastic.schema import index_body
from indexer.model.errors import NotThere, PermanentError
from indexer.model.schema import biblio
from indexer.model.targets import Target

# Above the templates that Elastic's own products bring (100 to 200); the longer of two overlapping names wins.
_PRIORITY = 500


def install(target: Target) -> list[str]:
    """Puts the schema on the target. Returns lines that say what was done.

    Raises PermanentError when the target does not let us, its advice then holds the commands for a person; and
    TransientError. What was done before stays and does no harm.
    """
    call, close = open_client(target)
    try:
        check_product(target, call)
        return _install(target, call)
    finally:
        close()


def differences(target: Target) -> list[Difference]:
    """How the live schema of the target differs from biblio.toml; nothing is written.

    Raises PermanentError when there is nothing to compare (no such index), or TransientError.
    """
    call, close = open_client(target)
    try:
        check_product(target, call)
        mappings = call("GET", f"{_path(target)}/_mapping")
        return [*compare_elastic(biblio(), mappings), *_compare_analysis(target, call)]
    finally:
        close()


def index_template(target: Target) -> dict[str, Any]:
    """The body of the composable index template for the target's index and for those beside it, INDEX_*."""
    return {
        "index_patterns": [target.index, f"{target.index}_*"],
        "priority": _PRIORITY + len(target.index),
        "template": index_body(biblio()),
    }


def _install(target: Target, call: Call) -> list[str]:
    """The template first, so that an index made by anybody has our schema; then the index."""
    done = [put_template(target, call)]
    mappings = _mappings(target, call)
    if not mappings:
        _ask(target, call, "PUT", _path(target), {})
        return [*done, f"{target}: made index {target.index}"]
    indices = sorted(mappings)
    analysis = _compare_analysis(target, call)
    differing = compare_elastic(biblio(), mappings)
    if not differing and not analysis:
        return [*done, f"{target}: {_named(indices)} has the schema already"]
    lacking = [row.field for row in analysis if row.blocking]
    if lacking and (versions := _earlier(mappings)):
        line = f"{target}: {_named(indices)} was made by schema version {', '.join(versions)}, today's is "
        return [*done, f"{line}{biblio().version}; it is left as it is until `indexer reindex` makes one anew"]
    if lacking:
        raise PermanentError(
            f"{target}: {_named(indices)} lacks analyzers of ours: {', '.join(lacking[:8])}",
            advice=f"They cannot be added to an open index. {_new_index(target)}",
        )
    wrong = [row for row in differing if row.blocking and not row.problem.startswith("not there")]
    if wrong:
        raise PermanentError(
            f"{target}: {_named(indices)} has other types: {'; '.join(map(str, wrong[:8]))}",
            advice=f"The type of a field cannot be changed. {_new_index(target)}",
        )
    body = orjson.dumps(_additions(mappings))
    try:
        call("PUT", f"{_path(target)}/_mapping", body)
    except Refused as refusal:
        raise PermanentError(
            f"{target}: {_named(indices)} cannot get our schema: {refusal}", advice=_new_index(target)
        ) from None
    left = compare_elastic(biblio(), call("GET", f"{_path(target)}/_mapping"))
    added = dict.fromkeys(row.field for row in differing if row not in left)
    return [
        *done,
        f"{target}: added to {_named(indices)}: {', '.join(added) or 'nothing, it has every field'}",
        *(f"{target}: left as it is: {row}" for row in (*left, *analysis)),
    ]


def _compare_analysis(target: Target, call: Call) -> list[Difference]:
    settings = call("GET", f"{_path(target)}/_settings")
    return compare_analysis(biblio(), settings)


def put_template(target: Target, call: Call) -> str:
    """Puts the index template of `index_template`. Returns a line that says so. Raises PermanentError."""
    path, body = f"/_index_template/{quote(target.index, safe='')}", index_template(target)
    try:
        call("PUT", path, orjson.dumps(body))
    except Refused as refusal:
        raise PermanentError(f"{target}: the index template {target.index} is refused: {refusal}") from None
    return f"{target}: index template {target.index} for {' and '.join(body['index_patterns'])}"


def _mappings(target: Target, call: Call) -> dict[str, Any]:
    """The mappings of the index, or of those behind the alias; empty when there is neither."""
    try:
        return call("GET", f"{_path(target)}/_mapping")
    except NotThere:
        return {}


def _earlier(mappings: dict[str, Any]) -> list[str]:
    """The versions of our schema that the indices were made by, where all are ours and none is of today's."""
    schema = biblio()
    made = [index.get("mappings", {}).get("_meta", {}) for index in mappings.values()]
    ours = all(meta.get("schema") == schema.name and meta.get("version") != schema.version for meta in made)
    return sorted({str(meta.get("version")) for meta in made}) if ours else []


def _additions(mappings: dict[str, Any]) -> dict[str, Any]:
    """The fields that an index lacks, and all dynamic templates: a mapping's list of them is replaced as a whole."""
    wanted = index_body(biblio())["mappings"]
    lacking: dict[str, Any] = {}
    for index in mappings.values():
        have = index.get("mappings", {}).get("properties", {})
        lacking |= {name: mapping for name, mapping in wanted["properties"].items() if name not in have}
    return {**wanted, "properties": lacking}


def _ask(target: Target, call: Call, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    try:
        return call(method, path, orjson.dumps(body))
    except Refused as refusal:
        raise PermanentError(f"{target}: {PRODUCTS[target.kind]} refuses: {refusal}") from None


def _path(target: Target) -> str:
    return "/" + quote(target.index, safe="")


def _named(indices: list[str]) -> str:
    return f"index {indices[0]}" if len(indices) == 1 else f"indices {', '.join(indices)}"


def _new_index(target: Target) -> str:
    where = shlex.quote(f"{target.base}/{target.index}")
    return (
        f"Give another index name, or delete this index (curl -X DELETE {where}) and install again. Nothing was lost."
    )
