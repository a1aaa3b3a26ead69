"""State and engine brought to agree, on each engine."""

from contextlib import closing
from pathlib import Path

from indexer.engines.generations import GenerationStore
from indexer.jobs.generation_state import agree
from indexer.model.targets import Target
from indexer.state.generations import index_name, live_index
from indexer.state.store import Store

NAME = "g20261128t134501"


def test_a_generation_that_another_state_has_made_live_is_none_of_what_is_known(
    place: GenerationStore, target: Target, tmp_path: Path
) -> None:
    with closing(Store(f"sqlite:///{tmp_path}/state.db")) as store:
        agree(store, target)
        assert live_index(store, str(target)) == str(target)
        place.make(NAME)
        agree(store, target)
        assert live_index(store, str(target)) == str(target)
        place.promote(NAME)
        agree(store, target)
        assert live_index(store, str(target)) == index_name(str(target), NAME)
