"""What only the embedded index has: files, and a pointer among them."""

import errno
import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from indexer.engines.base import Query
from indexer.engines.generations import GenerationStore
from indexer.engines.registry import open_index
from indexer.model.documents import Delete
from indexer.model.errors import PermanentError
from indexer.model.targets import Target
from tests.generations.places import FIRST, SECOND, WORD, build, count, fill, plain

KINDS = ["embedded"]


def names(target: Target) -> list[str]:
    return sorted(os.listdir(target.path))


def test_nothing_is_left_beside_the_generations(place: GenerationStore, target: Target) -> None:
    plain(target, 3)
    assert names(target) == ["index", "meta.json"]
    place.adopt(FIRST)
    build(place, SECOND, 5)
    place.promote(SECOND)
    assert names(target) == ["generations", "live"]
    assert sorted(os.listdir(Path(target.path) / "generations")) == [FIRST, SECOND]
    assert (Path(target.path) / "live").read_text() == f"{SECOND}\n"


def test_an_adopted_index_is_the_same_index(place: GenerationStore, target: Target) -> None:
    plain(target, 3)
    sink = open_index(target)
    before = sink.identity()
    place.adopt(FIRST)
    assert open_index(target).identity() == open_index(place.target(FIRST)).identity() == before
    assert (sink.count(), sink.search(Query(WORD)).total) == (3, 3)  # whoever has it open goes on reading
    sink.close()


def test_an_index_that_is_written_to_is_not_adopted(place: GenerationStore, target: Target) -> None:
    plain(target, 3)
    writer = open_index(target)
    writer.check()
    writer.push([Delete("n0")])
    with pytest.raises(PermanentError, match="another process writes"):
        place.adopt(FIRST)
    writer.commit()
    writer.close()
    assert (place.is_plain(), place.there()) == (True, [])
    place.adopt(FIRST)
    assert set(open_index(target).ids()) == {"n1", "n2"}


def test_without_hard_links_the_files_are_copied(
    place: GenerationStore, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    plain(target, 3)
    monkeypatch.setattr(os, "link", refuse)
    place.adopt(FIRST)
    assert (place.live(), count(target)) == (FIRST, 3)


@pytest.mark.parametrize("text", ["", "../..", "g20261128t134501/..", "\x00", "G20261128T134501"])
def test_a_pointer_that_names_no_generation(place: GenerationStore, target: Target, text: str) -> None:
    build(place, FIRST, 3)
    place.promote(FIRST)
    (Path(target.path) / "live").write_text(text)
    for look in (place.live, lambda: count(target), lambda: place.promote(FIRST)):
        with pytest.raises(PermanentError, match="names no generation"):
            look()


def test_a_generation_whose_files_are_gone_is_not_promoted(place: GenerationStore, target: Target) -> None:
    build(place, FIRST, 3)
    place.promote(FIRST)
    shutil.rmtree(Path(place.make(SECOND).path) / "index")
    with pytest.raises(PermanentError, match="there is no index"):
        place.promote(SECOND)
    assert (place.live(), count(target)) == (FIRST, 3)


def test_a_folder_of_other_files_is_left_alone(place: GenerationStore, target: Target) -> None:
    Path(target.path).mkdir()
    (Path(target.path) / "thesis.odt").write_text("mine")
    with pytest.raises(PermanentError, match="holds other files"):
        place.make(FIRST)
    assert names(target) == ["thesis.odt"]


def test_a_plain_index_may_begin_beside_generations_that_wait(place: GenerationStore, target: Target) -> None:
    build(place, FIRST, 3)
    plain(target, 2)
    assert (place.live(), place.is_plain(), count(target)) == (None, True, 2)
    fill(place.target(FIRST), 4)
    assert (count(target), count(place.target(FIRST))) == (2, 4)


class Disk(NamedTuple):
    total: int
    used: int
    free: int


def test_trouble_with_the_disk(place: GenerationStore, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    build(place, FIRST, 3)
    for disk, full in (
        (Disk(10**12, 991 * 10**9, 9 * 10**9), True),
        (Disk(10**12, 989 * 10**9, 11 * 10**9), False),
        (Disk(10**10, 94 * 10**8, 6 * 10**8), False),
    ):
        monkeypatch.setattr(shutil, "disk_usage", {Path(target.path): disk}.get)
        assert bool(place.trouble()) is full


def test_a_reader_that_stays_open_sees_the_index_that_is_live_now(place: GenerationStore, target: Target) -> None:
    plain(target, 3)
    place.adopt(FIRST)
    reader = open_index(target)
    reader.check()
    assert reader.search(Query(WORD)).total == 3
    build(place, SECOND, 5)
    place.promote(SECOND)
    reader.refresh()
    assert reader.search(Query(WORD)).total == 5
    place.promote(FIRST)
    reader.refresh()
    assert reader.search(Query(WORD)).total == 3
    place.drop(SECOND)
    reader.refresh()
    assert reader.search(Query(WORD)).total == 3
    reader.close()
