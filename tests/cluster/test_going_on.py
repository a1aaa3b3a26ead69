"""What ends early, or goes otherwise than planned, leaves what one machine leaves."""

from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.cluster import scheduler as scheduling
from indexer.cluster.scratch import Scratch
from indexer.engines.registry import open_index, parse_target
from indexer.model.errors import ConfigError
from indexer.pipeline.run import BudgetError
from indexer.pipeline.workers import TransformSpec
from tests.cluster import dumps, patches
from tests.cluster.apart import Apart, Patch
from tests.cluster.builds import documents, load, remembered

PATCHES = [patches.small_parts]
REFUSING = [*PATCHES, patches.refusing]


def killed(folder: Path, paths: list[str], dying: Patch, **values: Any) -> None:
    """A build of which the driver dies."""
    process = Apart()
    with pytest.raises(EOFError):
        process.load(folder, "two", paths, patches=[*PATCHES, patches.large_ids, dying], **values)
    assert process.close() == 9


def same(folder: Path) -> None:
    assert documents(f"embedded:{folder / 'two'}") == documents(f"embedded:{folder / 'one'}") != {}
    assert remembered(folder, "two") == remembered(folder, "one")


@pytest.fixture
def one(tmp_path: Path) -> list[str]:
    paths = dumps.write(tmp_path / "dumps")
    load(tmp_path, "one", paths)
    return paths


def test_a_part_counts_as_sent_once_it_is_committed(tmp_path: Path, one: list[str], apart: Apart) -> None:
    killed(tmp_path, one, patches.dying_at_commit)
    apart.load(tmp_path, "two", one, patches=PATCHES)
    same(tmp_path)


def test_a_full_scratch_is_said_and_the_build_goes_on_when_there_is_room(
    tmp_path: Path, one: list[str], apart: Apart
) -> None:
    with pytest.raises(ConfigError, match="cannot be written: No space left on device") as raised:
        apart.load(tmp_path, "two", one, patches=[*PATCHES, patches.full_scratch])
    assert "goes on with the parts that are left" in raised.value.advice
    assert documents(f"embedded:{tmp_path / 'two'}") == {}
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "scratch").rglob("derived/*") if not path.suffix}
    result = apart.load(tmp_path, "two", one, patches=PATCHES, cluster__keep=True)
    same(tmp_path)
    assert before
    assert {path: path.stat().st_mtime_ns for path in before} == before  # what was there is not done again
    assert result.summary.build is not None
    derive, resolve, push = result.summary.build.as_json()["stages"]  # all is cut by then
    assert (derive["name"], resolve["name"], push["name"]) == ("derive", "resolve", "push")
    assert derive["done"] == derive["tasks"] == push["done"] == push["tasks"]
    assert push["records"] <= result.summary.account.total.read


def test_goes_on_with_another_setting_of_memory(tmp_path: Path, one: list[str], apart: Apart) -> None:
    killed(tmp_path, one, patches.dying_before_resolving, cluster__memory=16)
    apart.load(tmp_path, "two", one, patches=[*PATCHES, patches.large_ids], cluster__memory=512)
    same(tmp_path)


def test_the_version_before_a_refused_one_has_its_dates(tmp_path: Path, apart: Apart) -> None:
    paths = dumps.write(tmp_path / "dumps")
    apart.load(tmp_path, "one", paths, scheduler="", patches=REFUSING)
    apart.load(tmp_path, "two", paths, patches=REFUSING)
    assert documents(f"embedded:{tmp_path / 'two'}") == documents(f"embedded:{tmp_path / 'one'}") != {}
    with closing(open_index(parse_target(f"embedded:{tmp_path / 'two'}"))) as index:
        index.check()
        found = [orjson.loads(body) for bodies, _ in index.pages() for body in bodies]
    assert all("first_indexed" in document for document in found)
    one, two = (remembered(tmp_path, name) for name in ("one", "two"))
    assert two["fingerprints"] == one["fingerprints"]
    assert two["dates"] == one["dates"]


def test_refused_documents_count_towards_the_error_budget(tmp_path: Path, apart: Apart) -> None:
    paths = dumps.write(tmp_path / "dumps")
    broken = sum(Path(file).read_text().count("A <b") for file in Path(paths[0]).glob("*.xml"))
    for name, where in (("one", ""), ("two", apart.scheduler)):
        budget = {"count": broken + 2, "share": 1.0}
        with pytest.raises(BudgetError):
            apart.load(tmp_path, name, paths, scheduler=where, patches=REFUSING, load__error_budget=budget)


def test_the_only_worker_may_die(tmp_path: Path, one: list[str], apart: Apart) -> None:
    apart.load(tmp_path, "two", one, scheduler="local:1", patches=[*PATCHES, patches.dying_worker])
    same(tmp_path)


def test_a_worker_of_another_release_that_joins_late_does_nothing() -> None:
    with pytest.raises(ConfigError, match="another release"):
        scheduling._same(("0.0.1", "rules"), int)


def test_scratch_that_a_worker_does_not_see_is_named(tmp_path: Path) -> None:
    scratch = Scratch(str(tmp_path / "scratch"))
    assert scheduling.facts(TransformSpec({}), [], scratch).there == (scratch.url,)
    scratch.write("here", [True])
    assert scheduling.facts(TransformSpec({}), [], scratch).there == ()
