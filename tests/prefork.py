"""The command line for tests: each call is a forked copy of a process that has imported it, and done nothing else.

What `python -m indexer` costs a test is the second of a core that Python's imports take. The copy comes from a process
without threads, has standard streams, folder and environment of its own, and ends as Python ends, but for the memory of
what was imported: to give that back would copy it first.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple, NoReturn

import indexer

ROOT = Path(indexer.__file__).parent.parent
#: What Python or its C library reads when it starts, which a copy of a running one would not.
READ_AT_START = ("PYTHON", "LC_", "LANG", "TZ", "GLIBC_", "MALLOC_", "LD_", "COVERAGE_")
#: What imports, or loads when it is needed, all the others.
PACKAGES = ("cli", "engines", "harvest", "jobs", "observe", "sources")


class Done(NamedTuple):
    code: int
    out: bytes
    err: bytes


class Prefork:
    """The process that is copied. It ends when nobody can ask it any more."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        begin = f"import sys; sys.path[0] = {str(ROOT)!r}; from tests.prefork import serve; serve({theirs.fileno()})"
        self._process = subprocess.Popen(
            [sys.executable, "-c", begin],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()

    def close(self) -> None:
        self._socket.close()
        self._process.wait()

    def run(self, args: Sequence[str], stdin: bytes, env: Mapping[str, str], cwd: Path, patience: float) -> Done:
        """`indexer` with these arguments, this whole environment, in this folder."""
        with TemporaryFile() as request, TemporaryFile() as out, TemporaryFile() as err:
            request.write(json.dumps({"args": args, "env": dict(env), "cwd": str(cwd)}).encode())
            request.seek(0)
            (given, feeding), (ended, ending) = os.pipe(), os.pipe()
            socket.send_fds(self._socket, [b"."], [request.fileno(), given, out.fileno(), err.fileno(), ending])
            os.close(given)
            os.close(ending)
            feeder = threading.Thread(target=_feed, args=(feeding, stdin))
            feeder.start()
            told = select.select([ended], [], [], patience)[0]
            answer = os.read(ended, 100) if told else b""
            os.close(ended)
            assert told, f"still running after {patience} seconds: {args}"
            feeder.join()
            out.seek(0)
            err.seek(0)
            return Done(int(answer), out.read(), err.read())


def _feed(pipe: int, data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), open(pipe, "wb", buffering=0) as stream:
        view = memoryview(data)
        while view:
            view = view[stream.write(view) :]


def serve(asked: int) -> None:
    """Imports the command, and answers each request with a copy of this process that runs it."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages([str(ROOT / "indexer" / package)], f"indexer.{package}."):
            importlib.import_module(module.name)
    for module in pkgutil.iter_modules([str(ROOT / "indexer/formats")], "indexer.formats."):
        importlib.import_module(module.name)
    assert threading.active_count() == 1
    gc.collect()
    gc.freeze()  # else a collection in a copy would write into all of it, and thereby copy it
    with socket.socket(fileno=asked) as asking:
        while True:
            word, streams, _, _ = socket.recv_fds(asking, 1, 5)
            if not word:
                return
            if os.fork() == 0:
                asking.close()
                _answer(*streams)
            for stream in streams:
                os.close(stream)
            with contextlib.suppress(ChildProcessError):  # none is left
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _answer(request: int, given: int, out: int, err: int, ending: int) -> NoReturn:
    """Runs the command in one more copy, and tells its exit code when it has ended."""
    if os.fork() == 0:
        os.close(ending)
        with open(request, "rb") as file:
            told = json.load(file)
        for number, stream in enumerate((given, out, err)):
            os.dup2(stream, number)
            os.close(stream)
        _run(**told)
    for stream in (request, given, out, err):
        os.close(stream)
    _, status = os.wait()
    os.write(ending, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _run(args: list[str], env: dict[str, str], cwd: str) -> NoReturn:
    from indexer.cli.main import main

    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.path[0] = cwd
    sys.argv = ["indexer", *args]
    code = 1
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - what Python does with one
        traceback.print_exc()
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)
