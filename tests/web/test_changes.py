"""What a load would change, as the operator's pages tell it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from indexer.engines.base import Index
from indexer.web.access import Staff
from indexer.web.app import application
from tests.conftest import PATIENCE
from tests.web.conftest import HERE, PASSWORD, STYLESHEET, Site, basic, parsed

CHANGES = "/staff/changes"


@pytest.fixture
def staff(index: Index, site: Site) -> Iterator[TestClient]:
    app = application(index, operator=Staff(site.config, PASSWORD.encode()))
    with TestClient(app, base_url=HERE, headers=basic(PASSWORD), raise_server_exceptions=False) as opened:
        yield opened


def compared(client: TestClient, **form: str) -> tuple[str, Any]:
    """The page that tells the result, as text and as a tree."""
    token = parsed(client.get(CHANGES).text).xpath("string(//input[@name='token']/@value)")
    answer = client.post(CHANGES, data={"token": token, "sample": "100", "source": ""} | form)
    assert answer.status_code == 200, answer.text
    number = int(answer.url.path.rpartition("/")[2])
    assert client.app.state.tasks.find(number).done.wait(PATIENCE)  # type: ignore[attr-defined]
    page = parsed(client.get(f"/staff/tasks/{number}").text)
    return " ".join(page.xpath("string(//main)").split()), page


def test_nothing_would(staff: TestClient) -> None:
    text, _ = compared(staff)
    assert "Added 0 · Changed 0 · Deleted 0 · Unchanged 17 · Rejected 3" in text
    assert "No field of these documents would change." in text


def test_by_field_with_its_rule_and_examples(staff: TestClient, site: Site) -> None:
    changed = STYLESHEET.replace('"//title"', "\"concat(//title, '&lt;b&gt;')\"")
    (site.folder / "site.xsl").write_text(changed % '<field name="genre">new</field>')
    text, _ = compared(staff, source="theses")
    assert "Added 3 · Changed 17 · Deleted 0 · Unchanged 0" in text
    assert "genre: 17 records" in text
    assert "T t0<b>" in text
    _, page = compared(staff, sample="5")
    counts = dict(re.findall(r"(\w+) (\d+)", page.xpath("string(//p[@role='status'])")))
    assert counts.keys() == {"Added", "Changed", "Deleted", "Unchanged"}
    assert sum(map(int, counts.values())) == 5


@pytest.mark.parametrize(
    ("form", "status"),
    [({"sample": "x"}, 400), ({"sample": ""}, 400), ({"sample": "9" * 30}, 400), ({"source": "none"}, 404)],
)
def test_what_cannot_be_asked(staff: TestClient, form: dict[str, str], status: int) -> None:
    token = parsed(staff.get(CHANGES).text).xpath("string(//input[@name='token']/@value)")
    assert staff.post(CHANGES, data={"token": token, "sample": "9"} | form).status_code == status
    assert staff.app.state.tasks.running() is None  # type: ignore[attr-defined]


def test_a_fault_of_the_configuration_is_told_calmly(staff: TestClient, site: Site) -> None:
    (site.folder / "site.xsl").write_text("<broken")
    text, _ = compared(staff)
    assert "It ended before it was done." in text
    assert "site.xsl" in text


def test_it_needs_a_password(index: Index, site: Site) -> None:
    client = TestClient(application(index, operator=Staff(site.config)), base_url=HERE)
    assert "--staff-password-file" in client.get(CHANGES).text
    assert client.post(CHANGES, data={"sample": "9"}).status_code == 403
