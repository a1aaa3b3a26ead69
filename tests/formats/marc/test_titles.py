import json
from pathlib import Path

import pytest

from indexer.formats.marc.titles import clean_data, sort_form, title_sort
from tests.formats.marc.made import document, marc_record


def test_non_filing_characters_and_punctuation_are_left_out() -> None:
    record = marc_record("245 14 $aThe Title : $bA rest, $nPart 1. / $cby hand", "245 00 $aSecond")
    assert title_sort(record) == "title a rest"
    assert title_sort(marc_record("245 00 $aThe Title : $kpapers $pSecond")) == "the title papers second"
    assert title_sort(marc_record("245 1x $aThe Title")) == "the title"
    assert title_sort(marc_record("245 19 $aShort")) == ""


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Über Größe :", "uber große"),  # ß stays
        ("Łódź & Tromsø", "lodz tromso"),
        ("Æsop's fables", "æsop s fables"),
        ("İstanbulʼda kış", "istanbulʼda kıs"),
        ("[Title]", "title"),
        ("Война и мир /", "воина и мир"),
        ("...", ""),
        ("«A» – “B’s” ¿q?", "a b s q"),  # punctuation of all scripts
        ("a\tb = £5 +", "a\tb £5"),  # ASCII's signs too, and of white space blanks alone
        ("ɽɖɵ", "rdɵ"),
        ("i\u0361a n\u0360g", "ia ng"),
    ],
)
def test_accents_go_as_solrmarc_takes_them(text: str, form: str) -> None:
    assert sort_form(text) == form


def test_cleaning_is_vufinds_own_on_ascii(data: Path) -> None:
    """The golden file is of the twin of this rule in VuFind's XSL route, which differs beyond ASCII only."""
    cases = [json.loads(line) for line in (data / "golden/title_sort.jsonl").read_text(encoding="utf-8").splitlines()]
    ascii_cases = [case for case in cases if case["in"].isascii()]
    assert len(ascii_cases) > 20
    assert [clean_data(case["in"]) for case in ascii_cases] == [case["cleanData"].strip() for case in ascii_cases]


@pytest.mark.parametrize(
    ("text", "clean"),
    [("Naïé.", "Naïé"), ("Smith, Jr.", "Smith, Jr."), ("A.", "A."), ("etc.).", "etc.)"), ("a ] / ;", "a"), (" , ", "")],
)
def test_cleaning_knows_every_scripts_letters(text: str, clean: str) -> None:
    assert clean_data(text) == clean


def test_the_titles_of_a_record() -> None:
    made = document(
        marc_record(
            "001 1",
            "245 10 $6880-01 $aTitle : $h[map] $brest / $cby hand.",
            "246 3# $aOther $iVarying",
            "240 10 $aUniform",
            "780 00 $aA $sU $tOlder $x1234-5678",
            "785 00 $tNewer",
            "490 1# $aSeries ; $v1",
            "830 #0 $aThe series ; $pPart $v1",
        )
    )
    assert made["title"] == made["title_auth"] == "Title : rest /"
    assert made["title_short"] == "Title :"
    assert made["title_sub"] == "rest /"
    assert made["title_full"] == "Title : [map] rest / by hand."
    assert made["title_alt"] == ["Other", "Uniform"]
    assert made["title_old"] == ["A U Older"]
    assert made["title_new"] == ["Newer"]
    assert made["series"] == ["The series ; Part"]
    assert made["series2"] == ["Series ;"]
    assert made["issn"] == ["1234-5678"]


def test_a_megabyte_of_punctuation_takes_no_minutes() -> None:
    assert len(clean_data("a" + " .;" * 300_000)) > 100_000
    assert title_sort(marc_record(f"245 00 $aTitle{' .;' * 300_000}")) == "title"
