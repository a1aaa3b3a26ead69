"""How a record was made: rules and input out of the original, which the document holds."""

from typing import Any

import indexer
from indexer.web.made import made, original, readable
from tests.conftest import ROOT

MARC = ROOT / "tests/data/marc/pymarc/marc.dat"


def first_document() -> dict[str, Any]:
    return next(iter(indexer.transform(MARC)))


def test_each_field_has_its_rule_and_its_input() -> None:
    fields = first_document()
    record = original(fields)
    assert record is not None
    profile, found = made(fields, record)
    assert profile == "marc"
    by_name = {each.name: each for each in found}
    assert all(each.same for each in found), [each.name for each in found if not each.same]
    (rule,) = by_name["title_short"].rules
    assert [where[:3] for where, _ in rule.inputs] == ["245"]
    assert rule.inputs[0][1].startswith(f"$a {fields['title_short']}")


def test_what_another_profile_made_is_told() -> None:
    fields = first_document() | {"institution": ["Elsewhere"]}
    record = original(fields)
    assert record is not None
    assert [each.name for each in made(fields, record)[1] if not each.same] == ["institution"]


def test_marc_is_a_line_a_field() -> None:
    record = original(first_document())
    assert record is not None
    lines = readable(record).split("\n")
    assert lines[0].startswith("LDR    0")
    assert any(line.startswith("245 14 $a The pragmatic programmer : $b ") for line in lines)


def test_xml_is_indented_and_loads_nothing() -> None:
    secret = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><r><a>&x;</a><b/></r>'
    record = original({"id": "1", "fullrecord": secret})
    assert record is not None
    assert "&x;" in readable(record)
    assert "\n  <b/>" in readable(record)
    assert made({"id": "1"}, record) == ("", [])


def test_what_is_no_record_is_shown_as_it_is() -> None:
    assert original({"id": "1"}) is None
    assert original({"id": "1", "fullrecord": "<broken"}) is None
    record = original({"id": "1", "fullrecord": "not a record"})
    assert record is not None
    assert readable(record) == "not a record"
    assert made({"id": "1"}, record) == ("marc", [])
