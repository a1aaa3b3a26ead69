import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from indexer.formats import xml
from indexer.model.errors import RecordError

TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from(" \t\n\r")
)


@given(TEXT)
def test_white_space_is_normalised_as_libxml2_does_it(text: str) -> None:
    element = etree.Element("a")
    element.text = text
    assert xml.normalize_space(text) == str(element.xpath("normalize-space(.)"))


@given(TEXT, TEXT, TEXT)
def test_string_values_are_libxml2s(one: str, two: str, three: str) -> None:
    root = etree.Element("a")
    root.text, etree.SubElement(root, "b").text = one, two
    root[0].tail = three
    parsed = xml.parse(etree.tostring(root, encoding="utf-8"))
    assert xml.text(parsed) == str(parsed.xpath("string(.)"))
    assert xml.all_text(parsed) == str(parsed.xpath("normalize-space(.)"))


def test_a_declaration_of_another_encoding_does_not_count() -> None:
    assert xml.text(xml.parse('<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>'.encode())) == "é"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"<a>\n<b></c></a>", "XML line 2 of the record, column"),
        (b"<a>&nope;\x01</a>", "XML line 1 of the record, column 10: Entity 'nope' not defined"),
        (b"<a/>junk", "Extra content"),
        ("<a/>".encode("utf-16"), "XML line 1"),
        (b"<a>" * 300, "XML line 1"),
        (b"<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'><a/>", "DOCTYPE"),
    ],
)
def test_what_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(RecordError, match=re.escape(said)):
        xml.parse(raw)


def test_files_are_not_reached(tmp_path: Path) -> None:
    (tmp_path / "x.dtd").write_text('<!ENTITY e "LOADED">', encoding="utf-8")
    raw = f"<!DOCTYPE a SYSTEM '{(tmp_path / 'x.dtd').as_uri()}'><a b='&e;'/>".encode()
    with pytest.raises(RecordError, match="DOCTYPE"):
        xml.parse(raw)
    assert "LOADED" not in (etree.fromstring(raw, xml._parser).get("b") or "")


def test_entities_do_not_blow_up() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE a [<!ENTITY e0 "lol">{levels}]><a b="&e9;">&e9;</a>'
    with pytest.raises(RecordError):
        xml.parse(bomb.encode())
