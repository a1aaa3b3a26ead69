"""What a record counts as in the books, and the profile that goes with it into a dead letter."""

from dataclasses import asdict
from typing import Any

from indexer.model.records import Fault, Record
from indexer.pipeline.workers import TransformSpec


class Naming:
    """The name of a record in the books: its source, else the profile that reads it. What could not be told apart as a
    record counts with its neighbours in the file.
    """

    def __init__(self, spec: TransformSpec) -> None:
        self._spec = spec
        self._last = ("", "")  # file and name of the last record

    def __call__(self, item: Record | Fault) -> str:
        if item.source:
            return item.source
        profile = self._spec.profile_of(item) if isinstance(item, Record) else None
        if profile is not None:
            self._last = (item.position.file, profile.name)
            return profile.name
        return self._last[1] if self._last[0] == item.position.file else "unknown"


def profile_data(item: Record | Fault, spec: TransformSpec) -> dict[str, Any] | None:
    """The profile that reads the record, as data; None for what is no record, or read by none."""
    profile = spec.profile_of(item) if isinstance(item, Record) else None
    return asdict(profile) if profile is not None else None
