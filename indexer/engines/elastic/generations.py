"""Generations on Elasticsearch and OpenSearch: an index each, and an alias with the target's name over the live one.

Every other alias of the live index moves along with the switch: whoever searches through it finds the same.

A plain index cannot be renamed. It is cloned while nothing writes to it (the clone shares its files by hard links), and
in one request the alias takes the place of the index. Until then the index has a marker, an alias of its own: what a
killed adoption left, its write block above all, is taken away by the next verb.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import orjson

from indexer.engines.base import Refused
from indexer.engines.elastic.client import PRODUCTS, check_product, open_client
from indexer.engines.elastic.install import put_template
from indexer.engines.elastic.preflight import check_elastic, live_elastic_schema
from indexer.engines.generations import adopts_nothing, is_live, is_taken, no_room, not_adopted, not_there
from indexer.model.errors import NotThere, PermanentError, TargetError, TransientError
from indexer.model.generation import check_name, is_name
from indexer.model.targets import Target

Json = dict[str, Any]
_COPIED = ("index.number_of_shards", "index.number_of_replicas", "index.auto_expand_replicas")
_CLONE_SECONDS = 1800.0  # where the file system has no hard links, a clone copies
_LOST = ("NODE_LEFT", "ALLOCATION_FAILED", "PRIMARY_FAILED", "NODE_RESTARTING")  # why a copy is not where it was
# Of a field that leans on something else of its index.
_ANALYSED = frozenset({"analyzer", "search_analyzer", "search_quote_analyzer", "normalizer", "path"})


class ElasticGenerations:
    """A GenerationStore (engines.generations) over the indices of one cluster."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._call, self._close = open_client(target)
        self._checked = False

    def live(self) -> str | None:
        return self._live(self._indices())

    def is_plain(self) -> bool:
        return self._is_plain(self._indices())

    def there(self) -> list[str]:
        return sorted(filter(None, map(self._generation, self._indices())))

    def make(self, name: str) -> Target:
        index = self._index(name)
        self.mend()
        if index not in self._indices():
            put_template(self._target, self._call)
            self._ask("PUT", _path(index), {"settings": self._settings_of_live()} | self._fields_of_live())
        self._wait(index)
        made = self.target(name)
        check_elastic(self._ask("GET", f"{_path(index)}/_mapping"), made)
        return made

    def target(self, name: str) -> Target:
        index = self._index(name)
        if index not in self._indices():
            raise not_there(self._target, name)
        return replace(self._target, index=index)

    def promote(self, name: str) -> None:
        self.mend()
        index, indices = self.target(name).index, self._indices()
        if self._live(indices) == name:
            return
        if self._is_plain(indices):
            raise not_adopted(self._target)
        self._wait(index)
        former = self._serving(indices)
        aliases = {self._target.index: {}} | {alias: row for old in former for alias, row in indices[old].items()}
        remove = [{"remove": {"index": old, "alias": alias}} for old in former for alias in indices[old]]
        self._switch([*remove, *_additions(index, aliases)])

    def adopt(self, name: str) -> None:
        """Where an alias stands already for one index of another name, that index stays, beside its clone."""
        index = self._index(name)
        self.mend()
        indices = self._indices()
        if self._live(indices) == name:
            return
        serving = self._serving(indices)
        if not self._is_plain(indices):
            raise adopts_nothing(self._target)
        if len(serving) > 1:
            raise PermanentError(
                f"{self._target}: the alias stands for {len(serving)} indices ({', '.join(serving)})",
                advice="Nothing was changed.",
            )
        if index in indices:
            raise is_taken(self._target, name)
        self._adopt(serving[0], index, indices[serving[0]], self._marker(name))

    def drop(self, name: str) -> None:
        index = self._index(name)
        self.mend()
        indices = self._indices()
        if self._live(indices) == name:
            raise is_live(self._target, name)
        if indices.get(index):
            raise PermanentError(
                f"{self._target}: generation {name} is not dropped: alias {', '.join(indices[index])} stands for it",
                advice="Remove the alias first. That generation is as it was.",
            )
        if index in indices:
            self._ask("DELETE", _path(index), ignore_unavailable="true")

    def trouble(self) -> list[str]:
        return [*self._unhealthy(), *self._unassigned(), *self._full()]

    def hides(self) -> bool:
        return False

    def close(self) -> None:
        self._close()

    def _index(self, name: str) -> str:
        return f"{self._target.index}_{check_name(name)}"

    def _generation(self, index: str) -> str | None:
        beginning, _, name = index.rpartition("_")
        return name if beginning == self._target.index and is_name(name) else None

    def _marker(self, name: str) -> str:
        """The alias that an index has while it is being adopted."""
        return f"{self._target.index}_adopting_{name}"

    def _indices(self) -> dict[str, Json]:
        """The aliases of each index that may concern us: name -> definition."""
        if not self._checked:
            check_product(self._target, self._call)
            self._checked = True
        index = quote(self._target.index, safe="")
        answer = self._ask("GET", f"/{index},{index}_*/_alias", ignore_unavailable="true", expand_wildcards="all")
        return {name: row.get("aliases", {}) for name, row in answer.items()}

    def _serving(self, indices: dict[str, Json]) -> list[str]:
        """The indices that are searched under the target's name."""
        return sorted(name for name, aliases in indices.items() if self._target.index in (name, *aliases))

    def _live(self, indices: dict[str, Json]) -> str | None:
        serving = self._serving(indices)
        return self._generation(serving[0]) if len(serving) == 1 else None

    def _is_plain(self, indices: dict[str, Json]) -> bool:
        return bool(self._serving(indices)) and self._live(indices) is None

    def _settings_of_live(self) -> Json:
        """How the live index is spread over the cluster: the new one takes its load."""
        try:
            answer = self._ask("GET", f"{_path(self._target.index)}/_settings", flat_settings="true")
        except NotThere:
            return {}
        settings = next(iter(answer.values()))["settings"]
        return {name: settings[name] for name in _COPIED if name in settings}

    def _fields_of_live(self) -> Json:
        """Fields that only the live index has: documents with them are taken by the new one as well. But for those that
        are analysed by what the new one has not.
        """
        try:
            mappings = self._ask("GET", f"{_path(self._target.index)}/_mapping")
        except NotThere:
            return {}
        properties = next(iter(mappings.values())).get("mappings", {}).get("properties", {})
        names = live_elastic_schema(mappings).fields
        own = {
            name: body for name, body in properties.items() if name in names and not _ANALYSED.intersection(_keys(body))
        }
        return {"mappings": {"properties": own}} if own else {}

    def _adopt(self, plain: str, clone: str, aliases: Json, marker: str) -> None:
        try:
            self._switch([{"add": {"index": plain, "alias": marker}}])
            self._ask("PUT", f"{_path(plain)}/_block/write")  # what is being written is written when this returns
            self._ask("POST", f"{_path(plain)}/_clone/{quote(clone)}", {"settings": {"index.blocks.write": None}})
            self._wait(clone, seconds=_CLONE_SECONDS)
            if plain == self._target.index:
                away = [{"remove_index": {"index": plain}}]
            else:
                away = [{"remove": {"index": plain, "alias": alias}} for alias in aliases]
            self._switch([*away, *_additions(clone, {self._target.index: {}} | aliases)])
        except BaseException:
            with contextlib.suppress(TargetError):  # what it cannot take away now, the next verb does
                self.mend()
            raise
        self.mend()

    def mend(self) -> None:
        """Takes away what an adoption left that did not come to its end; or what remains to do after the switch."""
        indices = self._indices()
        for plain, clone, marker in self._begun(indices):
            if clone in indices and self._target.index not in indices[clone]:
                self._ask("DELETE", _path(clone), ignore_unavailable="true")
            self._ask("PUT", f"{_path(plain)}/_settings", {"index.blocks.write": None})
            self._switch([{"remove": {"index": plain, "alias": marker}}])

    def _begun(self, indices: dict[str, Json]) -> Iterator[tuple[str, str, str]]:
        """Adoptions that are begun: the plain index, its clone, and the marker."""
        beginning = self._marker("")
        for plain, aliases in indices.items():
            for alias in aliases:
                if alias.startswith(beginning) and is_name(name := alias.removeprefix(beginning)):
                    yield plain, self._index(name), alias

    def _switch(self, actions: list[Json]) -> None:
        self._ask("POST", "/_aliases", {"actions": actions})

    def _wait(self, index: str, *, seconds: float = 60.0) -> None:
        """Until the index can be searched: all its primary shards are started, and copies that have a place are."""
        deadline = time.monotonic() + seconds
        # The engine waits for 30 seconds at most, its default.
        while True:
            try:
                answer = self._ask(
                    "GET",
                    f"/_cluster/health{_path(index)}",
                    wait_for_status="yellow",
                    wait_for_no_initializing_shards="true",
                )
                if not answer["timed_out"]:
                    return
                error = TransientError(f"{self._target}: index {index} is not ready: {answer['status']}")
            except TransientError as refusal:  # OpenSearch says 408
                error = refusal
            if time.monotonic() > deadline:
                raise error

    def _unhealthy(self) -> list[str]:
        health = self._ask("GET", "/_cluster/health", level="indices")
        if health["status"] != "red":
            return []
        red = sorted(name for name, index in health["indices"].items() if index["status"] == "red")
        return [f"the cluster {health['cluster_name']} is red: {', '.join(red[:8]) or 'no word of which index'}"]

    def _unassigned(self) -> list[str]:
        """Copies of shards of ours that lie nowhere. Those for which there are too few nodes do not count, unless they
        had a place before.
        """
        index = quote(self._target.index, safe="")
        state = self._ask("GET", f"/_cluster/state/routing_table/{index},{index}_*", ignore_unavailable="true")
        nodes = self._ask("GET", "/_cluster/health")["number_of_data_nodes"]
        found = []
        for name, table in sorted(state.get("routing_table", {}).get("indices", {}).items()):
            if name not in self._serving(self._indices()) and self._generation(name) is None:
                continue
            for number, copies in sorted(table["shards"].items()):
                for copy in copies:
                    reason = copy.get("unassigned_info", {}).get("reason", "")
                    if copy["state"] == "UNASSIGNED" and (copy["primary"] or reason in _LOST or len(copies) <= nodes):
                        what = "its primary" if copy["primary"] else "a copy"
                        found.append(f"shard {number} of index {name}: {what} lies on no node ({reason})")
        return found

    def _full(self) -> list[str]:
        """Indices that the engine has closed to writes because a disk is full, and disks that are nearly so."""
        index = quote(self._target.index, safe="")
        block = "index.blocks.read_only_allow_delete"
        settings = self._ask(
            "GET", f"/{index},{index}_*/_settings/{block}", flat_settings="true", ignore_unavailable="true"
        )
        found = [
            f"index {name} takes no documents: a disk was too full (block read_only_allow_delete)"
            for name, row in sorted(settings.items())
            if row["settings"].get(block) == "true"
        ]
        stats = self._ask("GET", "/_nodes/stats/fs", filter_path="nodes.*.name,nodes.*.fs.total")
        for node in stats.get("nodes", {}).values():
            disk = node["fs"]["total"]
            if no_room(disk["available_in_bytes"], disk["total_in_bytes"]):
                free = disk["available_in_bytes"] / 1e9
                found.append(f"the disk of node {node['name']} is nearly full: {free:.1f} GB are free")
        return found

    def _ask(self, method: str, path: str, body: Json | None = None, **params: str) -> Json:
        try:
            return self._call(method, path, None if body is None else orjson.dumps(body), **params)
        except Refused as refusal:
            raise PermanentError(f"{self._target}: {PRODUCTS[self._target.kind]} refuses: {refusal}") from None


def _keys(body: Json) -> Iterator[str]:
    """Of what is said of a field, and of its multi-fields."""
    yield from body
    for each in body.get("fields", {}).values():
        yield from _keys(each)


def _additions(index: str, aliases: Json) -> list[Json]:
    """Actions that give an index these aliases, with their filters and routing."""
    return [{"add": {"index": index, "alias": alias, **definition}} for alias, definition in aliases.items()]


def _path(index: str) -> str:
    return "/" + quote(index, safe="")
