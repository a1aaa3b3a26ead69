"""Elasticsearch and OpenSearch."""

from indexer.engines.base import Difference, Engine, Writer
from indexer.engines.generations import GenerationStore
from indexer.model.targets import Target


def _open(target: Target, *, connections: int, create: bool, any_schema: bool) -> Writer:
    from indexer.engines.elastic.sink import ElasticSink

    return ElasticSink(target, connections=connections)


def _install(target: Target) -> list[str]:
    from indexer.engines.elastic.install import install

    return install(target)


def _differences(target: Target) -> list[Difference]:
    from indexer.engines.elastic.install import differences

    return differences(target)


def _generations(target: Target, _configset: str) -> GenerationStore:
    from indexer.engines.elastic.generations import ElasticGenerations

    return ElasticGenerations(target)


ELASTICSEARCH, OPENSEARCH = (
    Engine(
        scheme=scheme,
        product=product,
        example=f"{scheme}+https://host:9200/biblio",
        own_fields=True,
        open=_open,
        tunable=True,
        install=_install,
        differences=_differences,
        generations=_generations,
    )
    for scheme, product in (("elasticsearch", "Elasticsearch"), ("opensearch", "OpenSearch"))
)
