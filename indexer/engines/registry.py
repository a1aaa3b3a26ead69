"""Where documents go: one module an engine, one contract for all (base.py)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.engines.base import Sink
    from indexer.model.targets import Target


def open_sink(target: "Target", *, connections: int = 2, create: bool = False, any_schema: bool = False) -> "Sink":
    """The sink of a target. Nothing is sent before its `check`.

    `connections` is how many threads may push at once. With `create`, `check` makes an embedded index that is not
    there, for a load; servers get their core or index by `indexer schema install`. With `any_schema` an embedded index
    that another version made is opened too, to be read; of a server only `check` asks for its schema. The engine's
    client is imported here and not before, so that a command that needs none starts fast. Raises ConfigError when the
    client is not installed, or a CA file not there.
    """
    match target.kind:
        case "embedded":
            from indexer.engines.embedded.sink import EmbeddedSink

            return EmbeddedSink(target.path, create=create, any_schema=any_schema)
        case "jsonl":
            from indexer.engines.jsonl import JsonLinesSink

            return JsonLinesSink(target)
        case "solr":
            from indexer.engines.solr.sink import SolrSink

            return SolrSink(target, connections=connections)
        case "elasticsearch" | "opensearch":
            from indexer.engines.elastic.sink import ElasticSink

            return ElasticSink(target, connections=connections)
