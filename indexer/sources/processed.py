"""`processed/`: where files go that were loaded, beside those that are still to be (VuFind's batch import does so).

A file that was moved keeps its place: in the order of a folder's files it stands where its name puts it among the
files beside `processed/`, so that to read all of them again gives the same index. Where `processed/` has a file of that
name already, the new one goes to `processed/2/`, `processed/3/`, ...: later ones stand behind earlier ones, and the one
that was not moved yet is the last.
"""

import glob
import os
import re

NAME = "processed"

_INSIDE = re.compile(r"(?P<folder>(?:.*/)?)processed/(?:(?P<number>[0-9]+)/)?(?P<name>[^/]+)", re.DOTALL)


def listed(folder: str) -> list[str]:
    """What lies in the folder and in the `processed/` of it, in order. Raises OSError."""
    inside = os.path.join(folder, NAME)
    found = [os.path.join(folder, name) for name in os.listdir(folder)]
    if os.path.isdir(inside):
        found.remove(inside)
        for name in os.listdir(inside):
            path = os.path.join(inside, name)
            if name.isdecimal() and os.path.isdir(path):
                found += [os.path.join(path, each) for each in os.listdir(path)]
            else:
                found.append(path)
    return sorted(found, key=order)


def order(path: str) -> tuple[str, float]:
    """What a folder's files are sorted by: the path before it was moved, and the how-manieth of that path it was."""
    match = _INSIDE.fullmatch(path)
    if match is None:
        return path, float("inf")
    return match["folder"] + match["name"], int(match["number"] or 1)


def matching(pattern: str) -> list[str]:
    """The moved files whose former paths match this pattern."""
    folder, name = os.path.split(pattern)
    inside = os.path.join(folder, NAME)
    moved = glob.glob(os.path.join(inside, name), recursive=True)
    return moved + glob.glob(os.path.join(inside, "[0-9]*", name), recursive=True)


def is_inside(path: str) -> bool:
    """Whether this is the path of a file that was moved."""
    return _INSIDE.fullmatch(path) is not None


def where(path: str) -> str:
    """The path, or the one that it has now if another run has moved the file meanwhile."""
    if os.path.lexists(path):
        return path
    return max(filter(os.path.isfile, _moved(path)), key=order, default=path)


def move(path: str) -> str:
    """Moves a file to `processed/`; gives its new path. Raises OSError, and then the file is where it was."""
    folder = os.path.join(os.path.dirname(path), NAME)
    before = [int(order(each)[1]) for each in _moved(path)]  # one of them may have been taken away
    if before:
        folder = os.path.join(folder, str(max(before) + 1))
    os.makedirs(folder, exist_ok=True)
    new = os.path.join(folder, os.path.basename(path))
    os.rename(path, new)
    return new


def _moved(path: str) -> list[str]:
    """What was moved under this name."""
    return [each for each in matching(glob.escape(path)) if is_inside(each) and order(each)[0] == path]
