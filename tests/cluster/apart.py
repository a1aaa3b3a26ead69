"""A process for builds: Dask leaves threads behind, which the forks of other tests do not go together with."""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from indexer.jobs.results import LoadResult
from tests.cluster.builds import load
from tests.conftest import ROOT

#: Changes something of the package in the process that builds, for the time of one call.
Patch = Callable[[pytest.MonkeyPatch], None]
Patches = Sequence[Patch]


class Apart:
    """The process, which has a scheduler with two workers inside of it, at `scheduler`."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.cluster.apart"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.scheduler: str = self._answer()

    def __call__(self, function: Callable[..., Any], *arguments: Any, patches: Patches = (), **named: Any) -> Any:
        """What the function gives there; raises what it raises there."""
        assert self._process.stdin is not None
        pickle.dump((function, arguments, named, patches), self._process.stdin)
        self._process.stdin.flush()
        return self._answer()

    def load(self, folder: Path, name: str, paths: list[str], *, patches: Patches = (), **values: Any) -> LoadResult:
        """A load by the cluster, unless `scheduler` says otherwise."""
        result: LoadResult = self(load, folder, name, paths, patches=patches, **{"scheduler": self.scheduler} | values)
        return result

    def close(self) -> int:
        """Ends the process, and gives its exit code."""
        self._process.communicate()
        return self._process.returncode

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        value, error = pickle.load(self._process.stdout)
        if error is not None:
            raise error
        return value


def serve() -> None:
    """Carries out what standard input asks for, until it ends."""
    from distributed import LocalCluster

    with (
        os.fdopen(os.dup(1), "wb") as answers,
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address=None, silence_logs=50
        ) as cluster,
    ):
        os.dup2(2, 1)  # whatever is printed is no answer
        _put(answers, cluster.scheduler_address, None)
        while True:
            try:
                function, arguments, named, patches = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            with ExitStack() as stack:
                for patch in patches:
                    patch(stack.enter_context(pytest.MonkeyPatch.context()))
                try:
                    _put(answers, function(*arguments, **named), None)
                except Exception as error:  # noqa: BLE001 - the test says which one it expects
                    _put(answers, None, error)


def _put(answers: Any, value: Any, error: Exception | None) -> None:
    answers.write(pickle.dumps((value, error)))
    answers.flush()


if __name__ == "__main__":
    serve()
