import pytest

from indexer.formats import languages


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "English"),
        ("de", "German"),
        ("el", "Greek"),
        ("nb", "Norwegian (Bokmål)"),
        ("th", "Thai"),
        ("mo", "Moldavian"),
    ],
)
def test_two_letter_codes(code: str, expected: str) -> None:
    assert languages.iso639_1(code) == languages.name(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("eng", "English"),
        ("gre", "Greek, Modern (1453-)"),
        ("und", "Undetermined"),
        ("mul", "Multiple languages"),
        ("scr", "Croatian"),  # obsolete, and in records
        ("deu", "German"),  # ISO 639-2's terminology code for ger
    ],
)
def test_three_letter_codes(code: str, expected: str) -> None:
    assert languages.marc(code) == languages.name(code) == expected


def test_what_is_not_listed() -> None:
    assert languages.iso639_1("en-US") == "en-US"
    assert languages.iso639_1("eng") == "eng"
    assert languages.marc("qqq") is None
    assert languages.name("qqq") == "qqq"
    assert languages.name("#") == "#"
