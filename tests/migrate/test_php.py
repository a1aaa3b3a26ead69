import re

import pytest

from indexer.migrate.php import expression, replacement


@pytest.mark.parametrize(
    ("pattern", "with_", "text", "gives"),
    [
        ("/^oai:example.edu:/", "x-", "oai:example.edu:7", "x-7"),
        (r"/\//", "-", "a/b/c", "a-b-c"),
        ("#^(.*):(.*)$#", "$2-$1", "a:b", "b-a"),
        ("{a+}i", "${0}!", "Aa", "Aa!"),
        ("~(a)~", r"\1\1", "ab", "aab"),
        (r"/[^\x{0009}\x{0020}-\x{D7FF}]+/u", " ", "a\x01b", "a b"),
        ("|x|", r"\n", "x", r"\n"),
    ],
)
def test_a_pattern_and_its_replacement(pattern: str, with_: str, text: str, gives: str) -> None:
    assert re.sub(expression(pattern), replacement(with_), text) == gives


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("abc", "has no delimiters"),
        ("/abc", "has no closing delimiter"),
        ("/a/e", "Python has no modifier 'e'"),
        ("/(/", "is not a regular expression"),
        ("/(?|a|b)/", "is not a regular expression"),
    ],
)
def test_what_python_cannot_say(pattern: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        expression(pattern)
