from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indexer.formats.profiles import Profile, bundled, for_source, make_id, resolve
from indexer.formats.registry import default_profiles
from indexer.model.errors import ConfigError

Tables = Mapping[str, Mapping[str, Any]]


def test_the_bundled_profiles() -> None:
    profiles = bundled()
    assert profiles.keys() >= {"ojs", "pmc", "pubmed", "solr_json"}
    assert all(profiles[name].format == format_name for format_name, name in default_profiles().items())
    assert all(profile.name == name for name, profile in profiles.items())
    assert profiles["pubmed"].constants == {
        "institution": ["National Library of Medicine"],
        "collection": ["PubMed"],
        "record_format": "pubmed",
        "format": ["Article", "Online"],
    }
    assert profiles["solr_json"].constants == {}
    styles = {"ojs": "current", "pmc": "legacy", "pubmed": "current", "solr_json": "auto"}
    assert {name: profiles[name].title_sort for name in styles} == styles


@pytest.mark.parametrize(
    ("name", "identifier", "expected"),
    [
        ("pmc", "oai:pubmedcentral.nih.gov:5443306", "pubmed-5443306"),
        ("pmc", "pubmed-5443306", "pubmed-5443306"),
        ("pubmed", "28565834", "pmid-28565834"),
        ("pubmed", "pmid-28565834", "pmid-28565834"),
        ("pubmed", "", ""),
        ("ojs", "oai:x:1", "oai:x:1"),
    ],
)
def test_ids(name: str, identifier: str, expected: str) -> None:
    assert make_id(bundled()[name], identifier) == expected


def test_several_expressions_apply_in_order_with_groups() -> None:
    profile = Profile("p", "oai_dc", id_search=("^oai:([a-z]+):", "/"), id_replace=(r"\1-", "_"))
    assert make_id(profile, "oai:abc:1/2/3") == "abc-1_2_3"


def test_a_profile_builds_on_a_bundled_one() -> None:
    table = {
        "base": "ojs",
        "id_prefix": "thesis-",
        "constants": {
            "institution": "Example University",
            "collection": [],
            "building": ["Main", "Annexe"],
            "edition": ["2nd"],
            "campus_str": "north",
        },
        "options": {"all_urls": True},
    }
    profile = resolve("theses", {"theses": table})
    assert (profile.name, profile.format, profile.id_prefix, profile.title_sort) == (
        *("theses", "oai_dc", "thesis-", "current"),
    )
    assert profile.constants == {
        "record_format": "ojs",
        "institution": ["Example University"],
        "format": ["Online"],
        "building": ["Main", "Annexe"],
        "edition": "2nd",
        "campus_str": "north",
    }
    assert profile.options == {**bundled()["ojs"].options, "all_urls": True}
    assert bundled()["ojs"].constants["collection"] == ["OJS"]
    assert bundled()["ojs"].options["all_urls"] is False


def test_a_profile_builds_on_a_users_own() -> None:
    users: Tables = {
        "b": {"base": "a", "constants": {"collection": "B"}},
        "a": {"base": "pmc", "title_sort": "current", "constants": {"building": "A"}},
    }
    profile = resolve("b", users)
    assert profile.id_search == bundled()["pmc"].id_search
    assert profile.title_sort == "current"
    assert profile.constants["building"] == ["A"]
    assert profile.constants["collection"] == ["B"]


def test_a_profile_named_like_a_bundled_one_builds_on_it() -> None:
    for table in ({"constants": {"collection": "Mine"}}, {"base": "pmc", "constants": {"collection": "Mine"}}):
        users: Tables = {"pmc": table, "mine": {"base": "pmc"}}
        for name in users:
            profile = resolve(name, users)
            assert profile.constants["collection"] == ["Mine"]
            assert profile.id_replace == ("pubmed-",)
    assert resolve("ojs", {"pmc": {}}) == bundled()["ojs"]


def test_a_profile_with_only_a_format_starts_empty() -> None:
    profile = resolve("plain", {"plain": {"format": "oai_dc"}})
    assert profile.constants == {}
    assert profile.options == bundled()["ojs"].options
    assert resolve("plain", {"plain": {"format": "solr_json"}}).title_sort == "auto"


def test_expressions_may_be_one_string_and_replace_the_bases() -> None:
    profile = resolve("p", {"p": {"base": "pmc", "id_search": "^oai:", "id_replace": ""}})
    assert (profile.id_search, profile.id_replace) == (("^oai:",), ("",))
    assert resolve("p", {"p": {"base": "pmc", "id_search": [], "id_replace": []}}).id_search == ()


@pytest.mark.parametrize(
    ("table", "said", "advised"),
    [
        ({"base": "oj"}, "no profile 'oj' (base of profile 'p')", "'ojs'"),
        ({"base": "ojs", "constant": {}}, "profile.p.constant: a profile has no such key", "'constants'"),
        ({"base": "ojs", "id_prefix": 3}, "profile.p.id_prefix: is a number, not a string", ""),
        ({"base": 3}, "profile.p.base: is a number", ""),
        ({"base": "ojs", "format": "pubmed"}, "profile.p.format: is 'pubmed', and its base 'ojs' reads 'oai_dc'", ""),
        ({"format": "oai-dc"}, "profile.p.format: there is no format 'oai-dc'", "'oai_dc'"),
        ({}, "profile.p: needs a base or a format", "oai_dc"),
        ({"base": "ojs", "title_sort": "curent"}, "profile.p.title_sort: is 'curent'", "current, legacy"),
        ({"base": "ojs", "title_sort": "auto"}, "profile.p.title_sort: is 'auto'", "current, legacy"),
        ({"base": "ojs", "constants": []}, "profile.p.constants: is a list, not a table", ""),
        (
            {"base": "ojs", "constants": {"colection": "x"}},
            "constants.colection: the schema has no such",
            "'collection'",
        ),
        ({"base": "ojs", "constants": {"title": ["a", "b"]}}, "constants.title: the field holds one value", ""),
        ({"base": "ojs", "constants": {"collection": 3}}, "constants.collection: is a number", ""),
        ({"base": "ojs", "constants": {"collection": [3]}}, "constants.collection: is a list", ""),
        ({"base": "ojs", "constants": {"id": "1"}}, "constants.id: this field is made for each record", ""),
        ({"base": "ojs", "constants": {"author_facet": "A"}}, "author_facet: this field is made for each", ""),
        (
            {"base": "ojs", "options": {"all_url": True}},
            "options.all_url: format oai_dc has no such option",
            "'all_urls'",
        ),
        ({"base": "ojs", "mapping": "local.py"}, "profile.p.mapping: format oai_dc has no mapping", "marc, solr_json"),
        ({"base": "marc", "mapping": ["local.py", 1]}, "profile.p.mapping: is a list, not a string or a list of", ""),
        ({"base": "marc", "functions": ["site.py"]}, "profile.p.functions: is a list, not a string", ""),
        ({"base": "ojs", "options": {"all_urls": "yes"}}, "options.all_urls: is a string, not true or false", ""),
        ({"base": "ojs", "options": {"id_tag": True}}, "options.id_tag: is true or false, not a string", ""),
        (
            {"base": "ojs", "options": {"order": ["title", "titel"]}},
            "profile.p.options.order: names 'titel', which is none of: language,",
            "",
        ),
        ({"base": "ojs", "options": {"order": [1]}}, "options.order: is a list, not a string or a list of", ""),
        ({"base": "ojs", "options": {"type_words": {"a": 1}}}, "options.type_words.a: is a number", ""),
        ({"base": "ojs", "options": {"languages": "iso"}}, "options.languages: is 'iso', neither iso639_1 nor", ""),
        ({"base": "ojs", "id_search": ["("], "id_replace": [""]}, "id_search: '(' -> '' is not a valid pair", "Python"),
        ({"base": "ojs", "id_search": ["a"], "id_replace": [r"\1"]}, r"'a' -> '\\1' is not a valid pair", "groups"),
        (
            {"base": "ojs", "id_search": ["a", "b"], "id_replace": [""]},
            "profile.p: id_search and id_replace are not pairs: 2 and 1",
            "",
        ),
        ({"base": "ojs", "id_search": ["a"]}, "not pairs: 1 and 0", "empty string"),
    ],
)
def test_mistakes_name_the_key_and_the_nearest(table: dict[str, Any], said: str, advised: str) -> None:
    with pytest.raises(ConfigError) as raised:
        resolve("p", {"p": table})
    assert said in raised.value.message
    assert advised in raised.value.advice


def test_an_unknown_profile_names_the_nearest_of_both_kinds() -> None:
    with pytest.raises(ConfigError, match="no profile 'thesis'") as raised:
        resolve("thesis", {"theses": {"base": "ojs"}})
    assert "'theses'" in raised.value.advice


@pytest.mark.parametrize(
    "users",
    [
        {"a": {"base": "a"}},
        {"a": {"base": "b"}, "b": {"base": "a"}},
        {"a": {"base": "b"}, "b": {"base": "c"}, "c": {"base": "b"}},
    ],
)
def test_bases_in_a_circle(users: Tables) -> None:
    with pytest.raises(ConfigError, match="in a circle: a -> "):
        resolve("a", users)


def test_a_source_changes_the_profile_that_it_names(tmp_path: Path) -> None:
    mapping = tmp_path / "local.py"
    mapping.write_text("from indexer.formats.marc.rules import remove\nremove('title_sort')\n")
    base = resolve("mine", {"mine": {"base": "marc", "id_prefix": "x-", "constants": {"collection": "C"}}})
    constants = {"institution": "Example University", "building": ["Main", "Annexe"], "collection": []}
    made = for_source(base, source="catalogue", constants=constants, files={"mapping": str(mapping)})
    assert (made.name, made.format, made.id_prefix) == ("mine", "marc", "x-")
    assert made.options == {**base.options, "mapping": str(mapping)}
    assert made.constants == {
        "record_format": "marc",
        "institution": ["Example University"],
        "building": ["Main", "Annexe"],
    }
    table = {"base": "mine", "constants": constants, "mapping": str(mapping)}  # the same, as a profile
    users: Tables = {"mine": {"base": "marc", "id_prefix": "x-", "constants": {"collection": "C"}}, "catalogue": table}
    assert made == replace(resolve("catalogue", users), name="mine")
    assert for_source(base, source="catalogue", constants={}) == base
    assert base.constants["collection"] == ["C"]


@pytest.mark.parametrize(
    ("profile", "constants", "mapping", "said"),
    [
        ("ojs", {"colection": "x"}, None, "source.s.constants.colection: the schema has no such field"),
        ("ojs", {"collection": 3}, None, "source.s.constants.collection: is a number"),
        ("ojs", {"id": "1"}, None, "source.s.constants.id: this field is made for each record"),
        ("ojs", {}, "local.py", "source.s.mapping: format oai_dc has no mapping"),
        ("marc", {}, "nowhere.py", "nowhere.py: cannot be read"),
    ],
)
def test_a_source_that_is_wrong_names_its_key(
    profile: str, constants: dict[str, Any], mapping: str | None, said: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        for_source(bundled()[profile], source="s", constants=constants, files={"mapping": mapping} if mapping else {})
    assert said in raised.value.message
