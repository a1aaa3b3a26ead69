"""Installing and checking on real servers: from nothing, twice, over an older version, over a foreign schema."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from indexer.engines.base import Query, Write
from indexer.engines.elastic.schema import index_body
from indexer.engines.http import http_session
from indexer.engines.registry import differences as check_target
from indexer.engines.registry import install, open_index, parse_target
from indexer.engines.solr import install as install_solr
from indexer.engines.solr.preflight import check_solr
from indexer.engines.solr.schema import configset
from indexer.model.errors import PermanentError
from indexer.model.schema import biblio
from indexer.model.targets import Target
from tests.conftest import ROOT
from tests.schemas.collections import make_collection
from tests.schemas.conftest import drop_collection, drop_index, unload
from tests.schemas.foreign import foreign_configset, upload


def unused(target: Target) -> Target:
    return replace(target, index=f"schema_{uuid.uuid4().hex[:8]}")


@pytest.fixture
def foreign(solrcloud_url: str) -> Iterator[Target]:
    """A collection whose own schema has all the copyField rules, as VuFind's has, and a field less."""
    target = parse_target(f"solr+{solrcloud_url}/foreign_{uuid.uuid4().hex[:8]}")
    upload(target, foreign_configset())
    make_collection(target)
    yield target
    drop_collection(target)
    delete = {"action": "DELETE", "name": target.index}
    requests.get(f"{target.base}/admin/configs", params=delete, timeout=60).raise_for_status()


def reload_collection(target: Target) -> None:
    params = {"action": "RELOAD", "name": target.index}
    requests.get(f"{target.base}/admin/collections", params=params, timeout=120).raise_for_status()


def test_installing_on_solr_twice_changes_nothing(solr: Target) -> None:
    (line,) = install(solr)
    assert line.endswith("has the schema already")
    assert check_target(solr) == []


def test_a_standalone_solr_without_our_configset_gets_instructions(
    core: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install_solr, "STANDALONE_CONFIGSET", "not_on_this_server")
    with pytest.raises(PermanentError, match="no configset 'not_on_this_server'") as caught:
        install(unused(core))
    assert "cp " in caught.value.advice
    assert "configsets/not_on_this_server/conf/" in caught.value.advice


def test_a_name_that_nothing_has_is_not_there(solr: Target) -> None:
    with pytest.raises(PermanentError, match="404"):
        check_target(unused(solr))


def test_a_core_for_solr_9_is_refused_by_solr_10_with_the_way_out(core10: Target) -> None:
    """As after an update of Solr: the schema is ours and of today, and its searches have no handler."""
    target = unused(core10)
    home = Path(requests.get(f"{target.base}/admin/info/system", timeout=60).json()["solr_home"])
    if not home.is_dir():
        pytest.skip("Solr runs in a container: no configset can be put there")
    configset = home / "configsets" / target.index
    shutil.copytree(ROOT / "schemas/solr/biblio", configset)
    create = {"action": "CREATE", "name": target.index, "configSet": target.index}
    requests.get(f"{target.base}/admin/cores", params=create, timeout=60).raise_for_status()
    try:
        with pytest.raises(PermanentError, match="no request handler /select") as refused:
            open_index(target).check()
        assert "indexer schema install" in refused.value.advice
        with pytest.raises(PermanentError, match=r"has a solrconfig\.xml for an older Solr") as told:
            install(target)
        assert "schemas/solr10/biblio/conf/*" in told.value.advice
        shutil.copytree(ROOT / "schemas/solr10/biblio", configset, dirs_exist_ok=True)  # what it says
        assert install(target) == [f"{target}: core {target.index} has the schema already"]
        open_index(target).check()
    finally:
        unload(target)
        shutil.rmtree(configset)


def test_a_collection_with_an_older_schema_of_ours_is_brought_up_to_date(
    collection: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An own configset name keeps the other tests' collections out of it."""
    older = f"schema_{uuid.uuid4().hex[:8]}"
    monkeypatch.setattr(install_solr, "CLOUD_CONFIGSET", older)
    files = configset(biblio())
    lines = files["schema.xml"].splitlines(keepends=True)
    files["schema.xml"] = "".join(line for line in lines if 'name="marc_error"' not in line)
    target = replace(collection, index=older)
    upload(target, files)
    make_collection(target)
    try:
        [missing, outdated] = check_target(target)
        assert str(missing) == "marc_error: not there"
        assert (outdated.field, outdated.blocking) == ("schema.xml", False)
        lines = install(target)
        assert f"reloaded collection {older}; documents that are there keep their old analysis" in lines[1]
        assert "indexer reindex" in lines[1]
        assert check_target(target) == []
    finally:
        drop_collection(target)


def test_documents_of_an_older_schema_are_told_from_bad_ones(
    collection: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lucene keeps how a field is indexed for as long as the index lives; no document is at fault for that."""
    older = f"schema_{uuid.uuid4().hex[:8]}"
    monkeypatch.setattr(install_solr, "CLOUD_CONFIGSET", older)
    files = configset(biblio())
    files["schema.xml"] = files["schema.xml"].replace(' storeOffsetsWithPositions="true"', "")
    target = replace(collection, index=older)
    upload(target, files)
    make_collection(target)
    try:
        sink = open_index(target)
        assert [outcome.status for outcome in sink.push([Write("1", b'{"id":"1","author":["Sun, Wei"]}')])] == [
            "indexed"
        ]
        sink.commit()
        install(target)
        assert [outcome.status for outcome in sink.push([Write("2", b'{"id":"2","title":"x"}')])] == ["indexed"]
        with pytest.raises(PermanentError, match=r"another version of its schema: .*author") as caught:
            sink.push([Write("3", b'{"id":"3","author":["Sun, Wei"]}')])
        assert "indexer reindex" in caught.value.advice
        sink.close()
    finally:
        drop_collection(target)


def test_a_foreign_schema_that_takes_our_documents_is_left_as_it_is(foreign: Target) -> None:
    first, *notes = install(foreign)
    assert "left as it is" in first
    assert any("spelling: filled by copyField rules from allfields" in note for note in notes)
    assert not any(row.blocking for row in check_target(foreign))
    with http_session(foreign) as session:
        assert check_solr(session, foreign).omit == biblio().copy_targets - {"allfields"}


def test_what_would_lose_or_refuse_documents_is_named_before_any_is_sent(foreign: Target) -> None:
    files = foreign_configset()
    schema = files["schema.xml"]
    theirs = (
        '<fieldType name="pint" class="solr.IntPointField" docValues="true"/>'
        '<field name="site" type="string" indexed="true" stored="true" required="true"/>'
    )
    schema = schema.replace('<field name="lccn" type="string"', '<field name="lccn" type="pint"')
    files["schema.xml"] = schema.replace("<uniqueKey>", f"{theirs}<uniqueKey>")
    processor = (
        '<processor class="solr.IgnoreFieldUpdateProcessorFactory"><str name="fieldName">topic</str>'
        '<str name="fieldName">edition</str></processor><processor class="solr.TrimFieldUpdateProcessorFactory"/>'
    )
    log = '<processor class="solr.LogUpdateProcessorFactory"/>'
    files["solrconfig.xml"] = files["solrconfig.xml"].replace(log, processor + log)
    upload(foreign, files)
    reload_collection(foreign)
    with http_session(foreign) as session, pytest.raises(PermanentError) as caught:
        check_solr(session, foreign)
    for named in (
        "lccn: its type is pint, not string, which takes numbers alone",
        "site: is required there, and nothing fills it",
        "topic: is dropped by the update chain tolerant (IgnoreFieldUpdateProcessorFactory)",
        "edition: is dropped by the update chain tolerant",
    ):
        assert named in caught.value.message
    assert "Nothing was sent" in caught.value.advice
    told = [str(row) for row in check_target(foreign) if not row.blocking]
    assert "update chain tolerant: TrimFieldUpdateProcessorFactory may change values" in told


def test_a_foreign_schema_that_lacks_a_field_is_refused_by_name(foreign: Target) -> None:
    upload(foreign, foreign_configset(leave_out="marc_error"))
    reload_collection(foreign)
    with pytest.raises(PermanentError, match="does not take our documents: marc_error: not there") as caught:
        install(foreign)
    assert f"configset {foreign.index} is not ours" in caught.value.advice
    with http_session(foreign) as session, pytest.raises(PermanentError, match="marc_error"):
        check_solr(session, foreign)


def test_installing_through_an_alias(collection: Target) -> None:
    alias = f"alias_{uuid.uuid4().hex[:8]}"
    url = f"{collection.base}/admin/collections"
    create = {"action": "CREATEALIAS", "name": alias, "collections": collection.index}
    requests.get(url, params=create, timeout=60).raise_for_status()
    try:
        (line,) = install(replace(collection, index=alias))
        assert line.endswith("has the schema already")
    finally:
        requests.get(url, params={"action": "DELETEALIAS", "name": alias}, timeout=60).raise_for_status()


def test_installing_on_elastic_twice_changes_nothing(elastic: Target) -> None:
    template, index = install(elastic)
    assert f"index template {elastic.index}" in template
    assert index.endswith("has the schema already")
    assert check_target(elastic) == []


def test_an_index_beside_it_gets_the_template(elastic: Target) -> None:
    beside = replace(elastic, index=f"{elastic.index}_next")
    requests.put(f"{beside.base}/{beside.index}", timeout=60).raise_for_status()
    try:
        assert check_target(beside) == []
    finally:
        drop_index(beside)


def test_what_an_index_lacks_is_added(elastic: Target) -> None:
    target, body = unused(elastic), index_body(biblio())
    del body["mappings"]["properties"]["marc_error"]
    requests.put(f"{target.base}/{target.index}", json=body, timeout=60).raise_for_status()
    try:
        assert [str(row) for row in check_target(target)] == ["marc_error: not there"]
        assert f"{target}: added to index {target.index}: marc_error" in install(target)
        assert check_target(target) == []
    finally:
        drop_index(target)


def test_an_index_with_another_type_is_refused(elastic: Target) -> None:
    target, body = unused(elastic), index_body(biblio())
    body["mappings"]["properties"]["title_sort"] = {"type": "text"}
    requests.put(f"{target.base}/{target.index}", json=body, timeout=60).raise_for_status()
    try:
        with pytest.raises(PermanentError, match="title_sort: its type is text, not keyword") as caught:
            install(target)
        assert f"{target.base}/{target.index}" in caught.value.advice
    finally:
        drop_index(target)


def test_an_index_without_our_analyzers_is_refused(elastic: Target) -> None:
    target = unused(elastic)
    requests.put(f"{target.base}/{target.index}", timeout=60).raise_for_status()
    try:
        with pytest.raises(PermanentError, match="lacks analyzers of ours: char_filter marks") as caught:
            install(target)
        assert f"{target.base}/{target.index}" in caught.value.advice
    finally:
        drop_index(target)


def test_an_index_of_an_earlier_version_is_left_to_a_reindex(elastic: Target) -> None:
    target, body = unused(elastic), index_body(biblio())
    body["mappings"]["_meta"]["version"] = "1"
    del body["settings"]["index"]["analysis"]["filter"]["numerals"]
    body["settings"]["index"]["analysis"]["analyzer"]["text_query"]["filter"].remove("numerals")
    requests.put(f"{target.base}/{target.index}", json=body, timeout=60).raise_for_status()
    try:
        assert f"was made by schema version 1, today's is {biblio().version}" in install(target)[-1]
        assert "indexer reindex" in install(target)[-1]
        assert {str(row) for row in check_target(target)} >= {"filter numerals: not there"}
        sink = open_index(target)
        sink.check()
        assert [outcome.status for outcome in sink.push([Write("1", b'{"id":"1","title":"Tea"}')])] == ["indexed"]
        sink.commit()
        assert sink.search(Query("tea")).total == 1
        sink.close()
    finally:
        drop_index(target)


def test_another_definition_of_an_analyzer_is_told(elastic: Target) -> None:
    target, body = unused(elastic), index_body(biblio())
    body["settings"]["index"]["analysis"]["analyzer"]["textProper"]["filter"].remove("asciifolding")
    requests.put(f"{target.base}/{target.index}", json=body, timeout=60).raise_for_status()
    try:
        assert [str(row) for row in check_target(target)] == ["analyzer textProper: differs"]
        assert install(target)[-1] == f"{target}: left as it is: analyzer textProper: differs"
    finally:
        drop_index(target)


def test_another_product_is_named(elasticsearch_url: str) -> None:
    with pytest.raises(PermanentError, match="this is Elasticsearch"):
        install(parse_target(f"opensearch+{elasticsearch_url}/biblio"))


def test_a_folder_and_json_lines(tmp_path: Path) -> None:
    folder = parse_target(f"embedded:{tmp_path / 'index'}")
    assert install(folder)
    assert install(folder) == [f"{folder}: is there already"]
    assert check_target(folder) == []
    shutil.rmtree(tmp_path / "index")
    with pytest.raises(PermanentError, match="there is no index"):
        check_target(folder)
    lines = parse_target(f"jsonl:{tmp_path / 'out.jsonl'}")
    assert "nothing to do" in install(lines)[0]
    assert check_target(lines) == []
    assert not (tmp_path / "out.jsonl").exists()
