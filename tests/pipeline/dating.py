"""Dates of documents: dumps that have them, and what is to be known when their records are applied one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from indexer.derive.tracking import Change, Tracked, arrived, shown
from indexer.state import tracked
from tests.pipeline.loading import DC, TARGET, Desk

#: A record: id, day of its last change, and whether it is loaded, deleted or refused by the index.
Line = tuple[str, int, str]


@dataclass
class Clock:
    now: int = 0

    def time(self) -> float:
        return self.now + 0.9


def write(path: Path, lines: Sequence[Line]) -> list[str]:
    body = ""
    for id, day, what in lines:
        header = f"<identifier>{id}</identifier><datestamp>1970-01-{day:02}</datestamp>"
        if what == "deleted":
            body += f'<record><header status="deleted">{header}</header></record>'
            continue
        title = f'<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">{what} {day}</dc:title>'
        body += (
            f"<record><header>{header}</header><metadata>"
            f'<oai_dc:dc xmlns:oai_dc="{DC}">{title}</oai_dc:dc></metadata></record>'
        )
    path.write_text(
        f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{body}</ListRecords></OAI-PMH>'
    )
    return [str(path)]


@dataclass
class Model:
    """What is to be known when the records are applied one by one."""

    known: dict[str, Tracked] = field(default_factory=dict)

    def apply(self, lines: Sequence[Line], now: int) -> None:
        for id, day, what in lines:
            if what == "good":
                change = Change((day - 1) * 86_400, later_only=True)
                self.known[id] = arrived(self.known.get(id), change, now)
            elif what == "deleted" and id in self.known:
                self.known[id] = replace(self.known[id], deleted=now)


def known(desk: Desk) -> dict[str, Tracked]:
    return tracked.find(desk.store, tracked.open_target(desk.store, TARGET), list("abcd"))


def sent(desk: Desk) -> dict[str, tuple[str, str]]:
    bodies = {id: orjson.loads(body) for id, body in desk.sink.documents.items()}
    return {id: (body["first_indexed"], body["last_indexed"]) for id, body in bodies.items()}


def as_sent(known: dict[str, Tracked]) -> dict[str, tuple[str, str]]:
    return {id: (shown(each.first), shown(each.last)) for id, each in known.items() if each.deleted is None}
