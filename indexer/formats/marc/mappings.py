"""The mapping that a profile names: Python's files, SolrMarc's, or several that stand on one another."""

import functools
import hashlib
import itertools
from pathlib import Path

from indexer.formats.marc import rules
from indexer.model.errors import ConfigError
from indexer.model.schema import Schema, biblio

PROPERTIES = ".properties"


def load(mapping: str | tuple[str, ...] = "", functions: str = "") -> rules.FieldRules:
    """Reads a mapping, once a process for a schema: a file, or several of which each stands on those before it. The
    empty path, and `vufind`, are the bundled mapping; `*.properties` are SolrMarc's, and `functions` is the Python file
    in which these find what they call.

    Raises ConfigError naming the file and the line for whatever is wrong in it.
    """
    return compiled(mapping, functions, biblio())


@functools.lru_cache(64)
def compiled(mapping: str | tuple[str, ...], functions: str, schema: Schema) -> rules.FieldRules:
    paths = [mapping] if isinstance(mapping, str) else list(mapping)
    if len(paths) == 1 and not paths[0].endswith(PROPERTIES):
        return rules.load("" if paths[0] == rules.BUNDLED else paths[0])
    made: rules.FieldRules | None = None
    for written_by_solrmarc, group in itertools.groupby(paths, key=lambda path: path.endswith(PROPERTIES)):
        if written_by_solrmarc:
            from indexer.formats.marc.solrmarc import loader  # most mappings are none of SolrMarc's

            files = [Path(path) for path in group]
            made = made or rules.FieldRules(files[-1].name, files[-1].parent)
            loader.add_files(made, files, loader.functions_of(made, functions))
        else:
            for path in group:
                made = rules.executed("" if path == rules.BUNDLED else path, made)
    if made is None:
        raise ConfigError("mapping: names no file", advice="Name one, or leave the key out.")
    return rules.check_id(made, paths[-1])


def digest(mapping: str | tuple[str, ...], functions: str = "") -> str:
    """What this mapping is: another one when a word changes in it, in a file that it stands on, or in a table."""
    found = hashlib.blake2b(digest_size=16)
    for file in load(mapping, functions).files:
        found.update(file.read_bytes() + b"\0")
    return found.hexdigest()
