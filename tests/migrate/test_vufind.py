"""A made-up installation that uses each of the files that are taken over."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.api import configure, sync
from indexer.cli.groups import migrate
from indexer.cli.render.migrate import checked
from indexer.jobs.migrate import check
from indexer.migrate.vufind import Migration, read
from indexer.model.errors import ConfigError, ExitCode
from indexer.model.schema import bundled, in_use

OAI = r"""
[Journals]
url = http://ojs.example.edu/oai
metadataPrefix = oai_dc
idSearch[] = "/^oai:example.edu:/"
idReplace[] = "ojs-"
injectId = "identifier"
injectDate = "datestamp"
httpUser = me
httpPass = secret
sanitize = true
globalSearch[] = "/x/"

[ils]
url = http://ils.example.edu/oai
metadataPrefix = marc21
set[] = a
set[] = b
dateGranularity = YYYY-MM-DD

[maps]
url = http://maps.example.edu/oai
metadataPrefix = mods
"""
CRON = """
# m h dom mon dow
0 2 * * * php harvest/harvest_oai.php && harvest/batch-import-xsl.sh Journals own.properties; harvest/batch-delete.sh X
30 3 * * 0 /usr/local/vufind/index-alphabetic-browse.sh
15 4 * * * /usr/local/vufind/import-marc.sh /data/export/full.mrc > /dev/null 2>&1
0 5 * * * php util/deletes.php --id-prefix=x. /data/gone.txt flat
5 5 * * * php import/import-csv.php /data/books.csv books.ini; harvest/batch-import-marc.sh ils; import-marc.sh $file
"""
SHEET = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:php="http://php.net/xsl">
<xsl:template match="/"><add><doc><field name="id">
<xsl:value-of select="php:function('Own::clean', string(//identifier))"/></field>
</doc></add></xsl:template></xsl:stylesheet>
"""
PHP = """<?php
class Own
{
    public static function clean($in)
    {
        if ($in) {
            return trim($in);
        }
    }
    public static function other() {}
}
"""
MARC_LOCAL = """first_indexed = custom, getFirstIndexed(001)
shelf_str = script(shelf.bsh), getShelf(852h, x)
shelf_str_mv = script(shelf.bsh), getShelf(852k)
topic = 650a, custom_map(mapTopic)
own_field = 245a
title = 245a, none.properties
"""
SCRIPT = """import org.marc4j.marc.Record;
int getShelfmarks(int x) { return 1; }
public String getShelf(Record record, String tag) {
    if (tag == null) { return null; }
    return tag;
}
"""
FILES = {
    "import/import.properties": "solr.indexer.properties=marc.properties, marc_local.properties\nmarc.permissive=1\n",
    "import/marc.properties": "id = 001, first\n",
    "import/xsl/own.xsl": SHEET,
    "import/translation_maps/m.properties": "a = b\n",
    "config/vufind/config.ini": "[Site]\nurl = x\n[Index]\nurl = http://localhost:8983/solr\ndefault_core = biblio\n",
    "local/config/vufind/config.ini": '[Index]\nurl = "http://solr.example.edu:8983/solr" ; ours\n',
    "local/import/marc_local.properties": MARC_LOCAL,
    "local/import/index_scripts/shelf.bsh": SCRIPT,
    "local/import/own.properties": "[General]\nxslt = own.xsl\ncustom_class[] = Own\n",
    "local/import/books.ini": "[Column:0]\nfield = id\n[Field:title]\ncallback = 'Books::clean'\ncallbackSeed = x\n",
    "local/import/theses.ini": "[Column:0]\nfield = id\n",
    "local/harvest/oai.ini": OAI,
    "local/harvest/Journals/last_harvest.txt": "2024-05-06T07:08:09Z\n",
    "local/code/Own.php": PHP,
    "local/crontab": CRON,
}


@pytest.fixture
def vufind(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "vufind" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "vufind"


def settings(migration: Migration) -> dict[str, Any]:
    return tomllib.loads(migration.files["indexer.toml"])


def verdicts(migration: Migration) -> set[tuple[str, str]]:
    return {(item.what, item.verdict) for item in migration.items}


def test_what_comes_over(vufind: Path) -> None:
    made = settings(read(vufind))
    assert made["target"] == "solr+http://solr.example.edu:8983/solr/biblio"
    assert made["load"] == {"dates": True}
    assert made["schedule"] == {"cron": "0 2 * * *"}
    local = vufind / "local"
    assert made["profile"]["catalogue"] == {
        "base": "marc",
        "mapping": [str(vufind / "import/marc.properties"), str(local / "import/marc_local.properties")],
        "functions": "site_functions.py",
    }
    assert made["profile"]["books"] == {
        "format": "csv",
        "properties": str(local / "import/books.ini"),
        "functions": "site_functions.py",
    }
    assert made["profile"]["Journals"] == {
        "format": "xslt",
        "properties": str(local / "import/own.properties"),
        "stylesheet": str(vufind / "import/xsl/own.xsl"),
        "id_search": ["^oai:example.edu:"],
        "id_replace": ["ojs-"],
        "functions": "site_functions.py",
        "options": {
            "maps": [str(vufind / "import/translation_maps")],
            "inject_id": "identifier",
            "inject_date": "datestamp",
        },
    }
    assert made["source"] == [
        {"name": "catalogue", "profile": "catalogue", "paths": ["/data/export/full.mrc"]},
        {
            "name": "Journals",
            "profile": "Journals",
            "paths": [str(local / "harvest/Journals")],
            "move_processed": True,
        },
        {
            "name": "Journals-live",
            "profile": "Journals",
            "oai": {
                "url": "http://ojs.example.edu/oai",
                "metadata_prefix": "oai_dc",
                "from": "2024-05-06T07:08:09Z",
                "credentials": True,
            },
        },
        *(
            {
                "name": f"ils-{number}",
                "profile": "catalogue",
                "oai": {
                    "url": "http://ils.example.edu/oai",
                    "metadata_prefix": "marc21",
                    "granularity": "YYYY-MM-DD",
                    "set": name,
                },
            }
            for number, name in enumerate("ab", 1)
        ),
        {"name": "books", "profile": "books", "paths": ["/data/books.csv"]},
    ]


def test_what_became_of_each_line(vufind: Path) -> None:
    migration = read(vufind)
    told = verdicts(migration)
    assert ("/usr/local/vufind/index-alphabetic-browse.sh", "stays with VuFind") in told
    assert {what for what, verdict in told if verdict == "needs you"} == {
        "globalSearch",
        "records",  # of metadata that no profile reads
        "tables",  # of theses.ini
        "Own::clean",
        "Books::clean",
        "import-marc.sh $file",
        "getShelf",
        "mapTopic",
        "title",  # its map
    }
    assert {item.remark for item in migration.items if "deletes.php" in item.what} == {
        "a cron line of its own: `indexer delete --file /data/gone.txt --id-prefix x.`"
    }
    assert [item.where for item in migration.items if item.what == "title"] == ["local/import/marc_local.properties:6"]
    assert ("own_field", "with a remark") in told
    assert ("3 of 7 lines", "taken over") in told
    assert ("httpPass", "with a remark") in told
    assert "secret" not in "".join(migration.files.values()) + repr(migration.items)


def test_functions_that_are_missing_get_a_stub_with_their_source(vufind: Path) -> None:
    stubs = read(vufind).files["site_functions.py"]
    assert "class Own:" in stubs
    assert "# called in import/xsl/own.xsl:3" in stubs
    assert "#             return trim($in);" in stubs
    assert "other" not in stubs
    assert stubs.count("def getShelf(record, *given):") == 1
    assert "# called in local/import/marc_local.properties:3: shelf_str_mv calls getShelf(852k)" in stubs
    assert "# local/import/index_scripts/shelf.bsh:3" in stubs
    assert "#     return tag;" in stubs
    assert "def mapTopic(value, *given):" in stubs
    names: dict[str, Any] = {}
    exec(stubs, names)
    with pytest.raises(NotImplementedError, match="clean is to be written"):
        names["Own"].clean("x")


def test_servers_of_other_users_and_sections_of_no_server(vufind: Path) -> None:
    more = (
        "\n[other]\nurl = https://o.example.edu/oai\nhttpUser = you\nhttpPass = x\nsslcafile = /o.pem\n"
        "[none]\nset = a\n"
    )
    ini = vufind / "local/harvest/oai.ini"
    ini.write_text(ini.read_text() + more)
    (vufind / "local/crontab").write_text("0 2 * * * php harvest/harvest_oai.php --from=2020-01-01 Journals\n")
    migration = read(vufind)
    made = settings(migration)
    assert [source["name"] for source in made["source"] if source.get("oai", {}).get("credentials")] == [
        "Journals-live"
    ]
    assert "source_credentials" not in made
    needing = {(item.where, item.what) for item in migration.items if item.verdict == "needs you"}
    assert ("local/harvest/oai.ini [none]", "set") in needing
    assert ("local/crontab:1", "php harvest/harvest_oai.php --from=2020-01-01 Journals") in needing
    ini.write_text(f"[a]{more}")
    assert settings(read(vufind))["source_credentials"] == {"ca_file": "/o.pem"}


def test_maps_that_lie_beside_no_mapping_are_told(vufind: Path) -> None:
    (vufind / "local/import/translation_maps").mkdir()
    assert not [item for item in read(vufind).items if item.what == "translation maps"]
    (vufind / "local/import/marc_local.properties").rename(vufind / "import/marc_local.properties")
    (found,) = [item for item in read(vufind).items if item.what == "translation maps"]
    assert (found.where, found.verdict) == ("local/import/translation_maps", "needs you")


def test_a_local_stylesheet_finds_the_maps_of_the_core(vufind: Path) -> None:
    called = "php:function('VuFind::mapString', string(//l), 'm.properties')"
    sheet = SHEET.replace("php:function('Own::clean', string(//identifier))", called)
    (vufind / "local/import/xsl").mkdir()
    (vufind / "local/import/xsl/own.xsl").write_text(sheet)
    made = settings(read(vufind))["profile"]["Journals"]
    assert made["options"]["maps"] == [str(vufind / "import/translation_maps")]
    assert not [item for item in read(vufind).items if item.what == "m.properties"]
    (vufind / "import/translation_maps/m.properties").unlink()
    (lost,) = [item for item in read(vufind).items if item.what == "m.properties"]
    assert (lost.where, lost.verdict) == ("local/import/xsl/own.xsl:3", "needs you")


def test_it_can_be_used(vufind: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    migration = read(vufind)
    text = migration.files["indexer.toml"].replace("[load]", "[load]\nworkers = 1")
    # a mapping of property files is read by the format; here it is the bundled one
    lines = [line for line in text.splitlines() if not line.startswith("mapping =")]
    (out / "indexer.toml").write_text("\n".join(lines))
    (out / "site_functions.py").write_text(migration.files["site_functions.py"])
    config = configure(out / "indexer.toml")
    assert [source.name for source in config.settings.source] == migration.sources


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no folder import in it"):
        read(tmp_path)


def test_a_check_says_which_sources_have_nothing_to_be_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "harvest").mkdir()
    (tmp_path / "harvest/last_harvest.txt").write_text("2024-05-06\n")
    (tmp_path / "one.json").write_text('{"id": "1", "title": "Cats"}\n')
    (tmp_path / "indexer.toml").write_text(
        "[load]\nworkers = 1\n"
        '[[source]]\nname = "one"\nprofile = "solr_json"\npaths = ["one.json"]\n'
        '[[source]]\nname = "press"\nprofile = "ojs"\npaths = ["harvest"]\nmove_processed = true\n'
    )
    config = configure("indexer.toml", target="embedded:ix", state="sqlite:///s.db", reports="")
    assert sync(config, ["one"]).exit_code == 0
    found = check(config, sample=5, seed=0)
    assert [(each.source, each.changes is not None) for each in found] == [("one", True), ("press", False)]
    assert found[1].problem.startswith("there is no record in ")
    capsys.readouterr()
    assert checked(found, "x") == 0
    assert checked(found[1:], "x") == ExitCode.REJECTED
    assert capsys.readouterr().out.endswith("no document was held against the index\n")


def test_a_check_knows_fields_of_the_sites_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    own = 'field = [{ name = "site_note", type = "string", multi = true, doc = "Ours." }]'
    Path("site.toml").write_text(own)
    Path("one.json").write_text('{"id": "1", "title": "Cats"}\n')
    Path("indexer.toml").write_text(
        'target = "embedded:ix"\nstate = "sqlite:///s.db"\nreports = ""\n[load]\nworkers = 1\n'
        '[schema]\nextra = "site.toml"\n[profile.own]\nbase = "solr_json"\nconstants = { site_note = "x" }\n'
        '[[source]]\nname = "one"\nprofile = "own"\npaths = ["one.json"]\n'
    )
    config = configure("indexer.toml")
    with in_use(config.schema()):
        assert sync(config).exit_code == 0
    (tmp_path / "import").mkdir()
    with in_use(bundled()):  # given back behind the command
        result = CliRunner().invoke(migrate, ["vufind", ".", "--out", ".", "--check", "5"], standalone_mode=False)
    assert result.exception is None
    assert "1 document" in result.output
