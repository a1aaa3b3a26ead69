"""Tells people or programs how a run ended: a web hook gets it as JSON, an address gets a mail.

Nothing that goes wrong with that ends a run, and it takes a bounded time: an answer that does not come is waited for
`SECONDS` at the most.
"""

import json
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from indexer import __version__
from indexer.engines.http import root_cause, status_error
from indexer.engines.retry import RetryPolicy, persist
from indexer.model.books import Account
from indexer.model.errors import ExitCode, PermanentError, TargetError, TransientError
from indexer.model.settings import NotifySettings
from indexer.model.targets import Credentials
from indexer.observe.report import counted, duration

if TYPE_CHECKING:
    from indexer.state.runs import StoredRun

SECONDS = 60.0  # for the web hook, and for the mail
TIMEOUT = 10.0  # for a connection, and between two packets
POLICY = RetryPolicy(seconds=40.0, tries=5)
SMTP_PORTS = {"smtp": 25, "smtps": 465}


def event_of(settings: NotifySettings, *, command: str, code: int, before: int | None) -> str | None:
    """Which of the events that are asked for the end of a run is, None for none. `before` is how the one before it
    ended. Of an interrupt nobody is told: whoever stopped the run knows.
    """
    if code == ExitCode.INTERRUPTED:
        return None
    if code == ExitCode.VERIFICATION and command == "sync":  # all but the deletions is loaded
        may_be = ["held"]
    elif code != ExitCode.OK:
        may_be = ["failure"]
    else:
        may_be = ["recovered", "done"] if before else ["done"]
    return next((event for event in may_be if event in settings.on), None)


def message_of(run: "StoredRun", event: str) -> dict[str, Any]:
    """What is told of a run."""
    return {
        "event": event,
        "command": run.command,
        "target": run.target,
        "run": run.id,
        "started": run.started,
        "finished": run.finished,
        "seconds": round(run.seconds, 1),
        "exit_code": run.exit_code,
        "message": run.message,
        "books": {source: books.counts() for source, books in run.books.items()},
        "books_closed": not Account(run.books).open_sources,
        "dead_letters": run.dead_letters,
        "retries": run.retries,
        "host": socket.gethostname(),
        "version": __version__,
    }


def send(settings: NotifySettings, message: Mapping[str, Any]) -> list[str]:
    """Tells everybody who is named. Gives what did not come through, in words that hold no secret."""
    ways: dict[str, Callable[[], None]] = {}
    if settings.url is not None:
        url = settings.url.get_secret_value()
        # the path of a web hook's URL is often all that keeps others from posting there: only its host is named
        ways[f"notify.url ({urlsplit(url).hostname})"] = lambda: _post(url, settings, message)
    if settings.mail_to:
        ways[f"notify.smtp ({urlsplit(settings.smtp).hostname})"] = lambda: _mail(settings, message)
    return [f"{name}: {why}" for name, way in ways.items() if (why := _within_bounds(way))]


def _within_bounds(way: Callable[[], None]) -> str:
    """Why this did not come through; empty where it did."""
    failed: list[str] = []
    over = threading.Event()

    def run() -> None:
        try:
            persist(way, POLICY, on_pause=lambda _error, _seconds: None, stop=over)
        except TargetError as error:
            failed.append(error.message)

    thread = threading.Thread(target=run, name="notify", daemon=True)  # one that hangs does not keep the process
    thread.start()
    thread.join(SECONDS)
    over.set()
    return f"no answer within {SECONDS:.0f} s" if thread.is_alive() else "".join(failed)


def _post(url: str, settings: NotifySettings, message: Mapping[str, Any]) -> None:
    body = json.dumps(message, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "User-Agent": f"indexer/{__version__}"}
    verify = str(settings.ca_file) if settings.ca_file else True
    try:
        with requests.post(
            url, data=body, headers=headers, timeout=TIMEOUT, verify=verify, allow_redirects=False, stream=True
        ) as answer:
            status, again = answer.status_code, answer.headers.get("Retry-After")
    except requests.exceptions.SSLError as error:
        raise PermanentError(f"its certificate is refused: {root_cause(error)}") from None
    except requests.RequestException as error:  # whose own words have the URL
        raise TransientError(f"it cannot be reached: {_short(error)}") from None
    if not 200 <= status < 300:
        raise status_error("the message is refused", status, "", retry_after=again, credentials=Credentials())


def _mail(settings: NotifySettings, message: Mapping[str, Any]) -> None:
    parts = urlsplit(settings.smtp)
    tls = ssl.create_default_context(cafile=settings.ca_file)
    host, port = parts.hostname or "", parts.port or SMTP_PORTS[parts.scheme]
    try:
        if parts.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=tls)
        else:
            connection = smtplib.SMTP(host, port, timeout=TIMEOUT)
        with connection:
            connection.ehlo()
            if parts.scheme == "smtp" and connection.has_extn("starttls"):
                connection.starttls(context=tls)
                connection.ehlo()
            elif parts.scheme == "smtp" and settings.smtp_username:
                raise PermanentError("it offers no STARTTLS: the password is not sent in the clear")
            if settings.smtp_username:
                password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
                connection.login(settings.smtp_username, password)
            refused = connection.send_message(mail_of(settings, message))
    except smtplib.SMTPAuthenticationError as error:
        raise PermanentError(f"the user or the password is refused (SMTP {error.smtp_code})") from None
    except smtplib.SMTPRecipientsRefused as error:
        raise _by_code(max(code for code, _ in error.recipients.values()), "it refuses all recipients") from None
    except smtplib.SMTPResponseException as error:
        raise _by_code(error.smtp_code, "the mail is refused") from None
    except ssl.SSLCertVerificationError as error:
        raise PermanentError(f"its certificate is refused: {error.verify_message}") from None
    except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
        raise PermanentError(f"it cannot be spoken to: {type(error).__name__}") from None
    except (OSError, smtplib.SMTPException) as error:
        raise TransientError(f"it cannot be reached: {_short(error)}") from None
    if refused:
        raise PermanentError(f"it refuses {', '.join(sorted(refused))}; the others have the mail")


def _by_code(code: int, what: str) -> TargetError:
    """4xx may pass (RFC 5321 section 4.2.1); greylisting, for one."""
    return (TransientError if 400 <= code < 500 else PermanentError)(f"{what} (SMTP {code})")


def _short(error: BaseException) -> str:
    cause = root_cause(error)
    return (cause.strerror if isinstance(cause, OSError) else None) or type(cause).__name__


def mail_of(settings: NotifySettings, message: Mapping[str, Any]) -> EmailMessage:
    """The message as a mail."""
    ends = {
        "failure": f"failed (exit {message['exit_code']})",
        "held": "holds deletions back (exit 5)",
        "recovered": "is well again",
        "done": "ended well",
    }
    mail = EmailMessage()
    mail["Subject"] = f"indexer: {message['command']} {ends[message['event']]} on {message['host']}"
    mail["From"] = settings.mail_from or f"indexer@{socket.getfqdn()}"
    mail["To"] = ", ".join(settings.mail_to)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    lines = [
        f"{message['command']} into {message['target']}",
        f"began {message['started']}, ended {message['finished']} after {duration(message['seconds'])}",
        "",
    ]
    for source, columns in message["books"].items():
        lines.append(f"{source}   " + "   ".join(f"{name} {count:,}" for name, count in columns.items() if count))
    if not message["books_closed"]:
        lines.append("BOOKS DO NOT CLOSE: treat this run as failed")
    if message["dead_letters"]:
        lines.append(f"{counted(message['dead_letters'], 'record')} of this run rejected: indexer dead-letters list")
    if message["message"]:
        lines += ["", message["message"]]
    lines += ["", "indexer status tells more."]
    mail.set_content("\n".join(lines) + "\n")
    return mail
