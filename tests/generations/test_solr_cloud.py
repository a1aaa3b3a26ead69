"""What only SolrCloud has: shards on several nodes, and an alias of the name of a collection."""

import os
import signal
import time
from dataclasses import replace
from typing import Any

import pytest
import requests

from indexer.engines.base import Query
from indexer.engines.generations import GenerationStore
from indexer.engines.registry import open_generations, open_index, parse_target
from indexer.engines.solr.install import CLOUD_CONFIGSET
from indexer.model.documents import Delete
from indexer.model.errors import PermanentError, TransientError
from indexer.model.targets import Target
from tests.conftest import PATIENCE
from tests.faults.own_server import OwnServer
from tests.generations.cloud import admin, split
from tests.generations.places import FIRST, SECOND, WORD, build, count, fill, plain
from tests.generations.readers import reading
from tests.schemas.collections import make_collection

KINDS = [pytest.param(kind, marks=pytest.mark.servers) for kind in ("solrcloud", "solrcloud10")]


def collection(target: Target, name: str) -> Any:
    return admin(target, "CLUSTERSTATUS", collection=name)["cluster"]["collections"][name]


def hosts(shown: Any) -> set[str]:
    return {replica["node_name"] for shard in shown["shards"].values() for replica in shard["replicas"].values()}


def test_a_collection_of_several_shards(place: GenerationStore, target: Target) -> None:
    """The new one is made like it; the adopted one is read, written and searched behind the alias of its name."""
    split(target, 40, nrtReplicas="2")
    with reading(target, "n3", WORD) as readers:
        place.adopt(FIRST)
        build(place, SECOND, 30)
        place.promote(SECOND)
        readers.look_again()
    assert readers.problems == []
    assert readers.counts == {40, 30}
    live, new = collection(target, target.index), collection(target, f"{target.index}_{SECOND}")
    for key in ("configName", "nrtReplicas", "tlogReplicas", "pullReplicas"):
        assert str(new[key]) == str(live[key])
    assert (len(new["shards"]), hosts(new)) == (2, hosts(live))

    sink = open_index(place.target(FIRST))
    sink.check()
    assert (sink.count(), sink.search(Query(WORD)).total, len(set(sink.ids()))) == (40, 40, 40)
    sink.push([Delete(f"n{number}") for number in range(35, 40)])
    sink.commit()
    assert (sink.count(), count(place.target(SECOND)), count(target)) == (35, 30, 30)
    assert len(set(sink.ids())) == 35
    sink.close()
    place.promote(FIRST)
    assert count(target) == 35


@pytest.mark.long
def test_replicas_that_copy_their_leader_have_caught_up_before_the_switch(
    place: GenerationStore, target: Target
) -> None:
    split(target, 1, nrtReplicas="1", tlogReplicas="1")
    place.adopt(FIRST)
    build(place, SECOND, 30)
    place.promote(SECOND)
    assert {count(target) for _ in range(20)} == {30}


def test_a_generation_lies_on_the_nodes_of_the_live_one(place: GenerationStore, target: Target) -> None:
    plain(target, 3)
    new = place.make(FIRST).index
    assert hosts(collection(target, new)) == hosts(collection(target, target.index))


def test_a_collection_behind_an_alias_is_adopted_where_it_is(place: GenerationStore, target: Target) -> None:
    old = f"{target.index}_v1"
    plain(target, 1)
    admin(target, "DELETE", name=target.index)
    make_collection(replace(target, index=old), CLOUD_CONFIGSET)
    admin(target, "CREATEALIAS", name=target.index, collections=old)
    fill(target, 3)
    assert (place.live(), place.is_plain(), place.there()) == (None, True, [])
    place.adopt(FIRST)
    assert (place.live(), place.is_plain(), place.there(), count(target)) == (FIRST, False, [FIRST], 3)
    assert place.target(FIRST).index == old
    build(place, SECOND, 5)
    place.promote(SECOND)
    assert (count(target), count(place.target(FIRST))) == (5, 3)


def test_what_another_alias_stands_for_is_not_dropped(place: GenerationStore, target: Target) -> None:
    build(place, FIRST, 3)
    build(place, SECOND, 5)
    place.promote(SECOND)
    admin(target, "CREATEALIAS", name=f"{target.index}_before", collections=f"{target.index}_{FIRST}")
    with pytest.raises(PermanentError, match=f"{target.index}_before"):
        place.drop(FIRST)
    admin(target, "DELETEALIAS", name=f"{target.index}_before")
    place.drop(FIRST)
    assert place.there() == [SECOND]


def test_an_alias_of_several_collections_is_not_adopted(place: GenerationStore, target: Target) -> None:
    plain(target, 1)
    build(place, SECOND, 2)
    admin(target, "CREATEALIAS", name=target.index, collections=f"{target.index},{target.index}_{SECOND}")
    with pytest.raises(PermanentError, match="2 collections"):
        place.adopt(FIRST)
    with pytest.raises(PermanentError, match="not a generation of ours"):
        place.promote(SECOND)


def test_trouble_with_a_replica(place: GenerationStore, target: Target) -> None:
    build(place, FIRST, 3)
    shown = collection(target, f"{target.index}_{FIRST}")
    [replica] = shown["shards"]["shard1"]["replicas"].values()
    core = replica["core"]
    requests.get(
        f"{replica['base_url']}/admin/cores", params={"action": "UNLOAD", "core": core}, timeout=60
    ).raise_for_status()
    deadline = time.monotonic() + PATIENCE
    while not place.trouble() and time.monotonic() < deadline:  # the cluster hears of it a moment later
        time.sleep(0.1)
    assert [words for words in place.trouble() if "no node serves shard1" in words]
    with pytest.raises(TransientError, match="no node serves shard1"):
        place.promote(FIRST)


@pytest.mark.long
def test_trouble_with_a_lost_node(own_cloud: OwnServer) -> None:
    """Searches are answered by the other node; nothing is promoted before it is back."""
    target = parse_target(f"solr+{own_cloud.run('url')}/lost")
    split(target, 40, nrtReplicas="2")
    place = open_generations(target)
    place.adopt(FIRST)
    build(place, SECOND, 30)
    assert place.trouble() == []
    os.kill(own_cloud.pid("solrcloud/node2"), signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while not place.trouble() and time.monotonic() < deadline:  # ZooKeeper waits for it a while
        time.sleep(0.5)
    lost = [words for words in place.trouble() if words.endswith("is lost")]
    assert len(lost) == 4  # two shards of two collections
    assert count(target) == 40
    place.close()
