"""Files on web servers: what `remote` needs to know of HTTP.

Credentials are those of the URL or of ~/.netrc, proxies those of the environment; both as the library `requests` does
it. Nothing that an error says holds the URL: its query may be a signature.
"""

import functools
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

import requests
from lxml import etree, html
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from indexer.engines.http import may_pass, retry_seconds, root_cause
from indexer.model.errors import ConfigError, PermanentError, TargetError, TransientError
from indexer.sources.files import CHUNK
from indexer.sources.remote_file import Remote, is_wanted

TIMEOUT = (10.0, 60.0)  # seconds to connect, and between two bytes
LOOKS = 8  # at once
FOLDERS = 10_000  # that are looked into; links that lead back into themselves have no end
PAGE_LIMIT = 32 << 20  # bytes of a page that lists a folder
# What a server calls bytes that it has not made smaller for us: a dump may be compressed itself.
AS_IT_LIES = {"Accept-Encoding": "identity"}
BROKEN = (HTTPError, OSError)  # what reading a body raises
LATER = "Run the same command again later; the other files are not concerned."


def check(url: str) -> None:
    """Raises ConfigError for what is no URL."""
    try:
        parts = urlsplit(url)
        _ = parts.port
        named = bool(parts.hostname)
    except ValueError:
        named = False
    if not named:
        raise ConfigError("a source's URL names no host and port", advice="Such as https://host/dumps/file.xml.gz.")


def look(url: str, ca_file: str | None) -> Remote:
    """The file with its size and mark, not a byte of it read; without them where the server gives neither.

    Never raises: what is wrong turns up when the file is read, and is tried again then.
    """
    for method, headers in (("HEAD", AS_IT_LIES), ("GET", AS_IT_LIES | {"Range": "bytes=0-0"})):
        try:
            with _ask(method, url, ca_file, headers) as answer:
                return Remote(url, _size(answer.headers), _mark(answer.headers), ca_file)
        except PermanentError:
            continue  # signed URLs are for GET alone, and some servers know no HEAD
        except TransientError:
            break
    return Remote(url, ca_file=ca_file)


def walk(folder: str, ca_file: str | None, depth: int) -> Iterator[tuple[str, Remote]]:
    """Each file in the folder and below, `depth` folders deep, with its path from there; in order.

    A folder is what its page links to right below itself. Raises TargetError.
    """
    found = list(_walk(folder, "", ca_file, depth, [0]))
    with ThreadPoolExecutor(LOOKS) as threads:
        looked = threads.map(lambda each: look(each[1], ca_file), found)
        yield from zip((path for path, _ in found), looked, strict=True)


def stream(file: Remote, at: int) -> Iterator[bytes]:
    """The bytes of the file from `at` on. Raises TargetError: PermanentError where it is not the file any more that it
    was when it was looked at.
    """
    headers = dict(AS_IT_LIES)
    if at:
        if not file.mark:
            raise PermanentError("the server gives neither an ETag nor a date to go on by", advice=LATER)
        headers["Range"] = f"bytes={at}-"
    if at and at == file.size:
        return
    with _ask("GET", file.url, file.ca_file, headers) as answer:
        if at and (_mark(answer.headers) != file.mark):
            raise PermanentError("was written anew while it was read", advice=LATER)
        part = answer.status_code == requests.codes.partial_content
        if part and not answer.headers.get("Content-Range", "").startswith(f"bytes {at}-"):
            raise PermanentError("the server gives another part of the file than was asked for", advice=LATER)
        skip = 0 if part else at
        try:
            while chunk := answer.raw.read(CHUNK, decode_content=False):
                if skip < len(chunk):
                    yield chunk[skip:]
                skip = max(0, skip - len(chunk))
        except BROKEN as error:
            raise _unreachable(error) from None


@functools.cache
def _session(ca_file: str | None) -> requests.Session:
    """One for each authority: connections that were checked by one are not used for the other."""
    session = requests.Session()
    adapter = HTTPAdapter(pool_maxsize=LOOKS)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _ask(method: str, url: str, ca_file: str | None, headers: Mapping[str, str]) -> requests.Response:
    """The answer, its body not read yet. Raises TargetError, which does not name the URL."""
    try:
        # given with the request, because REQUESTS_CA_BUNDLE would win over the session's own
        answer = _session(ca_file).request(
            method, url, headers=dict(headers), stream=True, timeout=TIMEOUT, verify=ca_file, allow_redirects=True
        )
    except requests.RequestException as error:
        raise _unreachable(error) from None
    if answer.ok:
        return answer
    with answer:
        raise _refused(answer.status_code, answer.headers.get("Retry-After"))


def _refused(status: int, retry_after: str | None) -> TargetError:
    if may_pass(status):
        return TransientError(f"HTTP {status}", retry_after=retry_seconds(retry_after))
    if status in (401, 403):
        return PermanentError(
            f"HTTP {status}, not allowed",
            advice="Put user and password into ~/.netrc, or into the URL in indexer.toml. A signed URL may be over.",
        )
    if status in (404, 410):
        return PermanentError(f"there is no such file (HTTP {status})", advice="Check the URL.")
    return PermanentError(f"HTTP {status}")


def _unreachable(error: Exception) -> TargetError:
    root = root_cause(error)
    words = getattr(root, "strerror", None) or type(root).__name__
    if isinstance(error, requests.exceptions.SSLError):
        return PermanentError(
            f"the server's certificate is not trusted ({words})",
            advice="Set INDEXER_SOURCE_CA_FILE to the certificate authority that signed it.",
        )
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return PermanentError("is not a URL that can be asked for", advice="Check the URL.")
    if isinstance(error, requests.TooManyRedirects):
        return PermanentError("the server sends us round in circles", advice="Check the URL.")
    return TransientError(f"the connection failed ({words})")


def _size(headers: Mapping[str, str]) -> int | None:
    whole = headers.get("Content-Range", "").rpartition("/")[2] or headers.get("Content-Length", "")
    return int(whole) if whole.isdecimal() else None


def _mark(headers: Mapping[str, str]) -> str:
    return headers.get("ETag") or headers.get("Last-Modified") or ""


def _walk(folder: str, above: str, ca_file: str | None, depth: int, seen: list[int]) -> Iterator[tuple[str, str]]:
    """(path from the first folder, URL) of each file in this one, which is `above` from there, and below. `seen` counts
    the folders.
    """
    seen[0] += 1
    if seen[0] > FOLDERS:
        raise PermanentError(
            f"holds more than {FOLDERS:,} folders", advice="Name a folder further down, or the files by a pattern."
        )
    for name, url in sorted(_links(folder, ca_file).items()):
        if not name.endswith("/"):
            yield above + name, url
        elif depth > 1:
            yield from _walk(url, above + name, ca_file, depth - 1, seen)


def _links(folder: str, ca_file: str | None) -> dict[str, str]:
    """name -> URL of what lies right in a folder; the names of folders end in a slash."""
    with _ask("GET", folder, ca_file, {}) as answer:
        try:
            page = answer.raw.read(PAGE_LIMIT, decode_content=True)
        except BROKEN as error:
            raise _unreachable(error) from None
        there = urlsplit(answer.url)
    try:
        links = html.fromstring(page).iter("a") if page.strip() else iter(())
    except (etree.ParserError, etree.XMLSyntaxError):
        links = iter(())
    found = {}
    ours = urlsplit(folder)
    for link in links:
        try:
            to = urlsplit(urljoin(answer.url, (link.get("href") or "").strip()))
            server = to.scheme, to.hostname, to.port
        except ValueError:  # no URL at all
            continue
        name = to.path[len(there.path) :]
        right_below = to.path.startswith(there.path) and "/" not in name.rstrip("/")
        if server != (there.scheme, there.hostname, there.port) or to.query:
            continue
        if right_below and is_wanted(unquote(name).rstrip("/")):
            found[unquote(name)] = urlunsplit((ours.scheme, ours.netloc, ours.path + name, "", ""))
    return found
