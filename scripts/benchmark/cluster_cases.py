"""What is measured of builds on a cluster."""

import shutil

import cluster
import dumps
from hosts import why_not
from measure import Taken, run
from setting import INDEXER, Measured, Setting, in_turn, medians


def scaling(setting: Setting) -> Measured:
    count = setting.records or 100_000
    folder, each = setting.place(), -(-count // 20)
    for first in range(0, count, each):
        dumps.oai_dc(folder / f"{first:09}.xml", min(each, count - first), first=first)

    def build(*words: str) -> tuple[Taken, str]:
        place = setting.place()
        taken = run(
            [*INDEXER, "load", folder, "--profile", "pmc", "--json", *words, "--target", "jsonl:out.jsonl"], cwd=place
        )
        shutil.rmtree(place)
        return taken, taken.out

    def on(hosts: int) -> tuple[Taken, str]:
        with cluster.workers(hosts) as address:
            return build("--cluster", address)

    rounds = []
    for one, two, pool in in_turn(setting, [lambda: on(1), lambda: on(2), lambda: build("--workers", "2")]):
        derive = {name: cluster.stage(out, "derive")["seconds"] for name, (_, out) in (("one", one), ("two", two))}
        rounds.append(
            {
                "derive_seconds_1_host": derive["one"],
                "derive_seconds_2_hosts": derive["two"],
                "speed_up": derive["one"] / derive["two"],
                "build_seconds_2_hosts": two[0].wall,
                "own_pool_seconds": pool[0].wall,
                "against_own_pool": pool[0].wall / two[0].wall,
                "overhead_seconds": two[0].wall - pool[0].wall,
            }
        )
    figures = medians(rounds)
    reached = figures["speed_up"] >= 1.8 and figures["against_own_pool"] >= 0.85 and figures["overhead_seconds"] <= 15
    why = why_not()
    notes = [f"hosts are processes, each on its core: {why}"] if why else ["hosts are network namespaces"]
    return Measured(count, figures, rounds, "1.8 times on two hosts, 0.85 of the own pool, 15 s more", reached, notes)


def driver(setting: Setting) -> Measured:
    most = setting.records or 10_000_000
    rounds = []
    for _ in range(setting.rounds):
        few, many = cluster.driver(most // 10), cluster.driver(most)
        rounds.append(
            {
                "microseconds_a_record": many["microseconds"],
                "microseconds_for_a_tenth": few["microseconds"],
                "peak_mb": many["peak"] / 1e6,
                "peak_mb_for_a_tenth": few["peak"] / 1e6,
                "seconds": many["seconds"],
            }
        )
    figures = medians(rounds)
    flat = figures["peak_mb"] <= 1.25 * figures["peak_mb_for_a_tenth"]
    reached = figures["microseconds_a_record"] <= 10 and flat
    return Measured(most, figures, rounds, "10 microseconds of the driver a record, its memory flat", reached)


def scheduler(setting: Setting) -> Measured:
    tasks = setting.records or 20_000
    rounds = [cluster.simulate(tasks, 160, 0.5) for _ in range(setting.rounds)]
    figures = medians(rounds)
    reached = figures["scheduler_ms_a_task"] <= 5
    return Measured(tasks, figures, rounds, "160 tasks of half a second at once, 5 ms of the scheduler each", reached)
