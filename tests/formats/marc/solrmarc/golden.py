"""Where the property files of the tests are, and the records that go with them."""

import gzip
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parents[3] / "data/marc/solrmarc"


def records(file: Path) -> Iterator[bytes]:
    """The records of a dump in ISO 2709, plain or in gzip."""
    raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    yield from (part + b"\x1d" for part in raw.split(b"\x1d") if part.strip())
