"""A share of the fuzzing that takes seconds; `python -m tests.fuzz` is the whole of it."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.fuzz.__main__ import fuzz
from tests.fuzz.fuzzer import case, findings
from tests.fuzz.parsers import PARSERS


@pytest.mark.parametrize("parser", PARSERS)
def test_damage_to_a_record_costs_this_record(parser: str) -> None:
    found = {f"--seed quick+{number}": findings(case(parser, "quick", number)) for number in range(200)}
    assert {seed: each for seed, each in found.items() if each} == {}


def test_the_command_tells_how_many_inputs_found_what() -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", "0", "--seed", "quick+7", "csv", "json_lines"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    lines = ["csv: 1 inputs, 0 findings of 0 kinds", "json_lines: 1 inputs, 0 findings of 0 kinds"]
    assert (ended.returncode, ended.stdout.splitlines()) == (0, lines)


@pytest.mark.long
@pytest.mark.parametrize("parser", PARSERS)
def test_ten_minutes_of_damage(parser: str) -> None:
    assert fuzz(parser, "long", 0, seconds=600, keep=None) == 0
