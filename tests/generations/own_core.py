"""A core that somebody else has set up, with what VuFind's has: its configuration in its own folder, a data folder that
is named there from the root (and is that folder), copyField rules, an update chain of its own, and a spelling index
that is built when the index is optimized.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from indexer.engines.registry import parse_target
from indexer.model.targets import Target
from tests.generations.conftest import unique
from tests.schemas.foreign import foreign_configset

_SPELLER = """<lst name="spellchecker">
  <str name="name">built</str>
  <str name="field">spelling</str>
  <str name="spellcheckIndexDir">./spellchecker</str>
  <str name="buildOnOptimize">true</str>
</lst>
</searchComponent>"""
_CHAIN = """<updateRequestProcessorChain name="site" default="true">
  <processor class="solr.LogUpdateProcessorFactory"/>
  <processor class="solr.RunUpdateProcessorFactory"/>
</updateRequestProcessorChain>"""


#: Fields that only a site has: several values, one, one that is a copy, and a pattern at the start of names.
SITE_FIELDS = """  <field name="site_note" type="string" indexed="true" stored="true" multiValued="true"/>
  <field name="site_shelf" type="string" indexed="true" stored="true" multiValued="false"/>
  <field name="site_copy" type="string" indexed="true" stored="true" multiValued="true"/>
  <copyField source="site_note" dest="site_copy"/>
  <dynamicField name="local_*" type="string" indexed="true" stored="true" multiValued="true"/>
"""


def configuration(name: str, major: int) -> dict[str, str]:
    """The files of its conf folder, by name, for this version of Solr. `name` is that of the core and its folder."""
    files = foreign_configset(major=major)
    config = files["solrconfig.xml"].replace("${solr.data.dir:}", f"${{solr.solr.home:./solr}}/{name}")
    config = re.sub(r"(?s)<updateRequestProcessorChain.*</updateRequestProcessorChain>", _CHAIN, config)
    files["schema.xml"] = files["schema.xml"].replace("</schema>", f"{SITE_FIELDS}</schema>")
    files["solrconfig.xml"] = config.replace("</searchComponent>\n</config>", f"{_SPELLER}\n</config>")
    assert all(part in files["solrconfig.xml"] for part in (f"/{name}</dataDir>", _SPELLER, _CHAIN))
    return files


AUTHORITY = """<schema name="authority" version="1.6">
  <fieldType name="string" class="solr.StrField"/>
  <fieldType name="date" class="solr.DatePointField"/>
  <fieldType name="long" class="solr.LongPointField" docValues="true"/>
  <fieldType name="text" class="solr.TextField"><analyzer>
    <tokenizer class="solr.StandardTokenizerFactory"/><filter class="solr.LowerCaseFilterFactory"/>
  </analyzer></fieldType>
  <field name="_version_" type="long" indexed="true" stored="true"/>
  <field name="id" type="string" indexed="true" stored="true"/>
  <field name="record_format" type="string" indexed="true" stored="true"/>
  <field name="fullrecord" type="string" indexed="false" stored="true"/>
  <field name="allfields" type="text" indexed="true" stored="false" multiValued="true"/>
  <field name="marc_error" type="string" indexed="false" stored="true" multiValued="true"/>
  <field name="heading" type="string" indexed="true" stored="true"/>
  <field name="heading_words" type="text" indexed="true" stored="false"/>
  <field name="used_for" type="string" indexed="true" stored="true" multiValued="true"/>
  <field name="born" type="string" indexed="true" stored="false"/>
  <field name="first_indexed" type="date" indexed="true" stored="true" docValues="true"/>
  <field name="last_indexed" type="date" indexed="true" stored="true" docValues="true"/>
  <uniqueKey>id</uniqueKey>
  <copyField source="heading" dest="heading_words"/>
</schema>
"""


_AUTHORITY_CONFIG = """<config>
  <luceneMatchVersion>9.0</luceneMatchVersion>
  <dataDir>${solr.solr.home:./solr}/%s</dataDir>
  <schemaFactory class="ClassicIndexSchemaFactory"/>
  <updateHandler class="solr.DirectUpdateHandler2"><updateLog/></updateHandler>
  <requestHandler name="/select" class="solr.SearchHandler"/>
</config>
"""


def of_authorities(name: str, _major: int) -> dict[str, str]:
    """The files of a core for authority records, with a schema of another kind."""
    return {"schema.xml": AUTHORITY, "solrconfig.xml": _AUTHORITY_CONFIG % name}


def admin(target: Target, action: str, **params: str) -> Any:
    answer = requests.get(f"{target.base}/admin/cores", params={"action": action, **params}, timeout=60)
    answer.raise_for_status()
    return answer.json()


def home_of(target: Target) -> Path:
    """Solr's home, where a test may put files."""
    told = requests.get(f"{target.base}/admin/info/system", timeout=60).json()
    home = Path(told["solr_home"])
    if not home.is_dir():
        pytest.skip("Solr runs in a container: nothing can be put there")
    return home


@contextmanager
def own_core(target: Target, files: Callable[[str, int], dict[str, str]] = configuration) -> Iterator[str]:
    """Gives the name of a configset that has the core's configuration."""
    home = home_of(target)
    folder, configset = home / target.index, home / f"configsets/own_{target.index}"
    told = requests.get(f"{target.base}/admin/info/system", timeout=60).json()
    major = int(told["lucene"]["solr-spec-version"].split(".")[0])
    try:
        for place in (folder, configset):
            (place / "conf").mkdir(parents=True)
            for name, text in files(target.index, major).items():
                (place / "conf" / name).write_text(text, encoding="utf-8")
        for path in (folder, folder / "conf"):
            path.chmod(0o777)  # for a server that is not run by whoever runs the tests
        admin(target, "CREATE", name=target.index, instanceDir=target.index)
        yield configset.name
    finally:
        for core in admin(target, "STATUS", indexInfo="false")["status"]:
            if core.startswith(target.index):
                admin(target, "UNLOAD", core=core, deleteInstanceDir="true")
        shutil.rmtree(configset, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def target(solr_url: str) -> Target:
    return parse_target(f"solr+{solr_url}/{unique()}")


@pytest.fixture
def configset(target: Target) -> Iterator[str]:
    """The target's core is there, with fields of its own; gives the name of a configset like it."""
    with own_core(target) as name:
        yield name


def cores(target: Target) -> dict[str, tuple[str, str]]:
    """The target's cores, those that did not start too: name -> folder and data folder."""
    told = admin(target, "STATUS", indexInfo="false")
    found = {name: (row["instanceDir"], row["dataDir"].rstrip("/")) for name, row in told["status"].items()}
    found |= dict.fromkeys(told["initFailures"], ("", ""))
    return {name: folders for name, folders in found.items() if name.startswith(target.index)}
