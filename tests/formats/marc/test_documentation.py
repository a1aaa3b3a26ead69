"""Every example of docs/mapping.md, run on the record that stands there."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.formats.marc.made import document, marc_record

TEXT = (ROOT / "docs/mapping.md").read_text(encoding="utf-8")
RECORD = marc_record(
    *next(block for block in re.findall(r"```text\n(.+?)```", TEXT, re.S) if block[:3] == "001").splitlines()
)
EXAMPLES = re.findall(r"```python\n(.+?)```\n\n```json\n(.+?)```", TEXT, re.S)


def test_every_example_has_its_result() -> None:
    assert len(EXAMPLES) == TEXT.count("```python") > 5


@pytest.mark.parametrize(("code", "result"), EXAMPLES)
def test_an_example_gives_what_is_said(tmp_path: Path, code: str, result: str) -> None:
    file = tmp_path / "local_marc.py"
    file.write_text(code, encoding="utf-8")
    made = document(RECORD, mapping=str(file))
    expected = json.loads(result)
    assert {name: made.get(name) for name in expected} == expected
    assert "marc_error" not in made
