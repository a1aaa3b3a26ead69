"""Our fields and those of a target's own, together."""

import pickle
from dataclasses import replace

import pytest

from indexer.derive.stage import complete
from indexer.model.documents import Draft
from indexer.model.errors import RecordError
from indexer.model.schema import Field, Schema, biblio, bundled, in_use, live_alone


def live(*fields: Field) -> Schema:
    named = {field.name: field for field in fields if "*" not in field.name}
    patterns = tuple(field for field in fields if "*" in field.name)
    return replace(bundled(), name="live", fields=named, dynamic=patterns, copies={})


SITE = live(
    Field("id", "string"), Field("title", "text"), Field("shelf", "string"), Field("local_*", "string", multi=True)
)


def test_fields_of_the_target_come_to_ours() -> None:
    both = replace(bundled(), open=True).with_live(SITE)
    assert [both.takes(name) for name in ("shelf", "local_a", "local_", "topic", "unheard")] == [
        True, True, True, True, False,
    ]  # fmt: skip
    with in_use(both):
        made = complete(Draft({"id": "1", "title": "T", "shelf": ["9"], "local_a": "x"}, computed=()), "current")
        assert (made["shelf"], made["local_a"], made["spellingShingle"]) == ("9", ["x"], ["T"])
        with pytest.raises(RecordError, match=r"holds one value, and this record gives 2"):
            complete(Draft({"id": "1", "shelf": ["1", "2"]}, computed=()), "current")
        with pytest.raises(RecordError, match=r"the schema has no such field"):
            complete(Draft({"id": "1", "unheard": "x"}, computed=()), "current")
    assert biblio() is bundled()


def test_until_the_target_is_asked_every_name_is_taken_as_it_comes() -> None:
    with in_use(replace(bundled(), open=True)):
        made = complete(Draft({"id": "1", "unheard": "x", "of": ["y", "z"]}, computed=()), "current")
    assert (made["unheard"], made["of"]) == ("x", ["y", "z"])


def test_a_target_that_has_ours_alone_takes_no_others() -> None:
    both = replace(bundled(), open=True).with_live(None)
    assert not both.takes("shelf")
    assert bundled().with_live(None) is bundled()


def test_where_its_own_count_alone_ours_are_left_out_and_unknown_ones_are_not() -> None:
    alone = live_alone().with_live(SITE)
    with in_use(alone):
        assert complete(
            Draft({"id": "1", "title": "T", "topic": ["left out"], "shelf": "9"}, computed=()), "current"
        ) == {
            "id": "1",
            "title": "T",
            "shelf": "9",
        }
        with pytest.raises(RecordError, match="the schema has no such field"):
            complete(Draft({"id": "1", "unheard": "x"}, computed=()), "current")


def test_another_process_makes_one_of_it_however_often_it_comes() -> None:
    both = replace(bundled(), open=True).with_live(SITE)
    first, second = pickle.loads(pickle.dumps(both)), pickle.loads(pickle.dumps(both))
    assert first is second
    assert (first.fields, first.dynamic, first.open) == (both.fields, both.dynamic, False)


def test_computed_fields_that_a_schema_of_others_lacks_are_not_made() -> None:
    with in_use(live_alone().with_live(SITE)):
        assert complete(Draft({"id": "1", "title": "T", "shelf": "9"}), "current") == {
            "id": "1",
            "title": "T",
            "shelf": "9",
        }
