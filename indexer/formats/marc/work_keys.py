"""Work keys as VuFind's MARC route makes them: the normal forms of the XSL route (derive.work_keys) on other inputs.

Titles and authors are sets in record order, authors without a letter or number give no key, and no key comes twice.
"""

import functools

from indexer.derive.work_keys import normal_form
from indexer.formats.marc.record import MarcRecord
from indexer.formats.marc.specs import compile_spec
from indexer.formats.marc.titles import filed, nonfiling

_uniform_titles = compile_spec("130anp:730anp")
_titles = compile_spec("240anpmr:245abn:246abn:247abn")
_authors = compile_spec("100ab:110ab:111ac:700ab:710ab:711ac")
_FILED = {"240": "anpmr", "245": "abn"}


def work_keys(record: MarcRecord) -> list[str]:
    """`UT title` for every uniform title, then for each title, as it stands and as it files, `AT author title` for each
    author."""
    keys = ["UT " + normal for title in _uniform_titles(record) if (normal := normal_form(title))]
    authors = [normal for author in _authors(record) if (normal := _name(author))]
    if authors:
        titles = dict.fromkeys((*_titles(record), *_titles_as_filed(record)))
        keys += [f"AT {author} {normal}" for title in titles if (normal := normal_form(title)) for author in authors]
    return keys if len(keys) < 2 else list(dict.fromkeys(keys))


_name = functools.lru_cache(maxsize=1 << 15)(normal_form)  # names recur in a dump, titles hardly


def _titles_as_filed(record: MarcRecord) -> list[str]:
    """The titles without their non-filing characters; those of records that count none are the titles themselves."""
    if not any(nonfiling(field) for tag in _FILED for field in record.by_tag.get(tag, ())):
        return []
    fields = [field for field in record.fields if field.tag in _FILED]
    return [title for field in fields if (title := " ".join(filed(field, _FILED[field.tag])))]
