"""VuFind's function of work keys, with its parameters."""

from collections.abc import Callable

from indexer.derive.work_keys import DEFAULT_RULES, normaliser
from indexer.formats.marc import titles
from indexer.formats.marc import work_keys as bundled
from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.formats.marc.specs import Extract, is_control, remembered, trim

_STOCK = (
    "130anp:730anp",
    "240anpmr:245abn:246abn:247abn",
    "240anpmr:245abn",
    "100ab:110ab:111ac:700ab:710ab:711ac",
    "",
    "",
    DEFAULT_RULES,
)


def compile_keys(
    uniform_titles: str, titles: str, titles_as_filed: str, authors: str, include: str, exclude: str, rules: str
) -> Extract:
    """The function from a record to its work keys: `UT title`, then `AT author title` for each title and author."""
    if (uniform_titles, titles, titles_as_filed, authors, include.strip(), exclude.strip(), rules) == _STOCK:
        return bundled.work_keys
    normal = normaliser(rules, include.strip(), exclude.strip())
    normal("a")  # expressions that are none are told now
    name = remembered(normal)
    uniform, as_given = fields_by_tags(uniform_titles), fields_by_tags(titles)
    as_filed, authors_of = fields_by_tags(titles_as_filed, filed=True), fields_by_tags(authors)

    def keys(record: MarcRecord) -> list[str]:
        found = [f"UT {key}" for title in uniform(record) if (key := normal(title))]
        names = [key for author in authors_of(record) if (key := name(author))]
        both = dict.fromkeys((*as_given(record), *as_filed(record))) if names else {}
        if len(both) * len(names) > bundled.MAX_KEYS:
            raise ValueError(f"{len(both):,} titles and {len(names):,} authors are too many to make keys of")
        found += [f"AT {author} {key}" for title in both if (key := normal(title)) for author in names]
        return list(dict.fromkeys(found))

    return keys


def fields_by_tags(tags: str, *, filed: bool = False) -> Extract:
    """The function that gives the subfields of these fields (`100ab:700ab`) with blanks between, each text once; with
    `filed` without the non-filing characters. Raises ValueError for a tag that is none."""
    subfields: dict[str, list[str]] = {}
    for part in tags.split(":"):
        if len(part) < 3 or is_control(part):
            raise ValueError(f"{part!r} in {tags!r} is not a tag with subfields")
        subfields.setdefault(part[:3], []).append(part[3:])
    text: Callable[[MarcField, str], str] = _filed if filed else _plain

    def extract(record: MarcRecord) -> list[str]:
        if subfields.keys().isdisjoint(record.by_tag):
            return []
        found = [text(field, codes) for field in record.fields for codes in subfields.get(field.tag, ())]
        return list(dict.fromkeys(filter(None, found)))

    return extract


def _plain(field: MarcField, codes: str) -> str:
    return _joined([trim(text) for code, text in field.subfields if code in codes])


def _filed(field: MarcField, codes: str) -> str:
    skipped = titles.nonfiling(field)
    return _joined(
        [trim(trim(text)[skipped:] if code == "a" else text) for code, text in field.subfields if code in codes]
    )


def _joined(texts: list[str]) -> str:
    """A blank before each but what comes first: empty ones at the head leave none."""
    while texts and not texts[0]:
        texts.pop(0)
    return " ".join(texts)
