"""Records of which a stylesheet makes several documents: each has its own end, and the record has one."""

from contextlib import closing
from pathlib import Path

import pytest

from indexer.api import configure
from indexer.engines.base import Durable
from indexer.formats.profiles import Profile, resolve
from indexer.jobs.plan import plan_for_sources
from indexer.model.books import Books
from indexer.model.records import Record
from indexer.pipeline import pool
from indexer.pipeline.run import Plan
from indexer.pipeline.transform_all import transform_all
from indexer.pipeline.workers import Failed, Prepared, TransformSpec
from indexer.state import dead_letters
from indexer.state.store import Store
from tests.pipeline.loading import LIMITS, NO_BUDGET, Desk
from tests.pipeline.scripted import Killed, ScriptedSink
from tests.pipeline.shelves import STYLESHEET, write

SHELVES = ["a=one b=two", "c=three", "d=four -a e=bad f=bad", "g=five", "b=six c=seven -c"]


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    (tmp_path / "shelf.xsl").write_text(STYLESHEET)
    table = {"format": "xslt", "stylesheet": str(tmp_path / "shelf.xsl"), "options": {"records": ["shelf"]}}
    return resolve("shelf", {"shelf": table})


@pytest.mark.parametrize("workers", [1, 2])
def test_each_document_has_its_end_in_the_books(desk: Desk, tmp_path: Path, profile: Profile, workers: int) -> None:
    files = write(tmp_path, SHELVES)
    summary = desk.load(files, profile=profile, workers=workers)
    assert summary.account.sources == {"shelf": Books(read=11, indexed=7, deleted=2, rejected=2)}
    assert not summary.account.open_sources
    assert desk.documents() == {"b": "six", "d": "four", "g": "five"}
    again = desk.load(write(tmp_path, SHELVES[3:4] + SHELVES[:1]), profile=profile)
    assert again.account.total == Books(read=3, indexed=2, unchanged=1)


def test_a_dead_letter_holds_the_record_once(desk: Desk, tmp_path: Path, profile: Profile) -> None:
    desk.load(write(tmp_path, SHELVES), profile=profile)
    (letter,) = dead_letters.find(desk.store)
    assert (letter.ordinal, letter.stage, letter.attempts) == (3, "index", 1)
    assert letter.raw.count(b"<shelf>") == 1
    assert letter.document_id in ("e", "f")  # whichever of the two was answered first
    assert [each.document_id for each in desk.rejected] == [letter.document_id]


@pytest.mark.parametrize("durable", ["acknowledged", "committed"])
def test_killed_at_every_moment_and_resumed(tmp_path: Path, profile: Profile, durable: Durable) -> None:
    """A record is behind the run when all of its documents are."""
    files = write(tmp_path, SHELVES)
    for moment in range(100):
        store = Store(f"sqlite:///{tmp_path}/{durable}{moment}.db")
        with closing(store):
            desk = Desk(store, ScriptedSink(durable=durable))
            desk.sink.restart(dies_at=moment)
            try:
                whole = desk.load(files, profile=profile)
            except Killed:
                desk.sink.restart()
                whole = desk.load(files, profile=profile)
            else:
                assert moment > 5
                return
            assert whole.account.total.read == 11
            assert not whole.account.open_sources
            assert desk.documents() == {"b": "six", "d": "four", "g": "five"}
            assert desk.letters() == {(files[0], 3)}
    raise AssertionError("the load never came to its end")


ENDLESS = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:template match="shelf"><xsl:if test="book='endless'"><xsl:call-template name="twice"/></xsl:if>
<add><doc><field name="id"><xsl:value-of select="book/@id"/></field></doc></add></xsl:template>
<xsl:template name="twice"><xsl:param name="depth" select="0"/><xsl:if test="$depth &lt; 90">
<xsl:call-template name="twice"><xsl:with-param name="depth" select="$depth + 1"/></xsl:call-template>
<xsl:call-template name="twice"><xsl:with-param name="depth" select="$depth + 1"/></xsl:call-template>
</xsl:if></xsl:template></xsl:stylesheet>"""


def test_a_stylesheet_that_never_ends_costs_its_record(
    tmp_path: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "PATIENCE", 1.0)
    (tmp_path / "shelf.xsl").write_text(ENDLESS)
    write(tmp_path, ["a=one", "b=endless", "c=two"])
    source = f"""[profile.shelf]
format = "xslt"
stylesheet = "{tmp_path}/shelf.xsl"
options = {{ records = ["shelf"] }}
[[source]]
name = "s"
profile = "shelf"
paths = ["{tmp_path}/f.xml"]
"""
    (tmp_path / "indexer.toml").write_text(source)
    plan = plan_for_sources(configure(tmp_path / "indexer.toml", load__workers=1))
    with closing(transform_all(plan)) as derived:
        found = [result for chunk in derived for item, result in chunk if isinstance(item, Record)]
    assert [type(each) for each in found] == [Prepared, Failed, Prepared]
    assert isinstance(found[1], Failed)
    assert found[1].reason.startswith("is not done after 1 seconds")


def test_who_reads_all_that_is_made_gets_each_document(tmp_path: Path, profile: Profile) -> None:
    plan = Plan(
        dict.fromkeys(write(tmp_path, SHELVES), "x"), TransformSpec({"x": {"xslt": profile}}), 1, LIMITS, NO_BUDGET
    )
    with closing(transform_all(plan)) as derived:
        found = [result.write.id for chunk in derived for _, result in chunk if isinstance(result, Prepared)]
    assert found == ["a", "b", "c", "d", "e", "f", "g", "b", "c"]
