"""Sources made for a test, their configuration, and what a `sync` of them leaves."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from indexer.model.targets import Target
from tests.conftest import ROOT
from tests.end_to_end.conftest import read_back

SAMPLE = ROOT / "samples/pubmed20n0014_slice.xml.gz"
DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"


def page(path: Path, *records: tuple[str, str]) -> Path:
    """An answer to ListRecords: (identifier, title), a title of "" for a deletion."""
    path.parent.mkdir(exist_ok=True)
    body = ""
    for identifier, title in records:
        if not title:
            body += f'<record><header status="deleted"><identifier>{identifier}</identifier></header></record>'
            continue
        dc = f'<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">{title}</dc:title>'
        body += (
            f"<record><header><identifier>{identifier}</identifier></header><metadata>"
            f'<oai_dc:dc xmlns:oai_dc="{DC}">{dc}</oai_dc:dc></metadata></record>'
        )
    path.write_text(
        f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{body}</ListRecords></OAI-PMH>'
    )
    return path


def configure(folder: Path, *tables: str, target: str = "embedded:index") -> None:
    text = "".join(f"[[source]]\n{table}\n" for table in tables)
    (folder / "indexer.toml").write_text(f'target = "{target}"\n{text}')


def counts(ended: Any, source: str) -> dict[str, int]:
    books: dict[str, int] = json.loads(ended.out)["books"].get(source, {})
    return {column: count for column, count in books.items() if count}


def titles(folder: Path) -> dict[str, str]:
    found = read_back(Target("embedded", path=str(folder / "index")))
    return {id: str(document["title"]) for id, document in found.items()}


def kill_a_sync(folder: Path, pause: float) -> None:
    """Starts one and ends it so many seconds later, whatever it is about."""
    job = subprocess.Popen(
        [sys.executable, "-m", "indexer", "sync", "--quiet"], cwd=folder, env=os.environ, start_new_session=True
    )
    time.sleep(pause)
    job.send_signal(signal.SIGKILL)
    job.wait()


SOURCE = "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']"


def numbered(count: int, start: int = 0) -> list[tuple[str, str]]:
    return [(f"n{n:04}", f"title {n}") for n in range(start, start + count)]
