"""Who may see the staff's pages: who knows the password, or comes through a proxy that knows the header; without
either, who is at this machine. Who may change something there: who knows one of the two, and nobody else.

Without them only this machine's own names are answered: no other site can make a name of its own lead here, and read
these pages in the browser of somebody who may. What a form changes needs a token beside, for a browser sends a password
that it has along with what another site makes it ask for.
"""

import base64
import binascii
import hashlib
import hmac
import ipaddress
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from indexer.config import Config
from indexer.model.errors import ConfigError

SHORTEST = 8  # characters of a password, and of a header's value
LOCAL = "localhost"
COOKIE = "staff"  # of a browser: what the tokens of its forms belong to
TOKEN = "token"  # noqa: S105 - the name of a form's field


@dataclass(frozen=True, slots=True)
class Staff:
    """The pages of the configuration's state, and what they need: the password, or the header (its name in lower case,
    and its value) that a proxy sets for whom it lets through. `key` is what tokens are made with.
    """

    config: Config
    password: bytes | None = field(default=None, repr=False)
    header: tuple[str, bytes] | None = field(default=None, repr=False)
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False, compare=False)

    @property
    def guarded(self) -> bool:
        """Whether it is known of each request that it is of the staff: only then may it change something."""
        return self.password is not None or self.header is not None

    def token(self, session: str) -> str:
        """What a form of this browser has to bring along. No other site can read it, or set the cookie."""
        return hmac.new(self.key, session.encode(), hashlib.sha256).hexdigest()


def staff_of(
    config: Config, host: str, *, wanted: bool | None, password_file: Path | None, header_file: Path | None = None
) -> Staff | None:
    """The pages where `host` is listened on, None for none: where they are `wanted`, or that is left open (None) and
    they have a password or a proxy's header, or only this machine reaches them. Raises ConfigError where others would
    without.
    """
    password = read_password(password_file) if password_file else None
    header = read_header(header_file) if header_file else None
    safe = password is not None or header is not None or is_loopback(host)
    if wanted and not safe:
        raise ConfigError(
            f"the staff's pages would be open to whoever reaches {host}",
            advice="Give them a password (--staff-password-file), or leave them out (--no-staff).",
        )
    return Staff(config, password, header) if (safe if wanted is None else wanted) else None


def read_password(path: Path) -> bytes:
    """The first line of a file. Raises ConfigError."""
    password = _first_line(path)
    if len(password) < SHORTEST:
        raise ConfigError(f"{path}: its first line is no password of at least {SHORTEST} characters")
    return password


def read_header(path: Path) -> tuple[str, bytes]:
    """`NAME: VALUE`, the first line of a file. The value is as secret as a password: whoever sends it is let in. Raises
    ConfigError.
    """
    name, _, value = _first_line(path).partition(b":")
    if not re.fullmatch(rb"[A-Za-z0-9-]+", name) or len(value.strip()) < SHORTEST:
        raise ConfigError(
            f"{path}: its first line is no header NAME: VALUE with a secret value of at least {SHORTEST} characters"
        )
    return name.decode().lower(), value.strip()


def _first_line(path: Path) -> bytes:
    try:
        return path.read_bytes().partition(b"\n")[0].strip()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == LOCAL


def denied(request: Request, staff: Staff) -> Response | None:
    """The answer to who may not see the pages; None for who may."""
    headers = {"cache-control": "no-store"}
    if not staff.guarded:
        if is_loopback(request.url.hostname or ""):
            return None
        return Response("Not by this name: use localhost.", 403, headers, "text/plain")
    if staff.header is not None and _equal(request.headers.get(staff.header[0], "").encode("latin-1"), staff.header[1]):
        return None
    if staff.password is None:
        return Response("Only through the proxy.", 403, headers, "text/plain")
    if _equal(_given(request), staff.password):
        return None
    headers["www-authenticate"] = 'Basic realm="staff", charset="UTF-8"'
    return Response("A password is needed.", 401, headers, "text/plain")


def from_elsewhere(request: Request, staff: Staff, given: str) -> bool:
    """Whether what a form asks for may come from another site's page: it has not the token (`given`) that belongs to
    the browser's cookie, or the browser says so.
    """
    session = request.cookies.get(COOKIE, "")
    if not session or not _equal(given.encode(), staff.token(session).encode()):
        return True
    if site := request.headers.get("sec-fetch-site"):  # the browser's own word; not sent over plain HTTP
        return site != "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and origin.partition("://")[2] != request.headers.get("host", "")


def _equal(one: bytes, other: bytes) -> bool:
    """Tells nothing by the time that it takes, not even a length."""
    return hmac.compare_digest(hashlib.sha256(one).digest(), hashlib.sha256(other).digest())


def _given(request: Request) -> bytes:
    """The password of HTTP Basic, of whatever user; b"" where there is none."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(value, validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""
