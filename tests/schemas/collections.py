"""Collections of a SolrCloud, made as an administrator makes them."""

import requests

from indexer.engines.http import http_session
from indexer.engines.solr.install import wait
from indexer.model.targets import Target


def make_collection(target: Target, configset: str = "", **options: str) -> None:
    """Makes a collection of a configset (that of its name without one), with one shard unless `options` say another.

    It is made when Solr says so, but the node that is asked next may not have heard of it yet and answer 404.
    """
    made = {"collection.configName": configset or target.index, "numShards": "1", "waitForFinalState": "true"}
    params = {"action": "CREATE", "name": target.index, **made, **options}
    requests.get(f"{target.base}/admin/collections", params=params, timeout=120).raise_for_status()
    with http_session(target) as session:
        wait(target, session)
