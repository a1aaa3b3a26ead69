"""The compiled files below schemas/: writes them, and tells which differ from biblio.toml."""

from collections.abc import Mapping
from pathlib import Path

from indexer.engines.elastic.schema import PATH as ELASTIC
from indexer.engines.elastic.schema import template_json
from indexer.engines.solr.schema import CONF, configset
from indexer.model.errors import ConfigError
from indexer.model.schema import Schema, biblio, bundled, schemas_folder


def compiled(schema: Schema | None = None) -> dict[str, str]:
    """Every compiled file of the bundled schema, or of another: path below schemas/ -> text."""
    schema = schema or bundled()
    files = {ELASTIC: template_json(schema)}
    for major, folder in CONF.items():
        files |= {f"{folder}/{name}": text for name, text in configset(schema, major).items()}
    return files


def build(write: bool = True) -> list[str]:
    """Compiles biblio.toml. Returns the paths below schemas/ whose files are missing or differ, in order; with `write`
    they are then as compiled. Raises ConfigError where that is not possible.
    """
    return _put(schemas_folder(), compiled(), write=write)


def build_copying(folder: Path, *, write: bool = True) -> list[str]:
    """The Solr configset alone, with all of VuFind's copyField rules, in `folder`/conf. Returns and raises the same."""
    files = configset(biblio(), copy_fields=True)
    changed = _put(folder, {f"conf/{name}": text for name, text in files.items()}, write=write)
    return [str(folder / path) for path in changed]


def build_extended(folder: Path, *, write: bool = True) -> list[str]:
    """Every compiled file of the schema with the fields of schema.extra, in `folder`. Returns and raises the same."""
    changed = _put(folder, compiled(biblio()), write=write)
    return [str(folder / path) for path in changed]


def _put(folder: Path, files: Mapping[str, str], *, write: bool) -> list[str]:
    changed: list[str] = []
    for path, text in sorted(files.items()):
        file = folder / path
        try:
            if file.is_file() and file.read_text(encoding="utf-8") == text:
                continue
            changed.append(path)
            if write:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{file}: {error.strerror}", advice="Name a folder that can be written.") from None
    return changed
