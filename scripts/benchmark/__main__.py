"""Measures what the loader takes: scripts/bench [NAME...]. Tables go to standard output, progress to standard error."""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "testbed"))
import dumps
from cases import CASES
from setting import Setting, Skipped, as_json


def main() -> int:
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # so that the folder goes, too
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "indexer-bench"
    baseline = dumps.SAMPLE if asked.sample else dumps.fetch(cache)
    told: dict[str, Any] = {"machine": _machine(), "rounds": asked.rounds, "results": []}
    with tempfile.TemporaryDirectory(prefix="indexer-bench-", dir=asked.folder) as folder:
        setting = Setting(Path(folder), baseline, asked.records, asked.rounds)
        for name in asked.names or CASES:
            print(f"measuring {name} ...", file=sys.stderr)
            result = _measured(name, setting)
            _show(result)
            told["results"].append(result)
            if asked.json:
                asked.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measures what the loader takes; see docs/benchmarks.md."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure (default: all): {', '.join(CASES)}")
    parser.add_argument(
        "--records", type=int, help="records in the (largest) dump, instead of each benchmark's own number"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each side is measured (default: 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures of all rounds to this file, too")
    parser.add_argument(
        "--folder", type=Path, help="where dumps and indexes go for the time of the run (default: TMPDIR)"
    )
    parser.add_argument("--sample", action="store_true", help="multiply the project's own sample; nothing is fetched")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in CASES]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(CASES)}")
    if asked.rounds < 1 or (asked.records is not None and asked.records < 1):
        parser.error("--rounds and --records are at least 1")
    return asked


def _measured(name: str, setting: Setting) -> dict[str, Any]:
    began = time.monotonic()
    load = os.getloadavg()[0]
    try:
        result = as_json(name, CASES[name](setting))
    except Skipped as skipped:
        result = {"name": name, "skipped": str(skipped)}
    return {**result, "seconds": round(time.monotonic() - began, 1), "load_average_before": round(load, 2)}


def _show(result: dict[str, Any]) -> None:
    if "skipped" in result:
        print(f"{result['name']}: skipped, {result['skipped']}\n", flush=True)
        return
    of = f"{result['records']:,} records, " if result["records"] else ""
    reached = "reached" if result["reached"] else "not reached"
    print(f"{result['name']}: {of}{len(result['rounds'])} rounds; {result['aim']}: {reached}")
    for name, value in result["figures"].items():
        each = [round_[name] for round_ in result["rounds"] if name in round_]
        spread = f"   from {_number(min(each))} to {_number(max(each))}" if len(each) > 1 else ""
        print(f"  {name:<28}{_number(value):>12}{spread}")
    for note in result["notes"]:
        print(f"  {note}")
    print(flush=True)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    commit = subprocess.run(
        ["git", "-C", dumps.ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "commit": commit.stdout.strip(),
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main())
