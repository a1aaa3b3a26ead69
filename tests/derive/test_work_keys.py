import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import icu
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.derive.work_keys import DEFAULT_RULES, MAX_LENGTH, work_keys

GOLDEN = Path(__file__).parents[1] / "data/golden/work_keys.jsonl"
CASES: list[dict[str, Any]] = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


def made(case: dict[str, Any]) -> list[str]:
    options: dict[str, Any] = {name: case[name] for name in ("include", "exclude", "rules") if name in case}
    if "trimmed" in case:
        options["trimmed_titles"] = (case["trimmed"],)
    return work_keys(case["titles"], case["authors"], uniform_titles=case.get("uniform", ()), **options)


def case_id(case: dict[str, Any]) -> str:
    return f"{case['cat']}-{case['n']}"


@pytest.mark.parametrize("case", [case for case in CASES if not case["tags"]], ids=case_id)
def test_keys_as_vufind_makes_them(case: dict[str, Any]) -> None:
    assert made(case) == case["keys"]


FOLLOWED = {"blank_author_key", "no_rules"}
OTHERWISE = {
    236: ["AT 0 title", "AT 00 title"],  # an author "0" is an author
    256: ["AT a 0e1", "AT a 0e2"],  # and keys that look like equal numbers are two
    260: ["AT a 10", "AT a 1e1"],
    336: ["AT berg äkkösetåäö", "AT berg ääkkösetåäö"],  # an expression without /u matches characters, not bytes
}


@pytest.mark.parametrize("case", [case for case in CASES if case["tags"]], ids=case_id)
def test_quirks_are_followed_or_not_as_documented(case: dict[str, Any]) -> None:
    if set(case["tags"]) <= FOLLOWED:
        assert made(case) == case["keys"]
    else:
        assert case["n"] in OTHERWISE
        assert made(case) == OTHERWISE[case["n"]] != case["keys"]


def test_titles_first_then_authors_and_repeated_authors_stay() -> None:
    assert work_keys(["The B", "A C"], ["X", "Y", "X"]) == [
        *("AT x theb", "AT y theb", "AT x theb"),
        *("AT x ac", "AT y ac", "AT x ac"),
        *("AT x b", "AT y b", "AT x b"),
        *("AT x c", "AT y c", "AT x c"),
    ]


def test_trimmed_titles_are_made_or_given_or_none() -> None:
    assert work_keys(["The B"], ["X"]) == ["AT x theb", "AT x b"]
    assert work_keys(["The B"], ["X"], trimmed_titles=["other"]) == ["AT x theb", "AT x other"]
    assert work_keys(["The B"], ["X"], trimmed_titles=[""]) == ["AT x theb"]


def test_without_authors_only_uniform_titles_give_keys() -> None:
    assert work_keys(["B"], []) == []
    assert work_keys(["B"], [], uniform_titles=["U", "U", "-"]) == ["UT u", "UT u"]


def test_expressions_may_be_plain_or_delimited() -> None:
    for include in ("[a-z]+", "/[a-z]+/", "/[a-z]+/u", "~[A-Z]+~iu"):
        assert work_keys(["Route 66"], ["X1"], include=include) == ["AT x route"]
    assert work_keys(["Route 66"], ["𐌰 1"], exclude="[0-9]") == ["AT 𐌰 route"]


@pytest.mark.parametrize("expression", ["(", "/(/u", "/x/e"])
def test_a_bad_expression_is_a_value_error_that_quotes_it(expression: str) -> None:
    with pytest.raises(ValueError, match="regular expression") as raised:
        work_keys(["B"], ["X"], include=expression)
    assert repr(expression) in str(raised.value)


def test_bad_rules_are_a_value_error() -> None:
    with pytest.raises(ValueError, match="rules"):
        work_keys(["B"], ["X"], rules=":: No-Such-Transform;")


ASCII = st.text(st.characters(max_codepoint=127))


@given(ASCII)
def test_the_fast_path_for_ascii_gives_what_icu_gives(text: str) -> None:
    transliterator = icu.Transliterator.createFromRules("reference", DEFAULT_RULES, icu.UTransDirection.FORWARD)
    expected = transliterator.transliterate(text).lower()[:MAX_LENGTH]
    assert work_keys([], [], uniform_titles=[text]) == ([f"UT {expected}"] if expected else [])


@given(st.text(), st.text())
def test_a_key_has_a_name_and_a_title_of_bounded_length(title: str, author: str) -> None:
    for key in work_keys([title], [author]):
        marker, name, rest = key.split(" ", 2)
        assert marker == "AT"
        assert len(name) <= MAX_LENGTH
        assert 0 < len(rest) <= MAX_LENGTH


def test_icu_is_not_loaded_before_it_is_needed() -> None:
    code = "import sys, indexer.formats.oai_dc, indexer.derive.stage; sys.exit('icu' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
