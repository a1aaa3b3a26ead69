"""The box of a Dublin Core coverage, in the form of a DCMI Box: `westlimit=-74; eastlimit=-73; ...`."""

import re

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
NAMES = ("westlimit", "eastlimit", "northlimit", "southlimit")


def limits(coverage: str) -> tuple[str, str, str, str] | None:
    """West, east, north and south as they are written; None where they are no box that an index takes (VuFind's rules:
    a line at a pole, too near the south pole, less than two degrees the wrong way across the prime meridian, ...).
    """
    parts = _parts(coverage)
    west, east, north, south = (parts.get(name, "") for name in NAMES)
    if not all(map(_NUMBER.fullmatch, (west, east, north, south))):
        return None
    return (west, east, north, south) if _is_box(float(west), float(east), float(north), float(south)) else None


def label(coverage: str) -> str:
    """What the place is called, "" where it is not said."""
    return _parts(coverage).get("name", "")


def _parts(coverage: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in coverage.split(";")]
    return {key.strip(): value.strip() for key, equals, value in pairs if equals}


def _is_box(west: float, east: float, north: float, south: float) -> bool:
    if max(abs(north), abs(south)) > 90 or max(abs(east), abs(west)) > 180 or north < south:
        return False
    if west != east and north == south and abs(north) == 90:
        return False
    if east < west and (east + 360 if east <= 0 else east) < (west + 360 if west < 0 else west):
        return False
    if south == -90 and 0 < north - south < 0.167:
        return False
    return not (0 in (west, east) and -2 < east - west < 0)
