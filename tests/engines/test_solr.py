"""Solr: what its update answers mean, which servers are refused, and configurations that are not ours."""

import io
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing

import orjson
import pytest
import requests

from indexer.engines.base import Action, Index, Outcome, Query, Write
from indexer.engines.registry import open_index, parse_target
from indexer.engines.solr.install import configset_zip, differences
from indexer.engines.solr.sink import SolrSink, encode
from indexer.engines.solr.update_chain import HIDES
from indexer.model.documents import Delete
from indexer.model.errors import NotThere, PermanentError, TransientError
from indexer.model.targets import Target
from indexer.pipeline.bisect import bisect
from indexer.testing.documents import document, stored, write
from tests.engines.server import Answer, Request, serving
from tests.faults.proxy import proxying, refuse
from tests.schemas.collections import make_collection
from tests.schemas.foreign import upload

BATCH: list[Action] = [Write("a", b'{"id":"a"}'), Delete('b"\\'), Write("c", b'{"id":"c"}')]
INDEXED, DELETED = Outcome("indexed"), Outcome("deleted")


def answered(errors: list[dict[str, str]]) -> list[Outcome]:
    """The outcomes of BATCH when Solr answers 200 with these errors to every request."""
    with serving(lambda _: Answer(200, {"responseHeader": {"status": 0, "errors": errors}})) as server:
        return bisect(BATCH, open_index(parse_target(f"solr+{server.url}/solr/biblio")).push)


def test_a_batch_is_one_body_of_commands_in_order() -> None:
    assert encode(BATCH) == b'{"add":{"doc":{"id":"a"}},"delete":{"id":"b\\"\\\\"},"add":{"doc":{"id":"c"}}}'
    assert orjson.loads(encode(BATCH[1:2])) == {"delete": {"id": 'b"\\'}}


def test_no_batch_asks_for_a_commit() -> None:
    with serving(lambda _: Answer(200, {"responseHeader": {"status": 0}})) as server:
        sink = open_index(parse_target(f"solr+{server.url}/solr/biblio"))
        assert sink.push(BATCH) == [INDEXED, DELETED, INDEXED]
        assert all("commit" not in request.path and b"commit" not in request.body for request in server.requests)
        sink.commit()
    assert [request.body for request in server.requests] == [
        encode(BATCH),
        b'{"commit":{"openSearcher":true,"waitSearcher":true}}',
    ]


def test_tolerated_errors_by_type_and_id() -> None:
    bad = {"type": "ADD", "id": "c", "message": "ERROR: [doc=c]  unknown\nfield"}
    assert answered([bad]) == [INDEXED, DELETED, Outcome("rejected", "ERROR: [doc=c] unknown field")]
    assert answered([{"type": "DELID", "id": 'b"\\', "message": "no"}]) == [INDEXED, Outcome("rejected", "no"), INDEXED]


def test_errors_of_unknown_documents_are_found_by_halving() -> None:
    """Solr says `(unknown)` where it cannot tell; it answers so to every request here, so all three are bad."""
    unknown = {"type": "ADD", "id": "(unknown)", "message": "Document is missing mandatory uniqueKey field: id"}
    assert [outcome.status for outcome in answered([unknown])] == ["rejected"] * 3


@pytest.mark.parametrize(
    "message",
    [
        "this IndexWriter is closed",
        "Server error writing document id c to the index",
        "java.io.IOException: No space left on device",
        "No registered leader was found after waiting for 4000ms",
        "Cannot talk to ZooKeeper - Updates are disabled.",
        "Async exception during distributed update: Error from server at null: Service Unavailable",
        "Task queue processing has stalled for 20121 ms: java.net.SocketTimeoutException",
        "Collection biblio is read-only.",
    ],
)
def test_a_servers_trouble_is_no_documents_fault(message: str) -> None:
    """The tolerant update chain reports these, too, as the document's error."""
    outcomes = answered([{"type": "ADD", "id": "c", "message": message}])
    assert outcomes == [INDEXED, DELETED, Outcome("retry", message)]


def test_words_of_the_document_are_not_the_servers() -> None:
    message = "ERROR: [doc=c] Error adding field 'first_indexed'='timed out' msg=Invalid Date String:'timed out'"
    assert answered([{"type": "ADD", "id": "c", "message": message}])[2] == Outcome("rejected", message)


def test_a_refused_batch_is_halved() -> None:
    def answer(request: Request) -> Answer:
        if b'"bad"' in request.body:
            return Answer(400, {"error": {"msg": "ERROR: [doc=x] Error adding field", "code": 400}})
        return Answer(200, {"responseHeader": {"status": 0}})

    batch = [Write(str(n), b'{"id":"bad"}' if n in (3, 12) else b'{"id":"good"}') for n in range(13)]
    with serving(answer) as server:
        outcomes = bisect(batch, open_index(parse_target(f"solr+{server.url}/solr/biblio")).push)
    assert [n for n, outcome in enumerate(outcomes) if outcome.status == "rejected"] == [3, 12]
    assert outcomes[3].reason == "ERROR: [doc=x] Error adding field"


def test_a_body_too_large_is_halved() -> None:
    def answer(request: Request) -> Answer:
        return Answer(413, b"too large") if len(request.body) > 60 else Answer(200, {"responseHeader": {"status": 0}})

    with serving(answer) as server:
        sink = open_index(parse_target(f"solr+{server.url}/solr/biblio"))
        assert bisect(BATCH, sink.push) == [INDEXED, DELETED, INDEXED]


def system(version: str) -> Answer:
    return Answer(200, {"lucene": {"solr-spec-version": version}})


def checked(answer: Callable[[Request], Answer]) -> None:
    with serving(answer) as server:
        open_index(parse_target(f"solr+{server.url}/solr/biblio")).check()


@pytest.mark.parametrize("version", ["8.11.4", "11.0.0"])
def test_versions_that_we_do_not_speak_to(version: str) -> None:
    with pytest.raises(PermanentError, match=f"this is Solr {version}; indexer works with Solr 9 and 10"):
        checked(lambda _: system(version))


def test_an_answer_that_acknowledges_nothing() -> None:
    with serving(lambda _: Answer(200, {"responseHeader": {}})) as server:
        sink = open_index(parse_target(f"solr+{server.url}/solr/biblio"))
        with pytest.raises(TransientError, match="acknowledges nothing"):
            sink.push(BATCH)
        with pytest.raises(TransientError, match="acknowledges nothing"):
            sink.commit()


def test_a_core_that_was_there_is_waited_for(solr_url: str) -> None:
    """A server that starts answers 404 for a core until it has found it."""
    sink = SolrSink(Target("solr", base=solr_url, index="no_such_core"))
    with pytest.raises(NotThere):
        sink.push(BATCH)
    sink._checked = True
    with pytest.raises(TransientError, match="not there any more"):
        sink.push(BATCH)


def test_a_core_that_is_loading() -> None:
    def answer(request: Request) -> Answer:
        if "/admin/" in request.path:
            return system("9.10.1")
        return Answer(503, {"error": {"msg": "SolrCore is loading", "code": 503}})

    with pytest.raises(TransientError, match="SolrCore is loading"):
        checked(answer)


def test_a_core_that_cannot_start() -> None:
    def answer(request: Request) -> Answer:
        if "/admin/" in request.path:
            return system("9.10.1")
        return Answer(500, {"error": {"msg": "SolrCore 'biblio' is not available due to init failure: no ICU"}})

    with pytest.raises(PermanentError, match="init failure: no ICU"):
        checked(answer)


def test_a_page_that_is_no_solr() -> None:
    with pytest.raises(PermanentError, match="there is no Solr at http://") as caught:
        checked(lambda _: Answer(404, b"<html>nginx</html>"))
    assert "/solr/" in caught.value.advice


def test_elasticsearch_is_no_solr(elasticsearch_url: str) -> None:
    with pytest.raises(PermanentError, match=r"there is no Solr at .*: this is Elasticsearch [89]"):
        open_index(parse_target(f"solr+{elasticsearch_url}/solr/biblio")).check()


def test_opensearch_is_no_solr(opensearch_url: str) -> None:
    with pytest.raises(PermanentError, match=r"there is no Solr at .*: this is OpenSearch [23]"):
        open_index(parse_target(f"solr+{opensearch_url}/solr/biblio")).check()


def test_a_search_that_solr_refuses(solr_url: str) -> None:
    with pytest.raises(PermanentError, match="HTTP 404"):
        open_index(parse_target(f"solr+{solr_url}/no_such_core")).search(Query("tea"))


# ---- configurations that are not ours, on real Solr


@pytest.fixture
def collection(solrcloud_url: str) -> Iterator[Callable[[Callable[[str, str], str]], Target]]:
    """Makes a collection of our configset, each file changed by a function of its name and text."""
    name = f"variant_{uuid.uuid4().hex[:12]}"

    def admin(path: str, **params: str) -> None:
        requests.get(f"{solrcloud_url}/admin/{path}", params=params, timeout=120).raise_for_status()

    def make(change: Callable[[str, str], str]) -> Target:
        packed = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(configset_zip())) as ours, zipfile.ZipFile(packed, "w") as changed:
            for file in ours.namelist():
                changed.writestr(file, change(file, ours.read(file).decode()))
        upload = requests.post(
            f"{solrcloud_url}/admin/configs?action=UPLOAD&name={name}",
            data=packed.getvalue(),
            headers={"Content-Type": "application/octet-stream"},
            timeout=120,
        )
        upload.raise_for_status()
        target = parse_target(f"solr+{solrcloud_url}/{name}")
        make_collection(target, numShards="2")
        return target

    yield make
    admin("collections", action="DELETE", name=name)
    admin("configs", action="DELETE", name=name)


def open_session(target: Target) -> Index:
    sink = open_index(target)
    sink.check()
    return sink


def test_without_tolerance_exactly_the_bad_ones_are_rejected(
    collection: Callable[[Callable[[str, str], str]], Target],
) -> None:
    """VuFind's own configuration refuses a whole batch for one document."""

    def intolerant(file: str, text: str) -> str:
        if file != "solrconfig.xml":
            return text
        start = text.index('<processor class="solr.TolerantUpdateProcessorFactory">')
        return text[:start] + text[text.index("</processor>", start) + len("</processor>") :]

    sink = open_session(collection(intolerant))
    bad = {0, 22, 23, 45, 67, 89, 111, 133, 198}
    documents = [
        document(f"u{number}", "Title", **({"first_indexed": "bad date"} if number in bad else {}))
        for number in range(199)
    ]
    outcomes = bisect([write(each, sink) for each in documents], sink.push)
    assert {place for place, outcome in enumerate(outcomes) if outcome.status == "rejected"} == bad
    assert all("bad date" in outcomes[place].reason for place in bad)
    sink.commit()
    assert set(sink.ids()) == {f"u{number}" for number in range(199) if number not in bad}


def older(file: str, text: str) -> str:
    """As our configset was before it had a chain without tolerance."""
    start = text.find('<updateRequestProcessorChain name="strict">')
    end = "</updateRequestProcessorChain>"
    return text[:start] + text[text.index(end, start) + len(end) :] if start >= 0 else text


def test_a_cloud_whose_chain_hides_the_errors_of_other_nodes(
    collection: Callable[[Callable[[str, str], str]], Target],
) -> None:
    """What was for a node that is gone would be acknowledged, and lost."""
    target = collection(older)
    with closing(open_index(target)) as sink:
        sink.check()  # to read it
        with pytest.raises(PermanentError, match="acknowledges what a node did not take") as refused:
            sink.check(to_write=True)
    assert [str(each) for each in differences(target)] == [f"update chain: {HIDES}"]
    assert "indexer schema install" in refused.value.advice
    with zipfile.ZipFile(io.BytesIO(configset_zip())) as ours:
        files = {name: ours.read(name).decode() for name in ours.namelist()}
    upload(target, files)  # and not reloaded
    with closing(open_index(target)) as sink:
        with pytest.raises(PermanentError, match="acknowledges what a node did not take"):
            sink.check(to_write=True)
        params = {"action": "RELOAD", "name": target.index}
        requests.get(f"{target.base}/admin/collections", params=params, timeout=120).raise_for_status()
        sink.check(to_write=True)


def test_a_commit_counts_once_all_leaders_answer(collection: Callable[[Callable[[str, str], str]], Target]) -> None:
    target = collection(lambda _, text: text)
    with (
        proxying(target.base) as proxy,
        closing(open_index(parse_target(f"solr+{proxy.url}/{target.index}"))) as sink,
    ):
        sink.check(to_write=True)
        sink.push([write(document("a", "Title"), sink)])
        proxy.asking_faults = [refuse(500)]
        with pytest.raises(TransientError):
            sink.commit()
        before = len(proxy.commits)
        sink.commit()
        assert len(proxy.commits) == before + 2  # the leader may have been elected between the first and the asking
        assert sink.count() == 1


def test_a_tolerance_that_ends(collection: Callable[[Callable[[str, str], str]], Target]) -> None:
    """More errors than maxErrors: Solr stops in the middle of the batch, with a 400."""
    sink = open_session(
        collection(lambda _, text: text.replace('<int name="maxErrors">-1</int>', '<int name="maxErrors">2</int>'))
    )
    assert isinstance(sink, SolrSink)
    sink._chain = "tolerant"
    bad = {1, 5, 6, 7, 30}
    batch = [
        write(document(f"u{number}", "Title", **({"no_such": "x"} if number in bad else {})), sink)
        for number in range(40)
    ]
    outcomes = bisect(batch, sink.push)
    assert {place for place, outcome in enumerate(outcomes) if outcome.status == "rejected"} == bad
    sink.commit()
    assert sink.count() == 35


def test_copy_fields_of_the_core_are_left_to_it(collection: Callable[[Callable[[str, str], str]], Target]) -> None:
    """VuFind's own schema copies fields itself: sent by us, values would be there twice, or refused."""
    rules = {"author": "author_facet", "title_full": "title_fullStr", "allfields": "spelling"}

    def copying(file: str, text: str) -> str:
        lines = "".join(f'<copyField source="{source}" dest="{target}"/>' for source, target in rules.items())
        return text.replace("</schema>", f"{lines}</schema>")

    sink = open_session(collection(copying))
    assert sink.omit >= set(rules.values())
    sent = document("1", "Whole", author=["A, B", "C, D"])
    assert sink.push([write(sent, sink)]) == [INDEXED]
    sink.commit()
    assert sink.get(["1"]) == {"1": stored(sent)}


def test_fields_that_the_core_has_not(collection: Callable[[Callable[[str, str], str]], Target]) -> None:
    target = collection(lambda _, text: text.replace('<field name="hierarchy_sequence"', '<field name="other"'))
    with pytest.raises(PermanentError, match="hierarchy_sequence: not there") as caught:
        open_session(target)
    assert str(target) in caught.value.message
    assert "indexer schema install" in caught.value.advice
