"""Import files of VuFind for tables: what each setting makes of a row."""

from pathlib import Path
from typing import Any

import pytest

from indexer.formats import to_document
from indexer.formats.explain import explain
from indexer.formats.profiles import Profile, resolve
from indexer.model.documents import Document, Fields
from indexer.model.errors import ConfigError, RecordError
from indexer.model.records import Position, Record
from indexer.model.schema import biblio

ID = "[Column:0]\nfield = id\n"


def profile(folder: Path, ini: str, python: str = "", **table: Any) -> Profile:
    (folder / "books.ini").write_text(ini, encoding="utf-8")
    (folder / "own.py").write_text(python)
    named = {"properties": str(folder / "books.ini"), **({"functions": str(folder / "own.py")} if python else {})}
    return resolve("books", {"books": {"format": "csv", **named, **table}})


def made(reads: Profile, row: str | bytes, header: str = "") -> Fields:
    raw = header.encode() + b"\n" + (row if isinstance(row, bytes) else row.encode())
    document = to_document(Record("s", "csv", raw, Position("t.csv", 1)), reads)
    assert isinstance(document, Document)
    copies = biblio().copy_targets
    return {name: value for name, value in document.fields.items() if name not in copies}


def test_columns_by_number_go_to_fields_and_nothing_is_computed(tmp_path: Path) -> None:
    reads = profile(
        tmp_path,
        f"[General]\nheader = skip\n{ID}[Column:2]\nfield[] = title\nfield[] = title_short\n"
        '[Column:3]\nfield = topic\ndelimiter = "|"\n[Column:4]\nfield = author\ndelimiter = PHP_EOL\n',
        id_prefix="b-",
    )
    row = '7,unused,Cats,a|b||c,"Grey, A.\nRoe, R."'
    assert made(reads, row, "No,x,y,z,w") == {
        "id": "b-7",
        "title": "Cats",
        "title_short": "Cats",
        "topic": ["a", "b", "c"],
        "author": ["Grey, A.", "Roe, R."],
    }


def test_a_header_of_fields_and_what_columns_say_besides(tmp_path: Path) -> None:
    ini = '[General]\nheader = fields\n[Column:1]\ndelimiter = ";"\n[Column:2]\nfield = title\n'
    reads = profile(tmp_path, ini)
    assert made(reads, "7,a;b,Cats", "id,topic,title_short") == {"id": "7", "topic": ["a", "b"], "title": "Cats"}


def test_callbacks_values_and_seeds(tmp_path: Path) -> None:
    ini = (
        ID
        + r"""
[Column:1]
field[] = title
field[] = title_sort
[Column:2]
field = author
[Field:title_sort]
callback[] = '\VuFind\XSLT\Import\VuFind::titleSortLower'
[Field:author]
callback[] = "Own::two($$csv$$, $$fieldFirst:title$$, $$field:topic$$, x)"
callback[] = strtoupper
[Field:topic]
value[] = "One"
value[] = "Two"
[Field:description]
callback[] = trim
callbackSeed[] = " seed "
[Field:edition]
callback[] = trim
"""
    )
    python = """
class Own:
    @staticmethod
    def two(value, first, every, fixed):
        return [value, f"{first} {every} {fixed}"]
"""
    assert made(profile(tmp_path, ini, python), "7,The Cats,doe") == {
        "id": "7",
        "topic": ["One", "Two"],
        "title": "The Cats",
        "title_sort": "the cats",
        "author": ["DOE", "THE CATS ['ONE', 'TWO'] X"],
        "description": "seed",
    }


def test_a_constant_of_the_profile_wins(tmp_path: Path) -> None:
    reads = profile(tmp_path, f"{ID}[Field:institution]\nvalue[] = A\n", constants={"institution": "B"})
    assert made(reads, "7,x")["institution"] == ["B"]


def test_the_encoding_is_that_of_the_file(tmp_path: Path) -> None:
    reads = profile(tmp_path, f"[General]\nencoding = ISO-8859-1\n{ID}[Column:1]\nfield = title\n")
    assert made(reads, b"7,B\xfccher")["title"] == "B\u00fccher"


def test_explain_names_the_columns(tmp_path: Path) -> None:
    reads = profile(tmp_path, f"{ID}[Column:1]\nfield = title\n")
    explained = explain(Record("s", "csv", b"\n7,Cats", Position("t.csv", 1)), reads)
    assert isinstance(explained, list)
    told = {each.name: each for each in explained}
    assert told["title"].rules[0].inputs == [("1", "Cats")]


@pytest.mark.parametrize(
    ("ini", "told"),
    [
        (
            f"{ID}[Field:title]\ncallback[] = 'Own::a'\ncallback[] = 'b(1)'\n",
            "books.ini:4: there is no function Own::a",
        ),
        (f"{ID}[Field:title]\ncallback[] = 'Own::a'\ncallback[] = 'b(1)'\n", "books.ini:5: there is no function b"),
        (f"{ID}[Column:1]\nfield = nowhere\n", "names 'nowhere', and the schema has no such field"),
        ("[Column:1]\nfield = title\n", "no column goes to the field id"),
        (f"[General]\nheader = first\n{ID}", "header is 'first'"),
        (f"[General]\nencoding = x-none\n{ID}", "encoding is 'x-none', which is not known"),
        (f"{ID}[Field:title]\ncallback[] = 'trim($$all$$)'\n", r"\$\$all\$\$ is no \$\$csv"),
        (f"{ID}[Row:1]\nfield = title\n", "is neither"),
    ],
)
def test_what_is_wrong_is_told_before_the_first_row(tmp_path: Path, ini: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        profile(tmp_path, ini)


def test_a_callback_that_fails_costs_its_row(tmp_path: Path) -> None:
    reads = profile(
        tmp_path, f"{ID}[Column:1]\nfield = title\n[Field:title]\ncallback[] = own\n", "def own(x):\n    1 / 0\n"
    )
    with pytest.raises(RecordError, match=r"books.ini:6: own: division by zero"):
        made(reads, "7,x")
