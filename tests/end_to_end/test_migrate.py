"""`indexer migrate vufind`: an installation whose repository is already in the index, filled by the same stylesheet."""

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Indexer

DATA = Path(__file__).parents[1] / "data" / "xslt"
RECORD = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<identifier>x-{0}</identifier><dc:title>The title {0}</dc:title><dc:creator>Doe, Jane</dc:creator></oai_dc:dc>"
)


@pytest.fixture
def vufind(tmp_path: Path) -> Path:
    root = tmp_path / "vufind"
    shutil.copytree(DATA / "xsl", root / "local/import/xsl")
    shutil.copytree(DATA / "translation_maps", root / "local/import/translation_maps")
    shutil.copy(DATA / "site.properties", root / "local/import/site.properties")
    folder = root / "local/harvest/papers"
    folder.mkdir(parents=True)
    for number in range(5):
        (folder / f"{number}.xml").write_text(RECORD.format(number))
    (root / "local/harvest/oai.ini").write_text("[papers]\nurl = http://127.0.0.1:9/oai\n")
    (root / "local/crontab").write_text("0 2 * * * $VUFIND_HOME/harvest/batch-import-xsl.sh papers site.properties\n")
    return root


def test_a_site_is_taken_over_and_proved(vufind: Path, tmp_path: Path, indexer: Indexer) -> None:
    ended = indexer("migrate", "vufind", vufind)
    assert ended.code == 0, ended.err
    assert "needs you (1 of" in ended.out
    assert "Site::rights: a stub; called in local/import/xsl/parts/rights.xsl:5" in ended.out
    settings = tmp_path / "migrated" / "indexer.toml"
    text = settings.read_text().replace("solr+http://localhost:8983/solr/biblio", f"embedded:{tmp_path}/index")
    settings.write_text(text)
    shutil.copy(DATA / "site_functions.py", tmp_path / "migrated" / "site_functions.py")
    folder = vufind / "local/harvest/papers"
    assert indexer("load", folder, "--profile", "papers", "--config", settings, "--quiet").code == 0
    ended = indexer("migrate", "vufind", vufind, "--check", "3")
    assert ended.code == 0, ended.err
    assert "papers: 3 documents against" in ended.out
    assert "nothing would change" in ended.out
    assert "papers-live: not checked: is harvested from a server" in ended.out
    sheet = vufind / "local/import/xsl/site.xsl"
    sheet.write_text(sheet.read_text().replace('<field name="record_format">site', '<field name="record_format">other'))
    ended = indexer("migrate", "vufind", vufind, "--check", "5")
    assert ended.code == 1
    assert "papers: 5 documents against" in ended.out
    assert "record_format   5 documents" in ended.out


def test_nothing_is_written_over(vufind: Path, tmp_path: Path, indexer: Indexer) -> None:
    out = tmp_path / "out"
    assert indexer("migrate", "vufind", vufind, "--out", out).code == 0
    before = (out / "indexer.toml").read_bytes()
    ended = indexer("migrate", "vufind", vufind, "--out", out)
    assert (ended.code, "already exists" in ended.err) == (2, True)
    assert (out / "indexer.toml").read_bytes() == before
