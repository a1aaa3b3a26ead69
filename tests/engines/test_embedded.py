"""The embedded sink on real folders, with real documents. What every sink does is in tests/conformance."""

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest.mock import Mock

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.base import Found, Query, Write
from indexer.engines.embedded import search
from indexer.engines.embedded.folder import install
from indexer.engines.embedded.sink import EmbeddedSink
from indexer.engines.query import stored_fields
from indexer.formats import to_document
from indexer.formats.profiles import resolve
from indexer.model.documents import Delete, Document, Fields
from indexer.model.errors import ConfigError, PermanentError
from indexer.model.records import Record
from indexer.sources import read


def write(id: str, **fields: str | list[str]) -> Write:
    return Write(id, orjson.dumps({"id": id, **fields}))


def titled(*titles: str) -> list[Write]:
    return [write(f"t{number}", title=title, title_sort=title.lower()) for number, title in enumerate(titles)]


@contextlib.contextmanager
def open_session(path: Path, batch: Sequence[Write] = (), *, create: bool = True) -> Iterator[EmbeddedSink]:
    """A sink on the folder, with the batch committed."""
    sink = EmbeddedSink(path, create=create)
    sink.check()
    if batch:
        assert {outcome.status for outcome in sink.push(batch)} == {"indexed"}
        sink.commit()
    yield sink
    sink.close()


def ids(found: Found) -> list[str]:
    return [hit.id for hit in found.hits]


@pytest.fixture(scope="module")
def documents(data: Path) -> list[Fields]:
    """Real PubMed records, whole as a load sends them."""
    profile = resolve("pubmed", {})
    records = read([str(data / "pubmed/pubmed21n1298_slice.xml.gz")], source="pubmed")
    made = [to_document(record, profile) for record in records if isinstance(record, Record)]
    return [document.fields for document in made if isinstance(document, Document)]


@pytest.fixture(scope="module")
def pubmed(documents: list[Fields], tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedSink]:
    batch = [Write(str(fields["id"]), orjson.dumps(fields)) for fields in documents]
    with open_session(tmp_path_factory.mktemp("embedded") / "pubmed", batch) as sink:
        yield sink


# ---------------------------------------------------------------------------------------------------- the folder


def test_installing_makes_a_folder_once(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    assert len(install(path)) == 2
    assert sorted(os.listdir(path)) == ["index", "meta.json"]
    assert json.loads((path / "meta.json").read_text())["format"] == 3
    assert install(path) == []
    with open_session(path, create=False) as sink:
        assert sink.count() == 0
        assert list(sink.ids()) == []
        assert sink.search(Query("anything", facets=("format",), sort="title_sort")).total == 0


def test_installing_keeps_what_is_there(tmp_path: Path) -> None:
    with open_session(tmp_path / "index", titled("Kept")):
        pass
    assert install(tmp_path / "index") == []
    with open_session(tmp_path / "index") as sink:
        assert sink.count() == 1


def test_the_first_load_makes_the_folder(tmp_path: Path) -> None:
    with open_session(tmp_path / "new", titled("First")) as sink:
        assert ids(sink.search(Query("first"))) == ["t0"]


def test_an_installation_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    install(tmp_path / "index")
    for file in (tmp_path / "index" / "index").iterdir():
        file.unlink()
    (tmp_path / "index" / "meta.json.tmp").write_text("half")
    with open_session(tmp_path / "index", titled("Again")) as sink:
        assert sink.count() == 1


def test_an_empty_volume_is_taken(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()
    install(tmp_path)
    assert "lost+found" in os.listdir(tmp_path)


@pytest.mark.parametrize("path", ["absent", "empty"])
def test_without_an_index_the_advice_is_to_load(tmp_path: Path, path: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(PermanentError) as caught:
        EmbeddedSink(tmp_path / path).search(Query("x"))
    assert f"embedded:{tmp_path / path}" in caught.value.message
    assert "indexer load" in caught.value.advice
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize("create", [True, False])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, create: bool) -> None:
    (tmp_path / "thesis.tex").write_text("important")
    with pytest.raises(PermanentError, match=r"thesis\.tex"):
        EmbeddedSink(tmp_path, create=create).check()
    assert os.listdir(tmp_path) == ["thesis.tex"]


@pytest.mark.parametrize("content", ['{"name": "something else"}', "not JSON \udcff", "[]", ""])
def test_a_meta_json_of_something_else_is_left_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / "meta.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(PermanentError, match="not of an embedded index"):
        EmbeddedSink(tmp_path, create=True).check()
    assert os.listdir(tmp_path) == ["meta.json"]


@pytest.mark.parametrize("key", ["format", "schema"])
def test_an_index_of_another_version_is_refused_with_advice(tmp_path: Path, key: str) -> None:
    install(tmp_path / "index")
    meta = tmp_path / "index" / "meta.json"
    meta.write_text(json.dumps(json.loads(meta.read_text()) | {key: "old"}))
    with pytest.raises(PermanentError, match=f"another version .*{key} old") as caught:
        EmbeddedSink(tmp_path / "index", create=True).check()
    assert "new folder" in caught.value.advice


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(PermanentError, match="is a file, not a folder"):
            EmbeddedSink(path, create=True).check()


def test_a_place_where_no_folder_can_be_made() -> None:
    with pytest.raises(PermanentError, match="embedded:/proc/nowhere: cannot be made"):
        EmbeddedSink("/proc/nowhere", create=True).check()


def test_a_damaged_index_is_told_not_thrown(tmp_path: Path) -> None:
    with open_session(tmp_path / "index", titled("Kept")):
        pass
    for file in (tmp_path / "index" / "index").glob("*.store"):
        file.unlink()
    with pytest.raises(PermanentError, match=f"embedded:{tmp_path / 'index'}: cannot be") as caught:
        EmbeddedSink(tmp_path / "index").search(Query("kept"))
    assert caught.value.advice


# ------------------------------------------------------------------------------------------------------- writing


def test_two_writers_are_one_too_many(tmp_path: Path) -> None:
    with open_session(tmp_path / "index", titled("Mine")) as first, open_session(tmp_path / "index") as second:
        with pytest.raises(PermanentError, match="another process writes to this index") as caught:
            second.push(titled("Other"))
        assert "Wait" in caught.value.advice
        assert second.count() == 1  # reading is free
        first.push([Delete("t0")])
        first.commit()
    with open_session(tmp_path / "index", titled("After")) as third:  # the lock went with its owner
        assert third.count() == 1


def test_many_documents_do_not_wait_in_memory_for_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.engines.embedded.sink.QUEUED", 50_000)
    with open_session(tmp_path) as sink, open_session(tmp_path) as reader:
        for start in range(0, 1000, 100):
            sink.push([write(str(number), title="x" * 1000) for number in range(start, start + 100)])
        reader.commit()
        assert 900 < reader.count() <= 1000
        sink.push([Delete("0"), write("1", title="y")])
        sink.commit()
        reader.commit()
        assert reader.count() == 999
        assert reader.get(["0", "1"]) == {"1": {"id": "1", "title": "y"}}


def test_what_was_not_committed_is_dropped_on_close(tmp_path: Path) -> None:
    with open_session(tmp_path / "index", titled("Kept")) as sink:
        sink.push([write("x", title="Dropped"), Delete("t0")])
    with open_session(tmp_path / "index") as sink:
        assert list(sink.ids()) == ["t0"]


def test_closing_twice_and_opening_again(tmp_path: Path) -> None:
    sink = EmbeddedSink(tmp_path / "index", create=True)
    sink.check()
    sink.push(titled("One"))
    sink.commit()
    sink.close()
    sink.close()
    assert sink.count() == 1
    sink.close()


def test_an_id_that_is_not_the_documents_is_rejected(tmp_path: Path) -> None:
    with open_session(tmp_path / "index") as sink:
        (outcome,) = sink.push([Write("1", b'{"id":"2"}')])
        assert outcome.status == "rejected"
        assert "'2'" in outcome.reason


LOADER = """
import sys, orjson
from indexer.engines.base import Write
from indexer.engines.embedded.sink import EmbeddedSink

sink = EmbeddedSink(sys.argv[1], create=True)
sink.check()
sink.push([Write(f"kept-{n}", orjson.dumps({"id": f"kept-{n}", "title": "Kept"})) for n in range(100)])
sink.commit()
number = 0
while True:
    batch = [{"id": f"lost-{number}-{n}", "title": "Lost", "description": "words " * 500} for n in range(100)]
    sink.push([Write(str(fields["id"]), orjson.dumps(fields)) for fields in batch])
    number += 1
    print(number, flush=True)
"""


def test_a_killed_load_leaves_the_last_commit(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with subprocess.Popen([sys.executable, "-c", LOADER, str(path)], stdout=subprocess.PIPE, text=True) as loader:
        assert loader.stdout is not None
        for line in loader.stdout:
            if int(line) == 5:
                break
        loader.kill()
    with open_session(path, create=False) as sink:
        assert sink.count() == 100
        assert sink.search(Query("lost")).total == 0
        assert sink.search(Query("kept")).total == 100
        sink.push(titled("After"))
        sink.commit()
        assert sink.count() == 101


@pytest.mark.parametrize("batches", [1, 20])  # the fault comes with the commit, or in a thread during the pushes
def test_a_full_disk_is_told_and_costs_nothing_committed(tmp_path: Path, batches: int) -> None:
    """A limit on file sizes stands for the full disk."""
    path = tmp_path / "index"
    sink = EmbeddedSink(path, create=True)
    sink.check()
    sink.push(titled("Kept"))
    sink.commit()
    batch = [write(f"{n}", description=" ".join(f"w{n}x{word}" for word in range(500))) for n in range(300)]

    def load() -> None:
        for _ in range(batches):
            sink.push(batch)
        sink.commit()

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(PermanentError, match=f"embedded:{path}: cannot be written: .*(disk|large)") as caught:
            load()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    for again in (lambda: sink.push(titled("More")), sink.commit):  # what was pushed is gone: no commit without it
        with pytest.raises(PermanentError, match="cannot be written"):
            again()
    assert sink.count() == 1
    sink.close()
    assert "free space" in caught.value.advice
    with open_session(path, titled("A", "B"), create=False) as sink:
        assert set(sink.ids()) == {"t0", "t1"}


def test_searching_while_another_thread_pushes(tmp_path: Path) -> None:
    with open_session(tmp_path / "index", titled("Steady")) as sink:
        done = threading.Event()

        def push() -> None:
            for number in range(20):
                sink.push([write(f"{number}-{n}", title="New words") for n in range(50)])
            done.set()

        thread = threading.Thread(target=push)
        thread.start()
        while not done.is_set():
            assert sink.search(Query("steady")).total == 1
            assert sink.count() == 1
        thread.join()
        sink.commit()
        assert sink.count() == 1_001


# ----------------------------------------------------------------------------------------------------- searching


def test_real_documents_come_back_as_they_were(pubmed: EmbeddedSink, documents: list[Fields]) -> None:
    assert pubmed.count() == len(documents) > 300
    found = pubmed.get([str(fields["id"]) for fields in documents])
    assert found == {fields["id"]: stored_fields(fields) for fields in documents}
    assert set(pubmed.ids()) == {str(fields["id"]) for fields in documents}


def test_every_real_document_is_found_by_its_title(pubmed: EmbeddedSink, documents: list[Fields]) -> None:
    missed = []
    for fields in documents[::7]:
        title = str(fields["title"])
        if fields["id"] not in ids(pubmed.search(Query(title, limit=5, suggest=False))):
            missed.append(title)
    assert missed == []


def test_every_real_document_is_found_by_id_and_number(pubmed: EmbeddedSink, documents: list[Fields]) -> None:
    for fields in documents[::20]:
        assert str(fields["id"]) in ids(pubmed.search(Query(str(fields["id"]))))
        for issn in fields.get("issn", []):
            assert pubmed.search(Query(issn, filters=(("id", str(fields["id"])),))).total == 1


def test_facets_of_real_documents_add_up(pubmed: EmbeddedSink, documents: list[Fields]) -> None:
    counted: dict[str, int] = {}
    for fields in documents:
        for value in set(fields.get("topic_facet", [])):
            counted[value] = counted.get(value, 0) + 1
    expected = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:50]
    found = pubmed.search(Query("", facets=("topic_facet", "language"))).facets
    assert found["topic_facet"] == expected
    value, count = expected[0]
    assert pubmed.search(Query("", filters=(("topic_facet", value),))).total == count


def test_real_documents_in_order_over_pages(pubmed: EmbeddedSink, documents: list[Fields]) -> None:
    by_title = sorted(documents, key=lambda fields: (str(fields["title_sort"]).encode(), str(fields["id"]).encode()))
    pages = [
        pubmed.search(Query("", sort="title_sort", limit=40, offset=offset)) for offset in range(0, len(documents), 40)
    ]
    assert [id for page in pages for id in ids(page)] == [fields["id"] for fields in by_title]


@pytest.mark.parametrize(("descending", "limit"), [(False, 7), (True, 7), (False, 100), (True, 1)])
def test_equal_and_missing_values_go_by_id_over_pages(tmp_path: Path, descending: bool, limit: int) -> None:
    batch = [write(f"{n:02}", **({"publishDateSort": f"{2000 + n % 4}"} if n % 5 else {})) for n in range(40)]
    with open_session(tmp_path / "index", batch[20:]) as sink:
        sink.push(batch[:20])
        sink.commit()
        sort = "-publishDateSort" if descending else "publishDateSort"
        pages = [sink.search(Query("", sort=sort, limit=limit, offset=at)) for at in range(0, 40, limit)]
        seen = [id for page in pages for id in ids(page)]
    years = range(2003, 1999, -1) if descending else range(2000, 2004)
    expected = [f"{n:02}" for year in years for n in range(40) if n % 5 and 2000 + n % 4 == year]
    assert seen == expected + [f"{n:02}" for n in range(0, 40, 5)]


SCRIPTS = [
    "Müller und die Straße",
    "Война и мир",
    "東京タワーの歴史",
    "羅生門",
    "한국어 문법",
    "شعر المتنبي",
    "שירת ספרד",
    "हिन्दी साहित्य का इतिहास",
    "ประวัติศาสตร์ไทย",
    "Η Οδύσσεια του Ομήρου",
    "The Who",
    "To be or not to be",
    "The Cat in the Hat",
    "Volume IV",
    "C++ and X-rays",
    "Łódź: 𝔘nicode ﬁles",
]


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedSink]:
    with open_session(tmp_path_factory.mktemp("embedded") / "scripts", titled(*SCRIPTS)) as sink:
        yield sink


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("muller", "Müller und die Straße"),
        ("MÜLLER", "Müller und die Straße"),
        ("Mu\u0308ller", "Müller und die Straße"),
        ("strasse", "Müller und die Straße"),
        ("война", "Война и мир"),
        ("ВОЙНА МИР", "Война и мир"),
        ("タワー", "東京タワーの歴史"),  # words inside a run of characters
        ("歴史", "東京タワーの歴史"),
        ("東京 歴史", "東京タワーの歴史"),
        ("生門", "羅生門"),
        ("문법", "한국어 문법"),
        ("المتنبي", "شعر المتنبي"),
        ("שירת", "שירת ספרד"),
        ("साहित्य", "हिन्दी साहित्य का इतिहास"),
        ("ประวัติ", "ประวัติศาสตร์ไทย"),
        ("οδυσσεια", "Η Οδύσσεια του Ομήρου"),
        ("the who", "The Who"),
        ("who", "The Who"),
        ('"the who"', "The Who"),
        ("to be or not to be", "To be or not to be"),
        ("the cat of hats", "The Cat in the Hat"),
        ("volume 4", "Volume IV"),
        ("x-ray", "C++ and X-rays"),
        ("c++", "C++ and X-rays"),
        ("lodz files", "Łódź: 𝔘nicode ﬁles"),
        ("“cat in the hat”", "The Cat in the Hat"),
    ],
)
def test_words_as_people_type_them(scripts: EmbeddedSink, text: str, title: str) -> None:
    assert [hit.fields["title"] for hit in scripts.search(Query(text)).hits] == [title]


@pytest.mark.parametrize("text", ["京東", "門生", "the", '"who the"', "be to", "ray-x", "!?", "\udcff", "w" * 70_000])
def test_what_is_not_there_is_not_found(scripts: EmbeddedSink, text: str) -> None:
    assert scripts.search(Query(text, suggest=False)).total == 0


def test_a_title_of_one_stop_word(tmp_path: Path) -> None:
    with open_session(tmp_path / "index", titled("It", "It is not the end")) as sink:
        assert ids(sink.search(Query("It"))) == ["t0"]


def test_dynamic_fields_filter_and_count(tmp_path: Path) -> None:
    batch = [
        write("1", doi_str_mv=["10.1/a", "10.1/b"], when_str="2020-01-01T00:00:00Z", seen_date="2020-01-01T00:00:00Z"),
        write("2", doi_str_mv=["10.1/b"], **{"odd.na me\\_str": "5", "shelf_txtF": "Top. "}),
    ]
    with open_session(tmp_path / "index", batch) as sink:
        assert ids(sink.search(Query("", filters=(("doi_str_mv", "10.1/a"),)))) == ["1"]
        assert sink.search(Query("", facets=("doi_str_mv",))).facets == {"doi_str_mv": [("10.1/b", 2), ("10.1/a", 1)]}
        for name, value, id in (
            ("when_str", "2020-01-01T00:00:00Z", "1"),
            ("seen_date", "2020-01-01T00:00:00Z", "1"),
            ("odd.na me\\_str", "5", "2"),
            ("shelf_txtF", "Top", "2"),
        ):
            assert ids(sink.search(Query("", filters=((name, value),)))) == [id], name
        assert sink.search(Query("", facets=("unseen_str",))).facets == {"unseen_str": []}
        with pytest.raises(ConfigError, match="when_str"):
            sink.search(Query("", sort="when_str"))


@pytest.mark.parametrize("query", [Query("", sort="title"), Query("", sort="format"), Query("", facets=("title",))])
def test_fields_of_words_do_not_sort_or_count(scripts: EmbeddedSink, query: Query) -> None:
    with pytest.raises(ConfigError) as caught:
        scripts.search(query)
    assert caught.value.advice


def test_places_past_the_end(scripts: EmbeddedSink) -> None:
    for sort in (None, "title_sort"):
        assert scripts.search(Query("", offset=10**9, limit=10**9, sort=sort)).hits == []
        assert len(scripts.search(Query("", offset=len(SCRIPTS) - 2, limit=10**9, sort=sort)).hits) == 2


def test_a_speedy_search(pubmed: EmbeddedSink) -> None:
    started = time.process_time()  # which passes for us alone
    for _ in range(20):
        pubmed.search(Query("cell infection", facets=("format", "language", "topic_facet"), sort="title_sort"))
    assert time.process_time() - started < 4


def test_a_cut_through_values_as_frequent_as_each_other(tmp_path: Path) -> None:
    """Those that come first by value are given, not those that happen to be met first."""
    sink = EmbeddedSink(tmp_path / "index", create=True)
    sink.check()
    names = [f"name {number:03}" for number in range(300)]
    for start in (2, 1, 0):  # three segments
        sink.push([write(name, title="Tie", topic_facet=[name, "all"]) for name in names[start::3]])
        sink.commit()
    found = sink.search(Query("tie", facets=("topic_facet",), facet_limit=4))
    assert found.facets["topic_facet"] == [("all", 300), *((name, 1) for name in names[:3])]
    sink.close()


VALUES = st.sampled_from(["A", "Äb", "Äc", "Ab", "Abc", "Abd", "Bb.", "Bb", "", "東京", "東北", "z" * 300])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(VALUES, max_size=5), min_size=1, max_size=12), st.integers(1, 8), st.integers(0, 3))
def test_facets_are_as_they_are_counted_by_hand(lists: list[list[str]], limit: int, spare: int) -> None:
    """By numbers, of which many begin alike and are as frequent as each other; some documents are deleted again."""
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory() as folder,
        open_session(Path(folder) / "index") as sink,
    ):
        patch.setattr(search, "SPARE_NUMBERS", spare)
        patch.setattr(search, "REMEMBERED_TERMS", 3)
        written = [write(f"w{place}", title="Tea", author_facet=values) for place, values in enumerate(lists)]
        sink.push([*written, write("gone", title="Tea", author_facet=["A", "Ab"])])
        sink.commit()
        sink.push([Delete("gone")])
        sink.commit()
        counts = Counter(term for values in lists for term in {value.rstrip(".") for value in values})
        expected = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
        assert sink.search(Query("tea", facets=("author_facet",), facet_limit=limit)).facets["author_facet"] == expected


def test_facets_are_counted_once_for_all_pages_and_orders_of_a_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And again after the next commit, of this process or of another one."""
    batch = [write(f"b{number}", format=["Book"], title="tea", title_sort=f"tea {number}") for number in range(3)]
    count = Mock(wraps=search._facets)
    monkeypatch.setattr(search, "_facets", count)
    with open_session(tmp_path, batch) as sink, open_session(tmp_path) as other:
        for sort, offset in ((None, 0), (None, 2), ("title_sort", 0)):
            found = other.search(Query("tea", sort=sort, offset=offset, facets=("format",)))
            assert found.facets == {"format": [("Book", 3)]}
            found.facets["format"].clear()  # an answer is its reader's own
        assert count.call_count == 1
        sink.push([Delete("b0")])
        sink.commit()
        for each in (sink, other):
            each.refresh()
            assert each.search(Query("tea", facets=("format",))).facets == {"format": [("Book", 2)]}
