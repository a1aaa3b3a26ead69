"""Each key of VuFindHarvest's oai.ini, and what becomes of it."""

from pathlib import Path
from typing import Any

import pytest

from indexer.formats import php_ini
from indexer.formats.profiles import make_id, resolve
from indexer.migrate.oai_ini import Access, Harvest, access_of, harvest, last_harvest

REGEX = r'"/[^\x{0009}\x{000a}\x{000d}\x{0020}-\x{D7FF}\x{E000}-\x{FFFD}]+/u"'  # VuFindHarvest's own


def read(text: str, last: str = "") -> Harvest:
    return harvest("x", php_ini.parse(f"[x]\nurl = http://e.edu/oai\n{text}", "oai.ini")["x"], "oai.ini", last)


def told(found: Harvest) -> dict[str, tuple[str, str]]:
    return {item.what: (item.verdict, item.remark) for item in found.items}


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("metadataPrefix = marc21", {"metadata_prefix": "marc21"}),
        ("", {"metadata_prefix": "oai_dc"}),
        ("set = books", {"set": "books"}),
        ("from = 2020-01-01", {}),  # harvest_oai.php takes it of its command line alone
        ("dateGranularity = YYYY-MM-DD", {"granularity": "YYYY-MM-DD"}),
        ("dateGranularity = auto", {}),
        ("httpUser = u\nhttpPass = p", {"credentials": True}),
        ("httpUser = u", {}),  # sent with a password alone
        ("sslcafile = /etc/ca.pem", {"credentials": True}),
    ],
)
def test_what_a_server_is_asked(line: str, asked: dict[str, Any]) -> None:
    assert read(line).oai == [{"url": "http://e.edu/oai", "metadata_prefix": "oai_dc", **asked}]


def test_several_sets_are_several_sources() -> None:
    assert [one["set"] for one in read("set[] = a\nset[] = b").oai] == ["a", "b"]


def test_a_harvest_goes_on_where_it_was() -> None:
    assert read("from = 2020-01-01", last="2024-05-06").oai[0]["from"] == "2024-05-06"


@pytest.mark.parametrize(
    ("text", "last"),
    [("2024-05-06", "2024-05-06"), ("1700000000\n", "2023-11-14T22:13:20Z"), ("yesterday", ""), (None, "")],
)
def test_when_that_was(tmp_path: Path, text: str | None, last: str) -> None:
    if text is not None:
        (tmp_path / "last_harvest.txt").write_text(text)
    assert last_harvest(tmp_path) == last


@pytest.mark.parametrize(
    ("lines", "identifier", "id"),
    [
        ('idSearch[] = "/^oai:e:/"\nidReplace[] = "x-"\nidSearch[] = "/\\//"\nidReplace[] = "-"', "oai:e:a/b", "x-a-b"),
        ('idSearch = "/^oai:(.*):/i"\nidReplace = "$1."', "OAI:e:5", "e.5"),
        ('idPrefix = "oai:e.edu/pub~1:"', "oai:e.edu/pub~1:7", "7"),
        ('idSearch[] = "/a/"\nidSearch[] = "/b/"\nidReplace = "x"', "oab", "oxx"),
        ('idSearch[] = "/a/"\nidSearch[] = "/b/"\nidReplace[] = "x"', "oab", "ox"),
        ('idPrefix = "oai:"\nidSearch[] = "/^e:/"\nidReplace[] = "y"', "oai:e:7", "y7"),
    ],
)  # fmt: skip
def test_ids_are_rewritten_as_there(lines: str, identifier: str, id: str) -> None:
    found = read(lines)
    assert told(found)["idSearch, idReplace"][0] == "taken over"
    assert make_id(resolve("p", {"p": {"base": "ojs", "id_prefix": "", **found.profile}}), identifier) == id


@pytest.mark.parametrize(
    ("lines", "options"),
    [
        ("", {"inject_id": "", "inject_date": ""}),
        ("injectId = false", {"inject_id": "", "inject_date": ""}),
        ("injectId = identifier\ninjectDate = d", {"inject_id": "identifier", "inject_date": "d"}),
        ("injectSetSpec = setSpec", {"inject_id": "", "inject_date": "", "inject_set": "setSpec"}),
    ],
)
def test_what_is_put_into_a_record(lines: str, options: dict[str, str]) -> None:
    assert read(lines).options == options


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("combineRecords = true", "taken over"),
        ("combineRecordsTag = <collection>", "taken over"),
        ("timeout = 300", "with a remark"),
        ("sanitize = true", "with a remark"),
        ("badXMLLog = bad.log", "with a remark"),
        ("harvestedIdLog = h.log", "with a remark"),
        ("verbose = true", "with a remark"),
        ("stopAfter = 5", "with a remark"),
        ("autosslca = true", "with a remark"),
        ("sslcafile = /etc/ca.pem", "taken over"),
        ("sslcapath = /etc/certs", "needs you"),
        ("sslverifypeer = true", "taken over"),
        ("sslverifypeer = false", "needs you"),
        ('sanitizeRegex[] = "/x/"', "needs you"),
        ('globalSearch[] = "/x/"', "needs you"),
        ('globalReplace[] = "y"', "needs you"),
        ("injectSetName = setName", "needs you"),
        ("injectSetName = false", "taken over"),
        ("injectHeaderElements[] = hierarchy", "needs you"),
        ("dateGranularity = hours", "needs you"),
        ("until = 2020-01-01", "with a remark"),
        (f"sanitizeRegex[] = {REGEX}", "taken over"),
        ("unheardOf = 1", "needs you"),
    ],
)
def test_what_else_is_told(line: str, verdict: str) -> None:
    (key, (said, _)) = list(told(read(line)).items())[-1]
    assert line.startswith(key)
    assert said == verdict


def test_one_servers_password_is_shown_to_no_other() -> None:
    ini = (
        "[a]\nhttpUser = alone\n[b]\nhttpUser = me\nhttpPass = pw\nsslcafile = /ca\n"
        "[c]\nhttpUser = you\nhttpPass = theirs\n"
    )
    assert access_of(php_ini.parse(ini, "oai.ini").values()) == Access("me", "pw", "/ca")
    section = php_ini.parse("[x]\nurl = http://e.edu/oai\nhttpUser = you\nhttpPass = theirs", "oai.ini")["x"]
    refused = harvest("x", section, "oai.ini", granted=False)
    assert "credentials" not in refused.oai[0]
    assert [told(refused)[key][0] for key in ("httpUser", "httpPass")] == ["needs you", "needs you"]
