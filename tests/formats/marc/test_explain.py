"""What `explain` says of a MARC record: each rule of the mapping, the fields that it looked into, its steps."""

from pathlib import Path

from indexer import sources
from indexer.formats.explain import explain
from indexer.formats.marc.reader import fullrecord
from indexer.formats.profiles import resolve
from indexer.formats.provenance import Explained
from indexer.model.documents import Delete
from indexer.model.records import Position, Record
from tests.conftest import ROOT
from tests.formats.marc.made import marc_record

LINES = (
    "001 m1",
    "008 770923s1900    paua          000 0 eng  ",
    "035 ## $a(OCoLC)3288782 $a(DE-1)5",
    "050 00 $aBV3785.M7 $bW5",
    "100 1# $aMoody, Ann, $d1837-1899.",
    "245 14 $aThe life of Moody : $bWith an Élan.",
)


def explained(*lines: str, **profile: object) -> dict[str, Explained]:
    raw = fullrecord(marc_record(*lines)).encode()
    found = explain(Record("s", "marc", raw, Position("f", 1)), resolve("marc", {"marc": profile} if profile else {}))
    assert not isinstance(found, Delete)
    return {each.name: each for each in found}


def test_a_rule_of_a_spec() -> None:
    found = explained(*LINES)
    [rule] = found["language"].rules
    assert rule.text == "marc('008[35-37]:041a:041d:041h:041j', translate='languages')"
    assert rule.inputs == [("008", "770923s1900    paua          000 0 eng  ")]
    assert rule.steps == [("extracted", "eng"), ("translated by languages", "English")]
    assert rule.values == ["English"]
    [rule] = found["oclc_num"].rules
    assert rule.inputs == [("035 ##", "$a (OCoLC)3288782 $a (DE-1)5")]
    assert rule.steps == [
        ("extracted", "(OCoLC)3288782"),
        ("extracted", "(DE-1)5"),
        ("rewritten by patterns", "3288782"),
    ]


def test_a_rule_that_is_a_function_says_what_it_looked_into() -> None:
    found = explained(*LINES)
    [rule] = found["illustrated"].rules
    assert rule.text.startswith("illustrated: by the codes of 008")
    assert not any("Raises" in rule.text for each in found.values() for rule in each.rules)
    assert [place for place, _ in rule.inputs] == ["leader", "008"]
    [rule] = found["allfields"].rules
    assert [place for place, _ in rule.inputs] == ["100 1#", "245 14"]
    [rule] = found["title_sort"].rules
    assert rule.steps == [
        ("files without 'The ' (second indicator 4) as", "life of Moody :"),
        ("sorts as", "life of moody"),
        ("files as", "With an Élan."),
        ("sorts as", "with an elan"),
    ]
    assert ("author 'Moody, Ann,'", "moodyann") in found["work_keys_str_mv"].rules[0].steps
    [rule] = found["building"].rules
    assert rule.text == "constant of the profile marc"


def test_a_mapping_of_ones_own(tmp_path: Path) -> None:
    mapping = tmp_path / "ours.py"
    mapping.write_text(
        "from indexer.formats.marc.rules import add, constant, field, marc\n"
        "def shelf(record):\n    '''The shelf, out of 852.'''\n"
        "    return [text for f in record.by_tag.get('852', ()) for _, text in f.subfields]\n"
        "def broken(record):\n    raise KeyError('x')\n"
        "field('shelf_str_mv', shelf, marc('245a'))\n"
        "add('format', constant('Thing'))\n"
        "add('era', broken)\n",
        encoding="utf-8",
    )
    found = explained(*LINES, "852 ## $aA7", mapping=str(mapping))
    one, other = found["shelf_str_mv"].rules
    assert (one.text, one.inputs, one.values) == ("shelf: The shelf, out of 852.", [("852 ##", "$a A7")], ["A7"])
    assert (other.text, other.values) == ("marc('245a')", ["The life of Moody :"])
    assert [rule.values for rule in found["format"].rules] == [["Book"], ["Thing"]]
    assert "era" not in found
    assert found["marc_error"].rules[0].text.endswith("fields that could not be made")


def test_what_is_told_of_real_records_is_what_they_become() -> None:
    profile = resolve("marc", {})
    read = sources.read([str(ROOT / "tests/data/marc/lc_booksall_2016_sample.mrc.gz")], source="s")
    for number, item in enumerate(read):
        if number % 40 or not isinstance(item, Record):
            continue
        found = explain(item, profile)
        if isinstance(found, Delete):
            continue
        for each in found:
            assert each.rules, each.name
            values = [value for rule in each.rules for value in rule.values or []]
            wanted = [each.value] if isinstance(each.value, str) else each.value
            if values and not each.rules[0].text.startswith("copied"):
                assert list(dict.fromkeys(values))[: len(wanted)] == list(dict.fromkeys(wanted)), each.name
