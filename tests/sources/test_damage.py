"""Damage to one record costs this record: those before it and behind it come out whole. Cases that fuzzing found."""

import re
from pathlib import Path

import pytest

import indexer
from indexer.formats.marc import reader
from indexer.model.records import Record
from tests.formats.marc.iso import iso, title
from tests.growth import check_growth
from tests.sources.marc_records import JSON, xml
from tests.sources.marc_records import ONE as MARC_ONE
from tests.sources.marc_records import THREE as MARC_THREE
from tests.sources.marc_records import TWO as MARC_TWO
from tests.sources.oai_pages import answer, dc, record
from tests.sources.pubmed_articles import ARTICLES, article
from tests.sources.reading import faults, raws, read_bytes, records

ONE, TWO, THREE = (article(number) for number in (1, 2, 3))
BROKEN_ENDS = [b"<Pub", b"</PubmedArticle", b'<PMID Version="1', b"<PMID Version='1>", b"<!--", b"<![CDATA[", b"<?"]


@pytest.mark.parametrize("cut", BROKEN_ENDS)
@pytest.mark.parametrize("between", [b"", b"\n"])
@pytest.mark.parametrize("whole", [TWO, TWO.removesuffix(b"</PubmedArticle>"), b""])
def test_markup_that_is_open_at_the_end_of_a_record(tmp_path: Path, cut: bytes, between: bytes, whole: bytes) -> None:
    found = read_bytes(tmp_path, ARTICLES % between.join([ONE, whole + cut, THREE, ONE]))
    read = raws(found)
    assert (read[0], read[-2:]) == (ONE, [THREE, ONE])
    assert faults(found) or len(read) == 4


@pytest.mark.parametrize("cut", [b"<x", b'<x y="', b"<!--", b"<![CDATA["])
def test_markup_that_is_open_inside_a_record(tmp_path: Path, cut: bytes) -> None:
    broken = TWO.replace(b"<ArticleTitle>", cut)
    assert raws(read_bytes(tmp_path, ARTICLES % (ONE + broken + THREE))) == [ONE, broken, THREE]


def test_a_quotation_mark_that_the_next_record_would_close(tmp_path: Path) -> None:
    two, three = (b'<record a="1"><leader/><controlfield tag="%d"/></record>' % number for number in (2, 3))
    broken = two.replace(b'"1"', b'"1')
    content = b"<collection>" + xml(1) + broken + three + b"</collection>"
    assert raws(read_bytes(tmp_path, content)) == [xml(1), three]
    assert [fault.raw for fault in faults(read_bytes(tmp_path, content))] == [broken]


def test_the_end_of_the_wrapper_inside_a_record(tmp_path: Path) -> None:
    broken = xml(2).replace(b"</record>", b"</collection><x>")
    found = read_bytes(tmp_path, b"<collection>" + xml(1) + broken + xml(3) + xml(4) + b"</collection>")
    assert raws(found) == [xml(1), xml(3), xml(4)]


@pytest.mark.parametrize("opening", ["<collection>", "<x>", "<x><y>"])
def test_an_element_that_would_hold_the_next_records(tmp_path: Path, opening: str) -> None:
    content = b"<collection>" + xml(1) + opening.encode() + xml(3) + xml(4) + b"</collection>"
    assert raws(read_bytes(tmp_path, content)) == [xml(1), xml(3), xml(4)]


@pytest.mark.parametrize("broken", [b"<!DOCTYPE x\n", b"<!DOCTYPE", b"<!DOCTYPE x SYSTEM 'y' "])
def test_a_document_type_without_an_end_takes_no_record_along(tmp_path: Path, broken: bytes) -> None:
    assert raws(read_bytes(tmp_path, xml(1) + broken + xml(3) + xml(4))) == [xml(1), xml(3), xml(4)]


@pytest.mark.parametrize("mark", [b"</result>", b"<result>", b"<doc>", b"</doc><doc>"])
def test_a_result_that_ends_inside_a_document(tmp_path: Path, mark: bytes) -> None:
    one, two, three = (b'<doc><str name="id">%d</str></doc>' % number for number in (1, 2, 3))
    broken = two.replace(b"</doc>", mark)
    content = b'<response><result name="response">' + one + broken + three + one + b"</result></response>"
    assert raws(read_bytes(tmp_path, content))[-2:] == [three, one]


@pytest.mark.parametrize(
    "word", ["<record ", "<record>", "<", "<!--", "<a:", "<x><!--", "<?", '<record a="', "<!DOCTYPE ["]
)
def test_thousands_of_openings_take_no_time(tmp_path: Path, word: str) -> None:
    """Quadratic, each would take minutes."""
    one, three = record("1", dc("T")), record("3", dc("U"))

    def work(count: int) -> None:
        broken = record("2", dc("T")).replace("</dc:title>", word * count)
        for damaged in (broken, word * count):
            found = raws(read_bytes(tmp_path, answer(one, damaged, three)))
            assert (found[0], found[-1]) == (dc("T").encode(), dc("U").encode())

    check_growth(work, 20_000)


def test_metadata_that_is_in_itself_without_end_costs_its_record(tmp_path: Path) -> None:
    deep = "<dc xmlns='x'>" + "<dc>" * 300 + "<!---->" + "</dc>" * 300 + "</dc>"
    one = record("1", dc("T"))
    found = read_bytes(tmp_path, answer(one, record("2", deep), one))
    assert raws(found)[0] == raws(found)[-1] == dc("T").encode()
    assert [fault.reason for fault in faults(found)] == ["its metadata has <dc> in itself too many times"]


@pytest.mark.parametrize("word", ["<!--", "<![CDATA["])
def test_thousands_of_openings_in_a_header_take_no_time(tmp_path: Path, word: str) -> None:
    def work(count: int) -> None:
        one, two = record("1", dc("T")), record("2" + word * count, dc("U"))
        found = raws(read_bytes(tmp_path, answer(one, two, one)))
        assert (found[0], found[-1]) == (dc("T").encode(), dc("T").encode())

    check_growth(work, 200_000)


def test_thousands_of_elements_behind_the_end_of_an_answer_take_no_time(tmp_path: Path) -> None:
    one = record("1", dc("T"))

    def work(count: int) -> None:
        found = raws(read_bytes(tmp_path, answer(one, "</ListRecords></OAI-PMH>" + "<header></header>" * count, one)))
        assert (found[0], found[-1]) == (dc("T").encode(), dc("T").encode())

    check_growth(work, 20_000)


def test_a_wrapper_that_begins_anew_in_a_record(tmp_path: Path) -> None:
    one, two = b"<record><leader>1</leader></record>", b"<record><leader>2</leader></record>"
    broken = b"<rec</collection><collection><leader></leader></record>"
    content = b'<collection xmlns="http://www.loc.gov/MARC21/slim">' + one + broken + two + b"</collection>"
    found = read_bytes(tmp_path, content)
    assert found[0] != found[-1]
    assert [item.raw.count(b"MARC21") for item in (found[0], found[-1])] == [1, 1]
    assert {item.format for item in (found[0], found[-1]) if isinstance(item, Record)} == {"marc"}


def test_documents_in_documents_take_no_time(tmp_path: Path) -> None:
    one = b'<doc><str name="id">1</str></doc>'

    def work(count: int) -> None:
        assert raws(read_bytes(tmp_path, b"<add>" + one + b"<doc>" * count + one + b"</add>"))[0] == one

    check_growth(work, 30_000)


DOCS = [b'{"id":"%d","title":["a","b"],"sub":{"x":1}}' % number for number in range(1, 5)]


@pytest.mark.parametrize(
    "layout", [(b"[", b",", b"]"), (b"[\n ", b",\n ", b"\n]"), (b'{"response":{"docs":[', b",", b"]}}")]
)
@pytest.mark.parametrize("cut", [cut for cut in range(7, 42) if cut not in (22, 26)])  # there ]} behind it closes it
def test_json_that_ends_early_in_a_record(tmp_path: Path, layout: tuple[bytes, bytes, bytes], cut: int) -> None:
    head, between, tail = layout
    content = head + between.join([DOCS[0], DOCS[1][:cut], *DOCS[2:]]) + tail
    read = raws(read_bytes(tmp_path, content))
    assert (read[0], read[-2:]) == (DOCS[0], DOCS[2:])


@pytest.mark.parametrize(
    "layout", [(b"[", b",", b"]"), (b"[\n ", b",\n ", b"\n]"), (b'{"response":{"docs":[', b",", b"]}}")]
)
def test_json_that_lost_the_beginning_of_a_record(tmp_path: Path, layout: tuple[bytes, bytes, bytes]) -> None:
    head, between, tail = layout
    one = b'{"id":"1","title":["a {","b"],"x":["y"]}'
    for cut in range(1, len(one)):
        for rest in (one[cut:], one[cut:-2]):
            content = head + between.join([DOCS[0], rest, *DOCS[2:]]) + tail
            assert raws(read_bytes(tmp_path, content))[-2:] == DOCS[2:], rest


@pytest.mark.parametrize("rest", [b'"y":["b"]}', b'"y":["b'])
def test_json_with_a_record_that_ends_twice(tmp_path: Path, rest: bytes) -> None:
    twice = b'{"id":"2","title":["a"]},{"x":1}],' + rest
    content = b'{"response":{"docs":[' + b",".join([DOCS[0], twice, *DOCS[2:]]) + b'],"start":0}}'
    assert raws(read_bytes(tmp_path, content))[-2:] == DOCS[2:]


def test_json_values_that_are_no_records_stand_for_themselves(tmp_path: Path) -> None:
    other = b'{"title":"x","id":"2","sub":{"id":"9"}}'
    for value in (b"null", b"-1.5e3", b'"s"'):
        content = b"[" + b",".join([DOCS[0], value, other, value, DOCS[2]]) + b"]"
        found = read_bytes(tmp_path, content)
        assert [item.raw for item in found] == [DOCS[0], value, other, value, DOCS[2]]


def test_what_stands_behind_the_documents_of_an_answer_is_none(tmp_path: Path) -> None:
    """As where the keys of an answer were sorted."""
    docs = b'{"response":{"docs":[' + b",".join(DOCS) + b'],"numFound":4},"z":{"1":{"id":["x"]}}}'
    assert [item.raw for item in read_bytes(tmp_path, docs + b"\n" + docs)] == DOCS + DOCS


@pytest.mark.parametrize("mark", [b'"', b"{", b"}", b"[", b"]", b"\\", b'"}', b'{"x":{', b'{"response":'])
@pytest.mark.parametrize("at", range(7, len(DOCS[1]), 3))
def test_json_with_a_mark_too_many_in_a_record(tmp_path: Path, mark: bytes, at: int) -> None:
    damaged = DOCS[1][:at] + mark + DOCS[1][at:]
    read = raws(read_bytes(tmp_path, b"[" + b",".join([DOCS[0], damaged, *DOCS[2:]]) + b"]"))
    assert (read[0], read[-2:]) == (DOCS[0], DOCS[2:])


def test_marc_in_json_that_ends_early_in_a_record(tmp_path: Path) -> None:
    for cut in range(20, len(JSON) - 1):
        read = raws(read_bytes(tmp_path, b"[" + b",".join([JSON, JSON[:cut], JSON, JSON]) + b"]"))
        assert (read[0], read[-2:]) == (JSON, [JSON, JSON])


def test_a_document_in_a_document_stays_there(tmp_path: Path) -> None:
    parent = DOCS[0][:-1] + b',"children":[' + DOCS[1] + b"]}"
    assert raws(read_bytes(tmp_path, b"[" + b",".join([DOCS[0], parent, DOCS[2]]) + b"]")) == [DOCS[0], parent, DOCS[2]]


@pytest.mark.parametrize("word", [b'{"id":', b'{"id":"', b"[", b'"', b'},{"', b'{"responseHeader":', b'{"id":"1"},[{'])
def test_thousands_of_openings_in_json_take_no_time(tmp_path: Path, word: bytes) -> None:
    def work(count: int) -> None:
        read = raws(read_bytes(tmp_path, b"[" + b",".join([DOCS[0], word * count, DOCS[2], DOCS[3]]) + b"]"))
        assert (read[0], read[-2:]) == (DOCS[0], DOCS[2:])

    check_growth(work, 10_000)


@pytest.mark.parametrize("cut", range(24, len(MARC_TWO) - 2))
def test_marc_that_ends_early_in_a_record(tmp_path: Path, cut: int) -> None:
    """Where so little of the directory is left that the digits of the next leader seem to go on with it, too."""
    read = raws(read_bytes(tmp_path, MARC_ONE + MARC_TWO[:cut] + MARC_THREE + MARC_ONE))
    assert (read[0], read[-2:]) == (MARC_ONE, [MARC_THREE, MARC_ONE])


@pytest.mark.parametrize("junk", [b"x" * 200_000, b"\x1e" * 200_000, MARC_TWO[:40] + b"x" * 200_000])
@pytest.mark.parametrize("chunk", [700, 256 << 10])
def test_marc_that_is_too_large_ends_at_the_next_leader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, junk: bytes, chunk: int
) -> None:
    monkeypatch.setattr("indexer.sources.window.RECORD_LIMIT", 100_000)
    monkeypatch.setattr("indexer.sources.files.CHUNK", chunk)
    found = read_bytes(tmp_path, MARC_ONE + junk + MARC_THREE + MARC_ONE)
    assert raws(found) == [MARC_ONE, MARC_THREE, MARC_ONE]
    assert [fault.raw for fault in faults(found)] == [junk[: 64 << 10]]


@pytest.mark.parametrize("reference", ["&#" + "9" * 5000 + ";", "&#xD800;", "&#x110000;"])
def test_a_reference_to_no_character_in_a_header(tmp_path: Path, reference: str) -> None:
    found = read_bytes(tmp_path, answer(record("1", dc("T")), record(reference, dc("T")), record("3", dc("T"))))
    assert len(raws(found)) == 2
    (fault,) = faults(found)
    assert "is not a character" in fault.reason


def test_marc_that_lost_its_end_and_is_as_long_as_it_says_with_the_next_record(tmp_path: Path) -> None:
    whole = iso(*title(b"T" * (len(MARC_THREE) + 20)))
    cut = whole[: len(whole) - len(MARC_THREE)]
    read = raws(read_bytes(tmp_path, MARC_ONE + cut + MARC_THREE + MARC_ONE))
    assert (read[0], read[-2:]) == (MARC_ONE, [MARC_THREE, MARC_ONE])


@pytest.mark.parametrize("junk", [b"<a><a", b"{", b" <", b"\x1e", b"[1,"])
def test_stray_bytes_that_look_like_another_form_of_marc(tmp_path: Path, junk: bytes) -> None:
    (_, stray, _) = raws(read_bytes(tmp_path, MARC_ONE + junk + b"\n" + MARC_TWO + MARC_THREE))
    parsed = reader.parse(stray)
    assert parsed.fields == reader.parse(MARC_TWO).fields
    assert "before the leader. Left out" in parsed.warnings[0]


@pytest.fixture(params=[700, 5_000, 256 << 10])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Small files are read like large ones, whose end is not seen from their beginning."""
    monkeypatch.setattr("indexer.sources.files.CHUNK", request.param)
    monkeypatch.setattr("indexer.sources.content.HEAD", 1_000)
    monkeypatch.setattr("indexer.sources.window.RECORD_LIMIT", 100_000)
    size: int = request.param
    return size


@pytest.mark.parametrize("size", [3_000, 60_000, 99_000, 150_000, 300_000])
@pytest.mark.parametrize("whole", [TWO, TWO.removesuffix(b"</PubmedArticle>"), b"</x>", b"<x", b"<PubmedArticle"])
def test_much_damage_right_before_the_end_of_a_file(tmp_path: Path, chunk: int, size: int, whole: bytes) -> None:
    content = ARTICLES % (ONE + whole + b"x" * size + b"<y>" + THREE + ONE)
    read = raws(read_bytes(tmp_path, content))
    assert (chunk, read[0], read[-2:]) == (chunk, ONE, [THREE, ONE])


@pytest.mark.parametrize("size", [3_000, 60_000, 99_000, 150_000, 300_000])
@pytest.mark.parametrize("start", [b"", b'{"id":"2","x":"', b'"', b"true", b'{"id":"2","x":['])
def test_much_damage_right_before_the_end_of_a_json_file(tmp_path: Path, chunk: int, size: int, start: bytes) -> None:
    content = b"[" + b",".join([DOCS[0], start + b"x" * size, DOCS[2], DOCS[3]]) + b"]"
    read = raws(read_bytes(tmp_path, content))
    assert (chunk, read[0], read[-2:]) == (chunk, DOCS[0], DOCS[2:])


def test_a_quote_too_many_right_before_the_end_of_a_table(tmp_path: Path, chunk: int) -> None:
    rows = [b"%d,T" % number for number in range(2_000)]
    rows[-3] = b'1997,"T'
    read = raws(read_bytes(tmp_path, b"\n".join([b"id,title", *rows]), format="csv"))
    assert (chunk, [raw.split(b"\n")[1] for raw in read]) == (chunk, rows)


def test_no_pattern_has_a_possessive_group() -> None:
    """Python before 3.11.5 gets them wrong where what is in them could go back (3.11.2 is Debian 12's)."""
    for module in Path(indexer.__file__).parent.rglob("*.py"):
        patterns = re.findall(r"re\.compile\((.*)\)$", module.read_text(encoding="utf-8"), re.MULTILINE)
        assert not [pattern for pattern in patterns if re.search(r"\)[*+?]\+|\(\?>", pattern)], module


_MESSAGE = "\nWarning: mysqli_connect(): out of memory in /srv/oai.php on line 7\n"
_PHP = "<br />\n<b>Fatal error</b>:  Allowed memory size of 134217728 bytes exhausted in <b>/srv/oai.php</b>\n"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (_MESSAGE, b"out of memory in"),
        (_PHP, b"Allowed memory size"),
        ('{"error": "limit"}', b"limit"),
        ("Array", b"Array"),
        ("<html><body><h1>502 Bad Gateway</h1></body></html>", b"502 Bad Gateway"),
    ],
)
@pytest.mark.parametrize(
    ("before", "behind", "count"),
    [
        (ARTICLES % ONE, b"", 1),
        (ARTICLES % ONE, ARTICLES % TWO, 2),
        (b"<PubmedArticleSet>" + ONE, TWO + b"</PubmedArticleSet>", 2),
        (answer(record("1", dc("T"))), b"", 1),
        (answer(record("1", dc("T"))), answer(record("2", dc("T"))), 2),
        (b"<ListRecords>" + record("1", dc("T")).encode(), record("2", dc("T")).encode() + b"</ListRecords>", 2),
        (b"<collection>" + xml(1), xml(2) + b"</collection>", 2),
        (b"<collection>" + xml(1) + b"</collection>", b"", 1),
        (b"<add><doc><field name='id'>1</field></doc>", b"<doc><field name='id'>2</field></doc></add>", 2),
        (b"<add><doc><field name='id'>1</field></doc></add>", b"", 1),
        (b"<response><result name='response'><doc><str name='id'>1</str></doc></result></response>", b"", 1),
        (b"<bibs><n>1</n><bib>" + xml(1) + b"</bib><bib>" + xml(2) + b"</bib>", b"</bibs>", 2),
        (b"<bibs><n>1</n><bib>" + xml(1) + b"</bib></bibs>", b"", 1),
        (b'{"response":{"docs":[{"id":"1"}]}}', b"", 1),
        (b'[{"id":"1"}', b"]", 1),
        (b'{"id":"1"}\n', b'\n{"id":"2"}\n', 2),
    ],
)
def test_a_message_between_records_or_behind_them_is_told(
    tmp_path: Path, before: bytes, behind: bytes, count: int, message: str, words: bytes
) -> None:
    if before.startswith((b"{", b"[")) and message.startswith("{"):
        return  # an object among objects
    found = read_bytes(tmp_path, before + message.encode() + behind)
    whole = [raw for raw in raws(found) if not raw.startswith((b"<b", b"<html"))]  # which the format refuses
    assert len(whole) == count
    assert any(words in fault.raw for fault in faults(found)) or any(words in raw for raw in raws(found))


@pytest.mark.parametrize(("head", "word"), [(b"<a><", b"xxxx"), (b"<", b"xxxx"), (b"<a>", b"<b ")])
def test_tags_without_an_end_take_no_time_to_be_told(tmp_path: Path, head: bytes, word: bytes) -> None:
    def work(count: int) -> None:
        assert len(faults(read_bytes(tmp_path, head + word * count))) == 1

    check_growth(work, 100_000)


def test_text_in_elements_of_an_answer_is_no_message(tmp_path: Path) -> None:
    content = answer(record("1", dc("T"))).replace(
        b"</responseDate>", b"</responseDate>\n<x><y>text</y> <z>1</z></x>\n"
    )
    assert len(records(read_bytes(tmp_path, content))) == 1
