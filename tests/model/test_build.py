"""How far a build is, in numbers that people act on."""

from indexer.model.build import Work


def test_stages_workers_and_what_is_left() -> None:
    now = [0.0]
    work = Work(clock=lambda: now[0])
    work.begin("derive", 20, before=2)
    took = [("a", 1.0), ("b", 1.0), ("c", 9.0)] * 3
    for number, (worker, seconds) in enumerate(took):
        now[0] += 2.0
        work.did(number, worker, seconds, 100)
    now[0] += 1.0
    told = work.as_json()
    assert told["stages"] == [
        {"name": "derive", "tasks": 20, "done": 11, "records": 900, "seconds": 19.0, "left": 17.0},
    ]
    assert {name for name, its in told["workers"].items() if its["slow"]} == {"c"}
    assert told["workers"]["a"] == {"tasks": 3, "records": 300, "seconds": 3.0, "lost": 0, "slow": False}
    assert told["longest"][0] == {"stage": "derive", "part": 8, "worker": "c", "seconds": 9.0}
    work.lost("b")
    work.begin("push", 10)
    now[0] += 100.0
    told = work.as_json()
    assert told["workers"]["b"]["slow"]
    assert [(stage["seconds"], stage["left"]) for stage in told["stages"]] == [(19.0, None), (100.0, None)]


def test_who_does_something_else_is_not_slow() -> None:
    work = Work(clock=lambda: 0.0)
    work.begin("derive", 6)
    for number in range(6):
        work.did(number, "ab"[number % 2], 1.0, 100)
    work.begin("push", 3)
    for number in range(3):
        work.did(number, "this process", 30.0, 100)
    assert not any(its["slow"] for its in work.as_json()["workers"].values())
