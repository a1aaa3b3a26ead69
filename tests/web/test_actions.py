"""What can be changed from the operator's pages, and by whom."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from indexer.engines.base import Index
from indexer.jobs.dead_letters import list_dead_letters
from indexer.jobs.state import open_state
from indexer.model.books import HELD
from indexer.model.errors import ConfigError
from indexer.observe.audience import NOBODY
from indexer.state import lock
from indexer.web.access import COOKIE, Staff, read_header, staff_of
from indexer.web.actions import ACTIONS
from indexer.web.app import application
from tests.conftest import PATIENCE
from tests.web.acting import DROP, REPLAY, documents, left, pressed
from tests.web.conftest import HERE, PASSWORD, Site, basic, parsed

KNOWN = basic(PASSWORD)
THESES = {"source": "theses"}


@pytest.fixture
def staff(index: Index, site: Site) -> Iterator[TestClient]:
    app = application(index, operator=Staff(site.config, PASSWORD.encode()))
    with TestClient(app, base_url=HERE, headers=KNOWN, raise_server_exceptions=False) as opened:
        yield opened


def test_one_is_tried_again_from_its_page(staff: TestClient, site: Site) -> None:
    assert "0 of 1 came through." in pressed(staff, "/staff/dead-letters/1", REPLAY)
    assert left(site.config) == ["t3", "t4", "t5"]
    site.mend()
    assert "1 of 1 came through." in pressed(staff, "/staff/dead-letters/1", REPLAY)
    assert left(site.config) == ["t4", "t5"]
    assert "t3" in documents(site.config)
    run = parsed(staff.get("/staff/runs").text).xpath("string(//tbody/tr[1])")
    assert "dead-letters replay" in run


def test_those_of_a_kind_are_tried_again_or_forgotten(staff: TestClient, site: Site) -> None:
    site.mend()
    kinds = parsed(staff.get("/staff/dead-letters").text)
    assert kinds.xpath("//form[@method='post']") == []  # only what is chosen by something
    address = kinds.xpath("string(//section[@aria-labelledby='kinds']//tbody/tr/td/a/@href)")
    assert "Try these 3 records again" in parsed(staff.get(address).text).xpath("string(//main)")
    assert "3 of 3 came through." in pressed(staff, address, REPLAY)
    assert left(site.config) == []
    site.dump("2.xml", "u1", "u2")
    (site.folder / "dumps/3.xml").write_text(
        "<records><record><id/></record><record><title>x</title></record></records>"
    )
    site.sync()
    assert len(left(site.config)) == 2
    assert "tick the box" in pressed(staff, "/staff/dead-letters?source=theses", DROP, sure="")
    assert len(left(site.config)) == 2
    assert "2 are forgotten." in pressed(staff, "/staff/dead-letters?source=theses", DROP)
    assert left(site.config) == []


def test_what_came_after_the_page_was_seen_is_left_alone(staff: TestClient, site: Site) -> None:
    page = parsed(staff.get("/staff/dead-letters?source=theses").text)
    token = page.xpath("string(//input[@name='token']/@value)")
    site.dump("2.xml", "u1", bad={"u1"})
    site.sync()
    through = page.xpath("string(//input[@name='through']/@value)")
    staff.post(DROP, data={"token": token, "source": "theses", "through": through, "sure": "yes"})
    assert left(site.config) == ["u1"]


def test_held_deletions_are_carried_out_or_forgotten(staff: TestClient, site: Site) -> None:
    before = documents(site.config)
    doomed = [f"t{number}" for number in range(6, 20)]
    (site.folder / "dumps/2.delete").write_text("".join(f"{id}\n" for id in doomed))
    site.sync()
    assert left(site.config, HELD) == doomed
    held = "/staff/dead-letters?stage=held"
    (first, *_) = list_dead_letters(config=site.config, stage=HELD).letters
    assert "tick the box" in pressed(staff, f"/staff/dead-letters/{first.id}", REPLAY, sure="")
    assert documents(site.config) == before
    assert "1 of 1 came through." in pressed(staff, f"/staff/dead-letters/{first.id}", REPLAY)
    assert documents(site.config) == before - {"t6"}
    assert left(site.config, HELD) == doomed[1:]
    site.mend()  # what is tried again with others is no deletion
    assert "3 of 3 came through." in pressed(staff, "/staff/dead-letters?source=theses", REPLAY)
    assert left(site.config) == doomed[1:]
    assert "13 are forgotten." in pressed(staff, held, DROP)
    assert documents(site.config) == (before - {"t6"}) | {"t3", "t4", "t5"}
    assert "Held deletions: 0" in parsed(staff.get(held).text).xpath("string(//main)")


def test_a_lock_that_is_held_gives_a_calm_page(staff: TestClient, site: Site) -> None:
    store = open_state(site.config, NOBODY)
    with lock.hold(store, str(site.config.target()), command="sync"):
        text = pressed(staff, "/staff/dead-letters/1", REPLAY)
    store.close()
    assert "Somebody else is at work in this index. Nothing was changed" in text
    assert "'sync' by process" in text
    assert left(site.config) == ["t3", "t4", "t5"]


def test_one_thing_at_a_time_which_can_be_stopped(staff: TestClient, site: Site) -> None:
    tasks = staff.app.state.tasks  # type: ignore[attr-defined]
    task, begun = tasks.begin("drop", 5, lambda audience: int(audience.stop.wait(PATIENCE)))
    assert begun
    assert parsed(staff.get("/staff").text).xpath("//section[@aria-labelledby='under_way']//a/@href") == [
        "/staff/tasks/1"
    ]
    under_way = staff.get("/staff/tasks/1").text
    assert "Under way." in under_way
    assert parsed(under_way).xpath("//noscript/meta[@http-equiv='refresh']")
    assert "One thing at a time" in pressed_while(staff, "/staff/dead-letters/1", REPLAY, 409)
    assert not task.done.is_set()
    pressed_while(staff, "/staff/tasks/1", "/staff/tasks/1/stop", 200)
    assert task.done.wait(PATIENCE)
    assert left(site.config) == ["t3", "t4", "t5"]
    assert staff.get("/staff/tasks/2").status_code == 404
    tasks.begin("drop", 5, lambda audience: int(audience.stop.wait(PATIENCE)))
    tasks.close(PATIENCE)  # the server ends
    assert tasks.running() is None


def pressed_while(client: TestClient, path: str, action: str, status: int) -> str:
    token = parsed(client.get(path).text).xpath("string(//input[@name='token']/@value)")
    answer = client.post(action, data={"token": token, "id": "1"})
    assert answer.status_code == status
    return answer.text


def test_what_breaks_down_is_told_without_the_inside(staff: TestClient) -> None:
    def broken(_audience: object) -> object:
        raise RuntimeError("secret")

    task, _ = staff.app.state.tasks.begin("replay", 1, broken)  # type: ignore[attr-defined]
    assert task.done.wait(PATIENCE)
    text = staff.get("/staff/tasks/1").text
    assert "Something went wrong" in text
    assert "secret" not in text


def test_nothing_is_changed_by_get(staff: TestClient, site: Site) -> None:
    for path, _ in ACTIONS:
        answer = staff.get(path.replace("{id:int}", "1"), params={"id": "1", "sample": "1", "sure": "yes"})
        assert answer.status_code == (200 if path == "/staff/changes" else 405)
    assert staff.app.state.tasks.find(1) is None  # type: ignore[attr-defined]
    assert left(site.config) == ["t3", "t4", "t5"]


def test_another_site_cannot_make_a_browser_ask(staff: TestClient, index: Index, site: Site) -> None:
    form = {"id": "1", "sure": "yes"}
    assert staff.post(DROP, data=form).status_code == 403  # no cookie
    token = parsed(staff.get("/staff/dead-letters/1").text).xpath("string(//input[@name='token']/@value)")
    cookie = next(each for each in staff.cookies.jar if each.name == COOKIE)
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "strict"
    for wrong in ("", "x" * 64, token.upper()):
        assert staff.post(DROP, data=form | {"token": wrong}).status_code == 403
    good = form | {"token": token}
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ):
        assert staff.post(DROP, data=good, headers=headers).status_code == 403
    other = TestClient(application(index, operator=Staff(site.config, PASSWORD.encode())), base_url=HERE, headers=KNOWN)
    other.get("/staff")
    assert other.post(DROP, data=good).status_code == 403  # a token of another browser, or server
    assert staff.post(DROP, data=good, headers={"authorization": ""}).status_code == 401
    assert left(site.config) == ["t3", "t4", "t5"]
    assert staff.post(DROP, data=good, headers={"origin": HERE}, follow_redirects=False).status_code == 303
    assert left(site.config) == ["t4", "t5"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"id=1", "text/plain", 415),
        (b"{}", "application/json", 415),
        (b"a=" + b"x" * 100_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a=1" for _ in range(99)), "application/x-www-form-urlencoded", 400),
        (b"\xff=\xfe", "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_form(staff: TestClient, content: bytes, kind: str, status: int) -> None:
    answer = staff.post(DROP, content=content, headers={"content-type": kind})
    assert answer.status_code == status
    assert "That is not a form of these pages." in answer.text


@pytest.mark.parametrize(
    "form", [{"id": "99"}, {"id": "1" * 30}, {"id": "x"}, {"through": "x"}, {"through": "9", "source": "none"}, {}]
)
def test_what_is_not_there(staff: TestClient, site: Site, form: dict[str, str]) -> None:
    token = parsed(staff.get("/staff/dead-letters/1").text).xpath("string(//input[@name='token']/@value)")
    assert staff.post(DROP, data=form | {"token": token, "sure": "yes"}).status_code in (400, 404)
    assert left(site.config) == ["t3", "t4", "t5"]


def test_without_a_password_nothing_can_be_changed(index: Index, site: Site) -> None:
    client = TestClient(application(index, operator=Staff(site.config)), base_url=HERE)
    page = client.get("/staff/dead-letters/1")
    assert "start the server with --staff-password-file" in page.text
    assert parsed(page.text).xpath("//form[@method='post']") == []
    assert COOKIE not in client.cookies
    staff = Staff(site.config)
    client.cookies.set(COOKIE, "a" * 64)
    answer = client.post(DROP, data={"id": "1", "sure": "yes", "token": staff.token("a" * 64)})
    assert answer.status_code == 403
    assert left(site.config) == ["t3", "t4", "t5"]


def test_letters_of_another_target_have_no_buttons(index: Index, site: Site, tmp_path: Path) -> None:
    other = site.config.__class__(
        site.config.settings.model_copy(update={"target": f"embedded:{tmp_path / 'other'}"}), site.config.origins
    )
    app = application(index, operator=Staff(other, PASSWORD.encode()))
    client = TestClient(app, base_url=HERE, headers=KNOWN)
    page = client.get("/staff/dead-letters/1")
    assert "It is of another target" in page.text
    assert parsed(page.text).xpath("//form[@method='post']") == []
    assert parsed(client.get("/staff/dead-letters?source=theses").text).xpath("//form[@method='post']") == []


def test_a_proxys_header_lets_in_too(index: Index, site: Site, tmp_path: Path) -> None:
    (file := tmp_path / "header").write_text("X-Staff: long and secret\n")
    assert staff_of(site.config, "0.0.0.0", wanted=None, password_file=None, header_file=file) == Staff(
        site.config, None, ("x-staff", b"long and secret")
    )
    app = application(index, operator=Staff(site.config, header=read_header(file)))
    client = TestClient(app, base_url="http://library.example")
    for headers in ({}, {"x-staff": "wrong"}, {"x-staff": ""}, {"x-staff": "long and secret "[:8]}, basic("")):
        assert client.get("/staff", headers=headers).status_code == 403
    known = TestClient(app, base_url="http://library.example", headers={"x-staff": "long and secret"})
    assert "1 are" not in pressed(known, "/staff/dead-letters/1", DROP)
    assert left(site.config) == ["t4", "t5"]


@pytest.mark.parametrize("line", ["", "X-Staff", "X-Staff: short", "X Staff: long and secret", ": long and secret"])
def test_what_is_no_header(tmp_path: Path, line: str) -> None:
    (file := tmp_path / "header").write_text(line)
    with pytest.raises(ConfigError, match="is no header NAME: VALUE"):
        read_header(file)
