from pathlib import Path

import pytest

from indexer.cluster.scratch import Scratch
from indexer.model.errors import ConfigError
from tests.s3_server import s3_serving


def test_values_come_back_in_blocks(tmp_path: Path) -> None:
    scratch = Scratch(str(tmp_path)).at("run")
    blocks = [[1, b"\xff", None], [], {"a": [1.5, "\u00e9"]}, list(range(1000))]
    assert not scratch.has("x/1")
    scratch.write("x/1", blocks)
    assert scratch.has("x/1")
    assert list(scratch.blocks("x/1")) == blocks
    assert list(scratch.blocks("x/1", [3, 0])) == [blocks[3], blocks[0]]
    assert scratch.read("x/1") == blocks[0]
    assert [path.name for path in (tmp_path / "run" / "x").iterdir()] == ["1"]
    scratch.remove()
    scratch.remove()
    assert not (tmp_path / "run").exists()


def test_values_lie_in_s3_as_they_do_in_a_folder() -> None:
    with s3_serving("scratch") as client:
        scratch = Scratch("s3://scratch/builds").at("run")
        assert (scratch.has("x/1"), scratch.folders("x")) == (False, [])
        scratch.write("x/1", [[1, b"\xff"], {"a": 1.5}])
        assert scratch.has("x/1")
        assert list(scratch.blocks("x/1", [1, 0])) == [{"a": 1.5}, [1, b"\xff"]]
        client.delete_object(Bucket="scratch", Key="builds/run/x/1")
        assert not scratch.has("x/1")
        scratch.at("to-a").write("here", [True])
        assert scratch.folders("to-") == ["to-a"]
        scratch.remove()
        assert "Contents" not in client.list_objects_v2(Bucket="scratch")
        with pytest.raises(ConfigError, match=r"s3://nowhere/builds: cannot be written: .*bucket does not exist"):
            Scratch("s3://nowhere/builds").write("x", [1])


def test_what_is_damaged_is_said(tmp_path: Path) -> None:
    scratch = Scratch(str(tmp_path))
    size = scratch.write("1", [list(range(1000))])
    (tmp_path / "1").write_bytes(b"x" * 100 + (tmp_path / "1").read_bytes()[100:])
    assert size > 200
    with pytest.raises(ConfigError, match="cannot be read"):
        scratch.read("1")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match=r"cluster\.scratch .*file: cannot be written"):
        Scratch(str(tmp_path / "file")).write("1", [1])


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fsspec.implementations.local import LocalFileSystem

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalFileSystem, "pipe_file", full)
    with pytest.raises(ConfigError, match="No space left on device") as raised:
        Scratch(str(tmp_path)).write("1", [1])
    assert "goes on with the parts that are left" in raised.value.advice
