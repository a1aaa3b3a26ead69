"""Records in oai_dc, and what VuFind's stylesheets make of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

DATA = Path(__file__).parents[1] / "data"
SEED = (DATA / "seed/oai_dc_record.xml").read_bytes()
START = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)


def golden() -> list[Any]:
    """Every stylesheet case over oai_dc; the case of a collection is cut into its records, as sources do."""
    cases = []
    for line in (DATA / "golden/oai_dc_documents.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["xsl"] == "nlm_ojs.xsl":  # test_jats.py
            continue
        root = etree.fromstring(case["xml"])
        records = list(root) if root.tag == "collection" else [root]
        for number, (element, pairs) in enumerate(zip(records, case["docs"], strict=True), 1):
            raw = etree.tostring(element, encoding="utf-8")
            stylesheet = case["xsl"].removesuffix(".xsl")
            cases.append(pytest.param(raw, stylesheet, case["params"], pairs, id=f"{case['name']}-{number}"))
    return cases


def dc(elements: str) -> str:
    return f"{START}<identifier>1</identifier>{elements}</oai_dc:dc>"
