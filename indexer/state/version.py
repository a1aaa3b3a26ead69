"""Of which revision an existing state is, and which release of ours made it so."""

from dataclasses import dataclass

import sqlalchemy as sa

from indexer.state.tables import FIRST_REVISION, version

#: What came before the first revision had a table of its own for its number. Only this one was ever released.
_LAYOUTS: dict[object, tuple[str, str]] = {3: (FIRST_REVISION, "0.1.0")}


@dataclass(frozen=True, slots=True)
class Version:
    """`revision` is "" for what is no state of ours, or was never released; `release` is "" where it is not known."""

    revision: str
    release: str

    def __str__(self) -> str:
        return f"{self.release or 'a release that is not known'}, revision {self.revision or 'unknown'}"


def read(connection: sa.Connection) -> Version | None:
    """The version of the state in this database; None where there is no table at all."""
    tables = set(sa.inspect(connection).get_table_names())
    if not tables:
        return None
    if version.name in tables:
        row = connection.execute(sa.select(sa.text("*")).select_from(version)).one_or_none()
        return Version("", "") if row is None else Version(row.version_num, getattr(row, "release", ""))
    if "layout" in tables:
        layout = connection.execute(sa.text("SELECT version FROM layout")).scalar()
        return Version(*_LAYOUTS.get(layout, ("", "")))
    return Version("", "")
