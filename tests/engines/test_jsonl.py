"""JSON lines: files that are whole or named .part, whatever happens."""

import gzip
import io
import os
import resource
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
import zstandard

from indexer.engines.base import Action, Query, Write
from indexer.engines.jsonl.sink import JsonLinesSink
from indexer.model.documents import Delete
from indexer.model.errors import ConfigError, PermanentError
from indexer.model.targets import Target

SUFFIXES = ["", ".gz", ".zst"]


def sink_at(path: Path | str) -> JsonLinesSink:
    return JsonLinesSink(Target("jsonl", path=str(path)))


def write(id: str, **fields: str) -> Write:
    return Write(id, orjson.dumps({"id": id, **fields}))


def lines_of(path: Path) -> list[bytes]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    elif path.suffix == ".zst":
        data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True).read()
    return data.splitlines()


@pytest.fixture(params=SUFFIXES, ids=["plain", "gzip", "zstd"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / f"documents.jsonl{request.param}"


def test_a_line_for_each_action_in_order(path: Path) -> None:
    sink = sink_at(path)
    sink.check()
    batch: list[Action] = [write("1", title="Ünï\n"), Delete('a"b'), write("2")]
    assert [outcome.status for outcome in sink.push(batch)] == ["indexed", "deleted", "indexed"]
    sink.commit()
    sink.close()
    assert lines_of(path) == ['{"id":"1","title":"Ünï\\n"}'.encode(), b'{"delete":{"id":"a\\"b"}}', b'{"id":"2"}']


def test_the_name_is_given_at_the_commit(path: Path) -> None:
    sink = sink_at(path)
    sink.push([write("1")])
    assert not path.exists()
    sink.commit()
    assert path.exists()
    assert list(path.parent.iterdir()) == [path]


def test_a_run_without_documents_makes_an_empty_file(path: Path) -> None:
    sink = sink_at(path)
    sink.check()
    assert not list(path.parent.iterdir())
    sink.commit()
    assert lines_of(path) == []
    assert sink.count() == 0


def test_a_further_run_goes_on(path: Path) -> None:
    for number in range(3):
        sink = sink_at(path)
        sink.check()
        sink.push([write("same", title=str(number)), write(str(number))])
        sink.commit()
        sink.close()
    assert len(lines_of(path)) == 6
    assert sink_at(path).get(["same"]) == {"same": {"id": "same", "title": "2"}}
    assert list(sink_at(path).ids()) == ["same", "0", "1", "2"]


def test_a_killed_run_is_continued_after_its_last_whole_batch(path: Path) -> None:
    """Cut at every byte: what was acknowledged is there, and the piece at the end is not."""
    sink = sink_at(path)
    part = path.with_name(path.name + ".part")
    ends = [0]
    for number in range(3):
        sink.push([write(f"{number}a", title="words " * 5), write(f"{number}b")])
        ends.append(part.stat().st_size)
    sink.close()
    whole = part.read_bytes()
    for length in range(0, len(whole) + 1, 7):
        path.unlink(missing_ok=True)
        part.write_bytes(whole[:length])
        again = sink_at(path)
        again.check()
        again.push([write("next")])
        again.commit()
        again.close()
        acknowledged = sum(end <= length for end in ends[1:])
        ids = [orjson.loads(line)["id"] for line in lines_of(path)]
        assert ids[-1] == "next"
        assert ids[: 2 * acknowledged] == [f"{number}{letter}" for number in range(acknowledged) for letter in "ab"]
        assert len(ids) <= 2 * acknowledged + 2  # of a plain file, a whole line may be left of the cut batch


def test_part_files_larger_than_a_buffer(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.engines.jsonl.sink.CHUNK", 64)
    sink = sink_at(path)
    for number in range(20):
        sink.push([write(str(number), title=os.urandom(40).hex())])
    sink.close()
    part = path.with_name(path.name + ".part")
    part.write_bytes(part.read_bytes()[:-3])
    again = sink_at(path)
    again.push([write("next")])
    again.commit()
    assert list(again.ids()) == [*map(str, range(19)), "next"]


def test_both_names_are_two_truths(path: Path) -> None:
    path.write_bytes(b"")
    part = path.with_name(path.name + ".part")
    part.write_bytes(b"")
    with pytest.raises(PermanentError, match=str(part)) as caught:
        sink_at(path).check()
    assert "move one of the two away" in caught.value.advice


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.mkdir(), "this is a folder"),
        (lambda path: path.parent.rmdir(), "there is no folder"),
    ],
)
def test_places_that_cannot_be_written(make: object, words: str, tmp_path: Path) -> None:
    assert callable(make)
    folder = tmp_path / "folder"
    folder.mkdir()
    make(folder / "documents.jsonl")
    with pytest.raises(PermanentError, match=words):
        sink_at(folder / "documents.jsonl").check()


def test_a_full_disk(tmp_path: Path) -> None:
    """A limit on the size of files stands for it: the write fails in the middle of a batch."""
    path = tmp_path / "documents.jsonl"
    sink = sink_at(path)
    sink.push([write("1")])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(PermanentError, match=f"jsonl:{path}: File too large") as caught:
            sink.push([write(str(number)) for number in range(20)])
        sink.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "What is in the file already stays" in caught.value.advice
    again = sink_at(path)
    again.push([write("next")])
    again.commit()
    ids = list(again.ids())
    assert (ids[0], ids[-1]) == ("1", "next")


def test_other_compressions_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"\.bz2") as caught:
        sink_at("documents.jsonl.bz2")
    assert ".zst" in caught.value.advice


def test_a_line_that_is_no_document(tmp_path: Path) -> None:
    path = tmp_path / "documents.jsonl"
    for line in (b'{"id":"1"', b"[1]", b'{"title":"x"}'):
        path.write_bytes(b'{"id":"1"}\n' + line + b"\n")
        with pytest.raises(PermanentError, match=f"{path} line 2: not a document"):
            sink_at(path).count()


def test_json_lines_are_not_searched(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be searched") as caught:
        sink_at(tmp_path / "documents.jsonl").search(Query("x"))
    assert "embedded:" in caught.value.advice


def test_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    sink = sink_at("-")
    sink.check()
    sink.push([write("1"), Delete("2")])
    sink.commit()
    sink.close()
    assert capfdbinary.readouterr().out == b'{"id":"1"}\n{"delete":{"id":"2"}}\n'
    with pytest.raises(ConfigError, match="cannot be read back"):
        sink.count()


def test_a_reader_of_standard_output_that_leaves() -> None:
    """As `indexer transform ... | head` does: one exception, and nothing of Python's at the exit."""
    program = (
        "import sys\n"
        "from indexer.engines.registry import open_index\n"
        "from indexer.engines.base import Write\n"
        "from indexer.model.targets import Target\n"
        "sink = open_index(Target('jsonl', path='-'))\n"
        "try:\n"
        "    while True: sink.push([Write('1', b'{\"id\":\"1\"}')] * 1000)\n"
        "except BrokenPipeError:\n"
        "    print('the reader has gone', file=sys.stderr)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b'{"id":"1"}\n'
        process.stdout.close()
        assert process.stderr.read() == b"the reader has gone\n"
        assert process.wait() == 0
