"""A server that a test may kill."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

HEAP = {"solr": "256m", "solrcloud": "256m", "elasticsearch": "512m", "opensearch": "512m"}


class OwnServer:
    """A server of one kind (as scripts/servers names them), with a folder of its own, that a test may kill; of so many
    nodes, where `nodes` says it.
    """

    def __init__(self, kind: str, folder: Path, nodes: int = 0) -> None:
        self.kind = kind
        self._nodes = nodes
        self._folder = folder
        shutil.copytree(ROOT / "scripts", folder / "scripts")
        shutil.copytree(ROOT / "schemas", folder / "schemas")

    def run(self, command: str) -> str:
        script = [sys.executable, str(self._folder / "scripts/servers"), command, self.kind]
        environment = {**os.environ, "HEAP": HEAP[self.kind], "NODES": str(self._nodes)}
        done = subprocess.run(script, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def pid(self, node: str = "") -> int:
        """Of its node (`solrcloud/node1`), or of the only one; 0 where it runs in a container."""
        file = self._folder / ".servers" / (node or self.kind) / "pid"
        return int(file.read_text()) if file.is_file() else 0

    def port(self, number: int) -> str:
        """Of a node of several, by its number."""
        return (self._folder / ".servers" / self.kind / f"node{number}" / "ports").read_text().split()[0]

    def remove(self) -> None:
        self.run("stop")
        place = self._folder / ".servers" / self.kind
        shutil.rmtree(place.resolve())
        if place.is_symlink():  # to a folder that the server's user may enter
            place.resolve().parent.rmdir()
