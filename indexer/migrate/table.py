"""What became of each line of a configuration that is taken over."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["taken over", "with a remark", "needs you", "stays with VuFind"]
VERDICTS: tuple[Verdict, ...] = ("taken over", "with a remark", "needs you", "stays with VuFind")


@dataclass(frozen=True, slots=True)
class Item:
    """One setting: where it stands, what it is, what became of it, and what there is to say about that."""

    where: str
    what: str
    verdict: Verdict
    remark: str = ""
