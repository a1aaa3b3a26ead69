"""Dumps with versions, deletions and bad records of the same ids, spread over files."""

import random
from pathlib import Path

LIST = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{}</ListRecords></OAI-PMH>'
HEADER = "<header{}><identifier>oai:x:{}</identifier><datestamp>2024-01-{:02}</datestamp></header>"
DC = (
    '<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title></oai_dc:dc></metadata>'
)


def record(number: int, version: int) -> str:
    return f"<record>{HEADER.format('', number, version % 28 + 1)}{DC.format(f'Title {number} of {version}')}</record>"


def deletion(number: int, version: int) -> str:
    return f"<record>{HEADER.format(' status=' + chr(34) + 'deleted' + chr(34), number, version % 28 + 1)}</record>"


def broken(number: int, version: int) -> str:
    return f"<record>{HEADER.format('', number, version % 28 + 1)}{DC.format('A <b')}</record>"


def write(folder: Path, *, files: int = 6, records: int = 40, ids: int = 60, seed: int = 1) -> list[str]:
    """The paths of dumps, in the order in which they are read; one of them is no dump. Every other one
    has a comment between its records, so that it is not divided.
    """
    chance = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    version = 0
    for number in range(files):
        made = []
        for _ in range(records):
            version += 1
            kind = chance.choices([record, deletion, broken], [8, 2, 1])[0]
            made.append(kind(chance.randrange(ids), version))
        made.insert(records // 2, "<!-- -->" * (number % 2))
        (folder / f"{number}.xml").write_text(LIST.format("".join(made)), encoding="utf-8")
    (folder / "9.xml").write_text("no dump at all", encoding="utf-8")
    return [str(folder)]
