"""What `why` says beside the explanation that Solr and Elasticsearch give of themselves."""

import re
from typing import Any

import pytest
import requests

from indexer.engines.base import Index, Query
from indexer.engines.elastic.search import asked as asked_of_elasticsearch
from indexer.engines.solr.search import asked as asked_of_solr
from indexer.jobs.why import explain_hit
from indexer.model.targets import Target
from indexer.testing.browsing import corpus
from tests.conftest import PATIENCE

__all__ = ["corpus"]

PAIRS = [
    ("tea", "Title", "b1"),
    ("tea", "Title", "j1"),
    ("garden library", "Title", "b1"),
    ("history", "Subject", "b1"),
    ("history", "Subject", "b3"),
    ("society", "Author", "a1"),
    ("green", "Author", "b2"),
    ("tea", "AllFields", "b3"),
    ("tea cultivation", "AllFields", "b2"),
    ("soil", "AllFields", "a1"),
    ("tea", "JournalTitle", "a1"),
    ("sb271", "CallNumber", "b1"),
    ("0306406152", "ISN", "b2"),
    ("1234567x", "ISN", "j1"),
    ("agriculture", "Author", "a1"),
    ("cultivating", "Title", "b2"),
    ("agriculture", "Title", "b3"),
    ("cultivation", "Title", "j1"),
    ("tea", "Author", "b1"),
    ("moon", "Subject", "b3"),
]


def explained(target: Target, query: Query, id: str) -> tuple[float, set[str]]:
    """The score, 0 where it does not match, and the fields in the engine's explanation."""
    where = f"{target.base}/{target.index}"
    if target.kind == "solr":
        asked: dict[str, Any] = {**(asked_of_solr(query) or {}), "rows": 0}
        asked |= {"debugQuery": "true", "explainOther": f'id:"{id}"'}
        answer = requests.post(f"{where}/select", data=asked, timeout=PATIENCE).json()
        text = answer["debug"]["explainOther"][id]
        score = float(text.split()[0])
    else:
        body = {"query": asked_of_elasticsearch(query)}
        answer = requests.post(f"{where}/_explain/{id}", json=body, timeout=PATIENCE).json()
        text = str(answer)
        score = answer["explanation"]["value"] if answer["matched"] else 0.0
    return score, set(re.findall(r"weight\((?:Synonym\()?(\w+):", text)) if score else set()


def test_the_engine_says_the_same(corpus: Index, target: Target) -> None:
    words = 0
    for text, type_, id in PAIRS:
        query = Query(text, type=type_)
        ours = explain_hit(corpus, query, id)
        score, fields = explained(target, query, id)
        assert ours.found == (score > 0), (text, type_, id)
        if ours.found:
            assert ours.score == pytest.approx(score, rel=1e-3)
            places = {place.field for part in ours.parts for place in part.places}
            assert fields in (places, set()), (text, type_, id)  # of whole values it names none
            words += bool(fields)
    assert words >= 10
