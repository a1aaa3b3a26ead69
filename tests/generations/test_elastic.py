"""What only Elasticsearch and OpenSearch have: aliases of other names, settings of an index, blocks."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from indexer.engines.elastic.schema import index_body
from indexer.engines.generations import GenerationStore
from indexer.jobs.generation_state import agree
from indexer.model.errors import PermanentError
from indexer.model.schema import biblio
from indexer.model.targets import Target
from indexer.state import generations
from indexer.state.store import Store
from tests.generations.places import FIRST, SECOND, build, count, fill, plain

KINDS = [pytest.param(kind, marks=pytest.mark.servers) for kind in ("elasticsearch", "opensearch")]


def ask(target: Target, method: str, path: str, body: Any = None) -> Any:
    response = requests.request(method, f"{target.base}/{path}", json=body, timeout=60)
    response.raise_for_status()
    return response.json()


def aliases(target: Target, index: str) -> dict[str, Any]:
    return dict(ask(target, "GET", f"{index}/_alias")[index]["aliases"])


def test_other_aliases_move_along(place: GenerationStore, target: Target) -> None:
    """With what they say: a filter, a routing."""
    plain(target, 3)
    narrow = {"filter": {"term": {"id": "n1"}}}
    ask(target, "PUT", f"{target.index}/_alias/{target.index}_catalog")
    ask(target, "PUT", f"{target.index}/_alias/{target.index}_one", narrow)
    expected = {target.index: {}, f"{target.index}_catalog": {}, f"{target.index}_one": narrow}
    place.adopt(FIRST)
    assert aliases(target, f"{target.index}_{FIRST}") == expected
    build(place, SECOND, 5)
    place.promote(SECOND)
    assert aliases(target, f"{target.index}_{FIRST}") == {}
    assert aliases(target, f"{target.index}_{SECOND}") == expected
    assert count(replace(target, index=f"{target.index}_catalog")) == 5


def test_fields_of_the_live_index_alone_are_in_the_next(place: GenerationStore, target: Target) -> None:
    plain(target, 3)
    own = {"site_note": {"type": "keyword"}, "site_year": {"type": "integer"}}
    analysed = {"site_word": {"type": "text", "fields": {"other": {"type": "text", "analyzer": "simple"}}}}
    ask(target, "PUT", f"{target.index}/_mapping", {"properties": own | analysed})
    ask(target, "PUT", f"{target.index}/_doc/n1", {"id": "n1", "title": "T", "of_a_pattern_txt": "x", "site_note": "y"})
    place.adopt(FIRST)
    new = place.make(SECOND).index
    made = ask(target, "GET", f"{new}/_mapping")[new]["mappings"]["properties"]
    assert {name: body for name, body in made.items() if biblio().field(name) is None} == own


def test_an_index_behind_an_alias_stays_beside_its_clone(place: GenerationStore, target: Target) -> None:
    old = replace(target, index=f"{target.index}_v1")
    ask(target, "PUT", old.index, index_body(biblio()))
    fill(old, 3)
    ask(target, "PUT", f"{old.index}/_alias/{target.index}")
    assert (place.live(), place.is_plain(), place.there()) == (None, True, [])
    place.adopt(FIRST)
    assert (place.live(), place.is_plain(), place.there(), count(target)) == (FIRST, False, [FIRST], 3)
    assert aliases(target, old.index) == {}
    fill(old, 4)  # it takes documents as before
    assert (count(old), count(target)) == (4, 3)


def test_an_alias_of_several_indices_is_not_adopted(place: GenerationStore, target: Target) -> None:
    for name in ("a", "b"):
        ask(target, "PUT", f"{target.index}_{name}", {"aliases": {target.index: {}}})
    assert place.is_plain()
    with pytest.raises(PermanentError, match="2 indices"):
        place.adopt(FIRST)
    build(place, SECOND, 2)
    with pytest.raises(PermanentError, match="not a generation of ours"):
        place.promote(SECOND)


def test_what_another_alias_stands_for_is_not_dropped(place: GenerationStore, target: Target) -> None:
    build(place, FIRST, 3)
    build(place, SECOND, 5)
    place.promote(SECOND)
    ask(target, "PUT", f"{target.index}_{FIRST}/_alias/{target.index}_before")
    with pytest.raises(PermanentError, match=f"{target.index}_before"):
        place.drop(FIRST)
    ask(target, "DELETE", f"{target.index}_{FIRST}/_alias/{target.index}_before")
    place.drop(FIRST)
    assert place.there() == [SECOND]


def test_a_new_generation_is_spread_as_the_live_one(place: GenerationStore, target: Target) -> None:
    body = index_body(biblio())
    body["settings"] |= {"number_of_shards": 3, "number_of_replicas": 0}
    ask(target, "PUT", target.index, body)
    new = place.make(SECOND).index
    settings = ask(target, "GET", f"{new}/_settings?flat_settings=true")[new]["settings"]
    assert (settings["index.number_of_shards"], settings["index.number_of_replicas"]) == ("3", "0")


def test_an_adoption_that_fails_leaves_no_write_block(
    place: GenerationStore, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain(target, 3)
    refused = PermanentError("refused")

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise refused

    monkeypatch.setattr(place, "_wait", refuse)
    with pytest.raises(PermanentError) as caught:
        place.adopt(FIRST)
    assert caught.value is refused
    fill(target, 4)
    assert (place.live(), place.is_plain(), place.there(), count(target)) == (None, True, [], 4)


def test_a_load_opens_what_a_killed_adoption_left_closed(
    place: GenerationStore, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain(target, 3)
    call = place._call  # type: ignore[attr-defined]

    def killed(method: str, path: str, *args: object, **kwargs: object) -> object:
        if "_clone" in path:
            raise KeyboardInterrupt
        return call(method, path, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(place, "_call", killed)
        patched.setattr(place, "mend", lambda: None)
        with pytest.raises(KeyboardInterrupt):
            place.adopt(FIRST)
    settings = ask(target, "GET", f"{target.index}/_settings?flat_settings=true")[target.index]["settings"]
    assert settings["index.blocks.write"] == "true"
    with closing(Store(f"sqlite:///{tmp_path}/state.db")) as store:
        generations.begin(store, str(target), FIRST, "adopting")
        agree(store, target)
    fill(target, 4)
    assert (place.live(), place.is_plain(), place.there(), count(target)) == (None, True, [], 4)


def test_trouble_with_a_shard_and_with_a_disk(place: GenerationStore, target: Target) -> None:
    build(place, FIRST, 3)
    index = f"{target.index}_{FIRST}"
    ask(target, "PUT", f"{index}/_settings", {"index.blocks.read_only_allow_delete": True})
    assert [words for words in place.trouble() if index in words and "disk was too full" in words]
    ask(target, "PUT", f"{index}/_settings", {"index.blocks.read_only_allow_delete": None})
    nowhere = {"settings": {"index.routing.allocation.require._name": "nowhere", "number_of_replicas": 0}}
    lost = f"{target.index}_{SECOND}"
    ask(target, "PUT", f"{lost}?wait_for_active_shards=0", nowhere)
    try:
        found = place.trouble()
        assert [words for words in found if "is red" in words and lost in words]
        assert [words for words in found if f"shard 0 of index {lost}: its primary lies on no node" in words]
    finally:
        ask(target, "DELETE", lost)
