from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from indexer import config
from indexer.formats.marc import from_marc, mappings, rules
from indexer.formats.profiles import resolve
from indexer.model.documents import Delete, Fields
from indexer.model.errors import ConfigError, Dropped, RecordError
from tests.formats.marc.made import document, marc_record

HEAD = "from indexer.formats.marc.rules import add, constant, field, mapping, marc, remove\n"
RECORD = marc_record(
    "001 1",
    "245 10 $aTitle",
    "500 ## $aNote one",
    "500 ## $aNote two",
    "500 ## $aNote one",
    "650 #0 $aCats",
    "690 ## $aCats $aDogs",
    "952 ## $cATT",
    "952 ## $cCEL",
    "952 ## $cxyz",
)


def made_by(tmp_path: Path, text: str, **files: str) -> Fields:
    """The document of RECORD by a mapping of these lines."""
    for name, content in files.items():
        (tmp_path / f"{name}.tsv").write_text(content, encoding="utf-8")
    file = tmp_path / "local.py"
    file.write_text(HEAD + text, encoding="utf-8")
    return document(RECORD, mapping=str(file))


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ('marc("500a")', ["Note one", "Note two"]),
        ('marc("500a", unique=False)', ["Note one", "Note two", "Note one"]),
        ('marc("500a", first=True)', ["Note one"]),
        ('marc("500a", notfirst=True)', ["Note two"]),
        ('marc("690aa")', ["Cats Dogs"]),
        ('marc("690ab", join=", ")', ["Cats, Dogs"]),
        (r'marc("500a", patterns=[(r"Note (\w+)", r"\1")])', ["one", "two"]),
        ('marc("952c", translate={"ATT": "Attic", "CEL": "Cellar|Cold"})', ["Attic", "Cellar", "Cold"]),
        ('marc("952c", translate="shelves.tsv")', ["Attic"]),
        ('constant("a", "b")', ["a", "b"]),
        ('marc("245a"), constant("b")', ["Title", "b"]),
        ("lambda record: record.leader[5:7]", ["na"]),
        ("lambda record: None", []),
        ("lambda record: (tag for tag in record.by_tag if tag > '690')", ["690", "952"][1:]),
        ('marc("500a"), first=True', ["Note one"]),
        ('lambda record: ["ATT", "ATT"], translate="shelves.tsv"', ["Attic"]),
    ],
)
def test_a_rule_gives_values(tmp_path: Path, rule: str, values: list[str]) -> None:
    made = made_by(tmp_path, f'field("shelf_str_mv", {rule})\n', shelves="# shelves\nATT\tAttic\n")
    assert made.get("shelf_str_mv", []) == values


def test_a_mapping_stands_on_the_bundled_one(tmp_path: Path) -> None:
    made = made_by(
        tmp_path,
        'mapping(base="vufind")\nfield("title", marc("500a", first=True))\n'
        'add("topic", marc("690a"))\nremove("title_sort", "url")\n',
    )
    assert made["title"] == "Note one"
    assert made["title_short"] == "Title"
    assert made["topic"] == ["Cats", "Dogs"]
    assert "title_sort" not in made
    assert document(RECORD)["title"] == "Title"  # ours is untouched
    assert "title_sort" in document(RECORD)


def test_a_mapping_that_does_not_say_stands_on_the_bundled_one_too(tmp_path: Path) -> None:
    assert made_by(tmp_path, 'field("edition", constant("1st"))\n')["title"] == "Title"


def test_a_mapping_may_stand_on_nothing(tmp_path: Path) -> None:
    made = made_by(tmp_path, 'mapping(base=None)\nfield("id", marc("001"))\nfield("title", marc("245a"))\n')
    assert made == {"id": "1", **resolve("marc", {}).constants, "title": "Title"}


def test_a_mapping_may_stand_on_another_file(tmp_path: Path) -> None:
    (tmp_path / "shared.py").write_text(HEAD + 'field("edition", constant("1st"))\nremove("title_sort")\n')
    made = made_by(tmp_path, 'mapping(base="shared.py")\nfield("series", constant("S"))\n')
    assert (made["edition"], made["series"]) == ("1st", ["S"])
    assert "title_sort" not in made


def test_fields_keep_their_place_when_changed_and_new_ones_come_last(tmp_path: Path) -> None:
    file = tmp_path / "local.py"
    file.write_text(HEAD + 'field("shelf_str", constant("x"))\nfield("title", constant("T"))\n')
    names = list(rules.load(str(file)).fields)
    assert names == [*rules.load().fields, "shelf_str"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('field("titel", marc("245a"))', "2: the schema has no field 'titel'. The nearest is 'title'."),
        ('field("spelling", marc("245a"))', "2: spelling is filled by the loader or the engine"),
        ('field("_version_", marc("245a"))', "2: _version_ is filled by the loader or the engine"),
        ('\nfield("title", marc("24"))', "3: '24' in '24' is not a field spec"),
        ('field("title", "245a")', "2: '245a' is not a rule: write marc('245a')"),
        ('field("title")', "2: field('title') has no rule"),
        (
            'add("topic", marc("650a", translate="langauges"))',
            "2: there is no table 'langauges'. The nearest is 'languages'.",
        ),
        ('add("topic", marc("650a", patterns=[("(", "")]))', "2: '(' -> '' is not a regular expression"),
        ('remove("titel")', "2: remove('titel'): the mapping does not make it. The nearest is 'title'."),
        (
            'field("series", marc("490a", frist=True))',
            "2: TypeError: marc() got an unexpected keyword argument 'frist'",
        ),
        ("x = 1 / 0", "2: ZeroDivisionError: division by zero"),
        ("def f(:", "2: is not Python: invalid syntax"),
        ('field("title", marc("245a"))\nmapping(base="vufind")', "3: mapping() comes once, before the first field"),
        ('mapping(base=None)\nfield("title", marc("245a"))', "makes no id"),
        ('mapping(base="local.py")', "2: local.py stands on itself"),
        ("raise SystemExit(3)", "2: SystemExit: 3"),
    ],
)
def test_what_is_wrong_in_a_mapping_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        made_by(tmp_path, text + "\n")
    assert str(tmp_path / "local.py") in caught.value.message
    assert said in caught.value.message
    assert caught.value.advice


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.py: cannot be read: No such file"):
        resolve("marc", {"marc": {"mapping": str(tmp_path / "nowhere.py")}})
    with pytest.raises(ConfigError, match=r"local\.py:2: .*shelves\.tsv: No such file"):
        made_by(tmp_path, 'field("shelf_str_mv", marc("952c"), translate="shelves.tsv")\n')
    with pytest.raises(ConfigError, match=r"local\.py:2: .*shelves\.tsv:1: has no tab"):
        made_by(tmp_path, 'field("shelf_str_mv", marc("952c"), translate="shelves.tsv")\n', shelves="ATT Attic\n")


def test_the_words_belong_in_a_mapping() -> None:
    with pytest.raises(ValueError, match="belongs in the file that a profile names as its mapping"):
        rules.field("title", rules.marc("245a"))


def test_a_failed_mapping_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        made_by(tmp_path, 'mapping(base="nowhere.py")\n')
    with pytest.raises(ValueError, match="belongs in"):
        rules.remove("title")


@pytest.mark.parametrize("key", ["mapping", "options.mapping"])
def test_a_mapping_counts_from_the_folder_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/local.py").write_text(HEAD + 'field("edition", constant("1st"))\n')
    (tmp_path / "etc/indexer.toml").write_text(f'[profile.cat]\nbase = "marc"\n{key} = "local.py"\n')
    monkeypatch.chdir(tmp_path)
    settings = config.load(Path("etc/indexer.toml"), environ={}).settings
    profile = resolve("cat", settings.profile)
    assert list(rules.load(profile.options["mapping"]).own) == ["edition"]


def test_a_mapping_in_the_settings_is_checked_with_them(tmp_path: Path) -> None:
    (tmp_path / "local.py").write_text(HEAD + 'field("titel", marc("245a"))\n')
    toml = tmp_path / "indexer.toml"
    toml.write_text('[profile.cat]\nbase = "marc"\nmapping = "local.py"\n')
    with pytest.raises(ConfigError, match=r"indexer\.toml: .*local\.py:2: the schema has no field 'titel'"):
        config.load(toml, environ={})


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ({"mapping": 3}, "cat.mapping: is a number, not a string"),
        ({"base": "ojs", "mapping": "local.py"}, "format oai_dc has no mapping"),
    ],
)
def test_a_mapping_is_a_path_and_belongs_to_marc(profile: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        resolve("cat", {"cat": {"base": "marc", **profile}})


def test_rules_say_how_they_are_written() -> None:
    fields = rules.load().fields
    assert [rule.text for rule in fields["title"].rules] == ["marc('245ab', first=True)"]
    assert [rule.text for rule in fields["author"].rules] == ["author"]
    assert [rule.text for rule in fields["language"].rules] == [
        "marc('008[35-37]:041a:041d:041h:041j', translate='languages')"
    ]


def test_the_steps_of_a_rule_can_be_told_one_by_one() -> None:
    (rule,) = rules.load().fields["callnumber-first"].rules
    record = marc_record("050 00 $aQA1", "090 ## $aPZ3")
    assert rule.spec == "099a[0]:090a[0]:050a[0]"
    values = rule.extract(record)
    told = [("", list(values))]
    for name, change in rule.steps:
        told.append((name, change(told[-1][1])))
    assert told == [
        ("", ["Q", "P"]),
        ("translated by lc_classes", ["Q - Science", "P - Language and Literature"]),
        ("the first", ["Q - Science"]),
    ]
    assert rule.run(record) == ["Q - Science"]


def test_the_digest_changes_with_every_file_that_is_read(tmp_path: Path) -> None:
    def digest(local: str = "", shared: str = "", label: str = "A") -> str:
        (tmp_path / "local.py").write_text(f'{HEAD}mapping(base="shared.py")\n{local}')
        (tmp_path / "shared.py").write_text(f'{HEAD}field("shelf_str_mv", marc("952c", translate="t.tsv"))\n{shared}')
        (tmp_path / "t.tsv").write_text(f"a\t{label}\n")
        rules.compiled.cache_clear()
        mappings.compiled.cache_clear()
        return mappings.digest(str(tmp_path / "local.py"))

    try:
        assert digest() == digest()
        assert len({digest(), digest(local="# more"), digest(shared="# more"), digest(label="B")}) == 4
    finally:
        rules.compiled.cache_clear()
        mappings.compiled.cache_clear()


@pytest.mark.parametrize(
    ("line", "fate"),
    [
        ('drop(marc("952c"), values=["CEL"])', "dropped"),
        ('drop(marc("952c"), values=["cel"])', "made"),
        ('drop(marc("952c"))', "dropped"),
        ('drop(marc("953c"), marc("690"))', "dropped"),
        ("drop(lambda record: record.leader[5:6] == 'n' and ['x'])", "dropped"),
        ("drop(lambda record: None)", "made"),
        ('delete(marc("952c"), values={"CEL", "x"})', "deleted"),
        ('delete(marc("952c"), values=["y"])', "made"),
    ],
)
def test_a_record_is_dropped_or_deleted_by_what_is_in_it(tmp_path: Path, line: str, fate: str) -> None:
    below = tmp_path / "below.py"
    below.write_text(f"from indexer.formats.marc.rules import delete, drop, marc\n{line}\n", encoding="utf-8")
    above = tmp_path / "above.py"
    above.write_text(f'{HEAD}mapping(base="below.py")\nremove("url")\n', encoding="utf-8")
    for file in (below, above):
        profile = resolve("marc", {"marc": {"mapping": str(file)}})
        if fate == "dropped":
            with pytest.raises(Dropped):
                from_marc(RECORD, profile)
        else:
            assert isinstance(from_marc(RECORD, profile), Delete) == (fate == "deleted")


def test_a_condition_that_fails_costs_its_record_not_the_run(tmp_path: Path) -> None:
    file = tmp_path / "local.py"
    file.write_text(
        "from indexer.formats.marc.rules import drop\ndrop(lambda record: record.nothing)\n", encoding="utf-8"
    )
    with pytest.raises(RecordError, match=r"whether the mapping drops it is not known: .*nothing"):
        from_marc(RECORD, resolve("marc", {"marc": {"mapping": str(file)}}))


@pytest.mark.parametrize(
    ("line", "said"), [("drop()", r"drop\(\) has no rule"), ('delete(marc("9"))', "is not a field spec")]
)
def test_a_condition_that_is_none(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "local.py"
    file.write_text(f"from indexer.formats.marc.rules import delete, drop, marc\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        rules.load(str(file))


def test_threads_that_load_a_mapping_at_once(tmp_path: Path) -> None:
    """As the threads of a worker do, with their first records."""
    paths = [tmp_path / f"{number}.py" for number in range(8)]
    for path in paths:
        path.write_text(
            HEAD + "import time\nmapping(base=None)\ntime.sleep(0.02)\nfield('id', marc('001', first=True))\n"
        )
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda path: rules.load(str(path)), paths))
    assert [list(each.fields) for each in made] == [["id"]] * 8
