"""What every place does: generations made, switched, adopted and dropped, with readers and with kills in between."""

import contextlib
import random
from collections.abc import Callable

import pytest

from indexer.engines.generations import GenerationStore
from indexer.engines.registry import install, open_generations, parse_target
from indexer.model.errors import ConfigError, PermanentError
from indexer.model.targets import Target
from tests.generations.conftest import Killed, Steps
from tests.generations.places import FIRST, SECOND, THIRD, WORD, build, count, fill, plain
from tests.generations.readers import reading


def test_where_nothing_is(place: GenerationStore, target: Target) -> None:
    assert (place.live(), place.is_plain(), place.there()) == (None, False, [])
    with pytest.raises(PermanentError, match=FIRST):
        place.promote(FIRST)
    with pytest.raises(PermanentError, match=FIRST):
        place.target(FIRST)
    with pytest.raises(PermanentError, match="no plain index"):
        place.adopt(FIRST)
    place.drop(FIRST)
    assert (place.live(), place.is_plain(), place.there()) == (None, False, [])


def test_the_first_generation_and_the_next_and_back(place: GenerationStore, target: Target) -> None:
    build(place, FIRST, 3)
    assert (place.live(), place.is_plain(), place.there()) == (None, False, [FIRST])
    with pytest.raises(PermanentError):
        count(target)
    place.promote(FIRST)
    assert (place.live(), place.is_plain(), place.there()) == (FIRST, False, [FIRST])
    assert count(target) == 3

    build(place, SECOND, 5)
    assert (place.live(), place.there(), count(target)) == (FIRST, [FIRST, SECOND], 3)
    place.promote(SECOND)
    assert (place.live(), place.there(), count(target)) == (SECOND, [FIRST, SECOND], 5)
    assert (count(place.target(FIRST)), count(place.target(SECOND))) == (3, 5)
    place.promote(SECOND)
    assert (place.live(), count(target)) == (SECOND, 5)
    place.promote(FIRST)
    assert (place.live(), place.there(), count(target)) == (FIRST, [FIRST, SECOND], 3)

    fill(target, 4)  # what is loaded into the target goes into the live one
    assert (count(target), count(place.target(FIRST)), count(place.target(SECOND))) == (4, 4, 5)


def test_making_again_leaves_what_is_there(place: GenerationStore) -> None:
    build(place, FIRST, 3)
    assert place.make(FIRST) == place.target(FIRST)
    assert count(place.target(FIRST)) == 3
    place.promote(FIRST)
    assert count(place.make(FIRST)) == 3


def test_the_live_one_is_not_dropped(place: GenerationStore, target: Target) -> None:
    build(place, FIRST, 3)
    build(place, SECOND, 5)
    place.promote(FIRST)
    with pytest.raises(PermanentError, match="is live"):
        place.drop(FIRST)
    place.drop(SECOND)
    place.drop(SECOND)
    assert (place.live(), place.there(), count(target)) == (FIRST, [FIRST], 3)
    with pytest.raises(PermanentError, match=SECOND):
        place.promote(SECOND)


def test_a_generation_of_that_name_is_not_overwritten(place: GenerationStore, target: Target) -> None:
    plain(target, 3)
    build(place, FIRST, 5)
    with pytest.raises(PermanentError, match="is there already"):
        place.adopt(FIRST)
    assert (count(place.target(FIRST)), count(target), place.is_plain()) == (5, 3, True)


def test_a_plain_index_is_adopted(place: GenerationStore, target: Target) -> None:
    plain(target, 3)
    assert (place.live(), place.is_plain(), place.there()) == (None, True, [])
    build(place, SECOND, 5)
    assert place.there() == [SECOND]
    with pytest.raises(PermanentError, match="not a generation of ours"):
        place.promote(SECOND)
    assert (place.live(), place.is_plain(), count(target)) == (None, True, 3)

    place.adopt(FIRST)
    assert (place.live(), place.is_plain(), place.there(), count(target)) == (FIRST, False, [FIRST, SECOND], 3)
    place.adopt(FIRST)
    assert count(place.target(FIRST)) == 3
    fill(target, 4)
    install(target)
    assert (count(target), place.is_plain()) == (4, False)

    place.promote(SECOND)
    assert (place.live(), place.there(), count(target)) == (SECOND, [FIRST, SECOND], 5)
    assert count(place.target(FIRST)) == 4
    fill(place.target(FIRST), 6)
    assert (count(place.target(FIRST)), count(place.target(SECOND)), count(target)) == (6, 5, 5)
    place.promote(FIRST)
    assert (place.live(), place.there(), count(target)) == (FIRST, [FIRST, SECOND], 6)
    assert (count(place.target(FIRST)), count(place.target(SECOND))) == (6, 5)
    place.promote(SECOND)
    place.drop(FIRST)
    assert (place.live(), place.is_plain(), place.there(), count(target)) == (SECOND, False, [SECOND], 5)


def test_an_index_beside_it_is_none_of_ours(place: GenerationStore, target: Target) -> None:
    build(place, FIRST, 3)
    place.promote(FIRST)
    for name in ("main", "g20261128", "g20261128t1345010", "../g20261128t134501", "*", ""):
        for verb in (place.make, place.promote, place.target, place.adopt, place.drop):
            with pytest.raises(ValueError, match="not the name of a generation"):
                verb(name)
    assert place.there() == [FIRST]


def test_another_process_sees_the_same(place: GenerationStore, target: Target) -> None:
    plain(target, 3)
    place.adopt(FIRST)
    build(place, SECOND, 5)
    place.promote(SECOND)
    other = open_generations(target)
    assert (other.live(), other.is_plain(), other.there()) == (SECOND, False, [FIRST, SECOND])
    other.close()


def test_all_is_well(place: GenerationStore, target: Target) -> None:
    build(place, FIRST, 3)
    assert place.trouble() == []
    place.promote(FIRST)
    assert place.trouble() == []


def test_readers_see_no_error_and_never_less(place: GenerationStore, target: Target) -> None:
    build(place, FIRST, 7)
    place.promote(FIRST)
    with reading(target, "n3", WORD) as readers:
        build(place, SECOND, 5)
        for _ in range(3):
            place.promote(SECOND)
            place.promote(FIRST)
        place.promote(SECOND)
        readers.look_again()  # what was asked before the switch is answered by the former one
        place.drop(FIRST)
        build(place, THIRD, 6)
        place.promote(THIRD)
        readers.look_again()
    assert readers.problems == []
    assert {5, 6, 7} == readers.counts
    assert count(target) == 6


def test_readers_of_a_plain_index(place: GenerationStore, target: Target, kind: str) -> None:
    plain(target, 7)
    with reading(target, "n3", WORD) as readers:
        build(place, SECOND, 5)
        readers.look_again()
        assert readers.problems == []
        place.adopt(FIRST)
        readers.look_again()
        readers.forgive_giving_way(kind)
        place.promote(SECOND)
        readers.look_again()
        place.promote(FIRST)
        readers.look_again()
        place.promote(SECOND)
        readers.look_again()
        place.drop(FIRST)
        readers.look_again()
    assert readers.problems == []
    assert readers.counts == {5, 7}


def _adopted(place: GenerationStore, target: Target) -> None:
    plain(target, 7)
    place.adopt(FIRST)


def _two(place: GenerationStore, target: Target) -> None:
    _adopted(place, target)
    build(place, SECOND, 5)


def _promoted(place: GenerationStore, target: Target) -> None:
    _two(place, target)
    place.promote(SECOND)


# What is there before, what is killed, and what is there in the end: live, there, how many documents are served.
VERBS: dict[
    str,
    tuple[Callable[[GenerationStore, Target], None], Callable[[GenerationStore], object], tuple[str, list[str], int]],
] = {
    "adopt": (lambda place, target: plain(target, 7), lambda place: place.adopt(FIRST), (FIRST, [FIRST], 7)),
    "promote": (_two, lambda place: place.promote(SECOND), (SECOND, [FIRST, SECOND], 5)),
    "back": (_promoted, lambda place: place.promote(FIRST), (FIRST, [FIRST, SECOND], 7)),
    "make": (_adopted, lambda place: place.make(SECOND), (FIRST, [FIRST, SECOND], 7)),
    "drop the adopted one": (_promoted, lambda place: place.drop(FIRST), (SECOND, [SECOND], 5)),
    "drop": (_two, lambda place: place.drop(SECOND), (FIRST, [FIRST], 7)),
}


def killed(fresh: Callable[[], Target], steps: Steps, verb: str, last: int) -> bool:
    """Kills the verb after step `last`: readers are served as before or after it, and the next call mends it all.

    Returns whether there was anything left to kill.
    """
    target = fresh()
    before, run, (live, there, documents) = VERBS[verb]
    place = open_generations(target)
    before(place, target)
    served = count(target)
    steps.limit(last)
    ended = False
    with contextlib.suppress(Killed):
        run(place)
        ended = True
    steps.limit(None)
    place.close()

    again = open_generations(target)
    assert count(target) in (served, documents), f"after step {last}"
    run(again)
    assert (again.live(), again.is_plain(), again.there()) == (live, False, there), f"after step {last}"
    assert count(target) == documents
    fill(target, 8)  # nothing is left locked
    assert count(target) == 8
    again.close()
    return not ended


@pytest.mark.parametrize("verb", ["adopt", "promote"])
def test_killed_after_a_step(fresh: Callable[[], Target], steps: Steps, kind: str, verb: str) -> None:
    killed(fresh, steps, verb, random.Random(f"{kind} {verb}").randint(1, 4))


@pytest.mark.long
@pytest.mark.parametrize("verb", VERBS)
def test_killed_after_every_step(fresh: Callable[[], Target], steps: Steps, verb: str) -> None:
    steps_taken = 0
    while killed(fresh, steps, verb, steps_taken):
        steps_taken += 1
    assert steps_taken > 0


def test_json_lines_have_no_generations() -> None:
    with pytest.raises(ConfigError, match="no generations"):
        open_generations(parse_target("jsonl:documents.jsonl"))
