"""Which records were rejected in a run, by reason, each reason with a few of them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from indexer.model.reasons import kind

if TYPE_CHECKING:
    from indexer.state.dead_letters import DeadLetter

KINDS = 200  # that are told apart
SAMPLES = 3  # of each
LONGEST = 1000  # characters of a reason


@dataclass(slots=True)
class Rejections:
    """Stage and kind of reason -> how many, and the first of them."""

    _kinds: dict[tuple[str, str], tuple[int, list[dict[str, str]]]] = field(default_factory=dict)

    def add(self, letter: "DeadLetter") -> None:
        key = (letter.stage, kind(letter.reason)[:LONGEST])
        if key not in self._kinds and len(self._kinds) >= KINDS:
            key = ("", "others")
        count, samples = self._kinds.get(key, (0, []))
        if len(samples) < SAMPLES:
            sample = {
                "where": str(letter.position),
                "id": letter.document_id or "",
                "reason": letter.reason[:LONGEST],
                "source": letter.source,
            }
            samples = [*samples, sample]
        self._kinds[key] = (count + 1, samples)

    def as_json(self) -> list[dict[str, Any]]:
        """The most frequent first."""
        kinds = sorted(dict(self._kinds).items(), key=lambda item: -item[1][0])
        return [
            {"stage": stage, "kind": reason, "count": count, "samples": samples}
            for (stage, reason), (count, samples) in kinds
        ]
