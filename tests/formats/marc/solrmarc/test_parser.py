"""The grammar: what is refused and where, that the printer and the parser agree, and that no text breaks either."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.formats.marc.solrmarc import java
from indexer.formats.marc.solrmarc.parser import SpecError, parse
from indexer.formats.marc.solrmarc.syntax import (
    AllFields,
    Both,
    Call,
    Comparison,
    Condition,
    Constants,
    Date,
    Either,
    Fields,
    Group,
    Not,
    Part,
    Spec,
    Step,
    Whole,
    text,
)

# What a string can hold: a backslash before t, n, r or a quotation mark, and at the end, cannot be written.
strings = st.text(st.characters(blacklist_characters='\\"\r\n\t', blacklist_categories=["Cs"]), max_size=8).map(
    lambda value: value.replace("~", "\\d")
) | st.sampled_from(['a "b" c', "tab\tand\nline", "\\p{L}+", "$1"])
words = st.from_regex(r"\A[A-Za-z0-9][A-Z_a-z0-9./]{0,6}[A-Za-z0-9]\Z").filter(lambda word: word != "custom_map")
bare = words.filter(lambda word: not word.isdigit())
tags = st.sampled_from(["010", "245", "880", "999", "LNK245", "ABC", "LNK"])
control = st.sampled_from(["000", "001", "008"])
codes = st.sampled_from(["", "a", "ab", "245a", "0z", "[a-c]", "[^c]", "[a-c-]", "[^a-z0-9]"])
positions = st.sampled_from(["", "[0]", "[35-37]", "[9-2]"])
plain = st.builds(Part, control, st.just(""), positions) | st.builds(
    lambda tag, code, position: Part(tag, code, position if code else ""), tags, codes, positions
)
tests = st.builds(
    Comparison,
    st.sampled_from(["", "245", "008"]),
    st.sampled_from(["$a", "$4", "ind1", "ind2", "[6]", "[7-10]"]),
    st.sampled_from(["=", "!=", "~", "contains", "<", ">"]),
    strings,
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    tests,
    lambda inner: st.builds(Both, inner, inner) | st.builds(Either, inner, inner) | st.builds(Not, inner),
    max_leaves=5,
)
parts = plain | st.builds(
    lambda part, condition: Part(part.tag, part.codes, part.position, condition), plain, conditions
)
groups = st.builds(Group, st.lists(plain, min_size=1, max_size=3).map(tuple), conditions)
parameters = st.lists(strings | words, max_size=3).map(tuple)
functions = st.from_regex(r"\Aget[A-Z][A-Za-z]{1,6}\Z")
calls = (
    st.builds(Call, st.just(""), st.sampled_from(["", "org.site.Mixin"]), functions, parameters)
    | st.builds(Call, st.sampled_from(["custom", "java"]), st.sampled_from(["", "org.site.Mixin"]), bare, parameters)
    | st.builds(Call, st.just("script"), st.sampled_from(["site.bsh", "my_script"]), bare, parameters)
)
extractors = (
    st.builds(Fields, st.lists(parts | groups, min_size=1, max_size=3).map(tuple))
    | st.builds(Constants, st.lists(strings, min_size=1, max_size=3).map(tuple))
    | st.builds(Whole, st.sampled_from(["xml", "json2", "FullRecordAsMARC"]))
    | st.builds(Date, st.sampled_from(["date", "DateOfPublication", "index_date"]))
    | st.builds(AllFields, st.sampled_from(["", "6[0-9][0-9]", "245|100"]))
    | calls
)
steps = (
    st.builds(Step, bare, parameters)
    | st.builds(lambda given: Step("", given), parameters.filter(bool))
    | st.builds(
        lambda owner, name, given: Step(name, given, True, owner), st.sampled_from(["", "a.B"]), bare, parameters
    )
)


def writable(spec: Spec) -> bool:
    """Behind the bare word `fields` nothing may come, and behind `getX` without parameters `custom_map` is a word like
    others."""
    match spec.extractor:
        case AllFields(""):
            return not spec.steps
        case Call("", _, _, ()):
            return not any(step.custom for step in spec.steps)
    return True


specs = st.builds(Spec, extractors, st.lists(steps, max_size=3).map(tuple)).filter(writable)


@settings(deadline=None)
@given(specs)
def test_what_is_printed_is_read_as_what_it_was(spec: Spec) -> None:
    assert parse(text(spec)) == spec


@settings(deadline=None)
@given(st.text(max_size=60) | st.text("245abcLNK{}[]()?:,|&!$=\"'\\~<> indfieldscustomget-^", max_size=60))
def test_any_text_is_read_or_refused(written: str) -> None:
    refused: SpecError | None = None
    try:
        spec = parse(written)
    except SpecError as error:
        refused = error
    if refused is not None:
        assert 0 <= refused.column <= len(written)
    else:
        assert parse(text(spec)) == spec or "\\" in written


@pytest.mark.parametrize(
    "written",
    [
        "(" * 100_000,
        "245a ? " + "(" * 50_000,
        "245a ? " + "!" * 50_000,
        "{" * 9999,
        '"' + "\\" * 99_999,
        "245a ? " + "$a = 1 & " * 5000 + "$a = 1",
        "245a:" * 20_000,
    ],
)
def test_no_depth_is_too_deep(written: str) -> None:
    with pytest.raises(SpecError):
        parse(written)


@pytest.mark.parametrize(
    ("written", "column", "said"),
    [
        ("", 0, "the end of the line, where a field such as"),
        ("24a", 0, "'2', where a field"),
        ("001a", 3, "'a', where ':' and another field"),
        ("245a,", 5, "the end of the line, where a map"),
        ("245a, 5", 6, "'5', where a map"),
        ('245a, "b"', 6, "'\"', where a map"),
        ("245a first", 5, "'f', where ':' and another field"),
        ("245[0-3]", 3, "'[', where"),
        ("245$a", 3, "'$', where"),
        ("245[z-a]", 3, "'z-a' in '[z-a]' is not a range"),
        ("{245a}", 6, "the end of the line, where the '?'"),
        ("{245a ? ind1 = 1}", 6, "'?', where '}' or ':'"),
        ("245a ? ind3 = 1", 7, "'i', where a subfield such as $a"),
        ("245a ? $a", 9, "the end of the line, where an operator"),
        ("245a ? $a = b", 12, "'b', where a \"string\""),
        ("245a ? (ind1 = 1", 16, "the end of the line, where ')'"),
        ('245a ? $a = "b', 12, "a string without its closing quotation mark"),
        ('"one" | two', 8, "'t', where a string"),
        ('fields("6..")', 7, "'\"', where a pattern"),
        ("fields(6..) ? ind1 = 1", 12, "'?', where ',' and a step"),
        ("custom, a", 8, "'a', where the name of a function"),
        ("custom(", 7, "the end of the line, where the name of a class"),
        ("script, getIt", 6, "',', where the file of the script"),
        ("getIt(", 6, "the end of the line, where a parameter"),
        ("getIt(a b)", 8, "'b', where ')' or ','"),
        ("FullRecordAs XML", 13, "'XML', where ',' and a step"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(written: str, column: int, said: str) -> None:
    with pytest.raises(SpecError) as told:
        parse(written)
    assert said in str(told.value)
    assert told.value.column == column


def test_or_binds_closer_than_and_and_not_takes_all_that_follows() -> None:
    a, b, c = (Comparison("", f"${code}", "=", "1") for code in "abc")

    def condition(written: str) -> Condition | None:
        (part,) = parse(f"245a ? {written}").extractor.parts  # type: ignore[union-attr]
        return part.condition

    assert condition("$a=1 & $b=1 | $c=1") == Both(a, Either(b, c))
    assert condition("$a=1 | $b=1 && $c==1") == Both(Either(a, b), c)
    assert condition("!$a=1 & $b=1") == Not(Both(a, b))
    assert condition("$a=1 || !$b=1 & $c=1") == Either(a, Not(Both(b, c)))
    assert condition("(!$a=1) & $b=1") == Both(Not(a), b)


@settings(deadline=None)
@given(st.text("abz09[](){}?*+|^$.\\&-,:=!<>pPLdwsQEiux", max_size=30) | st.text(max_size=20))
def test_any_expression_is_compiled_or_refused(written: str) -> None:
    said = "is not a regular expression"
    try:
        java.expression(written)
    except ValueError as error:
        said = str(error)
    assert "is not a regular expression" in said


@pytest.mark.parametrize(
    ("written", "found", "not_found"),
    [
        (r"\d", "7", "\u0667"),  # digits are ASCII's
        (r"\w", "_", "é"),
        (r"[\w-]", "-", "é"),
        (r"\p{L}", "é", "1"),
        (r"\p{Punct}", "$", "\u2014"),
        (r"\p{IsLatin}", "é", "д"),
        (r"\p{InCyrillic}", "д", "e"),
        (r"\P{Lu}", "a", "A"),
        (r"[a-z&&[^aeiou]]", "b", "a"),
        (r"[a[0-9]]", "5", "b"),
        (r"[^a[0-9]]", "b", "5"),
        ("(?i)É", "É", "é"),
        ("(?iu)É", "é", "e"),
        (r"\Qa.b\E", "a.b", "axb"),
        (r"\x41\u0042\x{43}", "ABC", "ab"),
        (r"(?<name>a)\k<name>", "aa", "ab"),
        ("a|(?i)b|c", "C", "A"),
        ("a++b", "aab", "aa"),
        ("a.b", "a b", "a\u2028b"),
        (r"a\h", "a\u00a0", "a\n"),
        ("[]a]", "]", "b"),
    ],
)
def test_expressions_mean_what_they_mean_in_java(written: str, found: str, not_found: str) -> None:
    assert java.expression(written).fullmatch(found)
    assert not java.expression(written).fullmatch(not_found)


@pytest.mark.parametrize("written", ["a{", "{1}", "[", "[z-a]", "(", "a)", r"\y", "(?x)a", "*", r"\E", r"\x{110000}"])
def test_what_java_refuses_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is not a regular expression"):
        java.expression(written)


def test_properties_are_read_as_java_reads_them() -> None:
    assert java.properties(
        "# c\n!c\n a = b \nb:c\nc d\ne\\ f=g\\=\nh=one \\\n   two\ni=\\u00e9\\t\\q\n\n"
        "j\nk==x\nl = \\\\\nm=a\\\\\\\n  b\na=z\r\nn=r\ro=p"
    ) == {
        "a": "z",
        "b": "c",
        "c": "d",
        "e f": "g=",
        "h": "one two",
        "i": "é\tq",
        "j": "",
        "k": "=x",
        "l": "\\",
        "m": "a\\b",
        "n": "r",
        "o": "p",
    }
    with pytest.raises(ValueError, match="line 2: "):
        java.properties("a = b\nc = \\u12\n")


def test_the_words_of_a_specification_are_ascii() -> None:
    assert parse("245a, été").steps == (Step("été"),)  # a word that SolrMarc passes over

    with pytest.raises(SpecError):
        parse("custom, gété")
