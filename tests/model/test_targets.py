"""Targets as a person writes them."""

from pathlib import Path

import pytest

from indexer.engines.registry import parse_target
from indexer.model.errors import ConfigError
from indexer.model.targets import Credentials, Target, has_credentials


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("embedded:var/index", Target("embedded", path="var/index")),
        ("jsonl:-", Target("jsonl", path="-")),
        ("jsonl:out.jsonl.gz", Target("jsonl", path="out.jsonl.gz")),
        ("jsonl:C:/out", Target("jsonl", path="C:/out")),
        (
            "solr+http://localhost:8983/solr/biblio",
            Target("solr", base="http://localhost:8983/solr", index="biblio"),
        ),
        ("solr+https://host/a/solr/biblio/", Target("solr", base="https://host/a/solr", index="biblio")),
        ("elasticsearch+https://host:9200/biblio", Target("elasticsearch", base="https://host:9200", index="biblio")),
        ("elasticsearch+https://host/prefix/x", Target("elasticsearch", base="https://host/prefix", index="x")),
        ("opensearch+http://[::1]:9200/biblio", Target("opensearch", base="http://[::1]:9200", index="biblio")),
    ],
)
def test_targets(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text", ["embedded:var/index", "jsonl:-", "solr+http://host:1/solr/b", "opensearch+https://h/i"]
)
def test_a_target_is_shown_as_it_was_written(text: str) -> None:
    assert str(parse_target(text)) == text


def test_home_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert parse_target("embedded:~/index").path == "/home/somebody/index"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "biblio",
        "embedded:",
        "jsonl:",
        "solr:http://localhost/solr/biblio",
        "solr+ftp://localhost/solr/biblio",
        "solr+http://localhost:8983/solr",
        "solr+http://localhost:8983",
        "solr+http:///solr/biblio",
        "elasticsearch+http://localhost:9200",
        "elasticsearch+http://localhost:9200/",
        "opensearch+http://localhost:nine/biblio",
        "opensearch+http://localhost:99999/biblio",
        "http://localhost:8983/solr/biblio",
        "mysql+http://localhost/biblio",
    ],
)
def test_what_is_no_target(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_target(text)
    assert "solr+http://host:8983/solr/biblio" in caught.value.advice


@pytest.mark.parametrize(
    "text",
    [
        "solr+http://user:s3cret@host:8983/solr/biblio",
        "solr+http://user:s3%40cret@host:8983/solr/biblio",
        "mysql+http://user:s3cret@host/biblio",
        "elasticsearch+http://user:s3cret@host:nine/biblio",
        "elasticsearch+http://user:s3cret@host:9200",
        "http://user:s3cret@host/biblio",
        "opensearch+http://user:s3cret@[broken/biblio",
    ],
)
def test_a_password_is_never_shown(text: str) -> None:
    try:
        target = parse_target(text)
    except ConfigError as error:
        shown = f"{error} {error.advice}"
    else:
        shown = f"{target} {target!r} {target.credentials!r} {target.base}"
        assert target.credentials.username == "user"
        assert target.credentials.password in ("s3cret", "s3@cret")
    assert "cret" not in shown


def test_the_urls_user_wins_and_the_ca_file_stays() -> None:
    given = Credentials(api_key="key", ca_file=Path("ca.pem"))
    found = parse_target("elasticsearch+https://user:word@host/biblio", given).credentials
    assert (found.username, found.password, found.api_key, found.ca_file) == ("user", "word", None, Path("ca.pem"))
    assert parse_target("elasticsearch+https://host/biblio", given).credentials is given


def test_credentials_that_contradict() -> None:
    with pytest.raises(ConfigError, match="both an API key and a user name"):
        Credentials(username="a", password="b", api_key="c")
    with pytest.raises(ConfigError, match="user 'a' has no password"):
        Credentials(username="a")


def test_the_repr_hides_secrets() -> None:
    assert "word" not in repr(Credentials(username="a", password="word"))
    assert "word" not in repr(Credentials(api_key="word"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("solr+http://user:word@host/solr/biblio", True),
        ("solr+http://host/solr/biblio", False),
        ("solr+http://user@host/solr/biblio", False),
        ("embedded:a@b:c", False),
    ],
)
def test_credentials_on_a_command_line(text: str, found: bool) -> None:
    assert has_credentials(text) is found
