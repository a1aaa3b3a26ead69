"""VuFind's import.properties: how SolrMarc is run."""

from collections.abc import Iterator
from pathlib import Path

from indexer.migrate.table import Item

READ_ANYWAY = {
    "solr.core.name": "the target names it",
    "solr.hosturl": "the target names it",
    "solrmarc.path": "mappings are named by path",
    "marc.to_utf_8": "documents are UTF-8",
    "marc.permissive": "damaged records are mended, with a note in marc_error",
    "marc.default_encoding": "told by the record; what does not fit is weighed against MARC-8 and Latin-1",
    "marc.include_errors": "marc_error",
    "marc.combine_records": "",
}


def value(file: Path, key: str) -> str:
    """What the file says of this key, "" where it says nothing."""
    return next((said for name, said in _pairs(file) if name == key), "")


def items(file: Path, where: str) -> list[Item]:
    """What becomes of each key but that of the mappings; `where` is the file's name to be shown."""
    return [_item(where, name, said) for name, said in _pairs(file) if name != "solr.indexer.properties"]


def _item(where: str, name: str, said: str) -> Item:
    if name == "marc.combine_records" and said:
        return Item(where, name, "needs you", "records of one id in a row are not put together")
    if name in READ_ANYWAY:
        return Item(where, name, "taken over", READ_ANYWAY[name])
    return Item(where, name, "with a remark", "not asked for here")


def _pairs(file: Path) -> Iterator[tuple[str, str]]:
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        name, equals, said = line.partition("=")
        if equals and not name.lstrip().startswith("#"):
            yield name.strip(), said.strip()
