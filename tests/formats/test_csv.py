import re
from typing import Any

import pytest

from indexer.formats import to_document
from indexer.formats.profiles import Profile, bundled, resolve
from indexer.model.documents import Document, Fields
from indexer.model.errors import ConfigError, RecordError
from indexer.model.records import Position, Record

TABLE: dict[str, Any] = {
    "base": "csv",
    "id_prefix": "report-",
    "constants": {"institution": "Example University", "format": ["Report"]},
    "options": {
        "columns": {
            "No.": "id",
            "Title": "title",
            "Authors": "author",
            "Keywords": ["topic", "topic_facet"],
            "Year": "publishDate",
        },
        "split": {"author": ";", "topic": ",", "topic_facet": ","},
    },
}
HEADER = "No.,Title,Authors,Keywords,Year,Internal"


def made(text: str | bytes, profile: Profile | None = None) -> Fields:
    raw = text if isinstance(text, bytes) else text.encode()
    document = to_document(Record("test", "csv", raw, Position("t.csv", 1)), profile or resolve("r", {"r": TABLE}))
    assert isinstance(document, Document)
    return document.fields


def options(**given: object) -> Profile:
    return resolve("r", {"r": {**TABLE, "options": {**TABLE["options"], **given}}})


def test_a_row_becomes_a_document_with_its_derived_fields() -> None:
    fields = made(f'{HEADER}\n7,"The Report, ""Part"" 1","Doe, J.; Roe, R.; "," a ,b",2019-05,secret')
    names = ["id", "allfields", "institution", "format", "title", "title_short", "title_full", "title_sort", "author"]
    names += ["author_sort", "topic", "topic_facet", "publishDate", "publishDateSort", "work_keys_str_mv"]
    assert list(fields)[: len(names)] == names
    assert {name: fields[name] for name in names} == {
        "id": "report-7",
        "allfields": ['7 The Report, "Part" 1 Doe, J.; Roe, R.; a ,b 2019-05'],
        "institution": ["Example University"],
        "format": ["Report"],
        "title": 'The Report, "Part" 1',
        "title_short": 'The Report, "Part" 1',
        "title_full": 'The Report, "Part" 1',
        "title_sort": "report part 1",
        "author": ["Doe, J.", "Roe, R."],
        "author_sort": "Doe, J.",
        "topic": ["a", "b"],
        "topic_facet": ["a", "b"],
        "publishDate": ["2019-05"],
        "publishDateSort": "2019",
        "work_keys_str_mv": [
            *("AT doej thereportpart1", "AT roer thereportpart1", "AT doej reportpart1", "AT roer reportpart1"),
        ],
    }
    assert fields["author_facet"] == ["Doe, J.", "Roe, R."]


def test_columns_may_be_named_like_fields() -> None:
    fields = made("id\ttitle\tisbn\tisbn\tcampus_str\n1\tT\t978-1\t978-2\t\n".rstrip("\n"), bundled()["csv"])
    assert (fields["id"], fields["title"], fields["isbn"]) == ("1", "T", ["978-1", "978-2"])
    assert "campus_str" not in fields
    with pytest.raises(RecordError, match="no such field") as raised:
        made("id,titel\n1,T", bundled()["csv"])
    assert raised.value.field == "titel"


@pytest.mark.parametrize("delimiter", ["\t", ";", ",", "|"])
def test_the_header_tells_the_delimiter(delimiter: str) -> None:
    fields = made(
        "\n".join([delimiter.join(["id", '"a_str"', "title"]), delimiter.join(["1", '"x,;|\ty"', "T"])]),
        bundled()["csv"],
    )
    assert (fields["a_str"], fields["title"]) == ("x,;|\ty", "T")


def test_a_delimiter_of_its_own() -> None:
    assert made("No.^Title^Authors^Keywords^Year\n1^a,b^^^", options(delimiter="^"))["title"] == "a,b"


def test_a_table_without_quotes_may_hold_them() -> None:
    fields = made('id\ttitle\n1\t"Hello" she said', bundled()["csv"])
    assert fields["title"] == '"Hello" she said'


def test_a_cell_with_lines() -> None:
    assert made('id,title\n1,"A\r\nB"', bundled()["csv"])["title"] == "A\r\nB"


def test_empty_cells_behind_the_last_column_are_none() -> None:
    assert made("id,title\n1,A,, ,", bundled()["csv"])["title"] == "A"
    with pytest.raises(RecordError, match="the row has 4 cells, and the header 2 columns"):
        made("id,title\n1,A,,x", bundled()["csv"])


def test_constants_win() -> None:
    fields = made(
        "id,format,language\n1,Book,German", resolve("r", {"r": {"base": "csv", "constants": {"format": ["X"]}}})
    )
    assert (fields["format"], fields["language"]) == (["X"], ["German"])


def test_encodings() -> None:
    row = "id,title\n1,Café".encode("cp1252")
    assert made(row, resolve("r", {"r": {"base": "csv", "options": {"encoding": "cp1252"}}}))["title"] == "Café"
    with pytest.raises(RecordError, match="byte 0xE9 is not UTF-8; the option encoding"):
        made(row, bundled()["csv"])
    with pytest.raises(RecordError, match="byte 0xE9 is not UTF-8, and byte 0xE9 not ascii"):
        made(row, resolve("r", {"r": {"base": "csv", "options": {"encoding": "ascii"}}}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{HEADER}\n1,T", "the row has 2 cells, and the header 6 columns"),
        (f"{HEADER}\n1,T,a,b,c,d,e", "the row has 7 cells, and the header 6 columns"),
        (f"{HEADER}\n,T,,,,", "the row has none"),
        ("Nr.,Title,Authors,Keywords,Year\n1,T,,,", "the header has no column 'No.'; the nearest is 'Nr.'"),
        ("X,Title\n1,T", "the header has no column 'No.'; it has: X, Title"),
        (f'{HEADER}\n1,"T,,,,', "CSV: unexpected end of data"),
        (f'{HEADER}\n1,"T"x,,,,', "CSV: ',' expected after '\"'"),
        (f"{HEADER}\n1,T,,,,\n2,U,,,,", "CSV: 3 rows where a header and a row are expected"),
        (f"{HEADER}\n1,T,,,2001,", ""),
    ],
)
def test_what_is_no_row_is_an_error_of_the_record(text: str, said: str) -> None:
    if not said:
        assert made(text)["publishDate"] == ["2001"]
        return
    with pytest.raises(RecordError, match=re.escape(said)):
        made(text)


def test_several_ids_and_several_values_for_one() -> None:
    with pytest.raises(RecordError, match="gives 2 ids"):
        made("id,id\n1,2", bundled()["csv"])
    with pytest.raises(RecordError, match="holds one value, and this record gives 2"):
        made("id,edition,edition\n1,a,b", bundled()["csv"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"columns": {"A": "title"}}, "options.columns: names no column for the field id"),
        (
            {"columns": {"A": "id", "B": "titel"}},
            "names 'titel', and the schema has no such field; the nearest is 'title'",
        ),
        ({"columns": {"A": ["id", "author_facet"]}}, "names 'author_facet', a field that is made for each record"),
        ({"columns": {"A": 1}}, "options.columns.A: is a number"),
        ({"split": {"topics": ";"}}, "options.split: names 'topics'"),
        ({"split": {"topic": ""}}, "options.split: gives 'topic' an empty separator"),
        ({"delimiter": "::"}, "options.delimiter: is '::', not one character"),
        ({"encoding": "utf-9"}, "options.encoding: is 'utf-9', which is not a known encoding"),
    ],
)
def test_mistakes_in_the_options(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        options(**given)


@pytest.mark.parametrize(("header", "line"), [("none", ""), ("skip", "Number;Name")])
def test_columns_of_a_table_without_names_are_numbered(header: str, line: str) -> None:
    profile = options(header=header, columns={"0": "id", "1": "title"}, split={})
    assert made(f"{line}\n7;Cats", profile)["title"] == "Cats"


def test_names_of_columns_need_a_header() -> None:
    with pytest.raises(ConfigError, match=r"columns: names 'No\.': without a header"):
        options(header="none")
