"""An unreliable connection is no poison: whatever is lost on the way, the index ends as if nothing had been.

Model: each action is applied once, in order. What is drawn from the seed is the actions, the requests and answers that
are lost, and which of the connections goes on when.
"""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from indexer.engines.base import Action, Write
from indexer.engines.retry import RetryPolicy
from indexer.model.documents import Delete
from indexer.pipeline.push import Limits, Pusher
from indexer.state.store import Store
from tests.pipeline import dating, loading
from tests.pipeline.turns import drawn

FEW, MANY = 250, 6000  # seeds
WITH_STATE_FEW, WITH_STATE_MANY = 20, 1000
MOST_TROUBLE = 1 / 3


def in_parts(few: int, many: int, size: int) -> list[object]:
    """Ranges of seeds: the first few for every run, the others for the long one."""
    parts = [range(start, start + size) for start in range(0, many, size)]
    return [pytest.param(part, id=str(part.start), marks=[pytest.mark.long] * (part.start >= few)) for part in parts]


def actions(choice: random.Random) -> list[Action]:
    """Versions of few documents, deletions among them; a few that the index refuses, or fails of."""
    made: list[Action] = []
    for number in range(choice.randrange(1, 40)):
        id = choice.choice("abcdefgh")
        word = choice.choices(["good", "bad", "poison"], [30, 2, 1])[0]
        body = f'{{"id":"{id}","title":"{word} {number}"}}'.encode()
        made.append(Delete(id) if choice.random() < 0.3 else Write(id, body))
    return made


def expected(made: list[Action]) -> tuple[dict[str, bytes], list[str]]:
    documents: dict[str, bytes] = {}
    statuses = []
    for action in made:
        if isinstance(action, Delete):
            documents.pop(action.id, None)
            statuses.append("deleted")
        elif b"good" in action.body:
            documents[action.id] = action.body
            statuses.append("indexed")
        else:
            statuses.append("rejected")
    return documents, statuses


def check(seed: int) -> None:
    choice = random.Random(seed)
    made = actions(choice)
    told: list[tuple[int, str]] = []
    with drawn(seed, trouble=choice.uniform(0, MOST_TROUBLE)) as sink:
        pusher: Pusher[int] = Pusher(
            sink,
            Limits(choice.randrange(1, 4), choice.randrange(1, 7), 1 << 20, RetryPolicy(3600, 1000, first_wait=0)),
            on_answer=lambda answers, _seconds: told.extend((token, outcome.status) for _, token, outcome in answers),
            on_pause=lambda _error, _seconds: None,
        )
        for number, action in enumerate(made):
            pusher.add(action, number)
        pusher.commit()
        pusher.close()
    documents, statuses = expected(made)
    assert ([status for _, status in sorted(told)], sink.documents) == (statuses, documents), f"seed {seed}"


@pytest.mark.parametrize("seeds", in_parts(FEW, MANY, 50))
def test_the_index_and_the_answers_are_those_of_a_quiet_line(seeds: range) -> None:
    for seed in seeds:
        check(seed)


def test_a_seed_decides_everything() -> None:
    def batches() -> list[list[Action]]:
        with drawn(7, trouble=MOST_TROUBLE) as sink:
            pusher: Pusher[int] = Pusher(
                sink,
                Limits(3, 4, 1 << 20, RetryPolicy(3600, 1000, first_wait=0)),
                on_answer=lambda _answers, _seconds: None,
                on_pause=lambda _error, _seconds: None,
            )
            for number in range(60):
                pusher.add(Write(f"u{number % 25}", b'{"title":"good"}'), number)
            pusher.commit()
            return [[action for action in batch if action.id.startswith("u")] for batch in sink.batches]

    first = batches()
    assert first == batches()
    assert len(first) > 15


def check_dates(seed: int, patch: pytest.MonkeyPatch) -> None:
    """Loads of several dumps, with a state: what is remembered of each document, and what the index shows."""
    choice = random.Random(seed)
    clock = dating.Clock()
    patch.setattr("indexer.pipeline.dates.time", clock)
    with TemporaryDirectory() as folder, drawn(seed, trouble=choice.uniform(0, MOST_TROUBLE)) as sink:
        desk = loading.Desk(Store(f"sqlite:///{folder}/state.db"), sink)
        model = dating.Model()
        limits = Limits(2, 2, 1 << 20, retry=RetryPolicy(3600, 1000, first_wait=0))
        for number in range(1, choice.randrange(2, 5)):
            lines = [
                (choice.choice("abcd"), choice.randrange(1, 5), choice.choice(["good", "good", "deleted", "bad"]))
                for _ in range(choice.randrange(1, 11))
            ]
            clock.now = 1_000 * number
            summary = desk.load(dating.write(Path(folder) / f"{number}.xml", lines), dates=True, limits=limits)
            model.apply(lines, clock.now)
            assert dating.known(desk) == model.known, f"seed {seed}"
            assert dating.sent(desk) == dating.as_sent(model.known), f"seed {seed}"
            total = summary.account.total
            assert total.rejected == sum(what == "bad" for _, _, what in lines), f"seed {seed}"
            assert total.deleted == sum(what == "deleted" for _, _, what in lines), f"seed {seed}"
        desk.store.close()


@pytest.mark.usefixtures("in_small_steps")
@pytest.mark.parametrize("seeds", in_parts(WITH_STATE_FEW, WITH_STATE_MANY, 20))
def test_what_is_remembered_is_that_of_a_quiet_line(seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in seeds:
        check_dates(seed, monkeypatch)
