"""Documents as `transform` prints them, and what an engine may give back of them."""

import json
from typing import Any

from indexer.model.schema import biblio
from tests.conftest import ROOT

PUBMED = [ROOT / "samples/pubmed20n0014_slice.xml.gz", ROOT / "tests/data/pubmed/pubmed21n1298_slice.xml.gz"]
Documents = dict[str, dict[str, Any]]


def stored(documents: Documents) -> Documents:
    """What an engine may give back: the stored fields."""
    schema = biblio()
    kept = {}
    for id, fields in documents.items():
        kept[id] = {name: value for name, value in fields.items() if (found := schema.field(name)) and found.stored}
    return kept


def of_lines(text: str) -> Documents:
    rows = [json.loads(line) for line in text.splitlines()]
    return {row["id"]: row for row in rows if "delete" not in row}
