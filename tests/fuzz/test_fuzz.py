"""A share of the fuzzing that takes seconds; `python -m tests.fuzz` is the whole of it."""

import pytest

from tests.fuzz.__main__ import fuzz
from tests.fuzz.fuzzer import case, findings
from tests.fuzz.parsers import PARSERS


@pytest.mark.parametrize("parser", PARSERS)
def test_damage_to_a_record_costs_this_record(parser: str) -> None:
    found = {f"--seed quick+{number}": findings(case(parser, "quick", number)) for number in range(200)}
    assert {seed: each for seed, each in found.items() if each} == {}


@pytest.mark.long
@pytest.mark.parametrize("parser", PARSERS)
def test_ten_minutes_of_damage(parser: str) -> None:
    assert fuzz(parser, "long", 0, seconds=600, keep=None) == 0
