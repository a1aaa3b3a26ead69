"""Parts hold together what the dumps hold, in their order and at their places."""

from pathlib import Path

import pytest

from indexer.cluster import cut
from indexer.cluster.cut import Cut, Part
from indexer.cluster.scratch import Scratch
from indexer.formats import profiles
from indexer.model.records import Fault, Record
from indexer.pipeline.workers import TransformSpec
from tests.cluster import dumps
from tests.sources.archives import tarred, zipped
from tests.sources.framed import PACK
from tests.sources.marc_records import ONE, THREE, TWO, xml
from tests.sources.oai_pages import answer, dc, record

SPEC = TransformSpec({"": {"oai_dc": profiles.bundled()["ojs"]}})


def test_small_files_go_together_and_large_ones_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"a": 10, "b": 10, "c": 100, "d": 10, "e": 25}
    monkeypatch.setattr(cut, "WHOLE", 50)
    monkeypatch.setattr(cut, "PART_BYTES", 30)
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(b"x" * size)
    files = {str(tmp_path / name): "s" for name in sizes} | {"-": "s", str(tmp_path / "absent"): "s"}
    steps = cut.planned(files, "")
    names = [
        [Path(file).name for file, _ in step.files] if isinstance(step, Part) else (Path(step.file).name, step.here)
        for step in steps
    ]
    assert names == [["a", "b"], ("c", False), ["d"], ["e"], ("-", True), ["absent"]]


@pytest.mark.usefixtures("small_parts")
def test_what_was_cut_is_what_was_there(tmp_path: Path) -> None:
    dumps.write(tmp_path / "dumps", files=1, records=30)
    file = str(tmp_path / "dumps" / "0.xml")
    scratch = Scratch(str(tmp_path / "scratch"))
    parts = cut.cut(Cut(file, "", "", here=False), "cut/0", scratch, SPEC, {})
    assert len(parts) == 5
    found = [item for part in parts for _, item in cut.items(part, scratch, SPEC)]
    assert found == list(cut.read_file(file, "", "", SPEC, {}))
    assert {type(item) for item in found} <= {Record, Fault}
    assert [item.position.ordinal for item in found] == list(range(1, 31))


def test_faults_travel_whole() -> None:
    from indexer.model.records import Header, Position

    for item in (
        Fault("s", Position("f!m", 3, 99), "has no end", "Fetch it again.", b"<a>\xff"),
        Record("s", "marc", b"\x1e\xff", Position("f", 1, None), Header("x", None, ("a", "b"), deleted=True)),
        Record("s", "marc", b"", Position("f", 1, 0)),
    ):
        assert cut.unpacked(cut.packed(item)) == item


def test_files_are_read_from_wherever_a_worker_is_and_named_as_the_user_did(tmp_path: Path) -> None:
    dumps.write(tmp_path / "dumps", files=1, records=3)
    found = list(cut.read_file("dumps/0.xml", "", str(tmp_path), SPEC, {}))
    assert {item.position.file for item in found} == {"dumps/0.xml"}
    assert len(found) == 3


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("name", ["dump.mrc", "dump.jsonl", "dump.xml", "oai.xml", "dump.tar", "dump.zip", *PACK])
def test_what_can_be_divided_is_not_written_to_scratch(tmp_path: Path, name: str) -> None:
    file = str(tmp_path / name)
    if pack := {"dump.tar": tarred, "dump.zip": zipped}.get(name):
        pack(Path(file), [(f"{number}.mrc", ONE * 30) for number in range(60)])
    elif name in PACK:
        Path(file).write_bytes(PACK[name]([ONE * 30] * 60))
    else:
        plain(Path(file))
    scratch = Scratch(str(tmp_path / "scratch"))
    parts = cut.divide(Cut(file, "", "", here=False), "cut/0", scratch, SPEC, {})
    assert not scratch.has("cut/0-0")
    assert len(parts) > 2
    scratch.write("parts", [[part.as_data() for part in parts]])
    assert list(map(Part.from_data, scratch.read("parts"))) == parts
    if not all(part.span is not None and part.span.of_members for part in parts):
        parts = cut.numbered(parts, [cut.survey(part, SPEC) for part in parts])
    found = [item for part in parts for _, item in cut.items(part, scratch, SPEC)]
    assert found == list(cut.read_file(file, "", "", SPEC, {}))
    assert len(found) == 3 * 600


def plain(path: Path) -> None:
    if path.name == "oai.xml":
        path.write_bytes(answer(*(record(str(number), dc("T")) for number in range(1800))))
    elif path.suffix == ".xml":
        path.write_bytes(b"<collection>%s</collection>" % b"\n".join(map(xml, range(1800))))
    else:
        one = {".mrc": [ONE, TWO, THREE], ".jsonl": [b'{"id":"%d"}\n' % number for number in range(3)]}[path.suffix]
        path.write_bytes(b"".join(one * 600))
