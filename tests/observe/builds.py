"""What a build on a cluster tells of itself: ten parts, of which one worker took long for its own."""

from typing import Any

from indexer.model.build import Work


def told() -> dict[str, Any]:
    now = [0.0]
    work = Work(clock=lambda: now[0], dashboard="http://head:8787/status", requests=4)
    work.begin("cut", 0)
    work.begin("derive", 10, before=2)
    for number, (worker, seconds) in enumerate([("a", 1.0), ("b", 1.0), ("a", 1.2), ("<c>", 90.0)]):
        now[0] += 5.0
        work.did(number, worker, seconds, 1000)
    work.lost("<c>")
    return work.as_json()
