"""Stylesheets: VuFind's functions, a site's own, what they may ask for, and what they may not."""

from pathlib import Path
from typing import Any

import pytest

from indexer.api import configure, transform
from indexer.formats import to_document, to_documents
from indexer.formats.explain import explain
from indexer.formats.profiles import Profile, for_source, resolve
from indexer.formats.xslt import depends_on, document
from indexer.model.documents import Delete, Document, Draft, Fields
from indexer.model.errors import ConfigError, Dropped, RecordError
from indexer.model.records import Header, Position, Record

DATA = Path(__file__).parents[2] / "data" / "xslt"
DC = (
    b'<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/">%s</oai_dc:dc>'
)
RECORD = DC % (
    b"<dc:title>The L\xc3\xa9gend: a tale</dc:title><dc:creator>Jane van Doe</dc:creator>"
    b"<dc:creator>Roe, R.</dc:creator>"
    b"<dc:subject>Foxes; Dogs</dc:subject><dc:publisher>Press</dc:publisher><dc:date>c1998, repr. 2001</dc:date>"
    b"<dc:language>nl</dc:language><dc:language>fy</dc:language><dc:rights>CC BY</dc:rights><dc:rights>2001</dc:rights>"
)
HEADER = Header("oai:x:1", "2024-01-02T03:04:05Z", ("papers",))
HEAD = (
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:php="http://php.net/xsl"'
    ' xmlns:exsl="http://exslt.org/common" extension-element-prefixes="exsl">'
)


def site(**more: Any) -> Profile:
    table = {
        "format": "xslt",
        "properties": str(DATA / "site.properties"),
        "functions": str(DATA / "site_functions.py"),
        "id_search": ["^oai:x:"],
        "id_replace": ["x-"],
    }
    return resolve("site", {"site": {**table, **more}})


def record(raw: bytes, header: Header | None = HEADER) -> Record:
    return Record("s", "xslt", raw, Position("f", 1), header)


def written(tmp_path: Path, body: str, *, head: str = "", **more: Any) -> Profile:
    path = tmp_path / "conf" / "a.xsl"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{head}{HEAD}{body}</xsl:stylesheet>")
    return resolve("p", {"p": {"format": "xslt", "stylesheet": str(path), **more}})


def of(value: str) -> str:
    field = f'<field name="id">1</field><field name="title">{value}</field>'
    return f'<xsl:template match="/"><add><doc>{field}</doc></add></xsl:template>'


def select(expression: str) -> str:
    return of(f'<xsl:value-of select="{expression}"/>')


def made(given: Record, profile: Profile) -> Fields:
    (draft,) = document(given, profile)
    assert isinstance(draft, Draft)
    return draft.fields


def title(profile: Profile, raw: bytes = b"<r><t>x y</t><t>z</t></r>") -> str:
    return "".join(made(record(raw, None), profile)["title"])


def test_a_sites_stylesheet_makes_the_document() -> None:
    assert list(made(record(RECORD), site(constants={"building": ["Main"]})).items()) == [
        ("id", "x-1"),
        ("record_format", ["site"]),
        ("institution", ["Example University; Library"]),
        ("collection", ["Papers"]),
        ("language", ["Dutch = Flemish", "fy"]),
        ("topic", ["Foxes", "Dogs"]),
        ("author", ["Doe, Jane van", "Roe, R."]),
        ("title", ["The Légend: a tale"]),
        ("title_sort", ["legend a tale"]),
        ("publishDate", ["c1998, repr. 2001"]),
        ("publishDateSort", ["1998"]),
        ("publisher", ["Ghent\xa0: Press"]),
        ("description", ["CC BY / 2001"]),
        (
            "work_keys_str_mv",
            [
                "AT janevandoe thelegendatale",
                "AT roer thelegendatale",
                "AT janevandoe legendatale",
                "AT roer legendatale",
            ],
        ),
        ("building", ["Main"]),
    ]


def test_it_becomes_a_document_like_others() -> None:
    whole = to_document(record(RECORD), site())
    assert isinstance(whole, Document)
    assert whole.fields["title"] == "The Légend: a tale"
    assert whole.fields["topic"] == ["Foxes", "Dogs"]
    told = explain(record(RECORD), site())
    assert not isinstance(told, Delete)
    rules = {each.name: [rule.text for rule in each.rules] for each in told}
    assert rules["topic"] == ["site.xsl:33, template oai_dc:dc"]
    assert rules["description"] == ["rights.xsl:5, template rights"]


def test_what_a_harvest_put_in_already_is_not_put_in_again() -> None:
    inside = DC % b"<identifier>x-1</identifier><datestamp>2020-01-01</datestamp><dc:title>T</dc:title>"
    bare = DC % b"<dc:title>T</dc:title>"
    assert document(record(inside, None), site()) == document(record(inside), site()) == document(record(bare), site())


def test_it_may_delete_leave_out_and_fail() -> None:
    assert document(record(DC % b"<dc:type>withdrawn</dc:type>"), site()) == [Delete("x-1")]
    with pytest.raises(Dropped, match="makes no document"):
        document(record(DC % b"<dc:type>hidden</dc:type>"), site())
    assert to_document(record(b"", Header("oai:x:2", None, (), deleted=True)), site()) == Delete("x-2")


def test_several_documents_of_one_record(tmp_path: Path) -> None:
    first, second = (f'<doc><field name="id">{id}</field><field name="title">T{id}</field></doc>' for id in "12")
    made_of = f"<u><add>{first}</add><delete><id>3</id><id>4</id></delete><add>{second}</add></u>"
    profile = written(tmp_path, f'<xsl:template match="/">{made_of}</xsl:template>', id_prefix="x-")
    found = to_documents(record(b"<r/>", None), profile)
    assert [each.fields["title"] if isinstance(each, Document) else each for each in found] == [
        "T1", Delete("x-3"), Delete("x-4"), "T2"
    ]  # fmt: skip
    assert [each.id for each in found] == ["x-1", "x-3", "x-4", "x-2"]
    told = explain(record(b"<r/>", None), profile, "x-2")
    assert not isinstance(told, Delete)
    assert [(each.name, each.value) for each in told if each.name in ("id", "title")] == [
        ("id", "x-2"),
        ("title", "T2"),
    ]
    assert explain(record(b"<r/>", None), profile, "x-4") == Delete("x-4")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("<doc><field name='title'>no id</field></doc>", "has none"),
        ("<delete><query>*:*</query></delete>", "deletes by <query>"),
        ("<delete><id> </id></delete>", "deletes something without an id"),
        ("<doc><field name='id'>2</field><doc><field name='id'>3</field></doc></doc>", "puts <doc> into a document"),
    ],
)
def test_one_document_that_is_none_costs_the_whole_record(tmp_path: Path, wrong: str, why: str) -> None:
    good = '<doc><field name="id">1</field></doc>'
    profile = written(tmp_path, f'<xsl:template match="/"><add>{good}{wrong}</add></xsl:template>')
    with pytest.raises(RecordError, match=why):
        to_documents(record(b"<r/>", None), profile)


def test_a_source_names_its_stylesheet() -> None:
    files = {"properties": str(DATA / "site.properties"), "functions": str(DATA / "site_functions.py")}
    profile = for_source(resolve("xslt", {}), source="repository", constants={}, files=files)
    assert made(record(RECORD, None), profile)["institution"] == ["Example University; Library"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("php:function('VuFind::stripArticles', ' The Fox ')", "fox"),
        ("php:function('VuFind::stripAccents', 'Śląsk')", "Slask"),
        ("php:function('VuFind::stripPunctuation', 'a -- b')", "a b"),
        ("php:function('VuFind::removeOuterBrackets', '[a]')", "a"),
        ("php:function('VuFind::solrMarcStyleCleanData', 'The end /')", "The end"),
        ("php:function('VuFind::titleSortLower', 'Á: b')", "a b"),
        ("php:function('VuFind::xmlAsText', //t)", "<t>x y</t><t>z</t>"),
        ("php:function('VuFind::removeTagAndReturnXMLasText', /r, 't')", "<r/>"),
        ("php:function('VuFind::implode', ', ', //t)", "x y, z"),
        ("count(php:function('VuFind::explode', ' ', //t[1])/part)", "2"),
        ("php:function('VuFind::invertNames', //t)/name[1]", "y, x"),
        ("php:function('VuFind::invertName', 'One')", "One"),
        ("php:function('VuFind::isInvertedName', 'John Doe, Jr.')", "false"),
        ("php:function('VuFind::isInvertedName', 'Doe, John, Jr.')", "true"),
        ("php:function('VuFind::harvestTextFile', '')", ""),
        ("php:function('VuFind::harvestWithParser', 'http://example.org')", ""),
        (
            "php:function('VuFindGeo::getAllCoordinatesFromCoverage',"
            " 'name=Here; westlimit=-1.5; eastlimit=2; northlimit=4; southlimit=3')",
            "ENVELOPE(-1.5,2,4,3)",
        ),
        (
            "php:function('VuFindGeo::getDisplayCoordinatesFromCoverage',"
            " 'westlimit=-1.5; eastlimit=2; northlimit=4; southlimit=3')",
            "-1.5 2 4 3",
        ),
        ("php:function('VuFindGeo::getAllCoordinatesFromCoverage', 'westlimit=x; eastlimit=2')", ""),
        ("php:function('VuFindGeo::getLabelFromCoverage', 'a=b; name=Here')", "Here"),
        ("php:function('strtolower', 'ÀB')", "àb"),
        ("php:function('strtoupper', 'ab')", "AB"),
        ("php:function('ucfirst', 'ab')", "Ab"),
        ("php:function('trim', ' a ')", "a"),
        ("php:function('str_pad', '7', '3', '0', 0)", "007"),
        ("php:function('str_replace', 'a', 'b', 'banana')", "bbnbnb"),
        ("php:functionString('strlen', //t)", "3"),
        ("php:function('VuFind::getLastIndexed', 'biblio', '1', '2024-01-01')", ""),
        ("php:function('VuFind::getFirstIndexed', 'biblio', '1', '2024-01-01')", ""),
        ("php:function('VuFind::harvestWithAperture', 'http://example.org')", ""),
        ("php:function('VuFind::harvestWithTika', 'http://example.org')", ""),
        ("php:function('VuFind::getParser')", "None"),
        ("php:function('VuFind::stripBadChars', 'a&#9;b&#133;&#65533;')", "a\tb\x85\ufffd"),
        ("php:function('mb_strtolower', 'ÀB')", "àb"),
        ("php:function('mb_strtoupper', 'àb')", "ÀB"),
        ("php:function('lcfirst', 'AB')", "aB"),
        ("concat('|', php:function('ltrim', ' a '), '|')", "|a |"),
        ("concat('|', php:function('rtrim', ' a.', '.'), '|')", "| a|"),
        ("php:function('strrev', 'abc')", "cba"),
        ("php:function('mb_strlen', 'à')", "1"),
    ],
)
def test_functions(tmp_path: Path, expression: str, value: str) -> None:
    assert title(written(tmp_path, select(expression))) == value


def test_the_value_of_an_element_is_all_the_text_in_it(tmp_path: Path) -> None:
    """That behind an element in it, too."""
    profile = written(tmp_path, select("php:function('VuFind::implode', '|', //a)"))
    assert title(profile, b"<r><a>x<b>y</b>z</a>no<a>w</a></r>") == "xyz|w"


def test_a_functions_file_is_the_sites_own(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text(
        "shout = str.upper\nclass Names:\n    def split(texts):\n        return texts[0].split()\n"
        "    count = len\n    def fails(text):\n        raise ValueError('no ' + text)\n"
    )
    shouting = written(tmp_path, select("php:function('shout', string(//t))"), functions=str(own))
    assert title(shouting) == "X Y"
    assert title(written(tmp_path, select("php:function('Names::split', //t)/part[2]"), functions=str(own))) == "y"
    assert title(written(tmp_path, select("php:function('Names::count', //t)"), functions=str(own))) == "2"
    with pytest.raises(RecordError, match=r"^a.xsl: Names::fails failed: ValueError: no a$"):
        title(written(tmp_path, select("php:function('Names::fails', 'a')"), functions=str(own)))


def test_the_digest_is_another_one_when_a_file_changes(tmp_path: Path) -> None:
    first = depends_on(written(tmp_path, select("1")).options)
    assert depends_on(written(tmp_path, select("1")).options) == first
    (tmp_path / "conf" / "a.xsl").write_text("<!-- -->" + (tmp_path / "conf" / "a.xsl").read_text())
    assert depends_on(resolve("p", {"p": {"format": "xslt", "stylesheet": str(tmp_path / "conf/a.xsl")}}).options) != (
        first
    )


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("document('/etc/passwd')", "/etc/passwd is not a file in"),
        ("document('../secret.xml')", "secret.xml is not a file in"),
        ("document('file:///etc/passwd')", "is not a file in"),
        ("document('http://127.0.0.1:9/x.xml')", r"a.xsl:1: runtime error"),
        ("document('missing.xml')", "missing.xml"),
        ("document('entity.xml')", "Entity 'p' not defined"),
        ("php:function(concat('sys', 'tem'), 'id')", "a.xsl: there is no function system"),
        ("php:function('VuFind::harvestTextFile', 'http://127.0.0.1:9/')", "fetches from the network"),
        ("unparsed-text('/etc/passwd')", "a.xsl:1: Unregistered function"),
    ],
)
def test_what_it_may_not_reach(tmp_path: Path, expression: str, why: str) -> None:
    (tmp_path / "secret.xml").write_text("<secret/>")
    profile = written(tmp_path, select(expression))
    entity = '<!DOCTYPE a [<!ENTITY p SYSTEM "../secret.xml">]><a>&p;</a>'
    (tmp_path / "conf" / "entity.xml").write_text(entity)
    with pytest.raises(RecordError, match=why):
        title(profile)


def test_it_writes_no_file(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"a.xsl:1: .*document"):
        title(written(tmp_path, of(f'<exsl:document href="{tmp_path}/evil">x</exsl:document>')))
    assert not (tmp_path / "evil").exists()


def test_templates_that_call_each_other_without_end_cost_the_record(tmp_path: Path) -> None:
    loop = '<xsl:template name="l"><xsl:call-template name="l"/></xsl:template>'
    with pytest.raises(RecordError, match=r"a.xsl:1: .*[Rr]ecursion"):
        title(written(tmp_path, of('<xsl:call-template name="l"/>') + loop))


def test_a_message_that_terminates_is_the_reason(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"a.xsl: no title$"):
        title(written(tmp_path, of('<xsl:message terminate="yes">no title</xsl:message>')))


BOMB = "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghi", "bcdefghij", strict=True))


@pytest.mark.parametrize(
    ("head", "body", "why"),
    [
        ("", '<xsl:import href="/etc/hosts"/>', "a.xsl:1: /etc/hosts lies outside of"),
        ("", '<xsl:include href="none.xsl"/>', "none.xsl: there is no such stylesheet"),
        ("", select("((("), "a.xsl:1: Invalid expression"),
        ("", "<xsl:template>", "a.xsl:1: is not well-formed XML"),
        ("<!DOCTYPE xsl:stylesheet [<!ENTITY p SYSTEM '/etc/passwd'>]>", of("&p;"), "Entity 'p' not defined"),
        (f"<!DOCTYPE xsl:stylesheet [<!ENTITY a 'aaaaaaaaaa'>{BOMB}]>", of("&j;"), "a.xsl:1: is not well-formed XML"),
        (
            "",
            select("php:function('VuFindSitemap::getDocument', 'http://127.0.0.1:9/')"),
            "VuFindSitemap::getDocument fetches from the network",
        ),
        ("", select("php:function('VuFind::mapString', 'a', 'none.properties')"), "no translation map none.properties"),
    ],
)
def test_a_stylesheet_that_is_wrong_is_refused_before_any_record(
    tmp_path: Path, head: str, body: str, why: str
) -> None:
    with pytest.raises(ConfigError, match=r"^profile\.p\.options\.stylesheet: ") as raised:
        written(tmp_path, body, head=head)
    assert why in raised.value.message


def test_all_functions_that_nobody_has_are_named_at_once(tmp_path: Path) -> None:
    body = select("php:function('A::b', php:function('shell_exec', 'id'))")
    with pytest.raises(ConfigError) as raised:
        written(tmp_path, body)
    assert raised.value.message.splitlines()[1:3] == [
        f"{tmp_path}/conf/a.xsl:1: there is no function shell_exec",
        "Write functions that are missing into a Python file that `functions` names.",
    ]
    assert "a.xsl:1: there is no function A::b" in raised.value.message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[General]\n", r"\[General\] has no xslt"),
        ("[General]\nxslt = none.xsl\n", "there is no stylesheet none.xsl in"),
        ("[General]\nxslt none.xsl\n", r":2: 'xslt none.xsl' is neither \[section\] nor key = value"),
        ('[General]\nxslt = "none.xsl\n', ":2: a quotation mark has no end"),
    ],
)
def test_properties_that_are_wrong(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "a.properties").write_text(text)
    with pytest.raises(ConfigError, match=why):
        resolve("p", {"p": {"format": "xslt", "properties": str(tmp_path / "a.properties")}})


BOOKS = """<Export><Date>today</Date><Shelf><Book><n>1</n></Book><Book><n>2</n></Book></Shelf>
<Shelf><Book><n>3</n></Book></Shelf></Export>"""
PAGE = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header><identifier>5</identifier>
<datestamp>2024-01-01</datestamp></header><metadata><o:w xmlns:o="urn:o"><Book xmlns=""><n>5</n></Book></o:w></metadata>
</record></ListRecords></OAI-PMH>"""


def test_records_of_any_kind_of_xml(tmp_path: Path) -> None:
    field = '<field name="{}"><xsl:value-of select="{}"/></field>'
    fields = field.format("id", "/*/n") + field.format("title", "name(/*)")
    (tmp_path / "a.xsl").write_text(
        f'{HEAD}<xsl:template match="/"><add><doc>{fields}</doc></add></xsl:template></xsl:stylesheet>'
    )
    (tmp_path / "indexer.toml").write_text(
        '[profile.books]\nformat = "xslt"\nstylesheet = "a.xsl"\noptions = { records = ["Book"] }\n'
    )
    for name, text in (("a.xml", BOOKS), ("b.xml", "<Book><n>4</n></Book>"), ("c.xml", PAGE)):
        (tmp_path / name).write_text(text)
    found = transform(
        [tmp_path / name for name in ("a.xml", "b.xml", "c.xml")],
        profile="books",
        config=configure(tmp_path / "indexer.toml"),
    )
    assert [(each["id"], each["title"]) for each in found] == [(number, "Book") for number in "12345"]


@pytest.mark.parametrize("name", ["VuFind::stripArticles", r"VuFind\XSLT\Import\VuFind::stripArticles"])
def test_a_function_may_stand_with_the_namespace_of_its_class(tmp_path: Path, name: str) -> None:
    assert title(written(tmp_path, select(f"php:function('{name}', 'The cats')"))) == "cats"
