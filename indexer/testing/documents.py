"""Documents for the conformance suite, whole as the loader sends them: with their copied fields."""

import orjson

from indexer.engines.base import Index, Write
from indexer.engines.query import stored_fields
from indexer.model.documents import Fields
from indexer.model.schema import biblio


def document(id: str, title: str = "", **fields: str | list[str]) -> Fields:
    """A document with what an importer emits for it: the words of all fields in `allfields`, and the copies."""
    sent: Fields = {"id": id}
    if title:
        sent |= {"title": title, "title_short": title, "title_full": title, "title_sort": title.lower()}
    sent |= fields
    words = [text for name, value in sent.items() if name != "title_sort" for text in _list(value)]
    sent["allfields"] = [" ".join(words)]
    schema = biblio()
    made = dict(sent)
    for source, value in sent.items():
        for target in schema.copies.get(source, ()):
            if schema.fields[target].multi:
                made[target] = [*_list(made.get(target, [])), *_list(value)]
            else:
                made[target] = value
    return made


def write(fields: Fields, sink: Index) -> Write:
    """As the engine encodes it: without what the target fills itself."""
    id = fields["id"]
    assert isinstance(id, str)
    body = {name: value for name, value in fields.items() if name not in sink.omit}
    return Write(id, orjson.dumps(body))


def stored(fields: Fields) -> Fields:
    """What every engine gives back of a document."""
    return stored_fields(fields)


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


CORPUS: tuple[Fields, ...] = (
    document(
        "pubmed-5443306",
        "Intravenous infusion umbilical cord-derived mesenchymal stem cell in primary immune thrombocytopenia: "
        "A two-year follow-up",
        author=["Wang, Xiaohua", "Yin, Xiaoguang", "Sun, Wei"],
        format=["Online", "Article"],
        language=["English"],
        topic=["Articles"],
        publishDate=["2017"],
    ),
    document(
        "cat/2",
        "The infusion of tea",
        author=["Müller, Jürgen"],
        format=["Book"],
        language=["German", "English"],
        topic=["Tea."],
        publishDate=["1999"],
    ),
    document(
        "cat,3",
        "a brief history of the stem of the cell",
        author=["Sun, Wei"],
        format=["Book"],
        language=["English"],
        topic=["Cells"],
        publishDate=["2004"],
    ),
    document("cat 4", "Война и мир", author=["Толстой, Лев"], format=["Book"], language=["Russian"]),
    document("cat:5", "羅生門", author=["芥川, 龍之介"], format=["Book"], language=["Japanese"]),
    document('cat"6"', "Zen and the art of motorcycle maintenance", author=["Pirsig, Robert M."], format=["Book"]),
)
