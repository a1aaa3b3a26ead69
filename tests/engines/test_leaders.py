"""Which answers of a SolrCloud count: a leader that was killed and is back acknowledges what it throws away.

tests/cluster/test_three_nodes.py shows that on real nodes; here the cluster says what it is told to.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from indexer.engines.http import http_session
from indexer.engines.registry import parse_target
from indexer.engines.solr import leaders
from indexer.engines.solr.leaders import LATE_SECONDS, SETTLED_SECONDS, Trust
from indexer.model.errors import TransientError
from indexer.model.targets import Target
from tests.engines.server import Answer, Request, Scripted, serving

NODES = ("one:8983_solr", "two:8983_solr")


class Cluster:
    """Of a shard with a copy on each of two nodes."""

    def __init__(self) -> None:
        self.leads = 0
        self.running: dict[str, float] = dict.fromkeys(NODES, SETTLED_SECONDS)  # for how many seconds
        self.elected = 0.0  # so many seconds ago
        self.hides: list[str] = []  # what it lets nobody see
        self.alone = False  # it answers for one node, whatever is asked
        self.epoch = datetime.now(UTC)

    def ago(self, seconds: float) -> datetime:
        return self.epoch - timedelta(seconds=seconds)

    def __call__(self, request: Request) -> Answer:
        path = request.path.split("?")[0].removeprefix("/solr/admin/")
        if path in self.hides:
            return Answer(403)
        if path == "collections":
            replicas = {
                f"core{place}": {"core": f"core{place}", "node_name": node, "state": "active"}
                | ({"leader": "true"} if place == self.leads else {})
                for place, node in enumerate(NODES)
            }
            shards = {"shard1": {"state": "active", "replicas": replicas}}
            return Answer(body={"cluster": {"live_nodes": NODES, "collections": {"biblio": {"shards": shards}}}})
        if path == "info/system" and self.alone:
            return Answer(body=_process(self.ago(10), 10))
        if path == "info/system":
            return Answer(body={node: _process(self.ago(its), its) for node, its in self.running.items()})
        assert path == "zookeeper"
        return Answer(body={"znode": {"prop": {"ctime": f"Mon ({self.ago(self.elected).timestamp() * 1000:.0f})"}}})


def _process(when: datetime, seconds: float) -> dict[str, object]:
    return {"jvm": {"jmx": {"startTime": when.isoformat(), "upTimeMS": seconds * 1000}}}


class Sent:
    """What is sent: how often, and what happens meanwhile."""

    def __init__(self, *meanwhile: Callable[[], object]) -> None:
        self.times = 0
        self._meanwhile = list(meanwhile)

    def __call__(self) -> str:
        self.times += 1
        if self._meanwhile:
            self._meanwhile.pop(0)()
        return "acknowledged"


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets time pass, on the clock of requests."""
    passed = 0.0

    def after(seconds: float) -> None:
        nonlocal passed
        passed += seconds

    monkeypatch.setattr(time, "monotonic", lambda: passed)
    return after


def trust(server: Scripted) -> Trust:
    made = Trust(target(server), http_session(target(server)))
    made.begin()
    return made


def target(server: Scripted) -> Target:
    return parse_target(f"solr+{server.url}/solr/biblio")


def lead(cluster: Cluster, node: int) -> Callable[[], None]:
    return lambda: setattr(cluster, "leads", node)


def fail() -> None:
    raise TransientError("refused")


def test_what_is_answered_soon_counts(cluster: Cluster, now: Callable[[float], None]) -> None:
    with serving(cluster) as server:
        its = trust(server)
        before = len(server.requests)
        assert its.acknowledged(Sent(lambda: now(LATE_SECONDS))) == "acknowledged"
        assert len(server.requests) == before


def test_what_is_answered_late_counts_where_the_same_one_leads(cluster: Cluster, now: Callable[[float], None]) -> None:
    with serving(cluster) as server:
        assert trust(server).acknowledged(Sent(lambda: now(5))) == "acknowledged"


@pytest.mark.parametrize("why", ["another one leads", "its process is another one"])
def test_what_is_answered_late_does_not_count_where_others_lead(
    cluster: Cluster, now: Callable[[float], None], why: str
) -> None:
    def change() -> None:
        now(5)
        if why == "another one leads":
            cluster.leads = 1
        else:
            cluster.running[NODES[0]] = SETTLED_SECONDS + 1

    sent = Sent(change)
    with serving(cluster) as server:
        its = trust(server)
        with pytest.raises(TransientError, match="other leaders than when this was sent") as doubted:
            its.acknowledged(sent)
        assert doubted.value.busy
        assert its.acknowledged(sent) == "acknowledged"
        looked = len(server.requests)
        assert its.acknowledged(sent) == "acknowledged"
        assert len(server.requests) == looked


def test_after_trouble_nothing_is_sent_to_a_leader_that_was_elected_before_it_was_started(cluster: Cluster) -> None:
    sent = Sent(fail)
    with serving(cluster) as server:
        its = trust(server)
        with pytest.raises(TransientError, match="refused"):
            its.acknowledged(sent)
        cluster.running[NODES[0]], cluster.elected = 10, 300
        with pytest.raises(
            TransientError, match="shard1 of biblio has no leader that is up since it was elected"
        ) as no:
            its.acknowledged(sent)
        assert no.value.busy
        assert sent.times == 1
        cluster.elected = 9
        assert its.acknowledged(sent) == "acknowledged"


def test_where_elections_cannot_be_seen_time_tells(cluster: Cluster) -> None:
    cluster.hides = ["zookeeper"]
    sent = Sent(fail)
    with serving(cluster) as server:
        its = trust(server)
        cluster.running[NODES[0]] = SETTLED_SECONDS - 1
        for _ in range(2):
            with pytest.raises(TransientError):
                its.acknowledged(sent)
        cluster.running[NODES[0]] = SETTLED_SECONDS
        assert its.acknowledged(sent) == "acknowledged"
        assert sent.times == 2


@pytest.mark.parametrize("hidden", ["collections", "info/system", "other nodes"])
def test_a_cluster_that_cannot_be_seen_is_believed(cluster: Cluster, now: Callable[[float], None], hidden: str) -> None:
    cluster.hides = [hidden]
    cluster.alone = hidden == "other nodes"
    with serving(cluster) as server:
        assert trust(server).acknowledged(Sent(lambda: now(5))) == "acknowledged"


def test_trouble_of_one_request_is_that_of_all(cluster: Cluster) -> None:
    """Another one is refused while this one is under way."""
    with serving(cluster) as server:
        its = trust(server)

        def trouble() -> None:
            with pytest.raises(TransientError, match="refused"):
                its.acknowledged(Sent(fail))
            cluster.leads = 1

        with pytest.raises(TransientError, match="other leaders"):
            its.acknowledged(Sent(trouble))


def test_what_is_answered_soon_beside_one_that_waits(cluster: Cluster, now: Callable[[float], None]) -> None:
    waits, goes_on = threading.Event(), threading.Event()

    def wait() -> None:
        waits.set()
        assert goes_on.wait(60)

    with serving(cluster) as server:
        its = trust(server)
        other = threading.Thread(target=lambda: its.acknowledged(Sent(wait)))
        other.start()
        assert waits.wait(60)
        now(5)
        with pytest.raises(TransientError, match="other leaders"):
            its.acknowledged(Sent(lead(cluster, 1)))
        lead(cluster, 0)()
        goes_on.set()
        other.join()


@pytest.mark.servers
@pytest.mark.parametrize("kind", ["solrcloud", "solrcloud10"])
def test_leaders_of_a_real_one(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(leaders, "SETTLED_SECONDS", 86_400)  # so that elections are looked at
    real = parse_target(f"solr+{request.getfixturevalue(f'{kind}_url')}/biblio")
    its = Trust(real, http_session(real))
    sent = Sent(fail)
    with pytest.raises(TransientError, match="refused"):
        its.acknowledged(sent)
    began = time.monotonic()
    assert its.acknowledged(sent) == "acknowledged"
    assert time.monotonic() - began < 60
