"""Whether a collection is in a state to take documents, looked at before anything is sent. Nothing here writes.

A server that does not let us see its state is not asked again: what it refuses will say why.
"""

import requests

from indexer.engines.preflight import NOTHING_SENT
from indexer.engines.solr.leaders import cluster_status, leader
from indexer.model.errors import PermanentError, TransientError
from indexer.model.targets import Target


def check_solr_cloud(session: requests.Session, target: Target) -> None:
    """Of the collection, or of those behind the alias. Raises PermanentError where one is read-only, TransientError
    where a shard has no leader.
    """
    try:
        cluster = cluster_status(session, target)
    except PermanentError:  # we may not see it
        return
    nodes = set(cluster.get("live_nodes", []))
    for name, collection in sorted(cluster.get("collections", {}).items()):
        if str(collection.get("readOnly", "")).lower() == "true":
            raise PermanentError(
                f"{target}: the collection {name} is read-only",
                advice=f"MODIFYCOLLECTION with an empty readOnly opens it. {NOTHING_SENT}",
                nothing_sent=True,
            )
        for shard, row in sorted(collection.get("shards", {}).items()):
            if row.get("state") == "active" and leader(row, nodes) is None:
                raise TransientError(
                    f"{target}: {shard} of {name} has no leader that is up",
                    advice=f"Is a node down, or starting? {NOTHING_SENT}",
                    nothing_sent=True,
                )
