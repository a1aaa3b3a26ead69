"""first_indexed and last_indexed by VuFind's rule."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.derive.tracking import Change, Tracked, arrived, own_dates, seconds_of, shown

NOW = 1_000
KNOWN = Tracked(first=10, last=20, changed=500)
MARC, HARVEST = Change(500), Change(500, later_only=True)


@pytest.mark.parametrize(
    ("known", "change", "expected"),
    [
        # nothing is known of it
        (None, MARC, Tracked(NOW, NOW, 500)),
        (None, Change(0), Tracked(NOW, NOW, 0)),
        # the same date of change
        (KNOWN, MARC, KNOWN),
        (KNOWN, HARVEST, KNOWN),
        # another one: any for MARC, a later one for a harvest
        (KNOWN, Change(501), Tracked(10, NOW, 501)),
        (KNOWN, Change(499), Tracked(10, NOW, 499)),
        (KNOWN, Change(0), Tracked(10, NOW, 0)),
        (KNOWN, Change(501, later_only=True), Tracked(10, NOW, 501)),
        (KNOWN, Change(499, later_only=True), KNOWN),
        (KNOWN, Change(0, later_only=True), KNOWN),
        # a record without a date never gets a new one
        (replace(KNOWN, changed=0), Change(0, later_only=True), replace(KNOWN, changed=0)),
        (replace(KNOWN, changed=0), Change(0), replace(KNOWN, changed=0)),
        # it was deleted, and comes again
        (replace(KNOWN, deleted=30), MARC, Tracked(10, NOW, 500)),
        (replace(KNOWN, deleted=30), Change(499, later_only=True), Tracked(10, NOW, 499)),
        # it came with the dates of another index
        (None, Change(own=(1, 2)), Tracked(1, 2, None)),
        (KNOWN, Change(own=(1, 2)), Tracked(1, 2, None)),
        (KNOWN, Change(own=(10, 20)), KNOWN),
        (replace(KNOWN, deleted=30), Change(own=(10, 20)), Tracked(10, 20, None)),
        (Tracked(1, 2, None), Change(501), Tracked(1, 2, 501)),
        (Tracked(1, 2, None, deleted=3), Change(501), Tracked(1, NOW, 501)),
    ],
)
def test_what_is_known_after_a_version_was_sent(known: Tracked | None, change: Change, expected: Tracked) -> None:
    assert arrived(known, change, NOW) == expected


@pytest.mark.parametrize(
    ("known", "change", "expected"),
    [
        (None, MARC, Tracked(NOW, NOW, 500)),
        (KNOWN, MARC, KNOWN),
        (KNOWN, Change(499), KNOWN),  # a version of long ago
        (KNOWN, Change(501), Tracked(10, NOW, 501)),
        (replace(KNOWN, deleted=30), MARC, KNOWN),  # its deletion is read in its turn
        (replace(KNOWN, deleted=30), Change(501), Tracked(10, NOW, 501)),
        (Tracked(1, 2, None), Change(501), Tracked(1, 2, None)),
    ],
)
def test_dumps_that_are_read_again_for_a_new_index(known: Tracked | None, change: Change, expected: Tracked) -> None:
    assert arrived(known, change, NOW, replayed=True) == expected


DATES_OF_CHANGE = st.integers(0, 5)
VERSIONS = st.lists(st.tuples(DATES_OF_CHANGE, st.booleans()), min_size=1, max_size=12)  # or a deletion before it


@given(VERSIONS, st.booleans())
def test_any_history(versions: list[tuple[int, bool]], later_only: bool) -> None:
    known: Tracked | None = None
    for now, (changed, deleted_before) in enumerate(versions, 100):
        if known is not None and deleted_before:
            known = replace(known, deleted=now)
        before = known
        known = arrived(before, Change(changed, later_only=later_only), now)
        assert known.first == 100  # never altered
        assert known.deleted is None
        assert 100 <= known.last <= now
        assert arrived(known, Change(changed, later_only=later_only), now + 50) == known  # the same again: nothing new
        if before is not None and not deleted_before:
            is_new = before.changed is not None and (
                changed > before.changed if later_only else changed != before.changed
            )
            assert (known.last == now) == is_new
        else:
            assert known.last == now


@given(st.lists(st.none() | DATES_OF_CHANGE, min_size=1, max_size=12))
def test_building_an_index_anew_from_the_same_dumps_alters_no_date(history: list[int | None]) -> None:
    """`history` holds versions in the order of their changes, and deletions."""
    order = iter(sorted(changed for changed in history if changed is not None))
    dumps = [changed if changed is None else next(order) for changed in history]
    known = after = _read(dumps, None, 100)
    for again in (900, 1_900):
        after = _read(dumps, after, again, replayed=True)
        if known is None or after is None:
            assert known is after is None
        else:
            assert replace(after, deleted=None) == replace(known, deleted=None)
            assert (after.deleted is None) == (known.deleted is None)


def _read(dumps: list[int | None], known: Tracked | None, start: int, *, replayed: bool = False) -> Tracked | None:
    for now, changed in enumerate(dumps, start):
        if changed is not None:
            known = arrived(known, Change(changed), now, replayed=replayed)
        elif known is not None:
            known = replace(known, deleted=now)
    return known


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("1970-01-01T00:01:00Z", 60),
        ("1970-01-02", 86_400),
        ("1970-01-01T01:00:00+01:00", 0),
        (" 2023-11-22T10:20:30Z\n", 1_700_648_430),
        ("1969-12-31T23:59:59Z", -1),
        ("", None),
        ("yesterday", None),
        ("2023-13-01", None),
    ],
)
def test_a_date_in_seconds(date: str, expected: int | None) -> None:
    assert seconds_of(date) == expected


@given(st.integers(-62_135_596_800, 253_402_300_799))
def test_seconds_as_an_index_takes_them(seconds: int) -> None:
    assert len(shown(seconds)) == len("YYYY-MM-DDThh:mm:ssZ")
    assert seconds_of(shown(seconds)) == seconds


def test_a_document_brings_both_dates_or_none() -> None:
    both = {"first_indexed": "1970-01-01T00:00:01Z", "last_indexed": "1970-01-01T00:00:02Z"}
    assert own_dates({"id": "1", **both}) == (1, 2)
    assert own_dates({"id": "1", "first_indexed": both["first_indexed"]}) is None
    assert own_dates({"id": "1", **both, "last_indexed": "soon"}) is None
