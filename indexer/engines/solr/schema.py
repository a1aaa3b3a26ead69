"""Compiles the schema into a Solr configset: the files of schemas/solr/biblio/conf/ (for Solr 10 those of
schemas/solr10/biblio/conf/, where solrconfig.xml is another), as text.

The configset starts on a plain Solr whose analysis-extras module is on (ICU tokenizer and folding), standalone and in
SolrCloud. Field semantics, query defaults and commit policy are those of VuFind's biblio core (docs/fields.md); what
would need VuFind's own jars (the alphabetic browse handler) is left out.
"""

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

from indexer.engines.solr.solrconfig import solrconfig_xml
from indexer.model.schema import Field, Schema

CONF = {9: "solr/biblio/conf", 10: "solr10/biblio/conf"}  # below schemas/, by the version of Solr: all that we know
MARK = "Compiled from biblio.toml"  # by which we know a schema of ours on a server
_HEAD = f"{MARK} by `indexer schema build`: change it there."

# Field type attributes by kind. Strings are sorted and counted without docValues, as in VuFind: with them an over-long
# value would be refused in unindexed fields too. Schema version 1.6 is the last one in which that is the default.
_KINDS: dict[str, dict[str, str]] = {
    "string": {"class": "solr.StrField", "sortMissingLast": "true", "omitNorms": "true"},
    "long": {"class": "solr.LongPointField", "docValues": "true"},
    "boolean": {"class": "solr.BoolField", "sortMissingLast": "true"},
    "date": {"class": "solr.DatePointField", "sortMissingLast": "true"},
    "geo": {
        "class": "solr.SpatialRecursivePrefixTreeFieldType",
        "geo": "true",
        "distErrPct": "0.025",
        "maxDistErr": "0.001",
        "distanceUnits": "kilometers",
    },
    "random": {"class": "solr.RandomSortField", "indexed": "true"},
}
_TOKENIZERS = {
    "icu": "solr.ICUTokenizerFactory",
    "keyword": "solr.KeywordTokenizerFactory",
    "whitespace": "solr.WhitespaceTokenizerFactory",
}
# A query's word that becomes several (T-cell, 4.5) asks for them side by side: as in VuFind, whose schema is of a
# version (1.2) in which that goes without saying.
_PHRASES = {"autoGeneratePhraseQueries": True}
# Numerals that VuFind has as each other's synonyms. Higher Roman ones often mean something else (vitamin C, X-ray).
NUMERALS = (("i", "1", "one"), ("ii", "2", "two"), ("iii", "3", "three"), ("iv", "4", "four"), ("v", "5", "five"))
# Our filters: Solr's factory, what is always set, and how our parameters are called there.
_FILTERS: dict[str, tuple[str, dict[str, str], dict[str, tuple[str, ...]]]] = {
    "word_delimiter": (
        "solr.WordDelimiterGraphFilterFactory",
        {"generateWordParts": "1", "generateNumberParts": "1", "splitOnCaseChange": "1", "catenateAll": "0"},
        {"catenate": ("catenateWords", "catenateNumbers")},
    ),
    "synonyms": (
        "solr.SynonymGraphFilterFactory",
        {"synonyms": "synonyms.txt", "ignoreCase": "true", "expand": "true"},
        {},
    ),
    "stop": ("solr.StopFilterFactory", {"words": "stopwords.txt", "ignoreCase": "true"}, {}),
    "protected_words": ("solr.KeywordMarkerFilterFactory", {"protected": "protwords.txt"}, {}),
    "english_stemmer": ("solr.SnowballPorterFilterFactory", {"language": "English"}, {}),
    "icu_folding": ("solr.ICUFoldingFilterFactory", {}, {}),
    "lowercase": ("solr.LowerCaseFilterFactory", {}, {}),
    "remove_duplicates": ("solr.RemoveDuplicatesTokenFilterFactory", {}, {}),
    "shingle": (
        "solr.ShingleFilterFactory",
        {},
        {"size": ("maxShingleSize",), "unigrams": ("outputUnigrams",)},
    ),
    "pattern_replace": (
        "solr.PatternReplaceFilterFactory",
        {"replace": "all"},
        {"pattern": ("pattern",), "replacement": ("replacement",)},
    ),
    "length": ("solr.LengthFilterFactory", {}, {"min": ("min",), "max": ("max",)}),
    "edge_ngram": ("solr.EdgeNGramFilterFactory", {}, {"min": ("minGramSize",), "max": ("maxGramSize",)}),
}


def configset(schema: Schema, major: int = 9, *, copy_fields: bool = False) -> dict[str, str]:
    """The configset's files for this version of Solr: name -> text.

    With `copy_fields` the schema has all copyField rules, as VuFind's own does. Ours has only `engine_copies`: the
    loader sends the copied fields, so that documents are equal on every engine.
    """
    return {
        "schema.xml": schema_xml(schema, copy_fields=copy_fields),
        "solrconfig.xml": solrconfig_xml(major),
        "stopwords.txt": f"# {_HEAD}\n" + "".join(f"{word}\n" for word in schema.stop_words),
        "synonyms.txt": synonyms(),
        "protwords.txt": "# One word a line that the stemmer is to leave alone.\n",
    }


def schema_xml(schema: Schema, *, copy_fields: bool = False) -> str:
    """A classic schema.xml."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<!-- {_HEAD} -->",
        f'<schema name="{schema.name}" version="1.6">',
    ]
    for name, definition in schema.types.items():
        lines += _field_type(name, definition)
    lines += [f"  {_field('field', field)}" for field in schema]
    lines += [f"  {_field('dynamicField', field)}" for field in schema.dynamic]
    lines.append(f"  <uniqueKey>{schema.unique_key}</uniqueKey>")
    copies = schema.copies if copy_fields else schema.engine_copies
    lines += [
        f'  <copyField source="{source}" dest="{target}"/>' for source, targets in copies.items() for target in targets
    ]
    return "\n".join([*lines, "</schema>", ""])


def synonyms() -> str:
    """The file of the synonyms: numerals in three forms."""
    lines = [f"# {_HEAD}", "# Numerals, so that `part II`, `part 2` and `part two` find each other."]
    return "\n".join([*lines, *(",".join(forms) for forms in NUMERALS), ""])


def _field(tag: str, field: Field) -> str:
    attributes = {
        "name": field.name,
        "type": field.type,
        "indexed": field.indexed,
        "stored": field.stored,
        "multiValued": field.multi,
    }
    optional = {
        "docValues": field.doc_values,
        "termVectors": field.term_vectors,
        "storeOffsetsWithPositions": field.offsets,
    }
    return _element(tag, attributes | {key: True for key, wanted in optional.items() if wanted})


def _field_type(name: str, definition: dict[str, Any]) -> Iterator[str]:
    if definition["kind"] != "text":
        yield f"  {_element('fieldType', {'name': name} | _KINDS[definition['kind']])}"
        return
    attributes: dict[str, Any] = {"name": name, "class": "solr.TextField", "positionIncrementGap": 100, **_PHRASES}
    if not definition.get("norms", True):
        attributes["omitNorms"] = True
    if definition["tokenizer"] == "keyword":
        attributes["sortMissingLast"] = True
    yield f"  {_element('fieldType', attributes).removesuffix('/>')}>"
    if any("side" in row for row in definition["filters"]):
        yield from _analyzer(definition, "index")
        yield from _analyzer(definition, "query")
    else:
        yield from _analyzer(definition, None)
    yield "  </fieldType>"


def _analyzer(definition: dict[str, Any], side: str | None) -> Iterator[str]:
    yield f'    <analyzer type="{side}">' if side else "    <analyzer>"
    for row in definition.get("char_filters", ()):
        attributes = {"class": "solr.PatternReplaceCharFilterFactory"}
        yield f"      {_element('charFilter', attributes | {k: v for k, v in row.items() if k != 'name'})}"
    yield f'      <tokenizer class="{_TOKENIZERS[definition["tokenizer"]]}"/>'
    for row in definition["filters"]:
        if row.get("side", side) == side:
            yield f"      {_filter(row)}"
    yield "    </analyzer>"


def _filter(row: dict[str, Any]) -> str:
    factory, fixed, names = _FILTERS[row["name"]]
    attributes: dict[str, Any] = {"class": factory, **fixed}
    for key, value in row.items():
        if key in ("name", "side"):
            continue
        for name in names[key]:
            attributes[name] = int(value) if name.startswith("catenate") else value
    return _element("filter", attributes)


def _element(tag: str, attributes: dict[str, Any]) -> str:
    text = " ".join(
        f"{key}={quoteattr(str(value).lower() if isinstance(value, bool) else str(value))}"
        for key, value in attributes.items()
    )
    return f"<{tag} {text}/>"
