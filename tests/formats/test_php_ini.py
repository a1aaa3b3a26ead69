import pytest

from indexer.formats.php_ini import parse
from indexer.model.errors import ConfigError

TEXT = """\
before = 1
; a comment
[General]
xslt = "a.xsl"        ; the stylesheet
class[] = VuFind
class[] = "\\\\My\\\\Own"
rules = ":: NFD; :: lower;"
single = 'a "b" c'
on = true
off = Off
plain = a b ; c
[Empty]
[Names]
a[x] = 1
a["y"] = 2
"""


def test_sections_lists_and_tables() -> None:
    assert parse(TEXT, "f") == {
        "": {"before": "1"},
        "General": {
            "xslt": "a.xsl",
            "class": ["VuFind", "\\My\\Own"],
            "rules": ":: NFD; :: lower;",
            "single": 'a "b" c',
            "on": "1",
            "off": "",
            "plain": "a b",
        },
        "Empty": {},
        "Names": {"a": {"x": "1", "y": "2"}},
    }


@pytest.mark.parametrize(
    ("line", "why"),
    [("nothing", r"f:2: 'nothing' is neither \[section\] nor key = value"), ('a = "b', "f:2: a quotation mark")],
)
def test_what_is_neither_names_its_line(line: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        parse(f"[A]\n{line}\n", "f")
