import pytest

from indexer.pipeline import delete_guard


@pytest.mark.parametrize(
    ("deletions", "documents", "share", "held"),
    [
        (10, 10, 0.0, False),  # a few may always go
        (11, 11, 0.05, True),
        (50, 1000, 0.05, False),
        (51, 1000, 0.05, True),
        (1000, 1000, 1.0, False),
        (11, 0, 0.05, True),
        (11, 1000, 0.0, True),
    ],
)
def test_what_is_too_many(deletions: int, documents: int, share: float, held: bool) -> None:
    assert delete_guard.holds(deletions, documents, share) is held


def test_it_is_said_in_numbers() -> None:
    assert delete_guard.too_many(51, 1000, 0.05) == (
        "51 of 1,000 documents (5.1%) would be deleted, more than delete.max_share (5.0%)"
    )
