"""Read bytes as a file, and look at what came out."""

from collections.abc import Iterable
from pathlib import Path

from indexer.model.records import Fault, Record
from indexer.sources import read

DATA = Path(__file__).parent.parent / "data"
ERASMUS = DATA / "sources" / "pyoai_erasmus_listrecords_16.xml"
PUBMED = DATA / "pubmed" / "pubmed21n1298_slice.xml.gz"
SEED = DATA / "seed"


def read_bytes(folder: Path, content: bytes, name: str = "dump", format: str | None = None) -> list[Record | Fault]:
    """What a file with this content and name gives."""
    path = folder / name
    path.write_bytes(content)
    return list(read([str(path)], source="test", format=format))


def records(items: Iterable[Record | Fault]) -> list[Record]:
    """The records; there must be no faults."""
    found = list(items)
    assert [item for item in found if isinstance(item, Fault)] == []
    return [item for item in found if isinstance(item, Record)]


def raws(items: Iterable[Record | Fault]) -> list[bytes]:
    """The bytes of the records, in order; faults left out."""
    return [item.raw for item in items if isinstance(item, Record)]


def faults(items: Iterable[Record | Fault]) -> list[Fault]:
    """The faults, in order."""
    return [item for item in items if isinstance(item, Fault)]


def only(items: Iterable[Record | Fault]) -> Fault:
    """The one fault, where there is nothing else."""
    (fault,) = items
    assert isinstance(fault, Fault)
    return fault
