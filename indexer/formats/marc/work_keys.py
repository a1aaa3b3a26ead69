"""Work keys as VuFind's MARC route makes them: the normal forms of the XSL route (derive.work_keys) on other inputs.

Titles and authors are sets in record order, authors without a letter or number give no key, and no key comes twice.
"""

from indexer.derive.work_keys import normal_form
from indexer.formats.marc.record import MarcRecord
from indexer.formats.marc.specs import compile_spec, remembered
from indexer.formats.marc.titles import filed, nonfiling

uniform_titles_of = compile_spec("130anp:730anp")
titles_of = compile_spec("240anpmr:245abn:246abn:247abn")
authors_of = compile_spec("100ab:110ab:111ac:700ab:710ab:711ac")
MAX_KEYS = 100_000  # of one record: what makes more is damaged, and would fill the memory
_FILED = {"240": "anpmr", "245": "abn"}


def work_keys(record: MarcRecord) -> list[str]:
    """`UT title` for every uniform title, then for each title, as it stands and as it files, `AT author title` for each
    author. Raises ValueError for a record that would have more than MAX_KEYS of these.
    """
    keys = ["UT " + normal for title in uniform_titles_of(record) if (normal := normal_form(title))]
    authors = [normal for author in authors_of(record) if (normal := _name(author))]
    if authors:
        titles = dict.fromkeys((*titles_of(record), *titles_as_filed(record)))
        if len(titles) * len(authors) > MAX_KEYS:
            raise ValueError(f"{len(titles):,} titles and {len(authors):,} authors are too many to make keys of")
        keys += [f"AT {author} {normal}" for title in titles if (normal := normal_form(title)) for author in authors]
    return keys if len(keys) < 2 else list(dict.fromkeys(keys))


_name = remembered(normal_form)  # names recur in a dump, titles hardly


def titles_as_filed(record: MarcRecord) -> list[str]:
    """The titles without their non-filing characters; those of records that count none are the titles themselves."""
    if not any(nonfiling(field) for tag in _FILED for field in record.by_tag.get(tag, ())):
        return []
    fields = [field for field in record.fields if field.tag in _FILED]
    return [title for field in fields if (title := " ".join(filed(field, _FILED[field.tag])))]
