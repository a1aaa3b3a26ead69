"""Hosts with addresses of their own on one machine: network namespaces of Linux, for which it takes root.

Each is joined to this machine by a link of its own, which can be taken down.
"""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Host:
    """`here` is this machine's address on the link, `there` the host's. `core`: what it may compute on."""

    name: str
    link: str
    here: str
    there: str
    core: int

    def command(self, *words: str) -> list[str]:
        """The words as a command on the host."""
        return ["ip", "netns", "exec", self.name, "taskset", "-c", str(self.core), *words]

    def up(self, up: bool) -> None:
        """Its link: whether anything gets through."""
        _ip("link", "set", self.link, "up" if up else "down")


def why_not() -> str:
    """Why there can be none here; "" where there can."""
    if os.geteuid() != 0:
        return "network namespaces take root"
    for program in ("ip", "taskset"):
        if shutil.which(program) is None:
            return f"no {program} on this machine"
    tried = subprocess.run(["ip", "netns", "add", "hosts-try"], capture_output=True, text=True, check=False)
    if tried.returncode:
        return f"no network namespaces here: {tried.stderr.strip()}"
    _ip("netns", "del", "hosts-try")
    return ""


@contextmanager
def hosts(count: int) -> Iterator[Sequence[Host]]:
    """So many hosts, each on a core of its own, as long as there are some."""
    mark, subnet = secrets.token_hex(2), 64 + secrets.randbelow(128)
    cores = sorted(os.sched_getaffinity(0))
    made = [
        Host(
            f"host-{mark}-{number}",
            f"h{mark}{number}",
            f"10.{subnet}.{number}.1",
            f"10.{subnet}.{number}.2",
            cores[number % len(cores)],
        )
        for number in range(count)
    ]
    try:
        for host in made:
            _ip("netns", "add", host.name)
            _ip("link", "add", host.link, "type", "veth", "peer", "name", "eth0", "netns", host.name)
            _ip("addr", "add", f"{host.here}/24", "dev", host.link)
            _ip("link", "set", host.link, "up")
            for words in (["addr", "add", f"{host.there}/24", "dev", "eth0"], ["link", "set", "eth0", "up"]):
                _ip("-n", host.name, *words)
            _ip("-n", host.name, "link", "set", "lo", "up")
            _ip("-n", host.name, "route", "add", "default", "via", host.here)
        yield made
    finally:
        for host in made:
            subprocess.run(["ip", "link", "del", host.link], capture_output=True, check=False)
            subprocess.run(["ip", "netns", "del", host.name], capture_output=True, check=False)


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")
