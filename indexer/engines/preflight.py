"""Holds a live schema against biblio.toml before anything is sent: what all engines do with what they find.

Each server's folder has a `preflight` that reads its schema and says where it differs; nothing there writes.
"""

from indexer.engines.base import Difference
from indexer.model.errors import PermanentError
from indexer.model.targets import Target

INSTALL = (
    "`indexer schema install --target ...` puts the bundled schema where there is none; in a schema of your own,\n"
    "change what is named, or give another core, collection or index. `indexer schema check` tells every difference.\n"
    "Nothing was sent."
)
ENGINE_FIELDS = frozenset({"_version_"})  # Solr's own; Elasticsearch keeps versions beside the document
NOTHING_SENT = "Nothing was sent."
_NAMED = 8  # fields that a message names before it counts the rest


def refuse(target: Target, differences: list[Difference]) -> None:
    """Raises PermanentError for what is blocking among the differences."""
    blocking = [row for row in differences if row.blocking]
    if not blocking:
        return
    more = f" and {len(blocking) - _NAMED} more" if len(blocking) > _NAMED else ""
    shown = ", ".join(str(row) for row in blocking[:_NAMED])
    raise PermanentError(f"{target}: its schema is not ours: {shown}{more}", advice=INSTALL, nothing_sent=True)
