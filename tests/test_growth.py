"""The measure of growth tells what is quadratic from what is linear."""

import pytest

from tests.growth import check_growth


def test_what_is_linear_passes() -> None:
    check_growth(lambda size: sum(range(size)), 400_000)


def test_what_is_quadratic_does_not() -> None:
    with pytest.raises(AssertionError, match="s for 600"):
        check_growth(lambda size: [sum(range(size)) for _ in range(size)], 600)
