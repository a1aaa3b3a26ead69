"""What a load makes of files: the way of `indexer load` from the bytes to the encoded documents, without a target."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from indexer import sources
from indexer.formats import profiles
from indexer.formats.registry import DELETE, default_profiles
from indexer.model.documents import Delete
from indexer.model.records import Fault
from indexer.pipeline.pool import derive
from indexer.pipeline.workers import Failed, Filtered, Prepared, TransformSpec

# What came of one record: ("document", id, body), ("delete", id), or what it is instead and why.
Outcome = tuple[str, ...]

_bundled = profiles.bundled()
_profiles = {name: _bundled[profile] for name, profile in default_profiles().items()}
_RECIPE = TransformSpec({"": {**_profiles, DELETE: profiles.Profile("delete", DELETE)}}, dates=True)


def load(files: Mapping[str, bytes], format: str | None) -> tuple[list[Outcome], list[str]]:
    """The outcomes of all records of these files in order, and what only a fault of the loader can bring about."""
    outcomes: list[Outcome] = []
    bugs: list[str] = []
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        for chunk in derive(sources.read([folder], source="", format=format), _RECIPE, workers=1):
            for item, made in chunk:
                if isinstance(item, Fault):
                    if item.position.ordinal:
                        outcomes.append(("fault", item.reason))
                elif isinstance(made, Failed):
                    outcomes.append(("failed", made.reason))
                    if made.reason.startswith("unexpected "):
                        bugs.append(made.reason)
                elif isinstance(made, Filtered):
                    outcomes.append(("filtered", made.reason))
                elif isinstance(made, Delete):
                    outcomes.append(("delete", made.id))
                elif isinstance(made, Prepared):
                    outcomes.append(("document", made.write.id, made.write.body.decode()))
                    bugs += [warning for warning in made.warnings if " could not be made: " in warning]
    return outcomes, bugs
