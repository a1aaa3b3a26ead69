"""Where a record came from: what the state knows of it, and its record in the dumps, as long as these can be read."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from indexer import config as configuration
from indexer.config import Config
from indexer.engines.registry import open_index
from indexer.jobs import origin
from indexer.jobs.sync import sync
from indexer.observe.audience import Audience
from indexer.web.access import Staff
from indexer.web.app import application
from tests.conftest import ROOT
from tests.web.conftest import SEED, parsed

HOST = "http://127.0.0.1"
PAGE = f"/staff/records/{SEED}"


@dataclass(frozen=True)
class Site:
    config: Config
    dump: Path
    client: TestClient


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An index whose only source has the seed's record."""
    dump = tmp_path / "seed.xml"
    shutil.copy(ROOT / "samples/seed_oai_dc.xml", dump)
    file = tmp_path / "indexer.toml"
    file.write_text(
        f'target = "embedded:{tmp_path / "index"}"\nstate = "sqlite:///{tmp_path / "state.db"}"\nreports = ""\n'
        f'[load]\nworkers = 1\ndates = true\n[[source]]\nname = "seed"\nprofile = "pmc"\npaths = ["{dump}"]\n'
    )
    config = configuration.load(file, flags={}, environ={})
    sync(config=config, audience=Audience())
    with (
        closing(open_index(config.target())) as index,
        TestClient(application(index, operator=Staff(config))) as client,
    ):
        client.base_url = client.base_url.copy_with(host="127.0.0.1")
        yield Site(config, dump, client)


def told(site: Site) -> dict[str, str]:
    answer = site.client.get(PAGE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    rows = parsed(answer.text).xpath("//table[@class='details']//tr")
    return {row.xpath("string(th)"): " ".join(row.xpath("string(td)").split()) for row in rows}


def test_the_run_the_dates_and_the_fingerprint(site: Site) -> None:
    known = told(site)
    assert known["Run"].startswith("1 sync, 2")
    assert known["First came in"] == known["Last came in changed"]
    fingerprint, index, live = known["Fingerprints"].split()
    assert int(fingerprint, 16)
    assert (index, live) == (str(site.config.target()), "(live)")
    assert known["Place"].startswith(f"{site.dump} record 1")
    assert known["Source"] == "seed (pmc)"


def test_each_rule_out_of_the_dump(site: Site) -> None:
    page = parsed(site.client.get(PAGE).text)
    rows = {row.xpath("string(th)"): row.xpath("string(td)") for row in page.xpath("//section[@class='staff']//tr")}
    assert "Intravenous infusion" in rows["title_sort"]
    assert "other values" not in "".join(rows.values())
    assert "<dc:title>" in page.xpath("string(//pre)")


def test_a_dump_that_is_gone_is_told_calmly(site: Site) -> None:
    site.dump.unlink()
    text = site.client.get(PAGE).text
    assert "No dump of a configured source can be read here now" in text
    assert f"indexer explain PATH --id <bdi>{SEED}</bdi>" in text
    assert "Place" not in told(site)


def test_a_dump_that_has_it_no_more(site: Site) -> None:
    site.dump.write_text(site.dump.read_text(encoding="utf-8").replace("5443306", "1"), encoding="utf-8")
    assert "None of the dumps of the configured sources has it now (1 records" in site.client.get(PAGE).text


def test_reading_is_bounded_in_time_and_size(site: Site) -> None:
    config = site.config
    assert origin.find_in_dumps(SEED, config=config).record is not None
    for found in (
        origin.find_in_dumps(SEED, config=config, seconds=0),
        origin.find_in_dumps(SEED, config=config, most=0),
    ):
        assert (found.record, found.whole, found.read) == (None, False, 0)


def test_it_is_for_staff(site: Site) -> None:
    with closing(open_index(site.config.target())) as index:
        for operator, status in ((Staff(site.config, b"a password"), 401), (None, 404)):
            client = TestClient(application(index, operator=operator), base_url=HOST)
            assert client.get(PAGE).status_code == status
            assert ("/staff/records" in client.get(f"/Record/{SEED}?view=made").text) == (status == 401)
    assert site.client.get("/staff/records/nothing").status_code == 404
