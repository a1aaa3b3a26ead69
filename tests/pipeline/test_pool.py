"""What is made of records is the same in this process and in others, in the order of the dump."""

import gzip
import multiprocessing
import os
import signal
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from indexer import sources
from indexer.formats import profiles
from indexer.formats.profiles import Profile
from indexer.formats.registry import default_profiles
from indexer.model.documents import Delete
from indexer.model.records import Fault, Header, Position, Record
from indexer.pipeline import pool
from indexer.pipeline.pool import End, Item, WorkerError, derive
from indexer.pipeline.workers import Failed, Prepared, Result, Split, TransformSpec


@pytest.fixture
def spec() -> TransformSpec:
    bundled = profiles.bundled()
    return TransformSpec(
        {"": {format: bundled[name] for format, name in default_profiles().items()}}, {"fullrecord"}, "1"
    )


def derived(
    items: list[Item], spec: TransformSpec, workers: int, *, apart: bool = False
) -> list[tuple[Item, Result | Split | None]]:
    return [pair for chunk in derive(items, spec, workers=workers, apart=apart) for pair in chunk]


def test_workers_make_what_one_process_makes(data: Path, tmp_path: Path, spec: TransformSpec) -> None:
    dump = tmp_path / "dump.xml"
    dump.write_bytes(gzip.decompress((data / "pubmed/pubmed21n1298_slice.xml.gz").read_bytes()))
    items: list[Item] = []
    for copy in range(10):
        place = Position("other.xml", copy + 1)
        header = Header(f"oai:example.org:{copy}", "2024-05-01", ("a", "b"), deleted=copy % 2 == 0)
        items += sources.read([str(dump)], source="")
        items.append(Fault("", place, "is broken", raw=b"<broken"))
        items.append(Record("", "oai_dc", b"" if header.deleted else b"<no>", place, header))
        items.append(End())
    one, two = derived(items, spec, 1), derived(items, spec, 2)
    assert one == two
    assert [item for item, _ in two] == items
    made = [each for _, each in two]
    assert {type(each) for each in made} == {Prepared, Delete, Failed, type(None)}
    failed = [each for each in made if isinstance(each, Failed)]
    assert {each.document_id for each in failed} == {f"oai:example.org:{copy}" for copy in range(1, 10, 2)}


@pytest.mark.parametrize("workers", [1, 2])
def test_documents_are_the_same_whether_dates_of_change_are_asked_for(
    data: Path, spec: TransformSpec, workers: int
) -> None:
    dumps = [str(data / "marc/lc_booksall_2016_sample.mrc.gz"), str(data / "seed/oai_dc_record.xml")]
    items: list[Item] = [item for dump in dumps for item in sources.read([dump], source="")]
    without = [made for _, made in derived(items, spec, workers) if isinstance(made, Prepared)]
    asked = [made for _, made in derived(items, replace(spec, dates=True), workers) if isinstance(made, Prepared)]
    assert [replace(made, change=None) for made in asked] == without
    changes = [made.change for made in asked if made.change is not None]
    assert len(changes) == len(items)
    assert {change.later_only for change in changes[:-1]} == {False}
    assert all(change.at > 0 for change in changes[:-1])  # every record of the Library of Congress has a 005
    assert changes[-1].later_only


@dataclass(frozen=True, slots=True)
class Poisoned(TransformSpec):
    """Where the identifier says so, the process that derives the record dies, or sleeps."""

    def profile_of(self, record: Record) -> Profile | None:
        identifier = record.header.identifier or "" if record.header is not None else ""
        if multiprocessing.parent_process() is not None:
            if "dies" in identifier:
                os.kill(os.getpid(), signal.SIGKILL)
            if "once" in identifier and not Path(identifier).exists():
                Path(identifier).touch()
                os._exit(1)
            if "hangs" in identifier:
                time.sleep(3600)
        return TransformSpec.profile_of(self, record)


@pytest.fixture
def poisoned(spec: TransformSpec, monkeypatch: pytest.MonkeyPatch) -> Poisoned:
    monkeypatch.setattr(pool, "CHUNK_RECORDS", 7)
    monkeypatch.setattr(pool, "PATIENCE", 10.0)
    return Poisoned(spec.profiles, spec.omit, spec.fingerprint_key)


def deletions(identifiers: list[str]) -> list[Item]:
    """Records that become `Delete`s, each with its identifier."""
    place = Position("other.xml", 1)
    return [Record("", "oai_dc", b"", place, Header(each, deleted=True)) for each in identifiers]


def test_a_record_that_its_process_dies_of_costs_itself(poisoned: Poisoned, tmp_path: Path) -> None:
    identifiers = [f"r{number}" for number in range(60)]
    identifiers[0], identifiers[21], identifiers[33], identifiers[58] = "dies 0", f"{tmp_path}/once", "dies 33", "hangs"
    items = deletions(identifiers)
    done = derived(items, poisoned, 2)
    assert [item for item, _ in done] == items
    failed = {identifiers[n]: made for n, (_, made) in enumerate(done) if not isinstance(made, Delete)}
    assert set(failed) == {"dies 0", "dies 33", "hangs"}
    why = "a fault of the profile, of the loader or of a library under it"
    assert failed["dies 33"] == Failed("derive", f"ends the process that derives it: {why}")
    assert failed["hangs"] == Failed("derive", f"is not done after 10 seconds: {why}")
    assert multiprocessing.active_children() == []


def test_processes_that_go_on_dying_end_the_run(poisoned: Poisoned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MOST_DEATHS", 4)
    items = deletions([f"dies {number}" for number in range(20)])
    with pytest.raises(WorkerError, match="5 processes died"):
        derived(items, poisoned, 2)
    assert multiprocessing.active_children() == []


def test_where_no_process_can_live_no_record_is_blamed(poisoned: Poisoned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "start_worker", os._exit)  # of a TransformSpec or None: its own error ends the process
    with pytest.raises(WorkerError, match="before it had anything to do"):
        derived(deletions(["a", "b"]), poisoned, 2)
