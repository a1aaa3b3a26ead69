"""Generations on SolrCloud: a collection each, and an alias with the target's name over the live one.

A plain collection of the target's name stays where it is when it is adopted: an alias may have the name of a
collection, which is then found by nothing but that alias, or by its cores. That it is a generation is a property of the
alias: `indexer.NAME` = collection.

Every node answers for every collection, by asking one that hosts it. While an alias moves, two nodes may disagree on
what it stands for and send a request to and fro (HTTP 510): a new collection lies on the nodes of the live one, where
each answers by itself.
"""

import time
from dataclasses import dataclass, replace
from typing import Any

import requests

from indexer.engines.generations import adopts_nothing, is_live, is_taken, not_adopted, not_there
from indexer.engines.solr.install import CLOUD_CONFIGSET, admin, upload, wait
from indexer.engines.solr.preflight import check_solr, solr_answer
from indexer.engines.solr.room import full_disks
from indexer.engines.solr.sink import Product
from indexer.model.errors import PermanentError, TransientError
from indexer.model.generation import check_name, is_name
from indexer.model.targets import Target

Json = dict[str, Any]
_PROPERTY = "indexer."
_CATCH_UP_SECONDS = 600.0
_KINDS = ("nrtReplicas", "tlogReplicas", "pullReplicas")  # of replicas, and how many of each a shard has


@dataclass(frozen=True, slots=True)
class _Cluster:
    """`generations` maps the name of a generation to its collection; `serving` are the collections behind the target's
    name.
    """

    collections: Json
    nodes: list[str]
    aliases: dict[str, list[str]]
    generations: dict[str, str]
    serving: list[str]
    stale: list[str]  # properties of collections that are gone

    @property
    def live(self) -> str | None:
        found = [name for name, collection in self.generations.items() if [collection] == self.serving]
        return found[0] if found else None


class CloudGenerations:
    """A GenerationStore (engines.generations) over the collections of one SolrCloud."""

    def __init__(self, target: Target, session: requests.Session, product: Product) -> None:
        self._target = target
        self._session = session
        self._product = product

    def live(self) -> str | None:
        return self._cluster().live

    def is_plain(self) -> bool:
        return _is_plain(self._cluster())

    def there(self) -> list[str]:
        return sorted(self._cluster().generations)

    def make(self, name: str) -> Target:
        cluster = self._clean()
        if check_name(name) not in cluster.generations:
            self._create(f"{self._target.index}_{name}", cluster)
        made = self.target(name)
        wait(made, self._session)
        check_solr(self._session, made)
        return made

    def target(self, name: str) -> Target:
        cluster = self._cluster()
        collection = cluster.generations.get(check_name(name))
        if collection is None:
            raise not_there(self._target, name)
        if collection == self._target.index and name != cluster.live:
            return _shadowed(self._target, cluster.collections[collection], self._product)
        return replace(self._target, index=collection)

    def promote(self, name: str) -> None:
        cluster = self._clean()
        collection = cluster.generations.get(check_name(name))
        if collection is None:
            raise not_there(self._target, name)
        if cluster.live == name:
            return
        if _is_plain(cluster):
            raise not_adopted(self._target)
        self._catch_up(collection, cluster)
        self._admin("CREATEALIAS", name=self._target.index, collections=collection)

    def adopt(self, name: str) -> None:
        cluster = self._clean()
        if cluster.live == check_name(name):
            return
        if not _is_plain(cluster):
            raise adopts_nothing(self._target)
        if len(cluster.serving) > 1:
            raise PermanentError(
                f"{self._target}: the alias stands for {len(cluster.serving)} collections "
                f"({', '.join(cluster.serving)})",
                advice="Nothing was changed.",
            )
        if name in cluster.generations:
            raise is_taken(self._target, name)
        collection = cluster.serving[0]
        if self._target.index not in cluster.aliases:
            self._admin("CREATEALIAS", name=self._target.index, collections=collection)
        self._set(name, collection)

    def drop(self, name: str) -> None:
        cluster = self._clean()
        if cluster.live == check_name(name):
            raise is_live(self._target, name)
        collection = cluster.generations.get(name)
        if collection is None:
            return
        # An alias over what has the target's name is one over the target's alias.
        aliases = [alias for alias, names in cluster.aliases.items() if collection in names]
        if aliases and collection != self._target.index:
            raise PermanentError(
                f"{self._target}: generation {name} is not dropped: alias {', '.join(aliases)} stands for it",
                advice="Remove the alias first. That generation is as it was.",
            )
        self._admin("DELETE", name=collection, followAliases="false")
        self._clean()

    def mend(self) -> None:
        self._clean()

    def trouble(self) -> list[str]:
        cluster = self._cluster()
        found = []
        for name in sorted({*cluster.generations.values(), *cluster.serving}):
            for shard, row in sorted(cluster.collections[name]["shards"].items()):
                if not any(_serves(replica, cluster) for replica in row["replicas"].values()):
                    found.append(f"collection {name}: no node serves {shard}")
                for replica in row["replicas"].values():
                    if replica["node_name"] not in cluster.nodes:
                        found.append(
                            f"collection {name}: node {replica['node_name']} with a replica of {shard} is lost"
                        )
                    elif replica["state"] != "active":
                        found.append(f"collection {name}: replica {replica['core']} is {replica['state']}")
        return found + full_disks(self._target, self._session, self._product, cluster.nodes)

    def hides(self) -> bool:
        return False

    def close(self) -> None:
        self._session.close()

    def _cluster(self) -> _Cluster:
        status = admin(self._target, self._session, "collections", action="CLUSTERSTATUS")["cluster"]
        listed = admin(self._target, self._session, "collections", action="LISTALIASES")
        index, collections = self._target.index, status.get("collections", {})
        aliases = {alias: names.split(",") for alias, names in listed.get("aliases", {}).items()}
        beginning = f"{index}_"
        generations = {
            name.removeprefix(beginning): name
            for name in collections
            if name.startswith(beginning) and is_name(name.removeprefix(beginning))
        }
        stale = []
        for key, collection in listed.get("properties", {}).get(index, {}).items():
            if key.startswith(_PROPERTY) and is_name(name := key.removeprefix(_PROPERTY)):
                if collection in collections:
                    generations[name] = collection
                else:
                    stale.append(name)
        named = [
            collection
            for name in aliases.get(index, [index])
            for collection in (aliases.get(name, [name]) if name != index else [name])
        ]
        serving = [name for name in dict.fromkeys(named) if name in collections]
        return _Cluster(collections, status.get("live_nodes", []), aliases, generations, serving, stale)

    def _clean(self) -> _Cluster:
        """Forgets that a collection was adopted that is gone: another one of its name would be taken for it."""
        cluster = self._cluster()
        for name in cluster.stale:
            self._set(name, "")
        return cluster

    def _create(self, collection: str, cluster: _Cluster) -> None:
        """Like the live one: its configset, as many shards and replicas, on the same nodes."""
        options = {"collection.configName": CLOUD_CONFIGSET, "numShards": "1"}
        if cluster.serving:
            live = cluster.collections[cluster.serving[0]]
            hosts = {replica["node_name"] for row in live["shards"].values() for replica in row["replicas"].values()}
            options = {
                "collection.configName": live["configName"],
                "numShards": str(len(live["shards"])),
                "createNodeSet": ",".join(sorted(hosts & set(cluster.nodes))),
                **{kind: str(live[kind]) for kind in _KINDS if kind in live},
            }
        if options["collection.configName"] == CLOUD_CONFIGSET:
            upload(self._target, self._session, self._product)
        self._admin("CREATE", name=collection, waitForFinalState="true", **options)

    def _catch_up(self, collection: str, cluster: _Cluster) -> None:
        """Waits until all replicas of a shard count as many documents: those that copy the index of their leader (TLOG,
        PULL) see a commit some seconds later.
        """
        deadline = time.monotonic() + _CATCH_UP_SECONDS
        for shard, row in cluster.collections[collection]["shards"].items():
            serving = [replica for replica in row["replicas"].values() if _serves(replica, cluster)]
            if not serving:
                raise TransientError(f"{self._target}: no node serves {shard} of collection {collection}")
            while len(counts := {self._count(collection, replica) for replica in serving}) > 1:
                if time.monotonic() > deadline:
                    raise TransientError(
                        f"{self._target}: the replicas of {shard} of collection {collection} do not catch up: "
                        f"they hold {' and '.join(f'{count:,}' for count in sorted(counts))} documents",
                        advice="Look at Solr's log. Nothing was switched; the same command goes on.",
                    )
                time.sleep(0.5)

    def _count(self, collection: str, replica: Json) -> int:
        """How many documents a replica shows; whichever node we speak to asks it."""
        asked = {"q": "*:*", "rows": "0", "shards": f"{replica['base_url']}/{replica['core']}"}
        answer = solr_answer(self._session, replace(self._target, index=collection), "select", **asked)
        return int(answer["response"]["numFound"])

    def _set(self, name: str, collection: str) -> None:
        """Records that a collection is a generation; an empty value takes the record away."""
        self._admin("ALIASPROP", name=self._target.index, **{f"property.{_PROPERTY}{name}": collection})

    def _admin(self, action: str, **params: str) -> None:
        admin(self._target, self._session, "collections", action=action, **params)


def _is_plain(cluster: _Cluster) -> bool:
    return bool(cluster.serving) and cluster.live is None


def _serves(replica: Json, cluster: _Cluster) -> bool:
    return replica["state"] == "active" and replica["node_name"] in cluster.nodes


def _shadowed(target: Target, collection: Json, product: Product) -> Target:
    """A collection behind an alias of its own name, by one of its cores. A search of the core would go to what the
    alias stands for; a search of named shards stays in the core's collection, and so do updates. From Solr 10 on a core
    is known to its own node alone.
    """
    replicas = [replica for row in collection["shards"].values() for replica in row["replicas"].values()]
    chosen = min(replicas, key=lambda replica: replica["state"] != "active")
    base = target.base if product.major < 10 else chosen["base_url"]
    return replace(target, base=base, index=chosen["core"], shards=tuple(sorted(collection["shards"])))
