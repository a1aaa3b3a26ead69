"""What is measured. Each case compares in pairs, one after the other in turn, so that a noisy machine hits both."""

import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import cluster_cases
import dumps
import requests
import serve as pages
from measure import Taken, cpu_of, median, run
from setting import INDEXER, Case, Measured, Rounds, Setting, Skipped, in_turn, indexer, medians

from indexer import sources
from indexer.engines import registry
from indexer.engines.registry import open_index, parse_target
from indexer.formats import profiles
from indexer.model.records import Record
from indexer.model.settings import LoadSettings
from indexer.model.targets import Target
from indexer.pipeline.workers import Prepared, TransformSpec
from indexer.pipeline.workers import transform as transform_record

HERE = Path(__file__).parent
WARM_UP = 25_000  # documents, before the first measured run against a server


# ---- load against pushing documents that are ready


def load(kind: str, aim: float, setting: Setting) -> Measured:
    count = setting.records or 60_000
    dump = setting.dump("pubmed", count)
    settings = LoadSettings()
    limits = [settings.connections, settings.batch_documents, settings.batch_bytes]
    ready = setting.folder / f"ready-{kind}-{count}.tsv"

    def push(documents: Path, target: Target) -> Taken:
        return run([sys.executable, HERE / "push.py", str(target), documents, *map(str, limits)], cwd=setting.folder)

    def on_fresh(act: Callable[[Target], Taken]) -> tuple[Taken, float]:
        """What it took, and all processor time, the server's included."""
        with _fresh(kind, setting) as target:
            before = _server_cpu(kind)
            taken = act(target)
            total = taken.cpu + _server_cpu(kind) - before
            there = _count(target)
            if there != count:
                sys.exit(f"{target} holds {there:,} documents, not {count:,}")
            return taken, total

    with _fresh(kind, setting) as target:
        _encode(dump, ready, target)
        if kind != "embedded":
            warm = setting.folder / f"warm-{kind}-{count}.tsv"
            with ready.open("rb") as lines, warm.open("wb") as file:
                file.writelines(line for _, line in zip(range(WARM_UP), lines, strict=False))
            push(warm, target)
    sides = [
        lambda: on_fresh(lambda target: indexer(setting, "load", dump, "--target", str(target), "--quiet")),
        lambda: on_fresh(partial(push, ready)),
    ]
    rounds = [
        {
            "load_per_second": count / ours.wall,
            "push_per_second": count / bare.wall,
            "ratio": bare.wall / ours.wall,
            "load_wall": ours.wall,
            "push_wall": bare.wall,
            "load_cpu": ours.cpu,
            "push_cpu": bare.cpu,
            "load_all_cpu": ours_all,
            "push_all_cpu": bare_all,
            "ratio_by_cpu": bare_all / ours_all,
        }
        for (ours, ours_all), (bare, bare_all) in in_turn(setting, sides)
    ]
    figures = medians(rounds)
    return Measured(count, figures, rounds, f"ratio >= {aim}", figures["ratio"] >= aim)


def _encode(dump: Path, path: Path, target: Target) -> None:
    """The documents as a load would send them to this target: id, tab, JSON."""
    sink = open_index(target, create=True)
    sink.check()
    profile = profiles.bundled()["pubmed"]
    spec = TransformSpec({"": {profile.format: profile}}, set(sink.omit))
    sink.close()
    with path.open("wb") as file:
        for record in sources.read([str(dump)], source=""):
            assert isinstance(record, Record), record
            result = transform_record(record, spec)
            assert isinstance(result, Prepared), result
            file.write(result.write.id.encode() + b"\t" + result.write.body + b"\n")


def _server_cpu(kind: str) -> float:
    """Processor time of the server that scripts/servers runs; 0 where it runs in a container, or is none."""
    try:
        return cpu_of(int((dumps.ROOT / ".servers" / kind / "pid").read_text()))
    except OSError:
        return 0.0


@contextmanager
def _fresh(kind: str, setting: Setting) -> Iterator[Target]:
    """A core, index or folder of its own with the bundled schema, gone afterwards."""
    if kind == "embedded":
        place = setting.place()
        yield parse_target(f"embedded:{place / 'index'}")
        shutil.rmtree(place)
        return
    asked = subprocess.run(
        [sys.executable, dumps.ROOT / "scripts/servers", "url", kind], capture_output=True, text=True, check=False
    )
    if asked.returncode:
        raise Skipped(f"no {kind}: scripts/servers start {kind}")
    target = parse_target(f"{kind}+{asked.stdout.strip()}/bench_{uuid.uuid4().hex[:12]}")
    try:
        registry.install(target)
        yield target
    finally:
        if kind == "solr":
            params = {"action": "UNLOAD", "core": target.index, "deleteInstanceDir": "true"}
            requests.get(f"{target.base}/admin/cores", params=params, timeout=60)
        else:
            requests.delete(f"{target.base}/{target.index}", timeout=60)
            requests.delete(f"{target.base}/_index_template/{target.index}", timeout=60)


def _count(target: Target) -> int:
    sink = open_index(target)
    try:
        sink.check()
        return sink.count()
    finally:
        sink.close()


# ---- transform against bare parsing


def transform(kind: str, profile: str, aim: float, setting: Setting, *, rate: int = 0) -> Measured:
    """`rate`: records for each second of processor time that are to be reached, too."""
    count = setting.records or (100_000 if kind == "oai_dc" else 30_000)
    if kind == "marc":
        packed = dump = setting.dump(kind, count, ".mrc")
    else:
        dump = setting.dump(kind, count)
        packed = dumps.pack(dump, dump.with_suffix(".packed"))

    def ours(workers: int) -> Taken:
        words = ("transform", dump, "--profile", profile, "--quiet", "--workers", str(workers))
        return indexer(setting, *words, to_null=True)

    sides = [
        lambda: run([sys.executable, HERE / "parse.py", packed], cwd=setting.folder),
        lambda: ours(1),
        lambda: ours(2),
    ]
    rounds = []
    for bare, one, two in in_turn(setting, sides):
        parsing = float(bare.out)
        rounds.append(
            {
                "ratio": parsing / one.cpu,
                "ratio_two_workers": parsing / two.cpu,
                "records_per_cpu_second": count / one.cpu,
                "parse_cpu": parsing,
                "transform_cpu": one.cpu,
                "transform_cpu_two_workers": two.cpu,
            }
        )
    figures = medians(rounds)
    reached = figures["ratio"] >= aim and figures["records_per_cpu_second"] >= rate
    wanted = f", records_per_cpu_second >= {rate:,}" if rate else ""
    return Measured(count, figures, rounds, f"ratio >= {aim}{wanted}", reached)


def transform_solrmarc(setting: Setting) -> Measured:
    """The bundled MARC mapping against the same in SolrMarc's words."""
    count = setting.records or 30_000
    dump = setting.dump("marc", count, ".mrc")
    folder = setting.place()
    dumps.solrmarc_mapping(folder)
    config = folder / "indexer.toml"
    config.write_text('[profile.properties]\nbase = "marc"\nmapping = ["marc.properties"]\n')

    def ours(profile: str) -> Taken:
        words = ("transform", dump, "--config", config, "--profile", profile, "--quiet", "--workers", "1")
        return indexer(setting, *words, to_null=True)

    sides = [partial(ours, "marc"), partial(ours, "properties")]
    rounds = [
        {
            "ratio": bundled.cpu / properties.cpu,
            "records_per_cpu_second": count / properties.cpu,
            "bundled_cpu": bundled.cpu,
            "properties_cpu": properties.cpu,
        }
        for bundled, properties in in_turn(setting, sides)
    ]
    figures = medians(rounds)
    return Measured(count, figures, rounds, "ratio >= 0.8", figures["ratio"] >= 0.8)


# ---- one worker against two


def workers(setting: Setting) -> Measured:
    count = setting.records or 100_000
    dump = setting.dump("pubmed", count)

    def ours(number: int) -> Taken:
        target = f"jsonl:{setting.place() / 'documents.jsonl'}"
        return indexer(setting, "load", dump, "--target", target, "--quiet", "--workers", str(number))

    sides = [partial(ours, 1), partial(ours, 2)]
    rounds = [
        {
            "speedup": one.wall / two.wall,
            "speedup_at_best": 2 * one.cpu / two.cpu,
            "one_wall": one.wall,
            "two_wall": two.wall,
            "one_cpu": one.cpu,
            "two_cpu": two.cpu,
        }
        for one, two in in_turn(setting, sides)
    ]
    figures = medians(rounds)
    return Measured(count, figures, rounds, "speedup >= 1.7", figures["speedup"] >= 1.7)


# ---- memory


def memory(setting: Setting) -> Measured:
    count = setting.records or 175_000  # about a gigabyte, unpacked
    rounds = []
    for _ in range(setting.rounds):
        each: dict[str, float] = {}
        for kind in ("jsonl", "embedded"):
            for name, number in (("tenth", count // 10), ("whole", count)):
                dump = setting.dump("pubmed", number)
                target = setting.place()
                words = ("load", dump, "--target", f"{kind}:{target / 'documents'}", "--quiet", "--workers", "2")
                taken = indexer(setting, *words, watch_memory=True)
                each[f"{kind}_{name}_mb"] = taken.own / 1e6
                each[f"{kind}_{name}_and_files_mb"] = taken.all / 1e6
                shutil.rmtree(target)
        rounds.append(each)
    figures = medians(rounds)
    size = setting.dump("pubmed", count).stat().st_size / 1e6
    most = max(value for name, value in figures.items() if not name.endswith("_and_files_mb"))
    aim = "each <= 400, files that are mapped not counted"
    return Measured(count, figures, rounds, aim, most <= 400, [f"the dump: {size:,.0f} MB"])


# ---- cost of a record as the dump grows


def growth(setting: Setting) -> Measured:
    count = setting.records or 1_000_000
    sizes = [size for size in (count // 100, count // 10, count) if size]
    start = [_grown(setting, 1) for _ in range(3)]
    start_cpu, start_wall = median([each.cpu for each in start]), median([each.wall for each in start])
    rounds = []
    for _ in range(setting.rounds):
        each = {}
        for size in sizes:
            taken = _grown(setting, size)
            each[f"cpu_us_{size}"] = (taken.cpu - start_cpu) / size * 1e6
            each[f"wall_us_{size}"] = (taken.wall - start_wall) / size * 1e6
        rounds.append(each)
    figures = medians(rounds)
    costs = [figures[f"cpu_us_{size}"] for size in sizes]
    figures |= {"start_cpu": start_cpu, "spread": max(costs) / min(costs) - 1}
    return Measured(count, figures, rounds, "spread <= 0.1", figures["spread"] <= 0.1)


def _grown(setting: Setting, size: int) -> Taken:
    dump = setting.dump("pubmed", size, ".xml.gz")
    target = setting.place()
    try:
        return indexer(setting, "load", dump, "--target", f"embedded:{target / 'index'}", "--quiet", "--workers", "2")
    finally:
        shutil.rmtree(target)


# ---- the scheduled job: what costs what


def sync(setting: Setting) -> Measured:
    count = setting.records or 100_000
    a_file = max(count // 100, 1)
    rounds = []
    for _ in range(setting.rounds):
        with _synced(setting, count, a_file) as (target, place, first):
            each = {"first_wall": first.wall, "first_cpu": first.cpu}
            for name, changed in (("nothing", 0), ("one", 1), ("percent", a_file)):
                if changed:
                    dumps.oai_dc(place / f"dumps/z-{name}.xml", changed, version=len(each))
                asked = _requests(target)
                taken = run([*INDEXER, "sync", "--quiet"], cwd=place)
                each |= {
                    f"{name}_wall": taken.wall,
                    f"{name}_cpu": taken.cpu,
                    f"{name}_requests": _requests(target) - asked,
                }
            rounds.append(each)
    figures = medians(rounds)
    share = figures["percent_cpu"] / figures["first_cpu"]
    figures["share"] = share
    return Measured(count, figures, rounds, "percent_cpu <= 0.1 of first_cpu", share <= 0.1)


@contextmanager
def _synced(setting: Setting, count: int, a_file: int) -> Iterator[tuple[Target, Path, Taken]]:
    """A Solr core, a folder with a source of 100 files that is in it, and what the first sync took."""
    with _fresh("solr", setting) as target:
        place = setting.place()
        (place / "dumps").mkdir()
        for start in range(0, count, a_file):
            dumps.oai_dc(place / f"dumps/{start:09}.xml", min(a_file, count - start), first=start)
        source = '[[source]]\nname = "journal"\nprofile = "pmc"\npaths = ["dumps"]\n'
        (place / "indexer.toml").write_text(f'target = "{target}"\n{source}', encoding="utf-8")
        yield target, place, run([*INDEXER, "sync", "--quiet"], cwd=place)
        shutil.rmtree(place)


def _requests(target: Target) -> float:
    """How many update requests the core has answered so far, a commit being one."""
    params = {"group": "core", "prefix": "UPDATE./update.requests", "wt": "json"}
    answer = requests.get(f"{target.base}/admin/metrics", params=params, timeout=60).json()
    return float(answer["metrics"][f"solr.core.{target.index}"]["UPDATE./update.requests"])


# ---- the pages of an index against its engine


def serve(setting: Setting) -> Measured:
    count = setting.records or 100_000
    place = setting.place()
    target = parse_target(f"embedded:{place / 'index'}")
    run([*INDEXER, "load", setting.dump("pubmed", count), "--target", str(target), "--quiet"], cwd=place)
    rounds = [pages.measure(target, place) for _ in range(setting.rounds)]
    shutil.rmtree(place)
    figures = medians(rounds)
    reached = figures["page_median"] <= 50 and figures["page_p95"] <= 200 and figures["ratio"] <= 1.5
    reached = reached and figures["first_page_bytes"] < 100_000
    return Measured(count, figures, rounds, "page_median <= 50 ms, page_p95 <= 200 ms, ratio <= 1.5", reached)


# ---- start


def start(setting: Setting) -> Measured:
    rounds: Rounds = []
    for _ in range(max(setting.rounds, 5)):
        taken = indexer(setting, "--help")
        rounds.append({"help_wall": taken.wall, "help_cpu": taken.cpu})
    figures = medians(rounds)
    return Measured(0, figures, rounds, "help_wall < 0.3", figures["help_wall"] < 0.3)


CASES: dict[str, Case] = {
    "load-solr": partial(load, "solr", 0.85),
    "load-elasticsearch": partial(load, "elasticsearch", 0.6),
    "load-opensearch": partial(load, "opensearch", 0.6),
    "load-embedded": partial(load, "embedded", 0.4),
    "transform-pubmed": partial(transform, "pubmed", "pubmed", 0.2),
    "transform-oai_dc": partial(transform, "oai_dc", "pmc", 0.15),
    "transform-marc": partial(transform, "marc", "marc", 0.25, rate=3500),
    "transform-solrmarc": transform_solrmarc,
    "workers": workers,
    "memory": memory,
    "growth": growth,
    "sync": sync,
    "serve": serve,
    "cluster": cluster_cases.scaling,
    "cluster-driver": cluster_cases.driver,
    "cluster-scheduler": cluster_cases.scheduler,
    "help": start,
}
