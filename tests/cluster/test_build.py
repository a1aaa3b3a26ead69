"""A build on a cluster leaves what one machine leaves: documents, books, dead letters, dates, fingerprints."""

from functools import partial
from pathlib import Path

import pytest

from indexer.model.errors import ConfigError
from tests.cluster import dumps, patches
from tests.cluster.apart import Apart
from tests.cluster.builds import documents, load, reindex, remembered, sync
from tests.s3_server import s3_serving
from tests.sources.archives import tarred
from tests.sources.framed import xz

PATCHES = [patches.small_parts]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_as_on_one_machine(tmp_path: Path, apart: Apart, seed: int) -> None:
    paths = dumps.write(tmp_path / "dumps", seed=seed)
    one = load(tmp_path, "one", paths)
    two = apart.load(tmp_path, "two", paths, patches=PATCHES)
    assert documents(f"embedded:{tmp_path / 'two'}") == documents(f"embedded:{tmp_path / 'one'}") != {}
    assert remembered(tmp_path, "two") == remembered(tmp_path, "one")
    mine, theirs = one.summary.account, two.summary.account
    assert theirs.faults == mine.faults == 1
    assert two.summary.build is not None
    stages = [stage["name"] for stage in two.summary.build.as_json()["stages"]]
    assert stages == ["cut", "survey", "cut", "derive", "resolve", "push"]
    assert not theirs.open_sources
    assert not theirs.in_flight
    for source, books in mine.sources.items():
        its = theirs.sources[source]
        assert (its.read, its.rejected, its.filtered) == (books.read, books.rejected, books.filtered)
        sent = books.indexed + books.deleted + books.unchanged
        assert its.indexed + its.deleted + its.superseded == sent
        assert its.superseded > 0
    assert two.exit_code == one.exit_code
    assert not list((tmp_path / "scratch").glob("*"))


def test_large_files_that_are_divided(tmp_path: Path, apart: Apart) -> None:
    """With versions of a document in several stretches, frames, members, and behind the actions of a bulk file."""
    folder = tmp_path / "dumps"
    folder.mkdir()
    lines = [
        b'{"id":"%d","record_format":"marc","title":"Title of %d"}\n' % (number % 300, number) for number in range(2500)
    ]
    lines[1234] = b"no document\n"
    (folder / "0.jsonl").write_bytes(b"".join(lines[:1000]))
    twenties = [b"".join(lines[start : start + 20]) for start in range(1000, 2000, 20)]
    (folder / "0.jsonl.xz").write_bytes(xz(twenties[:25]))
    tarred(folder / "1.tar", [(f"{number}.jsonl", content) for number, content in enumerate(twenties[25:])])
    bulk = [b'{"index":{"_id":"%d"}}\n%b' % (number % 300, lines[number]) for number in range(2000, 2500)]
    (folder / "2.jsonl").write_bytes(b"".join(bulk))
    fields = b'<field name="id">%d</field><field name="record_format">marc</field><field name="title">%d</field>'
    listed = b"<add>%s</add>" % b"".join(
        b"<doc>" + fields % (number % 300, number) + b"</doc>" for number in range(400)
    )
    (folder / "3.xml").write_bytes(listed)
    one = load(tmp_path, "one", [str(folder)], profile=None)
    two = apart.load(tmp_path, "two", [str(folder)], profile=None, patches=PATCHES)
    assert documents(f"embedded:{tmp_path / 'two'}") == documents(f"embedded:{tmp_path / 'one'}")
    assert len(documents(f"embedded:{tmp_path / 'two'}")) == 300
    assert remembered(tmp_path, "two") == remembered(tmp_path, "one")
    assert two.summary.account.total.read == one.summary.account.total.read == 2900
    assert two.summary.build is not None
    stages = [stage["name"] for stage in two.summary.build.as_json()["stages"]]
    assert stages == ["cut", "survey", "cut", "derive", "resolve", "push"]


def test_an_index_that_holds_documents_is_loaded_by_this_machine(tmp_path: Path, apart: Apart) -> None:
    paths = dumps.write(tmp_path / "dumps", files=1)
    load(tmp_path, "one", paths)
    others = dumps.write(tmp_path / "others", files=2, seed=5)
    result = apart.load(tmp_path, "one", others, patches=[*PATCHES, patches.never_derived])
    assert result.summary.build is None
    load(tmp_path, "two", [*paths, *others])
    assert documents(f"embedded:{tmp_path / 'one'}") == documents(f"embedded:{tmp_path / 'two'}") != {}


def test_documents_derived_once_are_sent_to_another_target(tmp_path: Path, apart: Apart) -> None:
    paths = dumps.write(tmp_path / "dumps", files=2)
    apart.load(tmp_path, "one", paths, cluster__keep=True, patches=PATCHES)
    apart.load(tmp_path, "two", paths, cluster__keep=True, patches=[*PATCHES, patches.never_derived])
    assert documents(f"embedded:{tmp_path / 'two'}") == documents(f"embedded:{tmp_path / 'one'}") != {}
    apart.load(tmp_path, "three", paths, cluster__from_scratch=1, patches=[*PATCHES, patches.never_derived])
    assert documents(f"embedded:{tmp_path / 'three'}") == documents(f"embedded:{tmp_path / 'one'}")


def test_what_is_not_in_scratch_is_not_derived_where_it_is_asked_for(tmp_path: Path, apart: Apart) -> None:
    paths = dumps.write(tmp_path / "dumps", files=2)
    with pytest.raises(ConfigError, match="--from-scratch 7: that run has left no documents") as refused:
        apart.load(tmp_path, "one", paths, cluster__from_scratch=7, patches=[*PATCHES, patches.never_derived])
    assert "Nothing was sent" in refused.value.advice
    assert not list((tmp_path / "scratch").glob("*"))
    with pytest.raises(ConfigError, match="is sent by a cluster"):
        load(tmp_path, "one", paths, cluster__from_scratch=7)
    load(tmp_path, "one", paths)
    with pytest.raises(ConfigError, match="--from-scratch 7: the index holds documents already"):
        apart.load(tmp_path, "one", paths, cluster__from_scratch=7, patches=[*PATCHES, patches.never_derived])


def test_scratch_in_s3(tmp_path: Path) -> None:
    paths = dumps.write(tmp_path / "dumps", files=2)
    load(tmp_path, "one", paths)
    with s3_serving("scratch") as client:
        apart = Apart()  # after the environment leads to the server
        apart.load(tmp_path, "two", paths, patches=PATCHES, cluster__scratch="s3://scratch/builds")
        apart.close()
        assert "Contents" not in client.list_objects_v2(Bucket="scratch")
    assert documents(f"embedded:{tmp_path / 'two'}") == documents(f"embedded:{tmp_path / 'one'}") != {}


def test_parts_that_another_build_works_with_stay(tmp_path: Path, apart: Apart) -> None:
    paths = dumps.write(tmp_path / "dumps", files=2)
    with pytest.raises(ConfigError, match="No space left on device"):
        apart.load(tmp_path, "one", paths, patches=[*PATCHES, partial(patches.full_scratch, after=20)])
    apart.load(tmp_path, "two", paths, patches=PATCHES)
    [derived] = (tmp_path / "scratch").glob("*")
    assert [path.name for path in derived.glob("to-*/*")] == ["here"]
    assert list(derived.glob("derived/*.documents"))
    apart.load(tmp_path, "one", paths, patches=[*PATCHES, patches.never_derived])
    assert documents(f"embedded:{tmp_path / 'one'}") == documents(f"embedded:{tmp_path / 'two'}") != {}
    assert not list((tmp_path / "scratch").glob("*"))


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("local:x", "--cluster local:x: how many workers"),
        ("local", "--cluster local: this is no address"),
        ("head:8786", "--cluster head:8786: this is no address"),
        ("tcp://127.0.0.1:9", "cluster tcp://127.0.0.1:9: .*connect"),
    ],
)
def test_no_scheduler_is_said_before_anything_is_read(tmp_path: Path, apart: Apart, address: str, why: str) -> None:
    paths = dumps.write(tmp_path / "dumps", files=1)
    with pytest.raises(ConfigError, match=why):
        apart.load(tmp_path, "one", paths, scheduler=address, patches=[patches.impatient])


def test_a_worker_of_another_release_is_refused(tmp_path: Path, apart: Apart) -> None:
    paths = dumps.write(tmp_path / "dumps", files=1)
    with pytest.raises(ConfigError, match="the rules and their libraries differ") as raised:
        apart.load(tmp_path, "one", paths, patches=[*PATCHES, patches.other_rules_each_time])
    assert "Nothing was read or sent" in raised.value.advice
    assert not list((tmp_path / "scratch").glob("*"))
    assert documents(f"embedded:{tmp_path / 'one'}") == {}


def test_a_reindex_is_built_by_the_cluster_and_ends_as_one_machines(tmp_path: Path, apart: Apart) -> None:
    dumps.write(tmp_path / "dumps", files=3)
    (tmp_path / "dumps" / "9.xml").unlink()
    found = []
    for name, address in (("one", ""), ("two", apart.scheduler)):
        (tmp_path / "indexer.toml").write_text(
            f'target = "embedded:{tmp_path / name}"\nstate = "sqlite:///{tmp_path / name}.db"\nreports = ""\n'
            f'[load]\nerror_budget = {{ share = 1.0 }}\n[cluster]\nscheduler = "{address}"\n'
            f'scratch = "{tmp_path / "scratch"}"\n[[source]]\nname = "theses"\nprofile = "ojs"\n'
            f'paths = ["{tmp_path / "dumps"}"]\n',
            encoding="utf-8",
        )
        result = apart(reindex, tmp_path / "indexer.toml", patches=PATCHES)
        assert result.promoted
        assert not result.account.open_sources
        found.append((documents(f"embedded:{tmp_path / name}"), result.exit_code, result.account.total.read))
    assert found[0] == found[1]
    dumps.write(tmp_path / "dumps" / "later", files=1, seed=9)
    synced = apart(sync, tmp_path / "indexer.toml", patches=[*PATCHES, patches.never_derived])
    assert synced.summary.account.total.read > 0  # by this machine, whatever the settings say of a cluster
    assert result.account.total.superseded > 0
