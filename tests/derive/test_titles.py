import json
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.derive import titles

GOLDEN = Path(__file__).parents[1] / "data/golden/title_sort.jsonl"
CASES: list[dict[str, str]] = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
STEPS: dict[str, Callable[[str], str]] = {
    "cleanData": titles.clean_data,
    "stripAccents": titles.strip_accents,
    "stripArticles": titles.strip_articles,
    "stripPunctuation": titles.strip_punctuation,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["in"][:30] or "empty")
def test_title_sort_as_vufind_makes_it(case: dict[str, str]) -> None:
    assert titles.title_sort(case["in"], style="legacy") == case["stripArticles"]
    assert titles.title_sort(case["in"], style="current") == case["titleSort"]


@pytest.mark.parametrize("step", STEPS)
def test_each_step_by_itself(step: str) -> None:
    assert len(CASES) == 92
    for case in CASES:
        assert STEPS[step](case["in"]) == case[step], case["in"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[whole]", "whole"),
        ("  [whole] ", "whole"),
        ("[open", "open"),
        ("close]", "close"),
        ("[a] and [b]", "[a] and [b]"),
        ("[a [b]]", "[a [b]]"),
        ("a [b] c", "a [b] c"),
        ("[a] b", "[a] b"),
        ("[ kept ]", " kept "),
    ],
)
def test_outer_brackets(text: str, expected: str) -> None:
    assert titles.remove_outer_brackets(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A title :", "A title"),
        ("A title / ;", "A title"),
        ("Ends here.", "Ends here"),
        ("Smith, J.", "Smith, J."),  # an initial keeps its period
        ("Davis, Sammy, Jr.", "Davis, Sammy, Jr."),
        ("What?.", "What?"),
        ("[Bracketed.]", "Bracketed"),
        ("éé.", "éé."),  # letters are ASCII's here
        ("///", ""),
    ],
)
def test_clean_data(text: str, expected: str) -> None:
    assert titles.clean_data(text) == expected


def test_an_article_is_one_word_and_one_space_at_the_start() -> None:
    assert titles.strip_articles("The\u00a0Cat") == "the\u00a0cat"
    assert titles.strip_articles("The\tCat") == "the\tcat"
    assert titles.strip_articles("AN APPLE A DAY") == "apple a day"
    assert titles.strip_articles("The") == "the"


def test_a_final_sigma_is_a_sigma_like_others() -> None:
    assert titles.strip_articles("ΛΌΓΟΣ ΚΑΙ ΜΎΘΟΣ") == "λόγοσ και μύθοσ"


def test_an_unknown_style_is_an_error() -> None:
    with pytest.raises(ValueError, match="modern"):
        titles.title_sort("x", style="modern")  # type: ignore[arg-type]
