"""Installing on Solr: a standalone core by core admin, a SolrCloud collection by the Configset API."""

import io
import shlex
import time
import zipfile
from pathlib import Path
from typing import Any

import requests

from indexer.engines.base import Difference
from indexer.engines.http import http_session
from indexer.engines.solr import update_chain
from indexer.engines.solr.preflight import compare_solr, live_file, live_solr_schema, solr_json
from indexer.engines.solr.schema import CONF, MARK, configset, schema_xml
from indexer.engines.solr.sink import Product, check_product, check_select
from indexer.engines.solr.words import LOG_ADVICE, NoConfigset, not_started
from indexer.model.errors import PermanentError, TargetError
from indexer.model.schema import biblio, bundled, schemas_folder
from indexer.model.targets import Target

STANDALONE_CONFIGSET = "biblio"  # a folder that an administrator puts on the server
CLOUD_CONFIGSET = "indexer-biblio"  # ours alone: uploading overwrites it for every collection that uses it
_OLDER = "documents that are there keep their old analysis until `indexer reindex` makes them anew"
_NAMED = 8  # fields that a message names before it counts the rest
_LOADING_SECONDS = 60.0

_OUTDATED = Difference(
    "schema.xml",
    "is one of ours, of another version or edited: it holds for searches until `indexer reindex` makes an index anew",
    blocking=False,
)


def install(target: Target) -> list[str]:
    """Makes the core or collection, or brings it up to date. Returns lines that say what was done; doing it twice
    changes nothing. A core with another schema (VuFind's, say) is left as it is when it takes our documents, and
    refused when not.

    Raises PermanentError (its advice holds the commands where the server does not let us), or TransientError.
    """
    with http_session(target) as session:
        product = check_product(target, session)
        if product.cloud:
            return _install_collection(target, session, product)
        return _install_core(target, session, product)


def differences(target: Target) -> list[Difference]:
    """How the live schema of the target differs from biblio.toml; nothing is written.

    Raises PermanentError when there is nothing to compare (no such core), or TransientError.
    """
    with http_session(target) as session:
        product = check_product(target, session)
        live = live_solr_schema(session, target)
        found = compare_solr(biblio(), live)
        if product.cloud and live.strict is None:
            found.append(Difference("update chain", update_chain.HIDES))
        return [*found, _OUTDATED] if is_outdated(target, session) else found


def configset_zip(major: int = 9) -> bytes:
    """The compiled configset for this version of Solr as the Configset API takes it: a zip with the files at its root,
    always the same bytes.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(configset(biblio(), major).items()):
            archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def _install_core(target: Target, session: requests.Session, product: Product) -> list[str]:
    answer = admin(target, session, "cores", action="STATUS", core=target.index)
    failure = answer.get("initFailures", {}).get(target.index)
    if failure:
        raise not_started(target, str(failure))
    status = answer.get("status", {}).get(target.index) or {}
    if not status:
        create_core(target, session, product)
        check_current(target, session, product, f"core {target.index} is made, but the server's configset")
        return [f"{target}: made core {target.index} with configset {STANDALONE_CONFIGSET}"]
    what = f"core {target.index}"
    if is_ours(target, session):
        older = not _is_current(target, session)
        reload_core(target, session, product)
        if older:
            return [f"{target}: reloaded {what}; {_OLDER}"]
    elif not _is_current(target, session):
        raise _foreign(target, session, what, "Its schema is not ours, so it is left alone.")
    return _present(target, session, product, what)


def create_core(target: Target, session: requests.Session, product: Product, *, how: str = "", **options: str) -> None:
    """Makes a core with the server's configset `biblio`; `options` add to the parameters of core admin's CREATE, or are
    others. `how` says how the configset comes on the server.

    Raises PermanentError (its advice holds the commands where the configset is not there), or TransientError.
    """
    made = {"action": "CREATE", "name": target.index, "configSet": STANDALONE_CONFIGSET} | options
    try:
        admin(target, session, "cores", **made)
    except NoConfigset:
        home = _solr_home(target, session)
        if made["configSet"] == STANDALONE_CONFIGSET:
            how = how or f"Copy it on the server, then run the same command again:\n  {_copy(home, product)}"
        else:
            how = f"Put its conf folder into {home}/configsets/{made['configSet']} on the server."
        raise PermanentError(
            f"{target}: the server has no configset {made['configSet']!r}, and a standalone Solr takes none by HTTP",
            advice=how,
        ) from None
    except PermanentError as error:
        raise PermanentError(error.message, advice=error.advice or LOG_ADVICE) from None
    wait(target, session)


def reload_core(target: Target, session: requests.Session, product: Product) -> None:
    """Lets a core of ours read its files anew, which may be newer than what the server has loaded.

    Raises PermanentError when they are not the bundled ones, or TransientError.
    """
    admin(target, session, "cores", action="RELOAD", core=target.index)
    wait(target, session)
    check_current(target, session, product, f"core {target.index}")


def _install_collection(target: Target, session: requests.Session, product: Product) -> list[str]:
    cluster = admin(target, session, "collections", action="CLUSTERSTATUS")["cluster"]
    collections = cluster.get("collections", {})
    names = [
        name for name in cluster.get("aliases", {}).get(target.index, target.index).split(",") if name in collections
    ]
    if not names:
        upload(target, session, product)
        options = {"collection.configName": CLOUD_CONFIGSET, "numShards": "1", "waitForFinalState": "true"}
        try:
            admin(target, session, "collections", action="CREATE", name=target.index, **options)
        except PermanentError as error:
            raise PermanentError(error.message, advice=error.advice or LOG_ADVICE) from None
        wait(target, session)
        return [
            f"{target}: uploaded configset {CLOUD_CONFIGSET}",
            f"{target}: made collection {target.index} with 1 shard and 1 replica",
        ]
    what = f"collection {target.index}"
    foreign = sorted({collections[name]["configName"] for name in names} - {CLOUD_CONFIGSET})
    if _is_current(target, session) and (foreign or not _edited(target, session, product)):
        if not foreign:  # one that was not loaded anew since then has an older configuration
            for name in _ours_of(target, names, collections):
                admin(target, session, "collections", action="RELOAD", name=name)
            wait(target, session)
        check_select(target, session, product)
        return _present(target, session, product, what)
    if foreign:
        raise _foreign(target, session, what, f"Its configset {', '.join(foreign)} is not ours, so it is left alone.")
    upload(target, session, product)
    done = [f"{target}: uploaded configset {CLOUD_CONFIGSET}"]
    for name in _ours_of(target, names, collections):
        admin(target, session, "collections", action="RELOAD", name=name)
        done.append(f"{target}: reloaded collection {name}; {_OLDER}")
    return done


def _ours_of(target: Target, serving: list[str], collections: dict[str, Any]) -> list[str]:
    """The target's collections with our configset: those that serve, and generations beside them."""
    return sorted(
        name
        for name, row in collections.items()
        if row["configName"] == CLOUD_CONFIGSET and (name in serving or name.startswith(f"{target.index}_"))
    )


def _is_current(target: Target, session: requests.Session) -> bool:
    """Whether the live schema takes our documents, and is up to date where it is one that we compiled."""
    return not any(row.blocking for row in _differences(target, session)) and not is_outdated(target, session)


def is_outdated(target: Target, session: requests.Session) -> bool:
    """Whether the live schema is one that we compiled, and not today's: of another version, or edited."""
    live = _file(target, session, "schema.xml")
    return MARK in live and live not in (schema_xml(biblio()), schema_xml(biblio(), copy_fields=True))


def is_ours(target: Target, session: requests.Session) -> bool:
    """Whether the core or collection has a schema that we compiled, of this version or another."""
    return MARK in _file(target, session, "schema.xml")


def same_configuration(one: Target, other: Target, session: requests.Session) -> bool:
    """Whether two cores have the same schema and solrconfig.xml."""
    return all(_file(one, session, name) == _file(other, session, name) for name in ("schema.xml", "solrconfig.xml"))


def _edited(target: Target, session: requests.Session, product: Product) -> bool:
    """Whether the live solrconfig.xml is another one than the bundled: a site may have tuned its own."""
    return _file(target, session, "solrconfig.xml") != configset(biblio(), product.major)["solrconfig.xml"]


def _foreign(target: Target, session: requests.Session, what: str, why: str) -> PermanentError:
    blocking = [row for row in _differences(target, session) if row.blocking]
    more = f" and {len(blocking) - _NAMED} more" if len(blocking) > _NAMED else ""
    return PermanentError(
        f"{target}: {what} does not take our documents: {', '.join(map(str, blocking[:_NAMED]))}{more}",
        advice=f"{why} Install under another name, or add these fields to it.",
    )


def _present(target: Target, session: requests.Session, product: Product, what: str) -> list[str]:
    differences = _differences(target, session)
    if not differences and is_ours(target, session):
        other = "; its solrconfig.xml is not the bundled one and is left as it is"
        edited = other if _edited(target, session, product) else ""
        return [f"{target}: {what} has the schema already{edited}"]
    return [
        f"{target}: {what} has a schema of its own that takes our documents; it is left as it is",
        *(f"  {row}" for row in differences),
    ]


def _differences(target: Target, session: requests.Session) -> list[Difference]:
    """Those that matter: the fields that the core fills itself are not missing."""
    live = live_solr_schema(session, target)
    omit = live.omit
    return [row for row in compare_solr(biblio(), live) if not (row.blocking and row.field in omit)]


def upload(target: Target, session: requests.Session, product: Product) -> None:
    """Puts our configset on a SolrCloud, over the one that is there. Raises PermanentError, or TransientError."""
    response = session.post(
        f"{target.base}/admin/configs",
        params={"action": "UPLOAD", "name": CLOUD_CONFIGSET, "overwrite": "true", "cleanup": "true", "wt": "json"},
        data=configset_zip(product.major),
        headers={"Content-Type": "application/octet-stream"},
    )
    solr_json(target, response)


def _file(target: Target, session: requests.Session, name: str) -> str:
    return live_file(session, target, name).decode("utf-8", "replace")


def admin(target: Target, session: requests.Session, path: str, **params: str) -> dict[str, Any]:
    """The answer of an administrative path, as `cores` or `collections`. Raises PermanentError, or TransientError."""
    return solr_json(target, session.get(f"{target.base}/admin/{path}", params={"wt": "json", **params}))


def wait(target: Target, session: requests.Session) -> None:
    """Waits until a core answers: it is created before it is loaded, and says 503 or 404 for a moment."""
    deadline = time.monotonic() + _LOADING_SECONDS
    while True:
        try:
            live_solr_schema(session, target)
            return
        except TargetError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def check_current(target: Target, session: requests.Session, product: Product, what: str) -> None:
    """Raises PermanentError where the live schema, that of `what`, is one that we compiled and not the bundled one, or
    does not take our documents, or where its solrconfig.xml is for an older Solr than this one.
    """
    try:
        check_select(target, session, product)
    except PermanentError:
        for_older = True
    else:
        for_older = False
    if for_older or not _is_current(target, session):
        older = "an older or edited version of the bundled schema"
        found = "a solrconfig.xml for an older Solr" if for_older else older
        raise PermanentError(
            f"{target}: {what} has {found}",
            advice="Copy the bundled one on the server, then run the same command again (documents that are there keep "
            "their old analysis until `indexer reindex` makes them anew):\n"
            f"  {_copy(_solr_home(target, session), product)}",
        )


def _solr_home(target: Target, session: requests.Session) -> str:
    return str(admin(target, session, "info/system").get("solr_home", "$SOLR_HOME"))


def _copy(solr_home: str, product: Product) -> str:
    """The command that puts the configset where cores made by us have it from."""
    extended = biblio().version != bundled().version  # it has fields of the site's, and nobody has compiled it for sure
    source = shlex.quote(str((Path("biblio-extra") if extended else schemas_folder()) / CONF[product.major]))
    build = "indexer schema build --out biblio-extra && " if extended else ""
    folder = shlex.quote(f"{solr_home.rstrip('/')}/configsets/{STANDALONE_CONFIGSET}/conf/")
    return f"{build}mkdir -p {folder} && cp {source}/* {folder}"
