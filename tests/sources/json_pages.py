"""Documents in JSON, as servers page them."""

import json
from collections.abc import Sequence

DOCS = [
    {"id": "1", "title": 'Brackets } ] { [ and "quotes\\" \\', "author": ["a", "b"]},
    {"id": "2", "nested": {"a": [{"b": "}"}]}, "n": 1.5, "t": True, "none": None},
    {"id": "3", "title": "Ünïcödé } \\ {"},
]


def pages(docs: Sequence[object]) -> dict[str, bytes]:
    """The same documents in every layout."""
    response = {
        "responseHeader": {"status": 0, "params": {"q": "docs: [{", "fl": "*"}},
        "response": {"numFound": 3, "start": 0, "docs": docs},
        "facet_counts": {"docs": [{"id": "x"}]},
        "nextCursorMark": "A",
    }
    hits = {
        "took": 1,
        "_shards": {"total": 1},
        "hits": {"total": {"value": 3}, "hits": [{"_index": "i", "_source": d, "sort": [1]} for d in docs]},
        "aggregations": {"top": {"hits": {"hits": [{"_source": {"id": "x"}}]}}},
    }
    lines = [json.dumps(d) for d in docs]
    return {
        "lines": "\n".join(lines).encode(),
        "windows lines": ("\r\n\r\n".join(lines) + "\r\n").encode(),
        "array": json.dumps(docs).encode(),
        "pretty array": json.dumps(docs, indent=2).encode(),
        "pretty objects": "\n".join(json.dumps(d, indent=1) for d in docs).encode(),
        "on one line": "".join(lines).encode(),
        "sequence": "".join(f"\x1e{line}\n" for line in lines).encode(),
        "solr": json.dumps(response).encode(),
        "pretty solr": json.dumps(response, indent=2).encode(),
        "two solr answers": (json.dumps({"response": {"docs": docs[:1]}}) + "\n").encode()
        + json.dumps({"response": {"docs": docs[1:]}}).encode(),
        "hits": json.dumps(hits).encode(),
        "pretty hits": json.dumps(hits, indent=2).encode(),
        "hits lines": "\n".join(json.dumps({"_index": "i", "_source": d}) for d in docs).encode(),
        "update": b"".join(json.dumps({"add": {"doc": d, "overwrite": True}}).encode() for d in docs),
    }
