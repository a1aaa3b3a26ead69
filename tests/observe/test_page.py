"""The report of a run: complete, self-contained, and inert whatever the records hold."""

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from indexer.model.errors import ConfigError
from indexer.observe import page
from indexer.observe.timeline import Timeline

REPORT: dict[str, Any] = {
    "command": "load",
    "started": "2026-11-23T02:03:04Z",
    "target": "embedded:var/<index>",
    "dry_run": False,
    "seconds": 12.5,
    "books": {"pmc": {"read": 10, "indexed": 8, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 2}},
    "books_closed": True,
    "faults": 0,
    "interrupted": False,
    "exit_code": 1,
    "problems": ["dump.xml record 3: <script>alert(1)</script>"],
}


def test_the_report_says_everything_and_runs_nothing(tmp_path: Path) -> None:
    timeline = Timeline()
    for second in range(10):
        timeline.add(second, 500, 0.2 + second / 10)
    written = page.write(tmp_path / "reports", REPORT, timeline)
    tree: Any = html.fromstring(written.read_text(encoding="utf-8"))
    text = tree.text_content()
    assert "embedded:var/<index>" in text
    assert "books closed" in text
    assert "<script>alert(1)</script>" in text
    assert not tree.xpath("//script|//@src|//@href")
    assert len(tree.xpath("//svg")) == 2
    assert [cell.text for cell in tree.xpath("//tbody//td")] == ["pmc", "10", "8", "2"]
    machine = json.loads(written.with_suffix(".json").read_text(encoding="utf-8"))
    assert machine["books"] == REPORT["books"]
    assert sum(machine["timeline"]["documents"]) == 5000


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="file"):
        page.write(blocked, REPORT, Timeline())
