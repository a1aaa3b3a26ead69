"""`dead-letters`: the records that are not in the index, to look at, to try again, to forget."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from indexer.config import Config
from indexer.formats import profiles
from indexer.jobs import after
from indexer.jobs.plan import fingerprint_key, limits
from indexer.jobs.publish import publish
from indexer.jobs.results import LoadResult
from indexer.jobs.session import open_session, stopping
from indexer.jobs.state import open_state
from indexer.model.errors import ConfigError
from indexer.observe.audience import NOBODY, Audience
from indexer.pipeline.replay import replay as replay_letters
from indexer.pipeline.summary import Summary
from indexer.state import dead_letters
from indexer.state.dead_letters import StoredLetter
from indexer.state.generations import split_name
from indexer.state.store import Store

CHUNK = 200  # letters that are held at once
ASKED = 5000  # ids that a database is asked for at once


@dataclass(frozen=True, slots=True)
class LetterKind:
    """How many letters of a target failed at the same stage for the same kind of reason."""

    target: str
    stage: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """`letters` (without their raw bytes) in the order in which their records came along, of `target` or, where that is
    None, of all; `kinds` the most frequent first. `state` is where they are kept.
    """

    state: str
    target: str | None
    letters: Sequence[StoredLetter]
    kinds: Sequence[LetterKind]

    @property
    def sources(self) -> Mapping[str, Sequence[LetterKind]]:
        """The kinds of each source."""
        names = dict.fromkeys(letter.source for letter in self.letters)
        return {name: _kinds(letter for letter in self.letters if letter.source == name) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult(LoadResult):
    """How it ended to try `letters` of them again, in the run of the number `run`; with none there was no run (0)."""

    letters: int
    run: int = 0

    @property
    def came_through(self) -> int:
        return self.total.read - self.total.rejected


def list_dead_letters(
    target: str | None = None,
    *,
    source: str | None = None,
    stage: str | None = None,
    config: Config,
    audience: Audience = NOBODY,
) -> DeadLetters:
    """The letters of a target, or of all; of one source, or of one stage (HELD: the deletions that are held)."""
    with closing(open_state(config, audience)) as store:
        letters = dead_letters.find(store, target=target, source=source, stage=stage, raw=False)
    live = [letter for letter in letters if not split_name(letter.target)[1]]
    return DeadLetters(store.shown, target, live, _kinds(live))


def _kinds(letters: Iterable[StoredLetter]) -> list[LetterKind]:
    counts = Counter((letter.target, letter.stage, letter.kind) for letter in letters)
    return [LetterKind(*key, count) for key, count in counts.most_common()]


def show_dead_letter(id: int, *, config: Config, audience: Audience = NOBODY) -> StoredLetter:
    """One letter, with its record's bytes. Raises ConfigError where there is none of this number."""
    with closing(open_state(config, audience)) as store:
        [letter] = _named(store, [id])
    return letter


def drop(ids: Sequence[int], *, config: Config, everything: bool = False, audience: Audience = NOBODY) -> int:
    """Forgets these letters, or all of the target's; gives how many there were."""
    with closing(open_state(config, audience)) as store:
        letters = _chosen(store, ids, str(config.target()), everything=everything)
        with store.begin() as connection:
            dropped = dead_letters.drop(connection, [letter.id for letter in letters])
        publish(config, store, audience)
    return dropped


def replay(
    ids: Sequence[int],
    *,
    config: Config,
    everything: bool = False,
    profile_name: str | None = None,
    audience: Audience,
) -> ReplayResult:
    """Tries these letters again, or all of the target's, as their records were read before or with another profile."""
    target = config.target()
    profile = profiles.resolve(profile_name, config.settings.profile) if profile_name else None
    connections = config.settings.load.connections
    with closing(open_state(config, audience)) as store:
        letters = _chosen(store, ids, str(target), everything=everything)
    if not letters:
        return ReplayResult(target=str(target), summary=Summary(), letters=0)
    if elsewhere := [letter for letter in letters if letter.target != str(target)]:
        other, generation = split_name(elsewhere[0].target)
        advice = f"Name its target: --target {other}" if not generation else f"{generation} is not live"
        raise ConfigError(
            f"dead letter {elsewhere[0].id} is of {elsewhere[0].target}, not of {target}",
            advice=f"{advice}. Nothing was changed.",
        )
    with (
        open_session(
            target, config, command="dead-letters replay", audience=audience, connections=connections
        ) as session,
        stopping(session.reporter) as stop,
    ):
        summary = replay_letters(
            chunks(session.store, [letter.id for letter in letters]),
            session.sink,
            session.run_state(),
            profile=profile,
            fingerprint_key=fingerprint_key(config.settings.load),
            limits=limits(config.settings.load, connections=connections),
            events=session.reporter.events(),
            stop=stop,
            summary=session.summary,
        )
        after.after_commit(session, config, "dead-letters replay")
    return ReplayResult(
        target=str(target),
        summary=summary,
        report=session.reporter.page,
        letters=len(letters),
        run=session.reporter.run_id,
    )


def chunks(store: Store, ids: Sequence[int]) -> Iterator[list[StoredLetter]]:
    """These letters, so many at a time."""
    for at in range(0, len(ids), CHUNK):
        yield dead_letters.find(store, ids=ids[at : at + CHUNK])


def _chosen(store: Store, ids: Sequence[int], target: str, *, everything: bool) -> list[StoredLetter]:
    """The letters with these ids, or all of the target's, without their raw bytes."""
    if everything == bool(ids):
        raise ConfigError("name the IDs of dead letters, or --all", advice="indexer dead-letters list shows them.")
    if everything:
        return dead_letters.find(store, target=target, raw=False)
    return _named(store, ids, raw=False)


def _named(store: Store, ids: Sequence[int], *, raw: bool = True) -> list[StoredLetter]:
    letters = [
        letter
        for at in range(0, len(ids), ASKED)
        for letter in dead_letters.find(store, ids=ids[at : at + ASKED], raw=raw)
    ]
    if missing := sorted(set(ids) - {letter.id for letter in letters}):
        raise ConfigError(
            f"there is no dead letter {', '.join(map(str, missing))}",
            advice="indexer dead-letters list shows them. Nothing was changed.",
        )
    return letters
