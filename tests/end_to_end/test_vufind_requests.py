"""VuFind's own requests, held against what its own core answered over the same records."""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from indexer.engines.registry import parse_target
from indexer.model.targets import Target
from tests.conformance.conftest import _drop
from tests.conftest import ROOT
from tests.end_to_end.conftest import Indexer

DATA = ROOT / "tests/data"
FOLDERS = {
    "marc": [DATA / "marc/lc_booksall_2016_sample.mrc.gz"],
    "marc/marc8": sorted((DATA / "marc/marc8").iterdir()),
    "marc/pymarc": [*(DATA / "marc/pymarc").iterdir(), *(DATA / "requests/records/marc/pymarc").iterdir()],
    "marc/yaz": [*(DATA / "marc/yaz").iterdir(), *(DATA / "requests/records/marc/yaz").iterdir()],
    "pubmed": [ROOT / "samples/pubmed20n0014_slice.xml.gz", DATA / "pubmed/pubmed21n1298_slice.xml.gz"],
    "oai": [DATA / "sources/pyoai_erasmus_listrecords_16.xml"],
    "jats": [*(DATA / "jats").glob("*.gz"), *(DATA / "requests/records/jats").iterdir()],
}
DOCUMENTS = 3_997
FACETS = [
    "institution", "building", "format", "callnumber-first", "author_facet", "language", "genre_facet", "era_facet",
    "geographic_facet", "publishDate", "topic_facet",
]  # fmt: skip
BESIDES = {
    "rows": 100, "sort": "score desc,id asc", "fl": "*,score", "hl": "true", "facet": "true", "facet.field": FACETS,
    "facet.mincount": 1, "facet.limit": 30, "facet.sort": "count", "spellcheck": "true", "wt": "json",
}  # fmt: skip
FIRST = 100  # ids that are known of an answer
HIGHLIGHTED = 20  # and how many of those with something highlighted
NEAR = 0.98  # of the first hundred of more: deleted versions of records, which a merge drops, count in a score


@pytest.fixture(
    params=[
        pytest.param("solr", marks=pytest.mark.servers),
        pytest.param("solr10", marks=[pytest.mark.servers, pytest.mark.long]),
    ]
)
def core(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    url = request.getfixturevalue(f"{request.param}_url")
    made = parse_target(f"solr+{url}/{tmp_path.name}_requests")
    try:
        yield made
    finally:
        _drop("solr", made)


def test_vufind_gets_what_its_own_core_answers(
    core: Target, indexer: Indexer, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    for name, files in FOLDERS.items():
        for file in files:
            (tmp_path / "records" / name).mkdir(parents=True, exist_ok=True)
            shutil.copy(file, tmp_path / "records" / name)
    assert indexer("schema", "install", "--target", core).code == 0
    for args in ([tmp_path / "records"], ["--profile", "pmc", DATA / "seed/oai_dc_record.xml"]):
        loaded = indexer("load", *args, "--target", core)
        assert loaded.code == 0, loaded.err
    with gzip.open(DATA / "requests/vufind_queries.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    searches = [row for row in rows if row["type"] != "similar"]
    assert len(searches) == 314
    everything = ask(core, {"q": "*:*", "rows": 0, "wt": "json"})
    assert everything["response"]["numFound"] == DOCUMENTS
    different = {f"{row['type']}: {row['lookfor']}": found for row in searches if (found := differences(core, row))}
    assert different == {}
    similar = [row for row in rows if row["type"] == "similar"]
    # by `qt`, which chooses no handler on Solr 10: there it has a path
    path = "morelikethis" if "solr10" in request.node.name else "select"
    same = [len(set(ids_of(ask(core, row["params"], path))) & set(row["ids"])) for row in similar]
    assert sum(same) >= NEAR * sum(len(row["ids"]) for row in similar), same


def ask(core: Target, params: dict[str, Any], path: str = "select") -> dict[str, Any]:
    response = requests.post(f"{core.base}/{core.index}/{path}", data={**params, "wt": "json"}, timeout=120)
    assert response.status_code == 200, f"{params['q']}: {response.text[:500]}"
    answer: dict[str, Any] = response.json()
    return answer


def ids_of(answer: dict[str, Any]) -> list[str]:
    return [document["id"] for document in answer["response"]["docs"]]


def differences(core: Target, row: dict[str, Any]) -> list[str]:
    answer = ask(core, BESIDES | row["params"])
    ids = ids_of(answer)
    highlighted = [id for id in ids if answer["highlighting"].get(id)][:HIGHLIGHTED]
    hits = answer["response"]["numFound"]
    formats = answer["facet_counts"]["facet_fields"]["format"]
    found = []
    if hits != row["hits"]:
        found.append(f"{hits} hits, not {row['hits']}")
    elif len(set(ids) & set(row["ids"])) < (NEAR if hits > FIRST else 1) * len(row["ids"]):
        found.append(f"other hits: {sorted(set(ids) ^ set(row['ids']))}")
    elif len(highlighted) != len(row["highlighted"]):
        found.append(f"{len(highlighted)} highlighted, not {len(row['highlighted'])}")
    if formats != row["formats"]:
        found.append(f"formats {formats}, not {row['formats']}")
    return found
