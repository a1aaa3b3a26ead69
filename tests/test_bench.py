"""scripts/bench runs, a tiny share of it: its figures are there and make sense, whatever they are on this machine."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def bench(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """The benchmarks without their launcher, which only makes sure of the virtual environment."""
    command = [sys.executable, ROOT / "scripts/benchmark", *arguments]
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, env={**os.environ, "INDEXER_TARGET": "x"}
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Name -> result of everything that needs no server, over the project's own sample."""
    folder = tmp_path_factory.mktemp("bench")
    names = [
        "load-embedded",
        "transform-pubmed",
        "transform-oai_dc",
        "transform-marc",
        "transform-solrmarc",
        "workers",
        "memory",
        "growth",
        "help",
    ]
    done = bench(*names, "--sample", "--records", "100", "--rounds", "1", "--folder", folder, "--json", folder / "told")
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines() if line and not line.startswith(" ")] == names
    assert os.listdir(folder) == ["told"], "dumps and indexes are gone"
    everything = json.loads((folder / "told").read_text())
    assert everything["machine"]["cores"] == os.cpu_count()
    return {result["name"]: result for result in everything["results"]}


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("load-embedded", {"load_per_second", "push_per_second", "ratio", "load_cpu", "push_cpu"}),
        ("transform-pubmed", {"ratio", "ratio_two_workers", "records_per_cpu_second", "parse_cpu", "transform_cpu"}),
        ("transform-oai_dc", {"ratio", "ratio_two_workers", "records_per_cpu_second", "parse_cpu", "transform_cpu"}),
        ("transform-marc", {"ratio", "ratio_two_workers", "records_per_cpu_second", "parse_cpu", "transform_cpu"}),
        ("transform-solrmarc", {"ratio", "records_per_cpu_second", "bundled_cpu", "properties_cpu"}),
        ("workers", {"speedup", "speedup_at_best", "one_wall", "two_wall", "one_cpu", "two_cpu"}),
        ("memory", {"jsonl_tenth_mb", "jsonl_whole_mb", "embedded_tenth_mb", "embedded_whole_mb"}),
        ("growth", {"cpu_us_1", "cpu_us_10", "cpu_us_100", "wall_us_1", "wall_us_10", "wall_us_100"}),
        ("help", {"help_wall", "help_cpu"}),
    ],
)
def test_figures(told: dict[str, dict[str, Any]], name: str, figures: set[str]) -> None:
    result = told[name]
    assert result["figures"].keys() >= figures
    assert result["rounds"][0].keys() >= figures
    assert isinstance(result["reached"], bool)
    if name != "growth":  # the difference of two starts
        assert all(result["figures"][figure] > 0 for figure in figures)


def test_memory_is_that_of_the_whole_tree(told: dict[str, dict[str, Any]]) -> None:
    assert told["memory"]["figures"]["jsonl_whole_mb"] > 30


def test_a_wrong_name_is_told() -> None:
    done = bench("load-solar")
    assert done.returncode == 2
    assert "no benchmark 'load-solar'" in done.stderr
    assert "load-solr" in done.stderr
