"""How much room the disks of a Solr have: its metrics, which Solr 10 has in Prometheus' format alone."""

import re
from collections.abc import Mapping, Sequence

import requests

from indexer.engines.generations import no_room
from indexer.engines.solr.install import admin
from indexer.engines.solr.sink import Product
from indexer.model.targets import Target

_SPACE = re.compile(r'(?m)^solr_disk_space_megabytes\{[^}]*\btype="(usable|total)_space"[^}]*\} (\S+)')


def full_disks(target: Target, session: requests.Session, product: Product, nodes: Sequence[str] = ()) -> list[str]:
    """Which disks are nearly full: those of these nodes, of the server without any. Metrics may be switched off.

    Raises PermanentError, or TransientError.
    """
    found = []
    for node in nodes or [""]:
        space = (_of_solr_9 if product.major < 10 else _of_solr_10)(target, session, node)
        if "usable" in space and "total" in space and no_room(space["usable"], space["total"]):
            where = f"node {node}" if node else "the server"
            found.append(f"the disk of {where} is nearly full: {space['usable'] / 1e9:.1f} GB are free")
    return found


def _of_solr_9(target: Target, session: requests.Session, node: str) -> Mapping[str, float]:
    asked = {"group": "node", "prefix": "CONTAINER.fs.coreRoot"} | ({"nodes": node} if node else {})
    answer = admin(target, session, "metrics", **asked)
    metrics = (answer.get(node, {}) if node else answer).get("metrics", {}).get("solr.node", {})
    names = {kind: f"CONTAINER.fs.coreRoot.{kind}Space" for kind in ("usable", "total")}
    return {kind: float(metrics[name]) for kind, name in names.items() if metrics.get(name) is not None}


def _of_solr_10(target: Target, session: requests.Session, node: str) -> Mapping[str, float]:
    asked = {"name": "solr_disk_space_megabytes"} | ({"nodes": node} if node else {})
    text = session.get(f"{target.base}/admin/metrics", params=asked).text
    return {kind: float(megabytes) * 2**20 for kind, megabytes in _SPACE.findall(text)}
