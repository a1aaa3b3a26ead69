"""Files on top of one another, what they call, and what a user is told of what is wrong in them."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.formats.explain import explain
from indexer.formats.marc import from_marc, mappings
from indexer.formats.marc.explain import rules_of
from indexer.formats.marc.reader import parse
from indexer.formats.marc.solrmarc import functions
from indexer.formats.marc.solrmarc.loader import survey
from indexer.formats.marc.solrmarc.whole import as_marc
from indexer.formats.profiles import resolve
from indexer.jobs.session import remarks
from indexer.model.documents import Delete, Fields
from indexer.model.errors import ConfigError, Dropped, RecordError
from indexer.model.records import Position, Record
from tests.formats.marc.made import listed, marc_record

RECORD = marc_record(
    "001 90-2211",
    "008 900101s1990    nyu           000 0 eng d",
    "245 14 $aThe cats of Rome : $ba walk / $cAnn Grey.",
    "650 #0 $aCats $zItaly $zRome.",
    "690 ## $aFeline studies",
    "952 ## $cA-Basement $d12",
)
ID = "id = 001, first\n"


def files(folder: Path, **named: str) -> list[str]:
    """Writes files, `local_properties="..."`, and gives their paths."""
    made = []
    for name, text in named.items():
        stem, _, suffix = name.rpartition("_")
        path = folder / f"{stem}.{suffix}"
        path.write_text(text, encoding="utf-8")
        made.append(str(path))
    return made


def values(name: str, *paths: str, functions: str = "") -> list[str]:
    field = mappings.load(tuple(paths), functions).fields.get(name)
    return list(field.run(RECORD)) if field is not None else []


def told(*paths: str, functions: str = "") -> str:
    with pytest.raises(ConfigError) as error:
        mappings.load(tuple(paths), functions)
    return error.value.message


def made(folder: Path, mapping: list[str], **more: object) -> Fields | Delete:
    profile = resolve("marc", {"marc": {"mapping": mapping, **more}})
    return from_marc(parse(as_marc(RECORD).encode()), profile)


def test_a_later_file_replaces_a_field_or_extends_it(tmp_path: Path) -> None:
    paths = files(
        tmp_path,
        marc_properties=f"{ID}title = 245ab\ntopic = 650a\nshelf_str_mv = 952c\nera = 648a\n",
        local_properties="title = 245a\ntopic += 690a\nshelf_str_mv |= 952cd\nera ?= 650z\n",
    )
    assert list(mappings.load(tuple(paths)).fields) == ["id", "title", "topic", "shelf_str_mv", "era"]
    assert values("title", *paths) == ["The cats of Rome :"]
    assert values("topic", *paths) == ["Cats", "Feline studies"]
    assert values("shelf_str_mv", *paths) == ["A-Basement", "A-Basement 12"]
    assert values("era", *paths) == ["Italy", "Rome."]


def test_a_field_may_have_any_number_of_lines(tmp_path: Path) -> None:
    (marc,) = files(tmp_path, marc_properties=ID + "topic += 650a\n" * 3000)
    assert len(values("topic", marc)) == 3000


def test_python_stands_on_properties_and_properties_on_python(tmp_path: Path) -> None:
    head = "from indexer.formats.marc.rules import add, constant, field\n"
    marc, own, local = files(
        tmp_path,
        marc_properties=f"{ID}title = 245ab\ntopic = 650a\n",
        own_py=f"{head}field('title', constant('by Python'))\nadd('topic', constant('more'))\n",
        local_properties='topic += 690a\nedition = "first"\n',
    )
    assert values("title", marc, own) == ["by Python"]
    assert values("topic", marc, own) == ["Cats", "more"]
    assert values("topic", marc, own, local) == ["Cats", "more", "Feline studies"]
    on_the_bundled = mappings.load(("vufind", local)).fields
    assert list(on_the_bundled["topic"].run(RECORD)) == ["Cats Italy Rome.", "Feline studies"]
    assert list(on_the_bundled["title_sort"].run(RECORD)) == ["cats of rome a walk"]


def test_the_document_of_a_properties_file(tmp_path: Path) -> None:
    paths = files(tmp_path, marc_properties=f'{ID}title = 245ab, first\nbuilding = "Annex"\ntopic = 650a:690a\n')
    assert made(tmp_path, paths) == {
        "id": "90-2211",
        "building": ["Annex"],
        "title": "The cats of Rome : a walk /",
        "topic": ["Cats", "Feline studies"],
    }


@pytest.mark.parametrize(
    ("line", "fate"),
    [
        ("x_str_mv = 952c, SkipRecordIfFieldNotEmpty", "dropped"),
        ("x_str_mv = 999c, SkipRecordIfFieldEmpty", "dropped"),
        ("x_str_mv = 952c, SkipRecordIfFieldEmpty", ""),
        ("x_str_mv = 999c, SkipRecordIfFieldNotEmpty", ""),
        ("x_str_mv = 952c, DeleteRecordIfFieldNotEmpty", "deleted"),
        ("x_str_mv = 999c, DeleteRecordIfFieldEmpty", "deleted"),
        ("x_str_mv = 952c, notfirst, DeleteRecordIfFieldNotEmpty", "deleted"),  # before the first is taken away
        ("x_str_mv = 952c, notfirst, DeleteRecordIfFieldEmpty", "deleted"),  # and after
        ('x_str_mv = 952c, map("^Z=>z"), SkipRecordIfFieldEmpty', "dropped"),
        ("x_str_mv = 952c, SkipRecordIfFieldNotEmpty\ny_str_mv = 999c, DeleteRecordIfFieldEmpty", "deleted"),
        ("x_str_mv = 952c, SkipRecordIfFieldNotEmpty\nx_str_mv = 952c", ""),  # a line that is replaced asks for nothing
        ('x_str_mv = "a", SkipRecordIfFieldNotEmpty', "dropped"),
    ],
)
def test_records_are_left_out_and_deleted(tmp_path: Path, line: str, fate: str) -> None:
    paths = files(tmp_path, marc_properties=f"{ID}{line}\n")
    if fate == "dropped":
        with pytest.raises(Dropped):
            made(tmp_path, paths)
    else:
        assert made(tmp_path, paths) == Delete("90-2211") if fate else isinstance(made(tmp_path, paths), dict)


SITE = '''
def getItems(record, tag, prefix="item"):
    """The items."""
    return [f"{prefix} {text}" for field in record.by_tag.get(tag, ()) for code, text in field.subfields if code == "c"]

def getShelf(record):
    return "A1"

def getNothing(record):
    return None

def getDates(record):
    return ["the site's own"]

def mapShout(value, sign="!"):
    return value.upper() + sign

def getBroken(record):
    raise KeyError("no such shelf")

def getWrong(record):
    return [1]
'''


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("custom, getItems(952)", ["item A-Basement"]),
        ("custom(org.site.Items), getItems(952, copy)", ["copy A-Basement"]),
        ("java(org.site.Items), getItems(952)", ["item A-Basement"]),
        ("script(items.bsh), getItems(952)", ["item A-Basement"]),
        ('script("my items.bsh"), getItems(952)', None),
        ("getItems(952)", ["item A-Basement"]),
        ("org.site.Items::getShelf", ["A1"]),
        ("getNothing", []),
        ("getDates", ["the site's own"]),
        ("getItems(952), mapShout", ["ITEM A-BASEMENT!"]),
        ("getItems(952), custom_map(mapShout(?))", ["ITEM A-BASEMENT?"]),
        ("952c, custom_map(org.site.Items mapShout)", ["A-BASEMENT!"]),
        ("952cd, org.site.Items::mapShout(.)", ["A-BASEMENT. 12."]),
    ],
)
def test_functions_of_the_sites_own(tmp_path: Path, spec: str, expected: list[str] | None) -> None:
    marc, site = files(tmp_path, marc_properties=f"{ID}x_str_mv = {spec}\n", site_py=SITE)
    if expected is None:
        assert "x_str_mv: '\"', where the file of the script" in told(marc, functions=site)
    else:
        assert values("x_str_mv", marc, functions=site) == expected


def test_a_function_that_fails_costs_the_record_and_tells_the_line(tmp_path: Path) -> None:
    marc, site = files(tmp_path, marc_properties=f"{ID}title = 245a\nx_str_mv = getBroken\n", site_py=SITE)
    with pytest.raises(RecordError) as error:
        made(tmp_path, [marc], functions=site)
    assert error.value.reason == "marc.properties:3: getBroken: 'no such shelf'"
    assert error.value.field == "x_str_mv"
    (marc,) = files(tmp_path, other_properties=f"{ID}x_str_mv = getWrong\n")
    with pytest.raises(RecordError, match="getWrong: gives 1, and values are texts"):
        made(tmp_path, [marc], functions=site)


def test_every_function_that_is_not_there_is_told_in_one_run(tmp_path: Path) -> None:
    marc, local, site = files(
        tmp_path,
        marc_properties=f"{ID}a_str_mv = getFirst\nb_str_mv = custom, getSecond(245a)\nc_str_mv = getReplaced\n",
        local_properties="c_str_mv = 245a\nd_str_mv = getDates(1, 2)\ne_str_mv = custom(a.B), getFirstDate\n"
        "f_str_mv = getItems\ng_str_mv = 245a, mapNothing\nh_str_mv = getAllSubfields(24, a)\n",
        site_py=SITE.replace("getDates", "getOther"),
    )
    assert told(marc, local, functions=site).splitlines() == [
        f"{marc}:2: a_str_mv: there is no function 'getFirst'. Write one in Python and name its file: "
        'functions = "..."',
        f"{marc}:3: b_str_mv: there is no function 'getSecond'. Write one in Python and name its file: "
        'functions = "..."',
        f"{local}:2: d_str_mv: getDates() does not take 2 parameters",
        f"{local}:3: e_str_mv: getFirstDate belongs to org.vufind.index.DateTools, not to a.B",
        f"{local}:4: f_str_mv: getItems(record, tag, prefix='item') does not take 0 parameters behind the record",
        f"{local}:5: g_str_mv: there is no function 'mapNothing' that maps. Write one in Python and name its file: "
        'functions = "..."',
        f"{local}:6: h_str_mv: getAllSubfields: '24, join(\"a\")': '2', where a field such as 245ab, a \"constant\", "
        "fields, FullRecordAs..., custom, java, script or the name of a get function is expected",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("titel = 245a", "2: titel: the schema has no field 'titel'. The nearest is 'title'."),
        ("spelling = 245a", "2: spelling: spelling is filled by the loader"),
        ("title = 245a,", "2:14: title: the end of the line, where a map"),
        ('title = 245a ? $a matches "["', "2: title: '[' is not a regular expression"),
        ("title = fields([)", "2: title: '[' is not a regular expression"),
        ('title = 245a, map("(=>x")', "2: title: '(' is not a regular expression"),
        ('title = 245a, map("a=>$1")', "2: title: '$1': 'a' has no group 1"),
        ('title = 245a, map("a=>$x")', "2: title: '$x': '$' stands for a group"),
        ("title = 245a, map", "2: title: map wants what it maps"),
        ("title = 245a, none.properties", "2: title: none.properties: there is no such map in "),
        ("title = 245a, ../secret.properties", "2: title: ../secret.properties: '../secret.properties' leads out of"),
        ('title = getMappedFieldList(245a, "../../secret.properties")', "2: title: getMappedFieldList: "),
        ("title = 245a, /etc/secret.properties", "2: title: /etc/secret.properties: "),
        ("title = 245a, broken.properties", "broken.properties: line 2: \\u wants four"),
        ("title = 245a, latin1.yaml", "latin1.yaml: byte 6 is not UTF-8"),
        ("title = 245a, gap.properties", "gap.properties: has 2 entries, and none is pattern_1"),
        ("title = 245a, list.yaml", "list.yaml: is not a mapping of keys to texts"),
        ("title = getDates, custom_map(getX)", "2: title: custom_map(getX): behind a bare function custom_map wants"),
        ("title = 245a, substring", "2: title: substring wants the place"),
        ("title = 245a, substring(a)", "2: title: substring(a): 'a' is not a number"),
        ("title = 245a, substring(5,2)", "2: title: substring(5, 2): it ends before it begins"),
        ("title = 245a, sort(str,up)", "2: title: sort(str, up): the direction is asc or desc"),
        ("title = 245a, sort(size,asc)", "2: title: sort(size, asc): values are sorted by str"),
        ('title = "x", shout', "2: title: 'shout' is neither a map nor a way to collect values"),
        ("title = 245a, join, shout", "2: title: 'shout' behind join"),
        ("title = FullRecordAsPDF", "2: title: FullRecordAspdf is none"),
        ("title = getDeweyNumber(082a, x)", "2: title: getDeweyNumber: 'x' is not a precision"),
        ('title = getDoisFromUrlWithRegEx(856u, "(a)", 2)', "2: title: getDoisFromUrlWithRegEx: '(a)' has no group 2"),
        ("title = getAuthorsFilteredByRelator(100a,100,noRoles)", "'noRoles' is not a list of roles"),
        ("title = getAuthorsFilteredByRelator(100,100,aut:edt)", "'100' in '100' names no subfields"),
        ('title = getWorkKeys(130a,245a,245a,100a,"[","","")', "ICU refuses the regular expression"),
        ("title += 245a\ntitle += 24", "3:10: title: '2', where a field"),
    ],
)
def test_what_is_wrong_in_a_line_is_told_with_its_place(tmp_path: Path, line: str, said: str) -> None:
    folder = tmp_path / "translation_maps"
    folder.mkdir()
    (tmp_path / "secret.properties").write_text("a = b\n")
    (folder / "broken.properties").write_text("a = b\nc = \\u12\n")
    (folder / "latin1.yaml").write_bytes(b"a = \xc4\xe9\n"[:4] + b"x\xe9\n")
    (folder / "gap.properties").write_text("pattern_0 = a=>b\npattern_2 = a=>b\n")
    (folder / "list.yaml").write_text("- a\n")
    (marc,) = files(tmp_path, marc_properties=f"{ID}{line}\n")
    assert said in told(marc)
    assert "b\n" not in told(marc)


def test_a_line_that_a_later_one_replaces_may_be_wrong(tmp_path: Path) -> None:
    paths = files(tmp_path, marc_properties=f"{ID}title = getTitel\n", local_properties="title = 245a\n")
    assert values("title", *paths) == ["The cats of Rome :"]


def test_files_that_are_none(tmp_path: Path) -> None:
    (no_id,) = files(tmp_path, noid_properties="title = 245a\n")
    assert told(no_id) == f"{no_id}: makes no id"
    assert "none.properties: cannot be read: No such file" in told(str(tmp_path / "none.properties"))
    (tmp_path / "latin1.properties").write_bytes(b"# a\nid = 001\n# \xe9\n")
    assert "latin1.properties:3: byte 16 is not UTF-8" in told(str(tmp_path / "latin1.properties"))
    (marc, broken, wrong) = files(tmp_path, marc_properties=ID, broken_py="def x(:\n", wrong_py="1 / 0\n")
    assert "broken.py:1: is not Python" in told(marc, functions=broken)
    assert "wrong.py:1: ZeroDivisionError" in told(marc, functions=wrong)
    assert "none.py: cannot be read" in told(marc, functions=str(tmp_path / "none.py"))
    assert told() == "mapping: names no file"


def test_maps_are_looked_for_beside_each_file_the_last_ones_first(tmp_path: Path) -> None:
    for name, label in (("core", "of the core"), ("local", "of the site")):
        (tmp_path / name / "translation_maps").mkdir(parents=True)
        (tmp_path / name / "translation_maps/lang.properties").write_text(f"eng = {label}\n")
    (tmp_path / "core/translation_maps/only.yaml").write_text(
        "eng: [English, 'no']\nno: Norwegian\n__DEFAULT: others\n"
    )
    (tmp_path / "core/translation_maps/java.xml").write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">\n'
        '<properties><entry key="eng">Inglés</entry></properties>'
    )
    (core,) = files(tmp_path / "core", marc_properties=f"{ID}language = 008[35-37], lang.properties\n")
    (local,) = files(
        tmp_path / "local",
        marc_properties="a_str_mv = 008[35-37], only.yaml\nb_str_mv = 008[35-37], java.xml\n"
        'c_str_mv = "no" | "x", only.yaml\nd_str_mv = 008[35-37], lang.properties\n',
    )
    assert values("language", core) == ["of the core"]
    assert values("language", core, local) == ["of the site"]
    assert values("a_str_mv", core, local) == ["English", "no"]
    assert values("b_str_mv", core, local) == ["Inglés"]
    assert values("c_str_mv", core, local) == ["Norwegian", "others"]


def test_a_map_in_a_file_holds_for_its_lines_and_those_of_later_files(tmp_path: Path) -> None:
    paths = files(
        tmp_path,
        marc_properties=f'{ID}map.m.a = first\na_str_mv = "a", (map.m)\n',
        local_properties='map.m.a = second\nb_str_mv = "a", (map.m)\n',
    )
    assert values("a_str_mv", *paths) == ["first"]
    assert values("b_str_mv", *paths) == ["second"]


def test_a_map_in_python(tmp_path: Path) -> None:
    (tmp_path / "lang.properties").write_text("eng = Englisch|British\n__DEFAULT = ?\n")
    (own,) = files(
        tmp_path,
        own_py="from indexer.formats.marc.rules import field, marc\n"
        "field('language', marc('008[35-37]', translate='lang.properties'))\n",
    )
    assert values("language", own) == ["Englisch", "British"]
    assert tmp_path / "lang.properties" in mappings.load(own).files


def test_a_strict_map_tells_what_it_lacks(tmp_path: Path) -> None:
    (marc,) = files(tmp_path, marc_properties=f'{ID}map.m.throwExceptionIfMissing = true\nx_str_mv = "a", (map.m)\n')
    document = made(tmp_path, [marc])
    assert isinstance(document, dict)
    assert listed(document["marc_error"]) == ["x_str_mv: could not be made: 'a' is not in the map"]


def test_lines_that_mean_nothing_are_remarked(tmp_path: Path) -> None:
    (marc,) = files(
        tmp_path,
        marc_properties=f"{ID}# a comment\nmarc.name = 245a\nnonsense\n map.m.a = b\ntitle = 245a, shout, clean\n"
        "solrmarc.x = y\nfirst_indexed = custom, getFirstIndexed(001)\nedition = 250a,\nera = 648a,\n  first\n",
    )
    assert [remark.removeprefix(str(marc)) for remark in mappings.load(marc).remarks] == [
        ":9: ends with a comma and goes on nowhere: SolrMarc loses it",
        ":3: is neither a field nor a comment: SolrMarc passes it over",
        ":4: is neither a field nor a comment: SolrMarc passes it over",
        ":5: a map whose line begins with a space is none to SolrMarc",
        ":6: 'shout' is not a known way to format: it is ignored",
        ":8: first_indexed is filled by the loader, with load.dates = true",
    ]
    told = remarks({"marc": resolve("marc", {"marc": {"mapping": [marc]}}), "csv": resolve("csv", {})})
    assert told == mappings.load((marc,)).remarks


def test_the_digest_changes_with_a_map_and_with_the_functions(tmp_path: Path) -> None:
    def digest(label: str = "a", site: str = "") -> str:
        (tmp_path / "translation_maps").mkdir(exist_ok=True)
        (tmp_path / "translation_maps/m.properties").write_text(f"a = {label}\n")
        marc, functions = files(tmp_path, marc_properties=f"{ID}title = 245a, m.properties\n", site_py=f"#{site}\n")
        mappings.compiled.cache_clear()
        return mappings.digest((marc,), functions)

    try:
        assert digest() == digest()
        assert len({digest(), digest(label="b"), digest(site="x")}) == 3
    finally:
        mappings.compiled.cache_clear()


def test_explain_names_the_line(tmp_path: Path) -> None:
    (marc,) = files(
        tmp_path,
        marc_properties=f'{ID}title = 245ab, first\ntopic = 650a\ntopic += 690a, map("F=>f")\nbuilding = "Library A"\n',
    )
    profile = resolve("marc", {"marc": {"mapping": [marc]}})
    rules = rules_of(Record("s", "marc", as_marc(RECORD).encode(), Position("f")), profile)
    assert [rule.text for rule in rules["topic"]] == [
        "marc.properties:3: topic = 650a",
        'marc.properties:4: topic += 690a, map("F=>f")',
    ]
    told = explain(Record("s", "marc", as_marc(RECORD).encode(), Position("f")), profile)
    assert not isinstance(told, Delete)
    explained = {each.name: each.rules for each in told}
    assert explained["building"][0].text == 'marc.properties:5: building = "Library A"'
    assert rules["title"][0].values == ["The cats of Rome : a walk /"]
    assert rules["title"][0].inputs == [("245 14", "$a The cats of Rome : $b a walk / $c Ann Grey.")]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200) | st.text('id=001,:+?|"#\n\\ (map.)properties../title245a,first', max_size=200))
def test_no_text_breaks_the_reader_or_reads_another_file(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "mapping"
    (folder / "translation_maps").mkdir(parents=True, exist_ok=True)
    (folder / "a.properties").write_text(f"{ID}{text}", encoding="utf-8", newline="")
    mappings.compiled.cache_clear()
    try:
        read = mappings.load(str(folder / "a.properties")).files
    except ConfigError:
        read = []
    assert all(file.resolve().is_relative_to(folder) for file in read)


def test_no_constant_stands_in_for_what_a_line_decides(tmp_path: Path) -> None:
    paths = files(tmp_path, marc_properties=f"{ID}building = 852b\ntitle = 245a\n")
    example = {"id": "90-2211", "title": "The cats of Rome :"}
    assert made(tmp_path, paths) == example  # nor the examples of the bundled profile
    given = {"institution": "Example", "building": "Annex"}
    assert made(tmp_path, paths, constants=given) == {**example, "institution": ["Example"]}
    (own,) = files(
        tmp_path, own_py="from indexer.formats.marc.rules import field, marc\nfield('building', marc('852b'))\n"
    )
    document = made(tmp_path, [*paths, own], constants=given)
    assert isinstance(document, dict)
    assert document["building"] == ["Annex"]  # a Python rule leaves it to the constant, as ever


def test_a_survey_finds_all_that_is_missing_and_takes_fields_of_the_site(tmp_path: Path) -> None:
    lines = (
        "own_field = custom, getItems(952, x)\n"
        "shelf_str = script(s.bsh), getShelf\n"
        "topic = 650a, custom_map(mapIt(1))\n"
        "title = 245a, nowhere.properties\n"
        "author = custom, gone\n"
        "author = 100a\n"
    )
    (path,) = files(tmp_path, local_properties=ID + lines)
    found = survey([Path(path)])
    assert [(each.name, each.owner, each.parameters, each.line, each.field, each.maps) for each in found.missing] == [
        ("getItems", "", ("952", "x"), 2, "own_field", False),
        ("getShelf", "s.bsh", (), 3, "shelf_str", False),
        ("mapIt", "", ("1",), 4, "topic", True),
    ]
    assert found.unknown == ["own_field"]
    assert len(found.problems) == 1
    assert "nowhere.properties" in found.problems[0] or "no such map" in found.problems[0]
    assert found.lines == 7


def test_a_map_that_is_not_utf_8_is_latin_1_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "translation_maps").mkdir()
    (tmp_path / "translation_maps" / "m.properties").write_bytes(b"Cats = Volap\xfck\n")
    paths = files(tmp_path, local_properties=f"{ID}topic = 650a, m.properties\n")
    assert made(tmp_path, paths) == {"id": "90-2211", "topic": ["Volap\u00fck"]}
    assert remarks({"marc": resolve("p", {"p": {"base": "marc", "mapping": paths}})}) == [
        f"{tmp_path / 'translation_maps' / 'm.properties'}: is not UTF-8, and read as Latin-1"
    ]


def test_a_role_that_is_a_code_already_stays_as_it_is_written() -> None:
    code_of = functions.find_map("mapRelatorStringToCode")
    assert code_of is not None
    assert [code_of(role) for role in ("Illustrator.", "ill.", "unknown.")] == ["ill", "ill.", "unknown."]


def test_all_that_is_wrong_is_told_at_once_however_much(tmp_path: Path) -> None:
    (marc,) = files(tmp_path, marc_properties=ID + "".join(f"f{n}_str_mv = getX{n}\n" for n in range(200)))
    with pytest.raises(ConfigError) as told:
        mappings.load((marc,))
    assert len(told.value.message.splitlines()) == 200
