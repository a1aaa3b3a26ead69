"""Coordinates of 034 as Solr shapes, for maps that a site wants to search by place; not part of the bundled mapping.

A mapping that wants them says `field("long_lat", long_lat)` and `field("long_lat_display", long_lat_display)`.
"""

import math
import re

from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.formats.marc.specs import trim

_DECIMAL = re.compile(r"([+-]?)(\d{1,3}(?:\.\d*)?)")
_HEMISPHERE = re.compile(r"([NSEWnsew])\s*(\d{1,9}(?:\.\d*)?)")
_NEAR = 0.1  # degrees; how near to a pole or to the meridian of 180 degrees a box may not be pressed flat


def long_lat(record: MarcRecord) -> list[str]:
    """`ENVELOPE(W,E,N,S)` in degrees for every 034 with valid coordinates, a point as a box without extent.

    Raises ValueError, which is noted in marc_error, where some were given and none is valid.
    """
    found, problems = [], []
    for given in filter(None, map(_given, record.by_tag.get("034", ()))):
        box = _degrees(given)
        problem = _problem(*box) if box is not None else "a coordinate is missing or not a number"
        if box is None or problem:
            problems.append(f"034 {' '.join(given.values())}: {problem}")
        else:
            found.append("ENVELOPE({},{},{},{})".format(*box))
    if problems and not found:
        raise ValueError("; ".join(problems))
    return found


def long_lat_display(record: MarcRecord) -> list[str]:
    """The coordinates of every 034 as they stand there: west, east, north, south."""
    return [" ".join(given.values()) for field in record.by_tag.get("034", ()) if (given := _given(field))]


def _given(field: MarcField) -> dict[str, str]:
    """$d $e $f $g, where there are any, in this order."""
    found = {code: trim(text) for code, text in field.subfields if code in "defg"}
    return {code: found[code] for code in "defg" if found.get(code)}


def _degrees(given: dict[str, str]) -> tuple[float, float, float, float] | None:
    """West, east, north, south; a lone pair of longitude and latitude is a point."""
    if given.keys() == {"d", "f"}:
        given = {"d": given["d"], "e": given["d"], "f": given["f"], "g": given["f"]}
    elif given.keys() == {"e", "g"}:
        given = {"d": given["e"], "e": given["e"], "f": given["g"], "g": given["g"]}
    west, east = (coordinate(given.get(code, ""), 180) for code in "de")
    north, south = (coordinate(given.get(code, ""), 90) for code in "fg")
    if west is None or east is None or north is None or south is None:
        return None
    return west, east, north, south


def coordinate(text: str, limit: int) -> float | None:
    """Degrees of one coordinate: `-12.5`, `W12.5`, or `W0123000` (degrees, minutes, seconds); None where it is none.

    A number after a hemisphere is degrees, minutes and seconds where it is more than `limit`, 180 or 90.
    """
    if found := _DECIMAL.fullmatch(text):
        return float(found[1] + found[2])
    found = _HEMISPHERE.fullmatch(text)
    if found is None:
        return None
    sign = -1 if found[1] in "SWsw" else 1
    number = float(found[2])
    if number > limit:
        whole, point, fraction = found[2].partition(".")
        whole = whole.rjust(7, "0")
        number = int(whole[:-4]) + int(whole[-4:-2]) / 60 + float(whole[-2:] + point + fraction) / 3600
    return sign * number


def _problem(west: float, east: float, north: float, south: float) -> str:
    """What is wrong with a box; empty for a good one."""
    if not all(map(math.isfinite, (west, east, north, south))):
        return "not a number"
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= north <= 90 and -90 <= south <= 90):
        return "out of range"
    if north < south:
        return "the north is south of the south"
    if (east + 360 if east < 0 < west else east) < west:
        return "the east is west of the west"
    if north == south and abs(north) == 90:
        return "a line at a pole"
    if (west == east and abs(west) > 180 - _NEAR) or (north == south and abs(north) > 90 - _NEAR):
        return "too near to a pole or to the meridian of 180 degrees"
    return ""
