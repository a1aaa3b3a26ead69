"""The commands of README and docs, as they stand there: each block is run, each command in the text is one there is."""

import re
import shlex
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from indexer.cli.main import cli
from indexer.engines import registry
from indexer.engines.registry import parse_target
from indexer.model.targets import Target
from tests.conformance.conftest import _drop
from tests.conftest import ROOT
from tests.end_to_end.conftest import Indexer
from tests.end_to_end.syncing import configure, page

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SAMPLE = "samples/pubmed20n0014_slice.xml.gz"
SOURCES = (
    "name = 'pubmed'\nprofile = 'pubmed'\npaths = ['dumps/pubmed']",
    "name = 'journal'\nprofile = 'ojs'\npaths = ['dumps/journal']\n[rebuild]\nadopt = true",
)


def blocks(page: Path) -> list[str]:
    """The lines of a page's blocks that begin with our command, in their order, without what stands behind a #."""
    text = "\n".join(re.findall(r"^```\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
    return [line.partition(" #")[0].strip() for line in text.splitlines() if line.startswith("indexer ")]


def spoken(page: Path) -> set[str]:
    """The commands within the text."""
    return set(re.findall(r"`(indexer [a-z][^`]*)`", page.read_text(encoding="utf-8")))


@pytest.fixture
def servers(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """What the pages call an index -> one of ours, which is gone afterwards."""
    name = f"docs_{uuid.uuid4().hex[:12]}"
    solr = request.getfixturevalue("solr_url")
    elastic = request.getfixturevalue("elasticsearch_url")
    yield {
        "solr+http://localhost:8983/solr/biblio": f"solr+{solr}/{name}",
        "solr+http://old:8983/solr/biblio": f"solr+{solr}/{name}_old",
        "elasticsearch+http://localhost:9200/biblio": f"elasticsearch+{elastic}/{name}",
        "elasticsearch+https://search:9200/biblio": f"elasticsearch+{elastic}/{name}_new",
    }
    for kind, url in (("solr", f"solr+{solr}"), ("elasticsearch", f"elasticsearch+{elastic}")):
        for ending in ("", "_old", "_new"):
            _drop(kind, parse_target(f"{url}/{name}{ending}"))


def run(commands: list[str], names: dict[str, str], indexer: Indexer) -> None:
    assert commands
    for command in commands:
        words = [names.get(word, word) for word in shlex.split(command)[1:]]
        if "promote" in words:
            words[1] = _former(indexer)
        ended = indexer(*words)
        assert ended.code == 0, f"{command}\n{ended.out}\n{ended.err}"


def _former(indexer: Indexer) -> str:
    found = re.search(r"(g\d+t\d+)   former", indexer("generations").out)
    assert found is not None
    return found[1]


@pytest.mark.servers
def test_what_the_readme_tells_to_type(servers: dict[str, str], indexer: Indexer, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    (settings,) = re.findall(r"^```toml\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    (tmp_path / "indexer.toml").write_text(settings)
    run(blocks(ROOT / "README.md"), servers, indexer)


@pytest.mark.servers
def test_what_operators_are_told_to_type(servers: dict[str, str], indexer: Indexer, tmp_path: Path) -> None:
    (tmp_path / "dumps/pubmed").mkdir(parents=True)
    shutil.copy(ROOT / SAMPLE, tmp_path / "dumps/pubmed")
    page(tmp_path / "dumps/journal/1.xml", ("gone", "one"), ("listed", "two"), ("ID", "three"), ("kept", "four"))
    page(tmp_path / "dumps/update.xml", ("kept", "five"))
    (tmp_path / "ids.txt").write_text("listed\n")
    configure(tmp_path, *SOURCES, target="embedded:var/index")
    old: Target = parse_target(servers["solr+http://old:8983/solr/biblio"])
    registry.install(old)
    assert indexer("load", tmp_path / "dumps", "--target", old).code == 0
    run(blocks(ROOT / "docs/operate.md"), servers, indexer)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_text_names_is_there(page: Path) -> None:
    for command in sorted(spoken(page)):
        known: click.Command = cli
        words = shlex.split(command.replace("...", ""))[1:]
        while words and isinstance(known, click.Group):
            assert words[0].split("|")[0] in known.commands, command
            known = known.commands[words.pop(0).split("|")[0]]
        options = {name for parameter in known.params for name in parameter.opts} | {"--help"}
        used = {word.split("=")[0].rstrip(",;:") for word in words if word.startswith("--")}
        assert used <= options, command
