"""biblio.toml, read."""

from pathlib import Path

import pytest

from indexer.model.schema import Field, biblio, read, schemas_folder

# What VuFind's biblio schema does not keep: searched, never returned.
UNSTORED = {
    "allfields", "allfields_unstemmed", "fulltext", "fulltext_unstemmed", "publishDateSort", "publisherStr",
    "topic_unstemmed", "topic_browse", "author_browse", "hierarchy_browse",
}  # fmt: skip


def field(name: str) -> Field:
    found = biblio().field(name)
    assert found is not None
    return found


def test_every_field_says_what_it_means() -> None:
    schema = biblio()
    assert len(schema.fields) == 101
    for row in (*schema, *schema.dynamic):
        assert len(row.doc) > 10, row.name
        assert row.doc.endswith("."), row.name
    assert all(definition["doc"] for definition in schema.types.values())


def test_unstored_fields_are_those_of_vufind() -> None:
    assert {row.name for row in biblio() if not row.stored} == UNSTORED


def test_unindexed_fields() -> None:
    assert {row.name for row in biblio() if not row.indexed} == {"fullrecord", "thumbnail", "long_lat_label"}


def test_every_field_that_only_holds_copies_is_listed() -> None:
    schema = biblio()
    assert schema.copy_targets - schema.copies.keys() == {
        "spelling", "spellingShingle", "allfields_unstemmed", "fulltext_unstemmed", "topic_unstemmed",
        "title_fullStr", "title_full_unstemmed", "author_facet", "author_browse", "publisherStr", "topic_browse",
        "dewey-search", "callnumber-search",
    }  # fmt: skip
    assert field("author_facet").copied_from == ("author", "author2", "author_corporate")


def test_only_format_into_allfields_is_left_to_the_engine() -> None:
    assert biblio().engine_copies == {"format": ("allfields",)}


@pytest.mark.parametrize(
    ("name", "type_", "multi"),
    [
        ("work_keys_str_mv", "string", True),
        ("pmid_str", "string", False),
        ("abstract_txt_mv", "text", True),
        ("names_txtP", "textProper", False),
        ("other_isn_mv", "isn", True),
        ("seen_date", "date", False),
        ("open_boolean", "boolean", False),
    ],
)
def test_dynamic_fields(name: str, type_: str, multi: bool) -> None:
    assert (field(name).type, field(name).multi) == (type_, multi)


@pytest.mark.parametrize("name", ["nothing", "_str", "str_mv_", "Title", ""])
def test_unknown_names(name: str) -> None:
    assert biblio().field(name) is None


def test_a_schema_that_copies_into_nothing_is_refused(tmp_path: Path) -> None:
    text = (schemas_folder() / "biblio.toml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text.replace('targets = ["publisherStr"]', 'targets = ["publisher_string"]'), encoding="utf-8")
    with pytest.raises(ValueError, match="publisher_string"):
        read(wrong)
