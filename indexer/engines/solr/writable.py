"""Whether a collection is in a state to take documents, looked at before anything is sent. Nothing here writes.

A server that does not let us see its state is not asked again: what it refuses will say why.
"""

from typing import Any

import requests

from indexer.engines.preflight import NOTHING_SENT
from indexer.engines.solr.preflight import solr_json
from indexer.model.errors import PermanentError, TransientError
from indexer.model.targets import Target

Json = dict[str, Any]


def check_solr_cloud(session: requests.Session, target: Target) -> None:
    """Of the collection, or of those behind the alias. Raises PermanentError where one is read-only, TransientError
    where a shard has no leader.
    """
    params = {"action": "CLUSTERSTATUS", "collection": target.index, "wt": "json"}
    try:
        response = session.get(f"{target.base}/admin/collections", params=params)
    except PermanentError:  # we may not see it
        return
    if response.status_code >= 400:  # there is no such collection: its schema says so
        return
    cluster = solr_json(target, response).get("cluster", {})
    nodes = set(cluster.get("live_nodes", []))
    for name, collection in sorted(cluster.get("collections", {}).items()):
        if str(collection.get("readOnly", "")).lower() == "true":
            raise PermanentError(
                f"{target}: the collection {name} is read-only",
                advice=f"MODIFYCOLLECTION with an empty readOnly opens it. {NOTHING_SENT}",
                nothing_sent=True,
            )
        for shard, row in sorted(collection.get("shards", {}).items()):
            if row.get("state") == "active" and not any(_leads(each, nodes) for each in row["replicas"].values()):
                raise TransientError(
                    f"{target}: {shard} of {name} has no leader that is up",
                    advice=f"Is a node down, or starting? {NOTHING_SENT}",
                    nothing_sent=True,
                )


def _leads(replica: Json, nodes: set[str]) -> bool:
    is_up = replica.get("state") == "active" and replica.get("node_name") in nodes
    return is_up and str(replica.get("leader", "")).lower() == "true"
