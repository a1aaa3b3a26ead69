"""A file of fields of one's own, on top of biblio.toml."""

from pathlib import Path

import pytest

from indexer.derive.stage import complete
from indexer.engines.elastic.schema import index_body
from indexer.engines.solr.schema import schema_xml
from indexer.model.documents import Draft
from indexer.model.errors import ConfigError
from indexer.model.extra_fields import extended
from indexer.model.schema import biblio, bundled, in_use

SITE = """
field = [
    { name = "site_note", type = "folded", multi = true, doc = "What the library says of it." },
    { name = "site_all", type = "text", multi = true, doc = "Everything of the site." },
]
dynamic = [{ pattern = "*_shelf", type = "string", doc = "A shelf mark." }]
copy = [{ source = "site_note", targets = ["site_all"] }, { source = "topic", targets = ["site_all"] }]

[type.folded]
kind = "text"
doc = "One folded value."
tokenizer = "keyword"
filters = [{ name = "lowercase" }]
"""


def file(folder: Path, text: str) -> Path:
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_its_fields_are_in_every_compiled_schema(tmp_path: Path) -> None:
    schema = extended(file(tmp_path, SITE))
    assert schema.version.startswith(f"{bundled().version}+")
    solr = schema_xml(schema)
    assert '<field name="site_note" type="folded"' in solr
    assert '<dynamicField name="*_shelf"' in solr
    mappings = index_body(schema)["mappings"]
    assert {"site_note", "site_all"} <= mappings["properties"].keys()
    assert "_shelf" in str(mappings["dynamic_templates"])
    assert mappings["_meta"]["version"] == schema.version
    assert "site_note" not in bundled().fields
    assert bundled().copies["topic"] == tuple(name for name in schema.copies["topic"] if name != "site_all")


def test_documents_have_them_and_their_copies(tmp_path: Path) -> None:
    with in_use(extended(file(tmp_path, SITE))):
        made = complete(Draft({"id": "1", "topic": ["T"], "site_note": "n", "a_shelf": ["3"]}, computed=()), "current")
        assert (made["site_note"], made["a_shelf"], made["site_all"]) == (["n"], "3", ["T", "n"])
    assert "site_all" not in biblio().fields


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("field = 1", "field is not a list of tables"),
        ("fields = []", "fields is none of field, dynamic, copy and type"),
        ('field = [{ name = "title", type = "text" }]', "field 'title' is there already"),
        ('field = [{ name = "x" }]', "field 'x': type is missing"),
        ('field = [{ name = "x y", type = "text" }]', "field 'x y': a name has letters"),
        ('field = [{ name = "x", type = "text", multy = true }]', "field 'x': multy is not a known key"),
        ('field = [{ name = "x", type = "txet" }]', "copies or types name what is not there: txet"),
        ('field = [{ name = "x", type = "text" }, { name = "x", type = "text" }]', "'x' is there twice"),
        ('dynamic = [{ pattern = "x_*", type = "text" }]', "dynamic 'x_*': a pattern is * and an ending"),
        ('copy = [{ source = "title", targets = ["nowhere"] }]', "name what is not there: nowhere"),
        ('[type.text]\nkind = "text"', "type 'text' is there already"),
        ("[type.mine]\nx = 1", "type 'mine' has no kind"),
        ('[type.mine]\nkind = "word"', "type 'mine' has the kind 'word'; there are boolean, date"),
        ('[type.mine]\nkind = "text"\ntokenizer = "icu"', "type 'mine' has no filters"),
        ('[type.mine]\nkind = "text"\ntokenizer = "icu"\nfilters = [{ name = "lower" }]', "'lower' among its filters"),
        (
            '[type.mine]\nkind = "text"\ntokenizer = "icu"\nfilters = [{ name = "length", min = 1 }]',
            "the filter 'length', to which belong max, min, name, side: max is wrong",
        ),
        ("field = [", "is not TOML"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        extended(file(tmp_path, text))
    assert said in caught.value.message
    assert "site.toml" in caught.value.message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read: No such file"):
        extended(tmp_path / "none.toml")
