import pytest

from indexer.formats.marc.call_numbers import is_lc, lc_key
from tests.formats.marc.made import document, marc_record


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("QA76.9 .P7", "QA 276.9 P7"),
        ("qa76.9 .p7", "QA 276.9 P7"),
        ("PR9199.3.R5269 2001", "PR 49199.3 R5269 42001"),
        ("PZ10.3.O338 Th 2001", "PZ 210.3 O338 TH 42001"),
        ("T796.7 1970.L1 B36", "T 3796.7 41970 L1 B36"),
        ("UA655  15th .C35 1841", "UA 3655 215TH C35 41841"),
        ("HV5825 .U565c", "HV 45825 U565 C"),
        ("J87 .V9 2000c, no. 67", "J 287 V9 42000C NO 267"),
        ("GB701 .W375 no. 00-4146", "GB 3701 W375 NO 0 44146"),  # leading zeros left out
        ("QC1 .S797 vol. 166 PR9199.3.R5", "QC 11 S797 VOL 3166 P R9199 13. R5"),
        ("CPB Box no. 1595", "CPB _BOX NO 41595"),  # no class number: behind those that have one
        ("UNCLASSIFIED 1741 (H)", "UNCLASSIFIED 41741 H"),
        ("MLCM 2006/01540 (B)", "MLCM 42006 41540 B"),
        ("KNQ3544 1999", "KNQ 43544 41999"),
        ("Q", "Q"),
        ("1234", "41234"),
        ("CAS 0661", "CAS 40661"),  # the number of a class keeps its zeros
        ("KBG0", "KBG 10"),
        ("QA1 5.5.5", "QA 11 15.5.5"),
        ("QA c.2.A1 v.5.B2", "QA _C 12 A1 V 15. B2"),  # a period in front of the first cutter belongs to no number
        ("QA1 é", "QA 11 _"),
        ("QA1 éC5", "QA 11 _ C5"),  # a letter that is left out stands by itself before a cutter, and in no other place
        ("KMP é57", "KMP _257"),
        ("QA1 éb", "QA 11 _B"),
        ("QA1..5/22", "QA 11 15 222"),
        ("924..71/022", "3924..71 222"),  # periods in a row belong to the number
        ("", ""),
    ],
)
def test_the_key_of_an_lc_number_is_solrmarcs(number: str, key: str) -> None:
    assert lc_key(number) == key


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("016.658/07 s", "216.658 17 S"),
        ("512 [J]", "3512 J "),
        ("512 .A1 .B2", "3512 A1 B 12"),  # a cutter stands right behind the number
        ("512a1", "3512 A 11"),
        ("512A1s", "3512 A1 S"),
        ("512.5/4 A1", "3512.5 14 A 11"),
        ("512", "3512 "),
    ],
)
def test_the_key_of_a_dewey_number_is_solrmarcs(number: str, key: str) -> None:
    assert document(marc_record("001 1", f"082 00 $a{number}"))["dewey-sort"] == key


def test_keys_sort_as_shelves_do() -> None:
    shelf = ["B9", "B10.A2", "B100 .A1", "B100 .A1 1999", "B100 .A1 2000", "B100.5", "BA1"]
    assert sorted(shelf[:5], key=lc_key) == shelf[:5]
    assert lc_key("B100.5") < lc_key("BA1")


@pytest.mark.parametrize(
    ("number", "valid"),
    [("QA76", True), ("W1", False), ("iv 5", True), ("Iv 5", False), ("Fiction", False), ("813.5", False)],
)
def test_lc_numbers_are_told_from_others(number: str, valid: bool) -> None:
    assert is_lc(number) is valid


def test_the_fields_of_an_lc_number() -> None:
    made = document(marc_record("001 1", "050 00 $aFiction", "090 ## $aqa76.9.P7 $bB2 2001"))
    assert made["callnumber-raw"] == ["Fiction", "qa76.9.P7 B2 2001"]
    assert made["callnumber-sort"] == "QA 276.9 P7 B2 42001"  # the first valid one
    assert made["callnumber-label"] == "FICTION"  # the first of all
    assert made["callnumber-first"] == "F - General American History"
    assert "callnumber-subject" not in made  # no subclass has these letters


def test_the_label_of_a_number_ends_at_its_first_period_but_not_before_it_begins() -> None:
    assert document(marc_record("001 1", "050 00 $a.B1.A2"))["callnumber-label"] == ".B1.A2"
    assert (
        document(marc_record("001 1", "050 00 $aKHQ2914 1993 .P47"))["callnumber-label"] == "KHQ2914 1993 "
    )  # as VuFind has it


def test_the_fields_of_a_dewey_number() -> None:
    made = document(marc_record("001 1", "082 00 $a[Fic] $a220.7/7 s $a016.658", "083 0# $a227"))
    assert made["dewey-raw"] == ["[Fic]", "220.7/7 s", "016.658", "227"]
    assert made["dewey-full"] == ["220.7/7S", "016.658", "227"]
    assert made["dewey-sort"] == "3220.7 17 S"
    assert made["dewey-hundreds"] == ["200 - Religion", "000 - Computer science, information, general works"]
    assert made["dewey-tens"] == ["220 - Bible", "010 - Bibliography"]
    assert made["dewey-ones"] == ["220 - Bible", "016 - Of works on specific subjects", "227 - Epistles"]


def test_a_dewey_number_of_too_many_digits_has_no_class() -> None:
    made = document(marc_record("001 1", "082 00 $a016588/0946"))
    assert made["dewey-sort"] == "516588 3946"
    assert not {"dewey-hundreds", "dewey-tens", "dewey-ones"} & made.keys()


def test_a_dewey_number_of_more_digits_than_python_reads() -> None:
    made = document(marc_record("001 1", f"082 00 $a{'9' * 5000}", "082 00 $a220"))
    assert made["dewey-ones"] == ["220 - Bible"]
    assert "marc_error" not in made
