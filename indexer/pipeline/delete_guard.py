"""The delete guard: how many documents may go at once before a person has looked.

A source that was cut short, a server that answers with nothing, a list made by a wrong query: each would empty an index
in one night. So what would take more than a share of the documents is stopped before the first is gone.
"""

from indexer.model.errors import ExitCode, IndexerError

WHY_HELD = "a deletion that is held: not counted yet, or more at once than delete.max_share lets through"
FEW = 10  # documents that may always go: a share of a small index is soon a single one


class DeleteGuardError(IndexerError):
    """More documents would be deleted than may be at once: none was."""

    exit_code = ExitCode.VERIFICATION


def holds(deletions: int, documents: int, max_share: float) -> bool:
    """Whether so many deletions are too many for an index of so many documents."""
    return deletions > FEW and deletions > max_share * documents


def enough(deletions: int, documents: int) -> float:
    """A share that lets so many through."""
    return min(1.0, round(deletions / documents + 0.01, 2)) if documents else 1.0


def too_many(deletions: int, documents: int, max_share: float) -> str:
    """That in words."""
    share = f" ({deletions / documents:.1%})" if documents else ""
    limit = f"delete.max_share ({max_share:.1%})"
    return f"{deletions:,} of {documents:,} documents{share} would be deleted, more than {limit}"
