"""How far a build is, in numbers that people act on."""

from indexer.model.build import Work


def test_stages_workers_and_what_is_left() -> None:
    now = [0.0]
    work = Work(clock=lambda: now[0])
    work.begin("derive", 10, before=2)
    for number, (worker, seconds) in enumerate([("a", 1.0), ("b", 1.0), ("a", 1.2), ("c", 9.0)]):
        now[0] += 5.0
        work.did(number, worker, seconds, 100)
    told = work.as_json()
    assert told["stages"] == [
        {"name": "derive", "tasks": 10, "done": 6, "records": 400, "seconds": 20.0, "left": 20.0},
    ]
    assert {name for name, its in told["workers"].items() if its["slow"]} == {"c"}
    assert told["workers"]["a"] == {"tasks": 2, "records": 200, "seconds": 2.2, "lost": 0, "slow": False}
    assert told["longest"][0] == {"stage": "derive", "part": 3, "worker": "c", "seconds": 9.0}
    work.lost("b")
    work.begin("push", 10)
    now[0] += 100.0
    told = work.as_json()
    assert told["workers"]["b"]["slow"]
    assert [(stage["seconds"], stage["left"]) for stage in told["stages"]] == [(20.0, None), (100.0, None)]
