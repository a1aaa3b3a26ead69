"""Who may see the staff's pages: who knows the password; without one, who is at this machine.

Without a password only this machine's own names are answered: no other site can make a name of its own lead here, and
read these pages in the browser of somebody who may.
"""

import base64
import binascii
import hashlib
import hmac
import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from indexer.config import Config
from indexer.model.errors import ConfigError

SHORTEST = 8  # characters of a password
LOCAL = "localhost"


@dataclass(frozen=True, slots=True)
class Staff:
    """The pages of the configuration's state, and the password that they need."""

    config: Config
    password: bytes | None = field(default=None, repr=False)


def staff_of(config: Config, host: str, *, wanted: bool | None, password_file: Path | None) -> Staff | None:
    """The pages where `host` is listened on, None for none: where they are `wanted`, or that is left open (None) and
    they have a password, or only this machine reaches them. Raises ConfigError where others would without a password.
    """
    password = read_password(password_file) if password_file else None
    safe = password is not None or is_loopback(host)
    if wanted and not safe:
        raise ConfigError(
            f"the staff's pages would be open to whoever reaches {host}",
            advice="Give them a password (--staff-password-file), or leave them out (--no-staff).",
        )
    return Staff(config, password) if (safe if wanted is None else wanted) else None


def read_password(path: Path) -> bytes:
    """The first line of a file. Raises ConfigError."""
    try:
        password = path.read_bytes().partition(b"\n")[0].strip()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    if len(password) < SHORTEST:
        raise ConfigError(f"{path}: its first line is no password of at least {SHORTEST} characters")
    return password


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == LOCAL


def denied(request: Request, staff: Staff) -> Response | None:
    """The answer to who may not see the pages; None for who may."""
    headers = {"cache-control": "no-store"}
    if staff.password is None:
        if is_loopback(request.url.hostname or ""):
            return None
        return Response("Not by this name: use localhost.", 403, headers, "text/plain")
    if hmac.compare_digest(hashlib.sha256(_given(request)).digest(), hashlib.sha256(staff.password).digest()):
        return None
    headers["www-authenticate"] = 'Basic realm="staff", charset="UTF-8"'
    return Response("A password is needed.", 401, headers, "text/plain")


def _given(request: Request) -> bytes:
    """The password of HTTP Basic, of whatever user; b"" where there is none."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(value, validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""
