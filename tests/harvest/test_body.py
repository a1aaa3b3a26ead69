"""Answers whose HTTP is not true: a length that never comes, a coding that is none."""

import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.harvest.answer import BrokenOff
from indexer.harvest.body import _unpacked
from indexer.harvest.server import Server
from tests.harvest.oai_server import Item, Repository

REPOSITORY = Repository()
REPOSITORY.put(Item("r1", "2021-05-01", "Bücher"), Item("r2", "2021-05-01", "two"))
LIST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
ANSWER = REPOSITORY.answer(LIST).encode()


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def test_members_of_gzip_that_come_one_by_one() -> None:
    one, two = gzip.compress(b"one, "), gzip.compress(b"two")
    for chunks in ([one + two], [one, two], [one + two[:1], two[1:]], [one, two[:1], two[1:5], two[5:]]):
        assert b"".join(_unpacked(iter(chunks), "gzip")) == b"one, two"
    assert b"".join(_unpacked(iter([one, bytes(9)]), "gzip")) == b"one, "


@contextmanager
def saying(answer: bytes) -> Iterator[str]:
    """A server that sends these bytes to the first who asks, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/oai"
        thread.join()


def asked(path: Path, body: bytes, *headers: str) -> tuple[int, bytes]:
    """How many records came, and what is in the file."""
    with saying("\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode() + body) as url:
        found = Server(url, None).ask(LIST, str(path))
    return found.records, gzip.decompress(path.read_bytes())


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


@pytest.mark.parametrize("more", [1, 500, 1 << 20])
def test_a_whole_answer_is_taken_whatever_length_it_was_to_have(tmp_path: Path, more: int) -> None:
    assert asked(tmp_path / "page", ANSWER, f"Content-Length: {len(ANSWER) + more}") == (2, ANSWER)


def test_a_whole_answer_is_taken_though_its_last_chunk_never_came(tmp_path: Path) -> None:
    body = chunked(ANSWER[:100], ANSWER[100:])
    assert asked(tmp_path / "page", body, "Transfer-Encoding: chunked") == (2, ANSWER)
    begun = b"%x\r\n" % (len(ANSWER) + 100) + ANSWER
    assert asked(tmp_path / "page", begun, "Transfer-Encoding: chunked") == (2, ANSWER)


@pytest.mark.parametrize(
    ("headers", "frame"),
    [
        (("Content-Length: 100000",), lambda half: half),
        (("Transfer-Encoding: chunked",), lambda half: b"9999\r\n" + half),
    ],
)
def test_of_an_answer_that_broke_off_what_came_is_looked_at(
    tmp_path: Path, headers: tuple[str, ...], frame: Callable[[bytes], bytes]
) -> None:
    half = ANSWER[: ANSWER.index(b"two")]
    with pytest.raises(BrokenOff, match=f"broke off after {len(half):,} bytes") as caught:
        asked(tmp_path / "page", frame(half), *headers)
    assert caught.value.partial is not None
    assert caught.value.partial.records == 2


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(ANSWER)),
        ("GZip", gzip.compress(ANSWER[:50]) + gzip.compress(ANSWER[50:])),
        ("x-gzip", gzip.compress(ANSWER) + bytes(20)),
        ("deflate", zlib.compress(ANSWER)),
        ("deflate", deflated(ANSWER)),
        ("gzip", ANSWER),
        ("deflate", ANSWER),
        ("identity", ANSWER),
        ("identity", gzip.compress(ANSWER)),
    ],
)
def test_a_coding_is_undone_where_it_is_true(tmp_path: Path, coding: str, body: bytes) -> None:
    for length in (len(body), len(body) + 9):
        headers = f"Content-Encoding: {coding}", f"Content-Length: {length}"
        assert asked(tmp_path / "page", body, *headers) == (2, ANSWER)


def test_a_large_answer_is_unpacked_by_little(tmp_path: Path) -> None:
    large = ANSWER + b"\n" * (5 << 20)
    body = gzip.compress(large)
    assert asked(tmp_path / "page", body, "Content-Encoding: gzip", f"Content-Length: {len(body)}") == (2, large)
