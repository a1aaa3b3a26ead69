"""HTTP to an OAI-PMH server: one request, its answer in a file, and which family of errors each failure belongs to.

not reached, reset, no answer in time               TransientError
cut off                                             BrokenOff, with what came of it; where that is a whole answer, and
                                                    only its Content-Length says otherwise, an Answer
408, 429, 5xx                                       Unwell, with its Retry-After
a success that is no whole answer of the protocol   NotAnAnswer, which is tried a few times
an error of the protocol, under any other status    an Answer
certificate not trusted, 401                        SourceError
403, other statuses                                 Refused
414, 431                                            asked again by POST (section 3.1.1.2)
a redirect                                          followed, to http(s) only and without the credentials when it
                                                    leads to another server
"""

import base64
import gzip
import os
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from indexer import __version__
from indexer.engines.http import (
    CONNECT_SECONDS,
    READ_SECONDS,
    connection_error,
    engine_words,
    may_pass,
    retry_seconds,
    root_cause,
    shorten,
)
from indexer.harvest import answer, body
from indexer.harvest.answer import Answer, BrokenOff, NotAnAnswer, Refused, Unwell
from indexer.model.errors import SourceError, TargetError, TransientError
from indexer.model.targets import Credentials

PAGE_LIMIT = 2 << 30  # bytes of one answer, unpacked; memory does not grow with it
WORDS_LIMIT = 64 << 10  # bytes of a refusal
LONGEST_REDIRECT = 5
FORGOTTEN = (400, 410, 422)  # what servers say to a token that has expired, some without a word of OAI-PMH
TOO_LONG = (414, 431)  # what servers say to a long resumption token
CREDENTIALS_ADVICE = (
    "Set INDEXER_SOURCE_USERNAME and INDEXER_SOURCE_PASSWORD, and credentials = true in the source's oai: no server "
    "gets them else."
)

NO_CREDENTIALS = Credentials(settings="INDEXER_SOURCE_")

Authorize = Callable[[requests.PreparedRequest], requests.PreparedRequest]


class Server:
    """A server by its base URL. `credentials` are None for one that is to get none."""

    def __init__(self, url: str, credentials: Credentials | None) -> None:
        self.url = url
        self._credentials = credentials
        self._shortest_refused: int | None = None  # characters of a URL
        self._session = requests.Session()
        self._session.headers.update(
            {
                "User-Agent": f"indexer/{__version__}",
                "Accept": "text/xml, application/xml;q=0.9, */*;q=0.1",
                "Accept-Encoding": "gzip, deflate",  # what is bounded while it is unpacked
            }
        )

    def close(self) -> None:
        self._session.close()

    def ask(self, query: Mapping[str, str], path: str) -> Answer:
        """What the server answers, which is in the file `path` then, gzip. Tried once."""
        with suppress(OSError):
            os.unlink(path)  # what an earlier request left is no part of this one
        with self._send(query) as response:
            status, date = response.status_code, _http_date(response.headers.get("Date"))
            if may_pass(status):
                raise Unwell(
                    f"{self.url}: HTTP {status}{self._words(response)}",
                    advice="The server is busy or not well.",
                    retry_after=retry_seconds(response.headers.get("Retry-After")),
                )
            if status in (401, 403):
                raise (SourceError if status == 401 else Refused)(
                    f"{self.url}: HTTP {status}, not allowed", advice=CREDENTIALS_ADVICE
                )
            self._write(response, path, PAGE_LIMIT if status == 200 else WORDS_LIMIT)
        refused = Refused(f"{self.url}: HTTP {status}", advice="Look at the url of the source.")
        try:
            found = answer.read(path)
        except NotAnAnswer as error:
            if status in FORGOTTEN and "resumptionToken" in query:
                return Answer(date, error="badResumptionToken", words=f"HTTP {status}")
            if status in FORGOTTEN and "from" in query:
                return Answer(date, error="badArgument", words=f"HTTP {status}")
            if status != 200:
                raise refused from None
            partial = replace(error.partial, date=error.partial.date or date) if error.partial else None
            said = f"{self.url}: {error.message}"
            raise NotAnAnswer(said, advice="Is this the base URL of the server?", partial=partial) from None
        if status != 200 and not found.error:
            raise refused
        return found if found.date else replace(found, date=date)

    def _send(self, query: Mapping[str, str]) -> requests.Response:
        """Asks by GET, and by POST where the server finds that too long; later what is as long is sent so at once."""
        url = requests.Request("GET", self.url, params=query).prepare().url or self.url
        if self._shortest_refused is None or len(url) < self._shortest_refused:
            response = self._follow(url, None)
            if response.status_code not in TOO_LONG:
                return response
            response.close()
            self._shortest_refused = len(url)
        response = self._follow(self.url, query)
        if response.status_code in (405, 501):
            response.close()
            raise Refused(
                f"{self.url}: a request of {len(url):,} characters is too long, and by POST it is refused (HTTP "
                f"{response.status_code})",
                advice="Tell whoever runs the server: section 3.1.1.2 of OAI-PMH has it take POST, or make its "
                "resumption tokens shorter.",
            )
        return response

    def _follow(self, url: str, form: Mapping[str, str] | None) -> requests.Response:
        for _ in range(LONGEST_REDIRECT + 1):
            response = self._once(url, form)
            place = response.headers.get("Location")
            if not 300 <= response.status_code < 400 or place is None:
                return response
            response.close()
            try:
                url = urljoin(url, place)
                scheme, _ = urlsplit(url).scheme, urlsplit(url).port
            except ValueError:
                raise SourceError(f"{self.url}: leads to what is not a URL: {place[:100]!r}") from None
            if scheme not in ("http", "https"):
                raise SourceError(f"{self.url}: leads to {scheme}:, which is not followed")
        raise SourceError(f"{self.url}: leads from one URL to the next, more than {LONGEST_REDIRECT} times")

    def _once(self, url: str, form: Mapping[str, str] | None) -> requests.Response:
        ca_file = self._credentials.ca_file if self._credentials else None
        try:
            return self._session.request(
                "GET" if form is None else "POST",
                url,
                data=form,
                auth=self._authorize(url),
                verify=str(ca_file) if ca_file else True,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            )
        except requests.RequestException as error:
            raise _as_source(connection_error(self.url, error, self._credentials or NO_CREDENTIALS)) from None
        except ValueError:  # of a Location that it looks at whether it follows it or not
            raise SourceError(f"{self.url}: leads to what is not a URL") from None

    def _authorize(self, url: str) -> Authorize:
        """What puts the credentials on a request. Always there, because requests would else look into ~/.netrc."""
        if self._credentials is None or self._credentials.username is None or not _same_server(self.url, url):
            return lambda request: request
        pair = f"{self._credentials.username}:{self._credentials.password or ''}"
        value = "Basic " + base64.b64encode(pair.encode()).decode()

        def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["Authorization"] = value
            return request

        return authorize

    def _words(self, response: requests.Response) -> str:
        try:
            words = shorten(engine_words(next(response.iter_content(WORDS_LIMIT), b"")))
        except requests.RequestException:
            return ""  # the status says enough
        return f": {words[:200]}" if words else ""

    def _write(self, response: requests.Response, path: str, limit: int) -> None:
        size = 0
        try:
            with open(path, "wb") as file:
                with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                    for chunk in body.came(response):
                        size += len(chunk)
                        if size > limit:
                            raise SourceError(
                                f"{self.url}: the answer is larger than {limit >> 10:,} KiB: stopped",
                                advice="Ask whoever runs the server for shorter pages.",
                            )
                        packed.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except (HTTPError, zlib.error) as error:
            try:
                answer.read(path)
            except NotAnAnswer as broken:
                words = f"{self.url}: the answer broke off after {size:,} bytes: {shorten(str(root_cause(error)))}"
                raise BrokenOff(words, partial=broken.partial) from None
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror}", advice="What was harvested before is safe.") from None


def _http_date(said: str | None) -> datetime | None:
    """The time of an HTTP header, for servers whose answer does not say it."""
    try:
        date = parsedate_to_datetime(said or "")
    except ValueError:
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)


def _same_server(one: str, other: str) -> bool:
    """Whether credentials for the one may go to the other: the same host, and never from https to http."""
    before, after = urlsplit(one), urlsplit(other)
    if (before.scheme, before.netloc) == (after.scheme, after.netloc):
        return True
    upgraded = (before.scheme, after.scheme) == ("http", "https") and before.hostname == after.hostname
    return upgraded and before.port in (None, 80) and after.port in (None, 443)


def _as_source(error: TargetError) -> Exception:
    """The error of a target in the words of one who reads."""
    if isinstance(error, TransientError):
        return error
    return SourceError(error.message, advice=error.advice)
