"""Whose word counts in a SolrCloud.

A leader that is killed and back before ZooKeeper has given it up (its session, 30 seconds by default) acknowledges
while it starts what it throws away once another one is elected: with 200, and with the replication factor of other
shards. What tells is that such answers come late. So one that does, or that comes after trouble, counts only if the
leaders were sound when the request was sent, and are the same when it is answered.
"""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import requests

from indexer.engines.http import CHECK_SECONDS, CONNECT_SECONDS
from indexer.engines.solr.preflight import solr_json
from indexer.model.errors import PermanentError, TransientError
from indexer.model.targets import Target

LATE_SECONDS = 1.0  # the soonest of such answers took five
SETTLED_SECONDS = 60  # twice ZooKeeper's session: whoever is up for longer and leads was elected

Json = dict[str, Any]
Answer = TypeVar("Answer")
#: The replica that leads each shard, and since when its process runs.
Leaders = dict[str, tuple[str, str]]


class Trust:
    """In the leaders of a collection, or of those behind an alias. `acknowledged` may be called from several threads.

    A server that does not let us see its state is believed.
    """

    def __init__(self, target: Target, session: requests.Session) -> None:
        self._target = target
        self._session = session
        self._sound: Leaders | None = None  # as they were looked at last
        self._troubles = 0
        self._settled = 0  # so many of them are over
        self._sent: dict[object, float] = {}  # when the requests under way were
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Looks whom to believe. Leaders that are not sound are no fault yet."""
        try:
            self._sound = self._leaders()
        except TransientError:
            self._sound = None

    def acknowledged(self, send: Callable[[], Answer]) -> Answer:
        """What `send` returns. Raises TransientError where that may be lost yet: it is to be sent again."""
        request = object()
        with self._lock:
            troubles, doubted, before = self._troubles, self._troubles > self._settled, self._sound
            self._sent[request] = time.monotonic()
        try:
            if doubted:
                before = self._leaders()
            answer = send()
            with self._lock:
                late = time.monotonic() - min(self._sent.values()) > LATE_SECONDS
            if late or self._troubles > self._settled:
                after = self._leaders()
                if after != before:
                    raise TransientError(
                        f"{self._target}: shards have other leaders than when this was sent, and may have lost it",
                        advice="Was a node restarted?",
                        busy=True,
                    )
                with self._lock:
                    self._sound, self._settled = after, max(self._settled, troubles)
            return answer
        except TransientError:
            with self._lock:
                self._troubles += 1
            raise
        finally:
            with self._lock:
                del self._sent[request]

    def _leaders(self) -> Leaders | None:
        """None where we may not see them. Raises TransientError where one is missing, or was not elected."""
        try:
            shards = _shards(cluster_status(self._session, self._target))
            started = self._started({leader["node_name"] for leader in shards.values() if leader is not None})
            leaders = {}
            for (collection, shard), leader in shards.items():
                if leader is None or not self._is_sound(collection, shard, started.get(leader["node_name"])):
                    raise TransientError(
                        f"{self._target}: {shard} of {collection} has no leader that is up since it was elected",
                        advice="Was a node restarted? It takes Solr up to a minute to elect another one.",
                    )
                leaders[f"{collection} {shard}"] = (leader["core"], started[leader["node_name"]].when)
        except PermanentError:
            return None
        except TransientError as error:
            error.busy = True  # the cluster is not well: no document is to blame
            raise
        return leaders

    def _started(self, nodes: set[str]) -> dict[str, "_Process"]:
        """The processes of these nodes; a node that is gone is left out."""
        if not nodes:
            return {}
        params = {"nodes": ",".join(sorted(nodes)), "wt": "json"}
        url, wait = f"{self._target.base}/admin/info/system", (CONNECT_SECONDS, CHECK_SECONDS)
        told = solr_json(self._target, self._session.get(url, params=params, timeout=wait))
        if "jvm" in told:  # of the node that answers alone: something between us leaves out what is asked
            raise PermanentError(f"{self._target}: does not say how its nodes are")
        try:
            jvms = {node: told[node]["jvm"]["jmx"] for node in nodes & told.keys()}
            return {node: _Process(its["startTime"], its["upTimeMS"] / 1000) for node, its in jvms.items()}
        except (KeyError, TypeError):
            raise PermanentError(f"{self._target}: does not say since when its nodes run") from None

    def _is_sound(self, collection: str, shard: str, process: "_Process | None") -> bool:
        """Whether a leader's process is the one that was elected."""
        if process is None or process.seconds >= SETTLED_SECONDS:
            return process is not None
        params = {"detail": "true", "path": f"/collections/{collection}/leaders/{shard}/leader", "wt": "json"}
        try:
            response = self._session.get(f"{self._target.base}/admin/zookeeper", params=params)
        except (PermanentError, TransientError):  # we may not see it, or (500) none is elected: time will tell
            return False
        elected = _MILLISECONDS.search(response.text)
        return elected is not None and int(elected[1]) > datetime.fromisoformat(process.when).timestamp() * 1000


@dataclass(frozen=True, slots=True)
class _Process:
    """`when` it was started, as Solr writes it (ISO 8601), and how many `seconds` ago."""

    when: str
    seconds: float


_MILLISECONDS = re.compile(r'"ctime": ?"[^"]*\((\d+)\)"')  # of the node in ZooKeeper, since 1970


def cluster_status(session: requests.Session, target: Target) -> Json:
    """The `cluster` of the collection, or of those behind the alias; empty where there is none. Raises PermanentError
    where we may not see it, or TransientError.
    """
    params = {"action": "CLUSTERSTATUS", "collection": target.index, "wt": "json"}
    response = session.get(f"{target.base}/admin/collections", params=params)
    if response.status_code >= 400:  # there is no such collection: its schema says so
        return {}
    cluster: Json = solr_json(target, response).get("cluster", {})
    return cluster


def leader(row: Json, nodes: set[str]) -> Json | None:
    """The replica that leads a shard, of an answer to CLUSTERSTATUS, if it is up."""
    for replica in row["replicas"].values():
        is_up = replica.get("state") == "active" and replica.get("node_name") in nodes
        if is_up and str(replica.get("leader", "")).lower() == "true":
            return dict(replica)
    return None


def _shards(cluster: Json) -> dict[tuple[str, str], Json | None]:
    """The leader of each (collection, shard)."""
    nodes = set(cluster.get("live_nodes", []))
    return {
        (name, shard): leader(row, nodes)
        for name, collection in sorted(cluster.get("collections", {}).items())
        for shard, row in sorted(collection.get("shards", {}).items())
        if row.get("state") == "active"
    }
