"""The files of ops/: what Prometheus, Grafana, systemd and cron would find out first is asked here."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from indexer.cli.main import cli
from indexer.config import ENVIRONMENT
from indexer.jobs import triggers
from indexer.model.books import COLUMNS
from indexer.model.settings import ScheduleSettings
from indexer.observe.metrics import GAUGES, OF_SCHEDULE

ROOT = Path(__file__).resolve().parent.parent
ALERTS = ROOT / "ops/prometheus/alerts.yml"
DASHBOARD = ROOT / "ops/grafana/dashboard.json"
UNITS = sorted((ROOT / "ops/systemd").iterdir())
CRON = ROOT / "ops/cron/indexer"
PROGRAM = "/opt/indexer/bin/indexer"
ADDED = {"job", "instance"}  # by Prometheus itself

#: Every metric that we export, as Prometheus sees it, and its labels.
EXPORTED: dict[str, set[str]] = {
    **{name: {"target", *labels} for name, (labels, _) in GAUGES.items()},
    **{name: set() for name in OF_SCHEDULE if name != "indexer_schedule_runs"},
    "indexer_schedule_runs_total": {"exit_code"},
    "indexer_build_info": {"version", "derive"},
}


def selectors(node: Any) -> Iterator[promql_parser.VectorSelector]:
    """Every metric that an expression asks for."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
        return
    for name in ("lhs", "rhs", "expr", "args", "vector_selector", "param"):
        inner = getattr(node, name, None)
        for each in inner if isinstance(inner, list) else [inner]:
            if each is not None:
                yield from selectors(each)


def check_expression(text: str) -> set[str]:
    """Holds an expression to PromQL and to what is exported; gives the labels that its metrics have."""
    found = list(selectors(promql_parser.parse(text)))
    assert found, text
    labels = set(ADDED)
    for selector in found:
        assert selector.name in EXPORTED, text
        labels |= EXPORTED[selector.name]
        for matcher in selector.matchers.matchers:
            assert matcher.name in EXPORTED[selector.name] | ADDED, text
            if matcher.name == "outcome":
                assert matcher.value in COLUMNS, text
    for named in re.findall(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)", text):
        assert {label.strip() for label in named.split(",") if label.strip()} <= labels, text
    return labels


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    assert group.keys() == {"name", "rules"}
    found: list[dict[str, Any]] = group["rules"]
    return found


@pytest.mark.parametrize("rule", rules(), ids=[rule["alert"] for rule in rules()])
def test_an_alert_asks_for_what_is_exported_and_says_what_to_do(rule: dict[str, Any]) -> None:
    assert (
        {"alert", "expr", "labels", "annotations"} <= rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
    )
    assert re.fullmatch(r"Indexer[A-Z]\w+", rule["alert"])
    labels = check_expression(rule["expr"])
    if "for" in rule:
        assert promql_parser.parse_duration(rule["for"]).total_seconds() > 0
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"].keys() == {"summary", "description"}
    for text in rule["annotations"].values():
        placeholders = re.findall(r"{{(.*?)}}", text)
        assert len(placeholders) == text.count("{{") == text.count("}}")
        for each in placeholders:
            named = re.fullmatch(r" \$(?:labels\.(\w+)|value)(?: \| humanizeDuration)? ", each)
            assert named, text
            assert named[1] is None or named[1] in labels, text


def test_an_expression_that_is_wrong_is_seen() -> None:
    for wrong in ("indexer_records{outcome=", "indexer_nothing > 0", 'indexer_retries{source="a"}', "1 + 1"):
        with pytest.raises((ValueError, AssertionError)):
            check_expression(wrong)
    for wrong in ('indexer_records{outcome="lost"}', "sum by (sauce) (indexer_records)"):
        with pytest.raises(AssertionError):
            check_expression(wrong)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool on this machine")
def test_promtool_takes_the_rules() -> None:
    done = subprocess.run(["promtool", "check", "rules", ALERTS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dashboard_asks_for_what_is_exported() -> None:
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    asked: set[str] = set()
    for panel in panels:
        assert panel["title"]
        for target in panel["targets"]:
            labels = check_expression(target["expr"])
            asked |= {str(each.name) for each in selectors(promql_parser.parse(target["expr"]))}
            assert set(re.findall(r"\$(\w+)", target["expr"])) <= variables
            assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= labels
            assert target["datasource"]["uid"] == "${datasource}"
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            metric, label = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"]).groups()  # type: ignore[union-attr]
            assert label in EXPORTED[metric]
    assert {"indexer_last_success_timestamp_seconds", "indexer_records", "indexer_dead_letters"} <= asked


def test_the_panels_do_not_lie_on_each_other() -> None:
    covered: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & covered, panel["title"]
        assert max(x for x, _ in cells) < 24
        covered |= cells


def settings(unit: Path) -> dict[str, list[str]]:
    """Each key of a unit with its values."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def check_command(words: list[str]) -> None:
    """Our program with these arguments: raises UsageError for what it does not take."""
    assert words[0] == PROGRAM
    command = cli.commands[words[1]]
    command.make_context("indexer", words[2:])


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_a_unit_runs_our_command_as_nobody_special_and_stops_it_once(unit: Path) -> None:
    said = settings(unit)
    check_command(shlex.split(said["ExecStart"][0]))
    environment = dict(pair.split("=", 1) for line in said["Environment"] for pair in line.split())
    assert environment.keys() <= {*ENVIRONMENT, "INDEXER_CONFIG"}
    assert not any(secret in " ".join(environment) for secret in ("PASSWORD", "KEY"))  # anybody may read a unit
    assert said["User"] != ["root"]
    assert said["KillMode"] == ["mixed"]  # SIGTERM twice would end a run at once
    assert said["SuccessExitStatus"] == ["130"]
    assert said["StateDirectory"] == ["indexer"]
    assert environment["INDEXER_STATE"].startswith("sqlite:////var/lib/indexer/")


def test_the_timer_starts_the_service_that_is_there() -> None:
    timer = ROOT / "ops/systemd/indexer-sync.timer"
    assert timer.with_suffix(".service") in UNITS
    assert settings(timer).keys() >= {"OnCalendar", "RandomizedDelaySec", "Persistent", "WantedBy"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_systemd_takes_the_units_and_finds_them_closed(tmp_path: Path) -> None:
    for unit in UNITS:  # systemd looks for the program, and for the user's own paths only when it starts them
        (tmp_path / unit.name).write_text(unit.read_text(encoding="utf-8").replace(PROGRAM, sys.executable))
    paths = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not any(unit.name in done.stderr for unit in UNITS), done.stderr
    for path in paths:
        if path.endswith(".service"):
            asked = ["systemd-analyze", "security", "--offline=true", "--threshold=20", path]  # of 100
            done = subprocess.run(asked, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr


def test_the_cron_line_runs_our_command() -> None:
    text = CRON.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    variables = dict(line.split("=", 1) for line in lines if re.match(r"\w+=", line))
    assert {name for name in variables if name.startswith("INDEXER_")} <= {*ENVIRONMENT, "INDEXER_CONFIG"}
    (line,) = [line for line in lines if not re.match(r"\w+=", line)]
    *times, user, command = line.split(None, 6)
    triggers.trigger(ScheduleSettings(cron=" ".join(times)))
    assert user == "indexer"
    assert "%" not in command  # to cron the end of the line
    subprocess.run(["/bin/sh", "-n", "-c", command], check=True)
    check_command(shlex.split(command[command.index(PROGRAM) :]))
    assert line in (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    assert text.endswith("\n")  # cron does not read a last line without its end
