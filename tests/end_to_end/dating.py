"""Records with dates of change, and the dates that their documents have in an index."""

from pathlib import Path

from indexer.model.targets import Target
from tests.end_to_end.conftest import read_back

DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"

Dates = dict[str, tuple[str, str]]


def record(number: int, day: int = 1, title: str = "") -> str:
    dc = f'<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">{title or f"Title {number} of {day}"}</dc:title>'
    return (
        f"<record><header><identifier>r{number}</identifier><datestamp>2020-01-{day:02}T00:00:00Z</datestamp></header>"
        f'<metadata><oai_dc:dc xmlns:oai_dc="{DC}">{dc}</oai_dc:dc></metadata></record>'
    )


def write(path: Path, *records: str) -> Path:
    body = "".join(records)
    path.write_text(
        f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{body}</ListRecords></OAI-PMH>'
    )
    return path


def dates(target: Target) -> Dates:
    """Those of every document, as they would be sent."""
    found = read_back(target)
    return {id: (_sent(fields["first_indexed"]), _sent(fields["last_indexed"])) for id, fields in found.items()}


def _sent(value: str | list[str]) -> str:
    assert isinstance(value, str)
    assert len(value) == len("2020-01-01T00:00:00Z"), value
    return value
