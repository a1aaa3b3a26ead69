"""What is read span by span is what is read from the beginning, or it is not divided at all."""

import gzip
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.model.errors import TransientError
from indexer.model.records import Fault
from indexer.sources import processed
from tests.sources.archives import tarred, zipped
from tests.sources.framed import PACK
from tests.sources.marc_records import JSON, JUNK, ONE, THREE, TWO, xml
from tests.sources.stretches import by_span, parts_of, whole

LINE, BULK = b'{"id":"%d"}\n', b'{"index":{"_id":"%d"}}\n{"id":"%d"}\n'
TIDY = {"marc": [ONE, TWO, THREE], "json_lines": [LINE % 1, LINE % 22, JSON + b"\n", b"\n"]}
ODD = {
    # Lengths that lie, or swallow a neighbour; an end that is missing, another in a field, padding, no record.
    "marc": [
        *TIDY["marc"],
        b"00999" + ONE[5:],
        b"00199" + TWO[5:],
        ONE[:-1],
        TWO[:-3] + b"\x1dx\x1e\x1d",
        b"\n\n",
        JUNK,
    ],
    "json_lines": [
        *TIDY["json_lines"],
        BULK % (3, 3),
        b'{"id":\n',
        b"[1]\n",
        b'{"index":{"_id":"4"}}\n',
        b'{"id":"5"}',
        b"\xff\n",
    ],
}
quick = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("kind", TIDY)
@quick
@given(data=st.data(), size=st.integers(60, 400))
def test_a_plain_file_in_stretches(tmp_path: Path, kind: str, data: st.DataObject, size: int) -> None:
    pieces = data.draw(st.lists(st.sampled_from(ODD[kind]), max_size=30))
    path = tmp_path / "dump"
    path.write_bytes(TIDY[kind][0] + b"".join(pieces))
    parts = parts_of(path, size)
    assert not parts or by_span(path, parts) == whole(path)


@pytest.mark.parametrize("kind", TIDY)
@pytest.mark.parametrize("size", [300, 301, 350, 1000, 100_000])
def test_a_sound_file_is_divided(tmp_path: Path, kind: str, size: int) -> None:
    path = tmp_path / "dump"
    path.write_bytes(b"".join(TIDY[kind] * 40)[:-1] + TIDY[kind][-1][-1:])
    parts = parts_of(path, size)
    assert len(parts) == (-(-path.stat().st_size // size) if size < 5000 else 0)
    if not parts:
        return
    assert by_span(path, parts) == whole(path)
    assert len(whole(path)) == 120


@pytest.mark.parametrize("kind", TIDY)
@pytest.mark.parametrize("packed", PACK)
@quick
@given(data=st.data(), size=st.integers(60, 400))
def test_a_compressed_file_in_stretches(tmp_path: Path, kind: str, packed: str, data: st.DataObject, size: int) -> None:
    content = TIDY[kind][0] + b"".join(data.draw(st.lists(st.sampled_from(ODD[kind]), max_size=30)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=9)))
    file = bytearray(PACK[packed]([content[start:end] for start, end in pairwise([0, *cuts, len(content)])]))
    for at in data.draw(st.just([]) | st.lists(st.integers(0, len(file) - 1), max_size=2)):
        file[at] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "dump"
    path.write_bytes(file[: data.draw(st.none() | st.integers(0, len(file)))] + data.draw(st.sampled_from([b"", b"x"])))
    parts = parts_of(path, size)
    assert not parts or by_span(path, parts) == whole(path)


@pytest.mark.parametrize("kind", TIDY)
@pytest.mark.parametrize("packed", PACK)
@pytest.mark.parametrize("frame", [300, 299, 1000])
def test_a_sound_compressed_file_is_divided(tmp_path: Path, kind: str, packed: str, frame: int) -> None:
    content = b"".join(TIDY[kind] * 40)
    pieces = [content[at : at + frame] for at in range(0, len(content), frame)]
    path = tmp_path / "dump"
    path.write_bytes(PACK[packed](pieces))
    parts = parts_of(path, 300)
    assert len(parts) == -(-len(content) // 300)
    assert {span.size for span in parts} == {path.stat().st_size}
    assert by_span(path, parts) == whole(path)
    assert len(whole(path)) == 120
    (tmp_path / "plain").write_bytes(content)
    assert [item.position.offset for item in whole(tmp_path / "plain")] == [
        item.position.offset for item in by_span(path, parts)
    ]
    path.write_bytes(PACK[packed]([piece[::-1] for piece in pieces]))
    with pytest.raises(TransientError, match="was changed while it was read"):
        by_span(path, parts)


def test_a_compressed_file_that_was_moved(tmp_path: Path) -> None:
    for packed, pack in PACK.items():
        path = tmp_path / packed
        path.write_bytes(pack([ONE * 20] * 9))
        expected = whole(path)
        parts = parts_of(path, 3000)
        processed.move(str(path))
        assert len(parts) > 3
        assert parts_of(path, 3000) == parts
        assert by_span(path, parts) == expected


def test_a_compressed_file_that_is_packed_twice_over_is_not_divided(tmp_path: Path) -> None:
    for packed, pack in PACK.items():
        (tmp_path / packed).write_bytes(pack([gzip.compress(ONE * 9)] * 9))
        assert parts_of(tmp_path / packed, 200) == []


def test_a_record_of_several_stretches(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(LINE % 1 + b'{"id":"%s"}\n' % (b"x" * 900) + LINE % 2 * 90)
    assert by_span(path, parts_of(path, 300)) == whole(path)
    assert len(parts_of(path, 300)) == 7


def test_a_bulk_action_cut_from_its_document_is_noticed(tmp_path: Path) -> None:
    """A reader that begins behind the action would give the document another id."""
    path = tmp_path / "dump"
    path.write_bytes(BULK % (1, 1) * 9)
    assert parts_of(path, len(BULK % (1, 1)) + 15) == []


def test_what_is_read_from_its_beginning_alone(tmp_path: Path) -> None:
    for name, content in {
        "xml": b"<collection><!-- -->" + xml(1) * 25 + b"<!-- -->" + xml(2) * 25 + b"</collection>",
        "gz": gzip.compress(ONE * 100),
        "marked": b"\xef\xbb\xbf" + LINE % 1 * 100,
        "utf16": (LINE % 1 * 100).decode().encode("utf-16"),
        "array": b"[" + b",\n".join([b'{"id":"1"}'] * 100) + b"]",
        "empty": b"",
    }.items():
        (tmp_path / name).write_bytes(content)
        assert parts_of(tmp_path / name, 300) == [], name
    assert parts_of(tmp_path / "absent", 300) == []


MEMBERS = [ONE, TWO * 3, LINE % 1 * 9, gzip.compress(ONE * 4), b"", JUNK, xml(3)]


@pytest.mark.parametrize("pack", [zipped, tarred])
@quick
@given(data=st.data(), size=st.integers(200, 4000))
def test_an_archive_in_groups_of_members(tmp_path: Path, pack: type, data: st.DataObject, size: int) -> None:
    names = st.sampled_from(["a", "b/c", "folder/", "x" * 150, "bücher"])  # the long one has a header of its own
    drawn = data.draw(st.lists(st.tuples(names, st.sampled_from(MEMBERS)), max_size=20))
    path = tmp_path / "archive"
    pack(path, [(name, b"" if name.endswith("/") else content) for name, content in drawn])
    parts = parts_of(path, size)
    assert not parts or by_span(path, parts) == whole(path)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_sound_archive_is_divided(tmp_path: Path, pack: type) -> None:
    path = tmp_path / "archive"
    pack(path, [(f"{number}.mrc", content) for number, content in enumerate(MEMBERS * 9)])
    parts = parts_of(path, 2000)
    assert len(parts) > 2
    assert by_span(path, parts) == whole(path)
    assert [item for item in whole(path) if isinstance(item, Fault)]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_members_that_are_packed_count_as_what_is_in_them(tmp_path: Path, pack: type) -> None:
    content = gzip.compress(b"".join(LINE % number for number in range(1000)))
    pack(tmp_path / "archive", [(f"{number}.jsonl.gz", content) for number in range(40)])
    assert len(parts_of(tmp_path / "archive", 8 * 2 * len(content))) > 10


def test_a_packed_member_of_a_zip_may_be_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is measured by its own bytes, not by those of the members before it, of which a span may have none."""
    monkeypatch.setattr("indexer.sources.unpack.RATIO_FREE", 1000)
    content = gzip.compress(b"".join(LINE % number for number in range(1000)))
    path = tmp_path / "archive"
    zipped(path, [(f"{number}.jsonl.gz", content) for number in range(6)])
    assert len(whole(path)) == 6000
    assert not [item for item in whole(path) if isinstance(item, Fault)]
    assert by_span(path, parts_of(path, 8 * len(content))) == whole(path)


def test_a_file_that_was_changed_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    lines = [LINE % number for number in range(1000, 2000)]
    path.write_bytes(b"".join(lines))
    parts = parts_of(path, 3000)
    assert len(parts) > 3
    for changed in (
        [LINE % number for number in range(10_000, 11_000)],  # longer
        [LINE % number for number in range(1001, 2001)],  # as long
        [*lines[:400], b"\n" * 11, *lines[401:]],  # as long, and a record less
    ):
        path.write_bytes(b"".join(changed))
        with pytest.raises(TransientError, match="was changed while it was read"):
            by_span(path, parts)
    tarred(path, [(str(number), ONE * 9) for number in range(9)])
    parts = parts_of(path, 2000)
    tarred(path, [(str(number), ONE * 9) for number in range(30)])
    with pytest.raises(TransientError, match="was changed while it was read"):
        by_span(path, parts)


def test_a_large_member_is_not_left_to_one_reader(tmp_path: Path) -> None:
    for pack in (zipped, tarred):
        pack(tmp_path / "archive", [("a", ONE), ("b", ONE * 900), ("c", ONE)])
        assert parts_of(tmp_path / "archive", 2000) == []


def test_a_broken_archive_is_not_divided(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    tarred(path, [(str(number), ONE * 9) for number in range(9)])
    sound = path.read_bytes()
    assert len(parts_of(path, 2000)) > 3
    at = sound.index(b"ustar", 3000) - 257
    path.write_bytes(sound[:at] + b"\x01" * 200 + sound[at + 200 :])  # a header
    assert parts_of(path, 2000) == []
    path.write_bytes(sound + sound)  # another archive behind the end of the first
    assert parts_of(path, 2000) == []
    path.write_bytes(sound[: 9 * 1536 - 100])  # cut short: its last span tells
    assert len(parts_of(path, 2000)) > 3
    assert by_span(path, parts_of(path, 2000)) == whole(path)
    zipped(path, [("a", ONE)])
    path.write_bytes(path.read_bytes()[:-10])
    assert parts_of(path, 2000) == []
