"""The report of a run: complete, self-contained, and inert whatever the records hold."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from indexer.model.books import Account, Books
from indexer.model.errors import ConfigError
from indexer.model.records import Position, Record
from indexer.observe import page, plots
from indexer.observe.noted import KINDS, SAMPLES, Rejections
from indexer.observe.timeline import Timeline
from indexer.pipeline.summary import Summary
from indexer.state.dead_letters import DeadLetter
from tests.observe.builds import told

SCRIPT = "<script>alert(1)</script>"


def report(**more: Any) -> dict[str, Any]:
    """Of a load of ten seconds at 500 documents a second, which waited for two of them."""
    timeline = Timeline()
    for second in range(10):
        timeline.add(second, 500, 0.2 + second / 10)
        timeline.count(second, Account({"pmc": Books(read=502 * (second + 1), rejected=2 * (second + 1))}))
    timeline.pause(4.0, 2.0)
    books = {"read": 5020, "indexed": 5000, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 20}
    return {
        "command": "load",
        "started": "2026-11-23T02:03:04Z",
        "target": "embedded:var/<index>",
        "dry_run": False,
        "seconds": 10.0,
        "books": {"pmc": books},
        "books_closed": True,
        "faults": 0,
        "interrupted": False,
        "exit_code": 1,
        "problems": [f"dump.xml record 3: {SCRIPT}"],
        "rejected": [
            {
                "stage": "format",
                "kind": "title: …",
                "count": 20,
                "samples": [
                    {"where": "dump.xml record 3", "id": f"x{SCRIPT}", "reason": "title: 'a'", "source": "pmc"}
                ],
            }
        ],
        "warnings": {"MARC-…": 7},
        "warning_examples": {"MARC-…": {"text": f"MARC-8 0x4E {SCRIPT}", "where": "d.mrc record 9", "id": "z"}},
        "timeline": timeline.series(),
    } | more


def test_the_report_says_everything_and_runs_nothing(tmp_path: Path) -> None:
    given = report(seconds=page.DRAWN_FROM)
    written = page.write(tmp_path / "reports", given)
    text = written.read_text(encoding="utf-8")
    tree: Any = html.fromstring(text)
    shown = tree.text_content()
    for said in (
        "embedded:var/<index>",
        "every record is accounted for",
        f"dump.xml record 3: {SCRIPT}",
        "20 × format: title: …",
        f"dump.xml record 3 (x{SCRIPT}): title: 'a'",
        f"7 × MARC-8 0x4E {SCRIPT}",
        "d.mrc record 9 (z)",
    ):
        assert said in shown
    assert "MARC-…" not in shown
    assert not tree.xpath("//script|//@src|//@href|//@*[starts-with(name(), 'on')]")
    assert not re.search(r"url\((?!#)|@import|(?<!xmlns=\")(?<!xmlns:xlink=\")https?://(?!www\.w3\.org)", text)
    assert [cell.text for cell in tree.xpath("//table[@class='books']//tbody//td")] == ["pmc", "5,020", "5,000", "20"]
    assert json.loads(written.with_suffix(".json").read_text(encoding="utf-8")) == given


def test_the_picture_has_plain_numbers_times_of_day_and_a_legend() -> None:
    drawn = plots.svg(report())
    said = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    for label in (
        *("read", "rejected", "records so far", "documents a second", "mean of all batches", "longest batch"),
        *("seconds a batch", "request tried again", "waiting to try again", "time of day (UTC)", "5,000"),
    ):
        assert any(label in text for text in said), label
    assert sum(bool(re.fullmatch(r"02:03:\d\d(\.\d)?", text)) for text in said) > 1
    assert not any(re.search(r"\de[+-]?\d|×", text) for text in said)
    assert drawn == plots.svg(report())
    german = plots.svg(report(), written=lambda number: number.replace(",", "."))
    assert "5.000" in german
    assert "5,000" not in german


def test_without_the_library_the_numbers_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "available", lambda: False)
    tree: Any = html.fromstring(page.html(report()))
    assert not tree.xpath("//svg")
    rows = tree.xpath("//table[@class='spans']//tbody/tr")
    assert sum(int(row.xpath("string(td[5])").replace(",", "")) for row in rows) == 5000
    assert rows[-1].xpath("string(td[2])") == "5,020"
    assert "02:03:04–" in rows[0].xpath("string(td[1])")


def test_a_report_of_an_earlier_release_can_be_shown() -> None:
    old = {key: value for key, value in report().items() if key not in ("rejected", "warning_examples", "retries")}
    old["timeline"] = {key: old["timeline"][key] for key in ("seconds_a_bucket", "documents", "batches")} | {
        "mean_batch_seconds": old["timeline"]["mean_batch_seconds"],
        "longest_batch_seconds": old["timeline"]["longest_batch_seconds"],
    }
    assert "7 × MARC-…" in page.html(old)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="file"):
        page.write(blocked, report())


def letter(number: int, reason: str) -> DeadLetter:
    return DeadLetter("s", None, "marc", f"id{number}", Position("d", number), "format", reason, None, b"")


def test_each_reason_keeps_a_few_of_its_records() -> None:
    noted = Rejections()
    for number in range(10):
        noted.add(letter(number, f"title: is {number}x"))
    noted.add(letter(99, "no id"))
    first, second = noted.as_json()
    assert (first["kind"], first["count"], second["count"]) == ("title: is …", 10, 1)
    assert [each["reason"] for each in first["samples"]] == [f"title: is {number}x" for number in range(SAMPLES)]
    for number in range(2 * KINDS):
        noted.add(letter(number, "".join(chr(97 + int(digit)) for digit in str(number)) * 50))
    assert len(noted.as_json()) == KINDS + 1
    assert noted.as_json()[0]["kind"] == "others"


def test_each_kind_of_warning_keeps_one_as_it_is() -> None:
    summary = Summary()
    for number in range(3):
        summary.warn(f"MARC-8 0x4{number}", Record("s", "marc", b"", Position("d", number + 1)), f"id{number}")
    assert dict(summary.warnings) == {"MARC-8 …": 3}
    assert summary.examples["MARC-8 …"] == ("MARC-8 0x40", "d record 1", "id0")


def test_a_build_on_a_cluster_is_told() -> None:
    found = html.document_fromstring(page.html(report(build=told()), drawn=False))
    text = "".join(map(str, found.itertext()))
    assert "On the cluster" in text
    assert "derive: 6 of 10 parts" in text
    rows = [[cell.text for cell in row.iterchildren()] for row in found.iter("tr")]
    assert ["<c>", "1", "1,000", "90.0", "11"] in rows
    assert "On the cluster" not in page.html(report(), drawn=False)
