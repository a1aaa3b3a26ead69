from indexer.formats.marc.work_keys import work_keys
from tests.formats.marc.made import document, marc_record


def test_each_title_as_it_stands_and_as_it_files_with_each_author() -> None:
    record = marc_record(
        "130 4# $aThe uniform $nPart 1 $lEnglish",
        "245 14 $aThe Title : $ba rest / $cby hand",
        "246 3# $aThe title: a rest",  # the same when normalised
        "700 1# $aB, Ann, $d1950- $tWork",
        "100 1# $aA, Bob, $d1900-",
    )
    assert work_keys(record) == [
        "UT theuniformpart1",
        "AT bann thetitlearest",
        "AT abob thetitlearest",
        "AT bann titlearest",
        "AT abob titlearest",
    ]


def test_titles_come_in_record_order() -> None:
    record = marc_record("100 1# $aA", "247 10 $aFormer", "240 10 $aUniform", "245 00 $aTitle")
    assert work_keys(record) == ["AT a former", "AT a uniform", "AT a title"]


def test_an_author_without_letters_gives_no_key() -> None:
    assert work_keys(marc_record("100 1# $a---", "245 00 $aTitle")) == []
    assert work_keys(marc_record("110 2# $a0", "245 00 $aTitle")) == ["AT 0 title"]
    assert work_keys(marc_record("100 1# $aA", "245 00 $a...")) == []
    assert work_keys(marc_record("245 00 $aTitle")) == []


def test_a_record_of_too_many_names_and_titles_gets_no_keys_and_says_so() -> None:
    names = [f"700 1# $aName {number}" for number in range(400)]
    titles = [f"246 3# $aTitle {number}" for number in range(400)]
    made = document(marc_record("001 1", "245 00 $aTitle", *names, *titles))
    assert "work_keys_str_mv" not in made
    assert made["marc_error"] == [
        "work_keys_str_mv: could not be made: 401 titles and 400 authors are too many to make keys of"
    ]
