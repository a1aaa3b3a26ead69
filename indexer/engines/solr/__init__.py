"""Solr, standalone and as SolrCloud."""

from indexer.engines.base import Difference, Engine, Writer
from indexer.engines.generations import GenerationStore
from indexer.model.targets import Target


def _open(target: Target, *, connections: int, create: bool, any_schema: bool) -> Writer:
    from indexer.engines.solr.sink import SolrSink

    return SolrSink(target, connections=connections)


def _install(target: Target) -> list[str]:
    from indexer.engines.solr.install import install

    return install(target)


def _differences(target: Target) -> list[Difference]:
    from indexer.engines.solr.install import differences

    return differences(target)


def _generations(target: Target, configset: str) -> GenerationStore:
    """A Solr is asked whether it is a SolrCloud."""
    from indexer.engines.http import http_session
    from indexer.engines.solr.cloud_generations import CloudGenerations
    from indexer.engines.solr.core_generations import CoreGenerations
    from indexer.engines.solr.sink import check_product

    session = http_session(target)
    try:
        product = check_product(target, session)
        if product.cloud:
            return CloudGenerations(target, session, product)
        return CoreGenerations(target, session, product, configset)
    except BaseException:
        session.close()
        raise


def _optimize(target: Target) -> None:
    from indexer.engines.solr.sink import optimize

    optimize(target)


SOLR = Engine(
    scheme="solr",
    product="Solr",
    example="solr+http://host:8983/solr/biblio",
    noun="core",
    own_fields=True,
    any_schema=True,
    open=_open,
    install=_install,
    differences=_differences,
    generations=_generations,
    optimize=_optimize,
)
