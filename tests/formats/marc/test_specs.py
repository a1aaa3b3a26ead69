import pytest

from indexer.formats.marc.record import MarcRecord
from indexer.formats.marc.specs import compile_spec, parse
from tests.formats.marc.made import marc_record

RECORD = marc_record(
    "245 14 $6880-01 $aThe title : $ba rest / $cby hand $8x",
    "001 4711",
    "008 780525s1899    xx            000 0 eng  ",
    "650 #0 $aCats $xHistory. $aDogs",
    "600 10 $aSmith, John $xDeath.",
    "041 1# $aeng $afre $hger",
    "650 #0 $aBirds",
)


@pytest.mark.parametrize(
    ("spec", "values"),
    [
        ("245ab", ["The title : a rest /"]),  # several codes: one value a field
        ("245ba", ["The title : a rest /"]),  # in the order of the record, not of the spec
        ("650a", ["Cats", "Dogs", "Birds"]),  # one code: a value for each occurrence
        ("650ax", ["Cats History. Dogs", "Birds"]),
        ("650", ["Cats History. Dogs", "Birds"]),  # none: every subfield
        ("245[a-z]", ["The title : a rest / by hand"]),  # without the digits $6 and $8
        ("600a:650a", ["Cats", "Dogs", "Smith, John", "Birds"]),  # fields in record order, across tags
        ("650x:600a:650a", ["History.", "Smith, John", "Cats", "Dogs", "Birds"]),  # a tag twice: spec order
        ("008[35-37]", ["eng"]),
        ("245a[4]", ["t"]),
        ("245ab[4-8]", ["title"]),
        ("000[6-7]", ["am"]),
        ("000[5]:001", ["n", "4711"]),
        ("041a:001", ["4711", "eng", "fre"]),  # control fields first
        ("001", ["4711"]),
        ("008[38-50]", []),  # out of range
        ("999a", []),
    ],
)
def test_a_spec_means_what_it_means_to_solrmarc(spec: str, values: list[str]) -> None:
    assert compile_spec(spec)(RECORD) == values


def test_a_linked_field_is_that_of_880_that_says_so() -> None:
    record = marc_record(
        "245 10 $6880-02 $aTitle",
        "880 1# $6100-01 $aИмя",
        "880 10 $6245-02/(N $aЗаглавие $bпод $pчасть",
        "880 ## $aNo link",
        "880 ## $a $6",
    )
    assert compile_spec("LNK245abp")(record) == ["Заглавие под часть"]
    assert compile_spec("LNK245a:LNK100a")(record) == ["Заглавие", "Имя"]
    assert compile_spec("LNK245a[0-2]")(record) == ["Заг"]
    assert compile_spec("LNKa")(marc_record("LNK ## $aa field of this name")) == ["a field of this name"]
    with pytest.raises(ValueError, match="no field is linked to a control field"):
        compile_spec("LNK008")


def test_values_are_trimmed_as_java_does_and_empty_ones_left_out() -> None:
    record = marc_record("245 00 $a  \t $b x\u00a0 $c\u3000", "246 ## $a $b \r\n")
    assert compile_spec("245a")(record) == []
    assert compile_spec("245b")(record) == ["x\u00a0"]  # a no-break space is something
    assert compile_spec("245abc")(record) == ["x\u00a0 \u3000"]
    assert compile_spec("246ab:245b")(record) == ["x\u00a0"]


def test_positions_count_in_the_field_as_it_stands() -> None:
    record = marc_record("008   0123", "099 ## $a  QA76")
    assert compile_spec("008[2-3]")(record) == ["01"]
    assert compile_spec("008[0-3]")(record) == ["01"]  # what is cut out is trimmed
    assert compile_spec("008[0-1]")(record) == []
    assert compile_spec("099a[0]")(record) == ["Q"]


def test_something_else_may_stand_between_subfields() -> None:
    assert compile_spec("245ab", join=" -- ")(RECORD) == ["The title : -- a rest /"]


def test_a_record_without_fields_has_no_values() -> None:
    empty = MarcRecord("", [], {}, [])
    assert [compile_spec(spec)(empty) for spec in ("001", "245ab:246a", "650a:650x", "000[6]")] == [[], [], [], []]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("24", "'24' in '24' is not a field spec"),
        ("245ab,246a", "'245ab,246a' in"),
        ("245ab:", "'' in '245ab:' is not a field spec"),
        ("245[1", "is not a field spec"),
        ("008[9-7]", "the last position comes before the first"),
        ("001a", "001 is a control field and has no subfields"),
    ],
)
def test_what_is_no_spec_is_named(spec: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"field spec|position|control") as caught:
        parse(spec)
    assert said in str(caught.value)
