"""A target that refuses everything is told from documents that are at fault, each or all of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.engines.base import Action, Outcome, Write
from indexer.engines.retry import RetryPolicy
from indexer.model.documents import Delete
from indexer.model.errors import ExitCode, PermanentError
from indexer.pipeline.push import Limits, Pusher
from indexer.pipeline.target_fault import SAME_CAUSE, names_no_document
from tests.pipeline.loading import LIMITS, Desk, write
from tests.pipeline.scripted import ScriptedSink

STATE = "illegal_state_exception: nothing is taken here"


@pytest.mark.parametrize(
    "words",
    [
        STATE,
        "illegal_argument_exception: no write index is defined for alias [al]",
        "Request Entity Too Large",
        "Collection biblio is read-only.",
        "an ingest pipeline of the index drops it",
    ],
)
def test_words_about_the_target(words: str) -> None:
    assert names_no_document(words, ["u1", "u2"])


@pytest.mark.parametrize(
    "words",
    [
        "document_parsing_exception: [1:52] failed to parse",
        "mapper_parsing_exception: failed",
        "ERROR: [doc=x] unknown",
        "illegal_argument_exception: immense term in field=institution",
        "Exception writing document id x to the index; possible analysis error",
        "first_indexed: 'never' is not a date",
        "id [u1] is too long",
        "u2: refused",
    ],
)
def test_words_about_a_document(words: str) -> None:
    assert not names_no_document(words, ["u1", "u2"])


class Refusing(ScriptedSink):
    """Refuses the actions of which `refuses` says so, with words of its own or with STATE."""

    def __init__(self, refuses: Callable[[Action], str | bool]) -> None:
        super().__init__()
        self.refuses = refuses

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        said = [self.refuses(action) for action in batch]
        taken = iter(super().push([action for action, refused in zip(batch, said, strict=True) if not refused]))
        return [
            Outcome("rejected", STATE if refused is True else refused) if refused else next(taken) for refused in said
        ]


def pushed(sink: ScriptedSink, count: int, *, batch: int) -> list[str]:
    told: dict[int, str] = {}
    pusher: Pusher[int] = Pusher(
        sink,
        Limits(1, batch, 1 << 20, retry=RetryPolicy(5, first_wait=0.001)),
        on_answer=lambda answers, _seconds: told.update((token, outcome.status) for _, token, outcome in answers),
        on_pause=lambda _error, _seconds: None,
    )
    try:
        for number in range(count):
            pusher.add(Write(f"u{number}", b"{}"), number)
        pusher.drain()
    finally:
        pusher.close()
    return [told[number] for number in sorted(told)]


@pytest.mark.parametrize(("count", "batch"), [(1, 10), (3, 10), (40, 10), (40, 1)])
def test_a_target_that_refuses_everything_stops_the_run(count: int, batch: int) -> None:
    """Also when the only batch holds one document: a deletion is refused alike then."""
    with pytest.raises(PermanentError, match="the same words, which name none: illegal_state") as caught:
        pushed(Refusing(lambda _: True), count, batch=batch)
    assert caught.value.exit_code == ExitCode.TARGET
    assert "no record counts as rejected" in caught.value.advice


@pytest.mark.parametrize("batch", [1, 4, 50])
def test_a_target_that_takes_deletions_and_nothing_else(batch: int) -> None:
    writes = Refusing(lambda action: not isinstance(action, Delete))
    with pytest.raises(PermanentError):
        pushed(writes, 3 * SAME_CAUSE, batch=batch)
    assert pushed(writes, 3, batch=batch) == ["rejected"] * 3  # too few to tell


def test_documents_that_all_have_the_same_fault() -> None:
    """The words name a field, or each document."""
    of_field = Refusing(lambda _: "mapper_parsing_exception: failed to parse field [first_indexed]")
    assert pushed(of_field, 50, batch=10) == ["rejected"] * 50
    of_each = Refusing(lambda action: f"{action.id} is too long")
    assert pushed(of_each, 50, batch=10) == ["rejected"] * 50


def test_refusals_between_documents_that_are_taken_are_their_own() -> None:
    odd = Refusing(lambda action: int(action.id.removeprefix("u") or 0) % 2 == 1 if action.id[0] == "u" else False)
    assert pushed(odd, 60, batch=1) == ["indexed", "rejected"] * 30


def test_documents_that_the_engine_fails_over_are_their_own_fault() -> None:
    """As many in one batch as may be, with the same words: each was tried alone, while others were taken."""

    class Failing(ScriptedSink):
        def push(self, batch: Sequence[Action]) -> list[Outcome]:
            bad = {f"u{number}" for number in range(3, 3 + SAME_CAUSE)}
            taken = iter(super().push([action for action in batch if action.id not in bad]))
            failed = Outcome("retry", "null_pointer_exception: null", blamed=True)
            return [failed if action.id in bad else next(taken) for action in batch]

    assert pushed(Failing(), 20, batch=20) == ["indexed"] * 3 + ["rejected"] * SAME_CAUSE + ["indexed"] * 7


def test_a_run_leaves_no_dead_letter_and_goes_on_later(desk: Desk, tmp_path: Path) -> None:
    files = write(tmp_path, [[(f"r{number}", "one") for number in range(12)]])
    desk.sink = sink = Refusing(lambda _: len(sink.documents) >= 4)
    with pytest.raises(PermanentError):
        desk.load(files, limits=replace(LIMITS, connections=1))  # two would both look before either has written
    assert desk.letters() == set()
    assert len(sink.documents) == 4
    sink.refuses = lambda _: False
    summary = desk.load(files)
    assert summary.exit_code == 0
    assert summary.account.total.read == 12
    assert len(desk.documents()) == 12
