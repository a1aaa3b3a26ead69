"""Who is told how a run ended, and that this harms no run: a web server and a mail server in this process."""

import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

import indexer
from indexer.api import Config
from indexer.cli.options import say_beside
from indexer.config import load as load_config
from indexer.engines.retry import RetryPolicy
from indexer.jobs.load import load
from indexer.model.errors import ConfigError, ExitCode, TransientError
from indexer.model.settings import NotifySettings
from indexer.observe import notify
from indexer.observe.audience import Audience
from tests.conftest import ROOT
from tests.engines.conftest import certificate
from tests.engines.server import Answer, Request, serving

__all__ = ["certificate"]

SAMPLE = ROOT / "samples/seed_oai_dc.xml"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "POLICY", RetryPolicy(seconds=20.0, tries=3, first_wait=0.01))


def configured(folder: Path, **settings: Any) -> Config:
    state = f"sqlite:///{folder / 'state.db'}"
    return indexer.configure(target=f"jsonl:{folder / 'out.jsonl'}", state=state, reports="", notify=settings)


def dumps(folder: Path) -> tuple[str, str]:
    """A dump that is well, and one that breaks off."""
    cut = folder / "cut.xml"
    cut.write_bytes(SAMPLE.read_bytes()[:-200])
    return str(SAMPLE), str(cut)


def sent(requests: list[Request]) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in requests]


def run(config: Config, dump: str) -> int:
    """As the command line does it: what goes wrong beside the run is said on standard error."""
    return load([dump], config=config, profile_name="pmc", audience=Audience(warn=say_beside)).exit_code


# ---- the web hook


def test_a_failure_and_the_recovery_are_told_and_nothing_else(tmp_path: Path) -> None:
    good, cut = dumps(tmp_path)
    with serving(lambda _: Answer(204, b"")) as server:
        config = configured(tmp_path, url=f"{server.url}/hook/s3cr3t")
        codes = [run(config, dump) for dump in (good, cut, good, good)]
    assert codes == [0, 1, 0, 0]
    failure, recovered = sent(server.requests)
    assert (failure["event"], failure["command"], failure["exit_code"]) == ("failure", "load", 1)
    assert (failure["dead_letters"], failure["books"]["pmc"]["rejected"]) == (1, 1)
    assert failure["target"] == f"jsonl:{tmp_path / 'out.jsonl'}"
    assert failure["books_closed"] is True
    assert (recovered["event"], recovered["message"]) == ("recovered", None)
    assert recovered["books"] == {"pmc": {**dict.fromkeys(recovered["books"]["pmc"], 0), "read": 1, "indexed": 1}}
    assert recovered["run"] == failure["run"] + 1
    assert server.requests[0].headers["content-type"] == "application/json"
    assert server.requests[0].path == "/hook/s3cr3t"
    assert "s3cr3t" not in server.requests[0].body.decode()


def test_a_run_that_cannot_begin_is_a_failure(tmp_path: Path) -> None:
    """Its target is not there; the password in its URL is in no message."""
    with serving(lambda _: Answer()) as server:
        config = indexer.configure(
            target="solr+http://amy:pa55word@127.0.0.1:9/solr/biblio",
            state=f"sqlite:///{tmp_path / 'state.db'}",
            reports="",
            notify={"url": server.url},
        )
        with pytest.raises(TransientError):
            run(config, str(SAMPLE))
    [told] = sent(server.requests)
    assert (told["event"], told["exit_code"]) == ("failure", 3)
    assert "cannot be reached" in told["message"]
    assert "pa55word" not in server.requests[0].body.decode()


def test_a_sync_and_a_reindex_are_told_once_each(tmp_path: Path) -> None:
    """The loads that a re-index consists of are not."""
    with serving(lambda _: Answer()) as server:
        config = indexer.configure(
            target=f"embedded:{tmp_path / 'index'}",
            state=f"sqlite:///{tmp_path / 'state.db'}",
            reports="",
            source=[{"name": "seed", "profile": "pmc", "paths": [str(SAMPLE)]}],
            notify={"url": server.url, "on": ["failure", "done"]},
        )
        assert indexer.sync(config=config).exit_code == ExitCode.OK
        assert indexer.reindex(config=config, adopt=True).exit_code == ExitCode.OK
    told = sent(server.requests)
    assert [(each["event"], each["command"]) for each in told] == [("done", "sync"), ("done", "reindex")]
    assert all(each["books"]["seed"]["read"] == 1 for each in told)


def test_what_passes_is_tried_again(tmp_path: Path) -> None:
    answers = iter([Answer(503, headers={"Retry-After": "0"}), Answer(429), Answer(200)])
    with serving(lambda _: next(answers)) as server:
        assert run(configured(tmp_path, url=server.url, on=["done"]), str(SAMPLE)) == ExitCode.OK
    assert [told["event"] for told in sent(server.requests)] == ["done"] * 3


@pytest.mark.parametrize(
    ("answer", "tries", "said"),
    [
        (Answer(404), 1, "HTTP 404"),
        (Answer(302, headers={"Location": "http://127.0.0.1:9/"}), 1, "HTTP 302"),
        (Answer(500), 3, "given up after 3 tries"),
    ],
)
def test_what_does_not_come_through_is_said_and_fails_no_run(
    answer: Answer, tries: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(lambda _: answer) as server:
        assert run(configured(tmp_path, url=f"{server.url}/s3cr3t", on=["done"]), str(SAMPLE)) == ExitCode.OK
    assert len(server.requests) == tries
    told = capsys.readouterr().err
    assert "notify.url (127.0.0.1): the message is refused" in told
    assert said in told
    assert "s3cr3t" not in told


def test_one_that_never_answers_is_not_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "SECONDS", 0.2)
    over = threading.Event()

    def hang(_request: Request) -> Answer:
        over.wait(30)
        return Answer()

    with serving(hang) as server:
        assert run(configured(tmp_path, url=server.url, on=["done"]), str(SAMPLE)) == ExitCode.OK
        over.set()
    assert "no answer within" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "code", "before", "event"),
    [
        ("sync", 5, 0, "held"),
        ("reindex", 5, 0, "failure"),
        ("load", 3, None, "failure"),
        ("sync", 0, 5, "recovered"),
        ("sync", 0, 0, "done"),
        ("sync", 0, None, "done"),
        ("sync", 130, 1, None),
    ],
)
def test_events(command: str, code: int, before: int | None, event: str | None) -> None:
    everything = NotifySettings.model_validate({"on": ["failure", "held", "recovered", "done"]})
    assert notify.event_of(everything, command=command, code=code, before=before) == event
    done = NotifySettings.model_validate({"on": ["done"]})
    assert notify.event_of(done, command=command, code=code, before=before) == ("done" if code == 0 else None)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('url = "hooks.example.edu/s3cr3t"', "notify.url is not the URL of a server"),
        ('url = "https://amy:s3cr3t@hooks.example.edu/"', "notify.url is not the URL of a server"),
        ('mail_to = ["a@example.edu"]\nsmtp = "mail.example.edu:25"', "notify.smtp is not the URL of a server"),
        ('mail_to = ["a@example.edu\\nBcc: b@example.edu"]', "is not a mail address"),
        ('on = ["always"]', "is none of 'failure'"),
    ],
)
def test_settings_that_are_wrong_are_told_before_a_run(line: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "indexer.toml"
    file.write_text(f"[notify]\n{line}\n")
    with pytest.raises(ConfigError, match=said) as error:
        load_config(file, environ={})
    assert "s3cr3t" not in f"{error.value.message} {error.value.advice}"


# ---- mail


class Mailbox:
    """A mail server that notes what it gets. `answers` to a command are given in place of its own, once each."""

    def __init__(self, answers: dict[str, list[str]], certificate: Path | None) -> None:
        self.port = 0
        self.commands: list[str] = []
        self.mails: list[bytes] = []
        self.encrypted: list[bool] = []
        self._answers, self._certificate = answers, certificate

    def talk(self, handler: socketserver.StreamRequestHandler) -> None:
        reading, writing = handler.rfile, handler.wfile
        tls = False
        writing.write(b"220 ready\r\n")
        while line := reading.readline():
            command = line.decode().strip()
            verb = command.split()[0].upper()
            self.commands.append(command)
            own = self._answers.get(verb)
            if own:
                writing.write(own.pop(0).encode() + b"\r\n")
            elif verb == "EHLO":
                more = b"250-STARTTLS\r\n" if self._certificate and not tls else b"250-AUTH PLAIN\r\n"
                writing.write(b"250-here\r\n" + more + b"250 8BITMIME\r\n")
            elif verb == "STARTTLS" and self._certificate:
                writing.write(b"220 go\r\n")
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self._certificate)
                try:
                    secure = context.wrap_socket(handler.request, server_side=True)
                except (ssl.SSLError, ConnectionError):  # the client does not take the certificate
                    return
                reading, writing, tls = secure.makefile("rb"), secure.makefile("wb", buffering=0), True  # type: ignore[assignment]
            elif verb == "AUTH":
                writing.write(b"235 welcome\r\n")
            elif verb == "DATA":
                writing.write(b"354 go on\r\n")
                body = b""
                while (part := reading.readline()) != b".\r\n":
                    body += part
                self.mails.append(body)
                self.encrypted.append(tls)
                writing.write(b"250 taken\r\n")
            else:
                writing.write(b"221 bye\r\n" if verb == "QUIT" else b"250 well\r\n")
            if verb == "QUIT":
                return


@contextmanager
def mailbox(certificate: Path | None = None, answers: dict[str, list[str]] | None = None) -> Iterator[Mailbox]:
    box = Mailbox(answers or {}, certificate)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            box.talk(self)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()


def mailing(folder: Path, box: Mailbox, **settings: Any) -> Config:
    to = ["amy@example.edu", "bob@example.edu"]
    smtp = f"smtp://127.0.0.1:{box.port}"
    return configured(folder, mail_to=to, mail_from="indexer@example.edu", smtp=smtp, on=["done"], **settings)


def test_a_mail_tells_how_it_ended(tmp_path: Path) -> None:
    with mailbox() as box:
        assert run(mailing(tmp_path, box), str(SAMPLE)) == ExitCode.OK
    [raw] = box.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert str(mail["Subject"]).startswith("indexer: load ended well on ")
    assert (mail["From"], mail["To"]) == ("indexer@example.edu", "amy@example.edu, bob@example.edu")
    text = mail.get_content()
    assert f"load into jsonl:{tmp_path / 'out.jsonl'}" in text
    assert "pmc   read 1   indexed 1" in text
    assert box.commands[-1].upper() == "QUIT"


def test_starttls_is_used_where_it_is_offered_and_the_password_goes_over_it(certificate: Path, tmp_path: Path) -> None:
    with mailbox(certificate) as box:
        config = mailing(tmp_path, box, ca_file=certificate, smtp_username="amy", smtp_password="pa55word")
        assert "pa55word" not in str(config.rows())
        assert run(config, str(SAMPLE)) == ExitCode.OK
    assert box.encrypted == [True]
    verbs = [command.split()[0].upper() for command in box.commands]
    assert verbs.index("STARTTLS") < verbs.index("AUTH")
    assert b"pa55word" not in box.mails[0]


@pytest.mark.parametrize(
    ("answers", "settings", "said", "mails"),
    [
        ({"RCPT": ["450 later"] * 2}, {}, "", 1),  # greylisting: both of the first try
        ({"RCPT": ["550 no"] * 2}, {}, "it refuses all recipients (SMTP 550)", 0),
        ({"RCPT": ["250 yes", "550 no"]}, {}, "it refuses bob@example.edu; the others have the mail", 1),
        ({"MAIL": ["553 who are you"]}, {}, "the mail is refused (SMTP 553)", 0),
        ({}, {"smtp_username": "amy", "smtp_password": "pa55word"}, "offers no STARTTLS", 0),
    ],
)
def test_a_mail_server_that_says_no(
    answers: dict[str, list[str]],
    settings: dict[str, str],
    said: str,
    mails: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with mailbox(answers=answers) as box:
        assert run(mailing(tmp_path, box, **settings), str(SAMPLE)) == ExitCode.OK
    assert len(box.mails) == mails
    assert said in capsys.readouterr().err
    assert not [command for command in box.commands if command.startswith("AUTH")]


def test_a_certificate_that_nobody_knows_is_refused(
    certificate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with mailbox(certificate) as box:
        assert run(mailing(tmp_path, box), str(SAMPLE)) == ExitCode.OK
    assert box.mails == []
    assert "notify.smtp (127.0.0.1): its certificate is refused" in capsys.readouterr().err
