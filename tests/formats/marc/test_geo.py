from pathlib import Path

import pytest

from indexer.formats.marc.geo import coordinate, long_lat, long_lat_display
from tests.formats.marc.made import document, marc_record


@pytest.mark.parametrize(
    ("text", "limit", "degrees"),
    [
        ("-12.5", 180, -12.5),
        ("+012.5", 180, 12.5),
        ("W12.5", 180, -12.5),
        ("e 170", 180, 170),
        ("W0123000", 180, -12.5),
        ("N0420130", 90, 42 + 1 / 60 + 30 / 3600),
        ("S0900000.5", 90, -(90 + 0.5 / 3600)),
        ("", 180, None),
        ("north", 90, None),
        ("12°", 90, None),
        ("N" + "9" * 5000, 90, None),
    ],
)
def test_a_coordinate_is_read_in_the_three_ways_of_writing_it(text: str, limit: int, degrees: float | None) -> None:
    assert coordinate(text, limit) == (pytest.approx(degrees) if degrees is not None else None)


def test_boxes_and_points_are_envelopes() -> None:
    record = marc_record(
        "034 1# $aa $dW0123000 $eE0123000 $fN0600000 $gN0500000",
        "034 1# $d-12.5 $f60.25",
        "034 0# $aa",
        "034 1# $d170 $e-170 $f10 $g-10",
    )
    assert long_lat(record) == [
        "ENVELOPE(-12.5,12.5,60.0,50.0)",
        "ENVELOPE(-12.5,-12.5,60.25,60.25)",
        "ENVELOPE(170.0,-170.0,10.0,-10.0)",
    ]
    assert long_lat_display(record) == ["W0123000 E0123000 N0600000 N0500000", "-12.5 60.25", "170 -170 10 -10"]


@pytest.mark.parametrize(
    ("subfields", "said"),
    [
        ("$d1 $e2 $f3", "missing or not a number"),
        ("$d1 $e2 $f3 $gx", "missing or not a number"),
        ("$d1 $e2 $f95 $g3", "out of range"),
        ("$d1 $e2 $f3 $g4", "the north is south of the south"),
        ("$d20 $e10 $f4 $g3", "the east is west of the west"),
        ("$d1 $e2 $f90 $g90", "a line at a pole"),
        ("$d180 $f3", "too near to a pole"),
    ],
)
def test_a_box_that_cannot_be_is_told(subfields: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        long_lat(marc_record(f"034 1# {subfields}"))


def test_a_mapping_may_ask_for_them(tmp_path: Path) -> None:
    local = tmp_path / "local.py"
    local.write_text(
        "from indexer.formats.marc.geo import long_lat, long_lat_display\n"
        "from indexer.formats.marc.rules import field\n\n"
        'field("long_lat", long_lat)\n'
        'field("long_lat_display", long_lat_display)\n'
    )
    made = document(marc_record("001 1", "034 1# $d1 $e2 $f4 $g3"), mapping=str(local))
    assert made["long_lat"] == ["ENVELOPE(1.0,2.0,4.0,3.0)"]
    wrong = document(marc_record("001 1", "034 1# $d1 $e2 $f3 $g4"), mapping=str(local))
    assert "long_lat" not in wrong
    assert wrong["long_lat_display"] == ["1 2 3 4"]
    assert wrong["marc_error"] == ["long_lat: could not be made: 034 1 2 3 4: the north is south of the south"]
