"""An index with a few records, hostile ones among them, and its pages."""

import base64
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html
from playwright.sync_api import Browser, sync_playwright
from starlette.testclient import TestClient

import indexer
from indexer import config
from indexer.config import Config
from indexer.engines import registry
from indexer.engines.base import Index
from indexer.engines.registry import parse_target
from indexer.jobs.load import load
from indexer.jobs.sync import sync
from indexer.observe.audience import Audience
from indexer.testing.browsing import CATALOGUE
from indexer.testing.documents import document, write
from indexer.web.app import application
from tests.conftest import ROOT

SEED = "pubmed-5443306"
PASSWORD = "correct horse: battery"
HERE = "http://127.0.0.1:8080"
SCRIPT = "<script>document.title='taken'</script>"
HOSTILE = document(
    "hostile/1?x=<b>&y='\"",
    f"Danger {SCRIPT} </title>\u202egnitset",
    author=[f"Evil, {SCRIPT}", "\u202eKcab, Thgir"],
    format=["<img src=x onerror=alert(1)>"],
    language=["English\r\nSet-Cookie: a=b"],
    description=f"{SCRIPT} danger " + "word " * 20_000,
    publisher=['"><svg onload=alert(1)>'],
    publishDate=["99999999999"],
    topic=["--><!--", "a\tb\nc", "=cmd|' /C calc'!A0"],
    url=[
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        " javascript:alert(1)",
        'https://example.org/"onmouseover="alert(1)',
        "HTTPS://example.org/good?a=1&b=<",
        "//example.org/",
        "http://",
        "https://[::1",
        "ftp://example.org/",
        "https://example.org/good",
    ],
)
DATED = document("dated", "A dated record", first_indexed="2026-01-02T03:04:05Z", last_indexed="2026-01-03T03:04:05Z")


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The catalogue of the engines' suite, the seed's record, and one that attacks."""
    target = parse_target(f"embedded:{tmp_path_factory.mktemp('web') / 'index'}")
    registry.install(target)
    opened = registry.open_index(target)
    opened.check()
    seed = next(iter(indexer.transform(ROOT / "samples/seed_oai_dc.xml", profile="pmc")))
    marc = next(iter(indexer.transform(ROOT / "tests/data/marc/pymarc/marc.dat"))) | {"id": "marc"}
    documents = [*CATALOGUE, HOSTILE, DATED, seed, marc]
    documents += [document(f"many{number:03}", f"Gallimaufry {number}", format=["Book"]) for number in range(45)]
    outcomes = opened.push([write(each, opened) for each in documents])
    assert {outcome.status for outcome in outcomes} == {"indexed"}, outcomes
    opened.commit()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A state with a run and four rejected records, which attack too; and with a source that was never read."""
    folder = tmp_path_factory.mktemp("operated")
    (folder / "indexer.toml").write_text(
        f'target = "embedded:{folder / "index"}"\nstate = "sqlite:///{folder / "state.db"}"\nreports = ""\n'
        f'[load]\nworkers = 1\n[[source]]\nname = "books"\nprofile = "solr_json"\npaths = ["{folder}/dumps"]\n'
    )
    (folder / "dumps").mkdir()
    lines: list[dict[str, object]] = [
        {"id": "a", "title": "one"},
        {"id": f"b{SCRIPT}", "title": ["two", SCRIPT]},
        {"id": "c", "title": ["javascript:alert(1)", "\u202ekcab"]},
        {"title": SCRIPT},
        {"id": "d", SCRIPT: "five"},
    ]
    (folder / "in<b>.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    loaded = config.load(folder / "indexer.toml", flags={}, environ={})
    load([str(folder / "in<b>.jsonl")], config=loaded, profile_name="solr_json", audience=Audience())
    return loaded


STYLESHEET = """\
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">
<add><doc><field name="id"><xsl:value-of select="//id"/></field>
<field name="title"><xsl:value-of select="//title"/></field>%s</doc></add></xsl:template></xsl:stylesheet>
"""
FAULTY = STYLESHEET % """<xsl:if test="//bad"><field name="title">second</field></xsl:if>"""


@dataclass(frozen=True)
class Site:
    """A source with a stylesheet that is at fault in some of its records, and can be mended."""

    folder: Path
    config: Config

    def mend(self) -> None:
        (self.folder / "site.xsl").write_text(STYLESHEET % "")

    def dump(self, name: str, *ids: str, bad: Collection[str] = ()) -> None:
        records = (f"<record><id>{id}</id><title>T {id}</title>{'<bad/>' if id in bad else ''}</record>" for id in ids)
        (self.folder / "dumps" / name).write_text(f"<records>{''.join(records)}</records>")

    def sync(self) -> None:
        sync(config=self.config, audience=Audience())


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path, f"embedded:{tmp_path / 'index'}")


def make_site(folder: Path, target: str) -> Site:
    """Loaded: twenty records, of which the stylesheet makes nothing of three."""
    (folder / "site.xsl").write_text(FAULTY)
    (folder / "dumps").mkdir()
    (folder / "indexer.toml").write_text(
        f'target = "{target}"\nstate = "sqlite:///{folder / "state.db"}"\nreports = ""\n'
        f'[load]\nworkers = 1\n[[source]]\nname = "theses"\npaths = ["{folder}/dumps"]\nprofile = "site"\n'
        '[profile.site]\nformat = "xslt"\nstylesheet = "site.xsl"\n[profile.site.options]\nrecords = ["record"]\n'
    )
    made = Site(folder, config.load(folder / "indexer.toml", flags={}, environ={}))
    made.dump("1.xml", *(f"t{number}" for number in range(20)), bad={"t3", "t4", "t5"})
    made.sync()
    return made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = browser_or_skip(shutil.which)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield opened
        opened.close()


@pytest.fixture
def client(index: Index) -> Iterator[TestClient]:
    with TestClient(application(index), base_url="http://127.0.0.1:8080", raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def seed_page(data: Path) -> list[str]:
    """The page of the seed's record as a user saw it, line by line."""
    lines = (data / "seed/record_page.txt").read_text(encoding="utf-8").splitlines()
    return [" ".join(line.split()) for line in lines if line.strip()]


def basic(password: str) -> dict[str, str]:
    """The header by which a browser sends it."""
    return {"authorization": "Basic " + base64.b64encode(f"anyone:{password}".encode()).decode()}


def parsed(text: str) -> Any:
    """A page as a tree."""
    return html.fromstring(text)


def parsed_xml(content: bytes) -> Any:
    return etree.fromstring(content)


def browser_or_skip(which: Callable[[str], str | None]) -> str:
    """Where Chromium is; without one the test is skipped, or fails where CI=true."""
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := which(name))), None)
    if found is None:
        why = "no Chromium on the PATH: scripts/browser installs one"
        if os.environ.get("CI") == "true":
            pytest.fail(why, pytrace=False)
        pytest.skip(why)
    return found
