from pathlib import Path

import pytest

from indexer.formats.marc import maps


def test_a_table_is_looked_up_exactly_and_the_rest_is_dropped() -> None:
    translate = maps.translator({"a": "Apple", "b": "Bread|Butter", "c": "null", "d": ""})
    assert translate(["b", "a", "A", "x", "c", "d", " a"]) == ["Bread", "Butter", "Apple"]


def test_a_default_stands_for_what_is_missing() -> None:
    assert maps.translator({"a": "Apple", "__DEFAULT": "Other"})(["a", "x"]) == ["Apple", "Other"]
    assert maps.translator({"a": "Apple", "": "Other"})(["x"]) == ["Other"]


def test_every_pattern_that_is_found_gives_a_value() -> None:
    translate = maps.pattern_translator([(r"\Aocm0*(\d+)", r"\1"), (r"m(\d)", r"first \1")])
    assert translate(["ocm0012", "x", "m7"]) == ["12", "first 0", "first 7"]


@pytest.mark.parametrize("pair", [("(", ""), ("a", r"\1")])
def test_a_pattern_that_does_not_compile_is_named(pair: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="is not a regular expression"):
        maps.pattern_translator([pair])


def test_a_file_has_comments_and_later_lines_win(tmp_path: Path) -> None:
    file = tmp_path / "shelves.tsv"
    file.write_text("\ufeff# shelves\n\na\tAttic\nb \t Cellar \na\tRoof\n", encoding="utf-8")
    assert maps.read(file) == {"a": "Roof", "b": "Cellar"}


def test_a_line_without_a_tab_is_named(tmp_path: Path) -> None:
    file = tmp_path / "shelves.tsv"
    file.write_text("a\tAttic\nb Cellar\n")
    with pytest.raises(ValueError, match=r"shelves\.tsv:2: has no tab"):
        maps.read(file)


def test_a_table_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "shelves.tsv"
    file.write_bytes(b"a\tCaf\xe9\n")
    with pytest.raises(ValueError, match="byte 6 is not UTF-8"):
        maps.read(file)


@pytest.mark.parametrize("name", maps.bundled())
def test_the_bundled_tables_name_their_source_and_hold_a_code_once(name: str) -> None:
    path = maps.LANGUAGES if name == "languages" else maps.DATA / f"{name}.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert "loc.gov" in "".join(lines[:3]) or "OCLC" in "".join(lines[:3])
    codes = [line.split("\t")[0] for line in lines if not line.startswith("#")]
    assert len(codes) == len(set(codes)) == len(maps.table(name)) > 20


def test_every_class_of_dewey_has_a_label_that_begins_with_its_number() -> None:
    table = maps.table("dewey")
    assert len(table) == 1000
    assert all(label.startswith(f"{code} - ") for code, label in table.items())


def test_every_lc_subclass_belongs_to_a_class() -> None:
    classes = maps.table("lc_classes")
    table = maps.table("lc_subclasses")
    assert all(code[0] in classes and label.startswith(f"{code} - ") for code, label in table.items())
