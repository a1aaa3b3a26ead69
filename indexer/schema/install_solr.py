"""Installing on Solr: a standalone core by core admin, a SolrCloud collection by the Configset API."""

import io
import shlex
import time
import zipfile
from typing import Any

import requests

from indexer.errors import PermanentError, TargetError
from indexer.schema.model import biblio, schemas_folder
from indexer.schema.preflight import (
    Difference,
    compare_solr,
    live_solr_schema,
    solr_json,
)
from indexer.schema.solr import CONF, MARK, configset
from indexer.targets import Target

STANDALONE_CONFIGSET = "biblio"  # a folder that an administrator puts on the server
CLOUD_CONFIGSET = "indexer-biblio"  # ours alone: uploading overwrites it for every collection that uses it
_MODULE_ADVICE = "Start Solr with its ICU module: SOLR_MODULES=analysis-extras."
_LOADING_SECONDS = 60.0


def install_solr(target: Target, session: requests.Session) -> list[str]:
    """Makes the core or collection, or brings it up to date. Returns lines that say what was done.

    Raises PermanentError (its advice holds the commands where the server does not let us), or TransientError.
    """
    system = _admin(target, session, "info/system")
    if system.get("mode") == "solrcloud":
        return _install_collection(target, session)
    return _install_core(target, session, str(system.get("solr_home", "$SOLR_HOME")))


def configset_zip() -> bytes:
    """The compiled configset as the Configset API takes it: a zip with its files at the root, the same bytes each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(configset(biblio()).items()):
            archive.writestr(zipfile.ZipInfo(path.removeprefix(f"{CONF}/")), text)
    return buffer.getvalue()


def _install_core(target: Target, session: requests.Session, solr_home: str) -> list[str]:
    answer = _admin(target, session, "cores", action="STATUS", core=target.index)
    failure = answer.get("initFailures", {}).get(target.index)
    if failure:
        raise PermanentError(f"{target}: the core does not start: {failure}", advice=_explain(str(failure)))
    status = answer.get("status", {}).get(target.index) or {}
    if not status:
        _create_core(target, session, solr_home)
        return [f"{target}: made core {target.index} with configset {STANDALONE_CONFIGSET}"]
    if _is_current(target, session):
        return _present(target, session, f"core {target.index}")
    # The server's files may be newer than what it has loaded.
    _admin(target, session, "cores", action="RELOAD", core=target.index)
    _wait(target, session)
    if _is_current(target, session):
        return [f"{target}: reloaded core {target.index}", *_present(target, session, f"core {target.index}")]
    blocking = [row for row in _differences(target, session) if row.blocking]
    source, folder = shlex.quote(str(schemas_folder() / CONF)), str(status.get("instanceDir", "")).rstrip("/")
    raise PermanentError(
        f"{target}: core {target.index} has another schema"
        + (f": {'; '.join(map(str, blocking[:8]))}" if blocking else ""),
        advice=f"Copy the bundled one on the server, then install again (documents that are there keep their old "
        f"analysis until they are loaded again):\n"
        f"  cp {source}/* {shlex.quote(f'{folder}/conf/')}   # or {shlex.quote(_offered(solr_home))}, if it has no conf",
    )


def _create_core(target: Target, session: requests.Session, solr_home: str) -> None:
    try:
        _admin(target, session, "cores", action="CREATE", name=target.index, configSet=STANDALONE_CONFIGSET)
    except PermanentError as error:
        if "Could not load configuration from directory" not in error.message:
            raise PermanentError(error.message, advice=_explain(error.message)) from None
        source = shlex.quote(str(schemas_folder() / CONF))
        folder = shlex.quote(_offered(solr_home))
        raise PermanentError(
            f"{target}: the server has no configset {STANDALONE_CONFIGSET!r}, and a standalone Solr takes none over HTTP",
            advice=f"Copy it on the server, then run the same command again:\n"
            f"  mkdir -p {folder} && cp {source}/* {folder}",
        ) from None
    _wait(target, session)


def _install_collection(target: Target, session: requests.Session) -> list[str]:
    cluster = _admin(target, session, "collections", action="CLUSTERSTATUS")["cluster"]
    collections = cluster.get("collections", {})
    names = [
        name for name in cluster.get("aliases", {}).get(target.index, target.index).split(",") if name in collections
    ]
    if not names:
        _upload(target, session)
        options = {"collection.configName": CLOUD_CONFIGSET, "numShards": "1", "waitForFinalState": "true"}
        try:
            _admin(target, session, "collections", action="CREATE", name=target.index, **options)
        except PermanentError as error:
            raise PermanentError(error.message, advice=_explain(error.message)) from None
        _wait(target, session)
        return [
            f"{target}: uploaded configset {CLOUD_CONFIGSET}",
            f"{target}: made collection {target.index} with 1 shard and 1 replica",
        ]
    if _is_current(target, session):
        return _present(target, session, f"collection {target.index}")
    foreign = {collections[name]["configName"] for name in names} - {CLOUD_CONFIGSET}
    if foreign:
        blocking = [row for row in _differences(target, session) if row.blocking]
        raise PermanentError(
            f"{target}: collection {target.index} has another schema: {'; '.join(map(str, blocking[:8]))}",
            advice=f"Its configset {', '.join(sorted(foreign))} is not ours, so it is left alone. "
            "Install under another collection's name.",
        )
    _upload(target, session)
    done = [f"{target}: uploaded configset {CLOUD_CONFIGSET}"]
    for name in names:
        _admin(target, session, "collections", action="RELOAD", name=name)
        done.append(f"{target}: reloaded collection {name}; documents that are there keep their old analysis")
    return done


def _is_current(target: Target, session: requests.Session) -> bool:
    """Whether the live schema takes our documents, and is up to date where it is one that we compiled."""
    if any(row.blocking for row in _differences(target, session)):
        return False
    compiled = configset(biblio())
    live = {name: _file(target, session, name) for name in ("schema.xml", "solrconfig.xml")}
    return MARK not in live["schema.xml"] or all(text == compiled[f"{CONF}/{name}"] for name, text in live.items())


def _present(target: Target, session: requests.Session, what: str) -> list[str]:
    differences = _differences(target, session)
    if not differences:
        return [f"{target}: {what} has the schema already"]
    return [
        f"{target}: {what} has a schema of its own that takes our documents; it is left as it is",
        *(f"  {row}" for row in differences),
    ]


def _differences(target: Target, session: requests.Session) -> list[Difference]:
    """Those that matter: the fields that the core fills itself are not missing."""
    live = live_solr_schema(session, target)
    omit = live.omit
    return [row for row in compare_solr(biblio(), live) if not (row.blocking and row.field in omit)]


def _upload(target: Target, session: requests.Session) -> None:
    response = session.post(
        f"{target.base}/admin/configs",
        params={"action": "UPLOAD", "name": CLOUD_CONFIGSET, "overwrite": "true", "cleanup": "true", "wt": "json"},
        data=configset_zip(),
        headers={"Content-Type": "application/octet-stream"},
    )
    solr_json(target, response)


def _file(target: Target, session: requests.Session, name: str) -> str:
    """A file of the live configset; empty when it has none of this name (a managed schema)."""
    url = f"{target.base}/{target.index}/admin/file"
    try:
        response = session.get(url, params={"file": name, "contentType": "text/xml;charset=utf-8"})
    except PermanentError as error:
        if "HTTP 404" not in error.message:
            raise
        return ""
    return response.content.decode("utf-8", "replace") if response.status_code < 400 else ""


def _admin(target: Target, session: requests.Session, path: str, **params: str) -> dict[str, Any]:
    return solr_json(target, session.get(f"{target.base}/admin/{path}", params={"wt": "json", **params}))


def _wait(target: Target, session: requests.Session) -> None:
    """Until the core answers: it is created before it is loaded, and says 503 or 404 for a moment."""
    deadline = time.monotonic() + _LOADING_SECONDS
    while True:
        try:
            live_solr_schema(session, target)
            return
        except TargetError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _offered(solr_home: str) -> str:
    return f"{solr_home.rstrip('/')}/configsets/{STANDALONE_CONFIGSET}/conf/"


def _explain(words: str) -> str:
    return _MODULE_ADVICE if "ICU" in words else "Solr's log says more."
