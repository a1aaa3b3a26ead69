"""The compiled files below schemas/: writes them, and tells which differ from biblio.toml."""

from indexer.schema.elastic import PATH as ELASTIC
from indexer.schema.elastic import template_json
from indexer.schema.model import biblio, schemas_folder
from indexer.schema.solr import configset


def compiled() -> dict[str, str]:
    """Every compiled file: path below schemas/ -> text."""
    schema = biblio()
    return {**configset(schema), ELASTIC: template_json(schema)}


def build(write: bool = True) -> list[str]:
    """Compiles biblio.toml. Returns the paths below schemas/ whose files are missing or differ, in order; with `write`
    they are then as compiled.
    """
    folder = schemas_folder()
    changed: list[str] = []
    for path, text in sorted(compiled().items()):
        file = folder / path
        if file.is_file() and file.read_text(encoding="utf-8") == text:
            continue
        changed.append(path)
        if write:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return changed


def check_files() -> list[str]:
    """The paths below schemas/ whose files are not what biblio.toml compiles to; nothing is written."""
    return build(write=False)
