"""What became of an installation that was taken over, as text."""

from collections.abc import Sequence

from indexer.cli.render.documents import changes
from indexer.cli.render.text import one_line
from indexer.jobs.migrate import Checked, MigrateResult
from indexer.migrate.table import VERDICTS, Item
from indexer.model.errors import ExitCode

WIDTH = 60


def migrated(result: MigrateResult) -> int:
    items = result.migration.items
    for verdict in VERDICTS:
        mine = [item for item in items if item.verdict == verdict]
        if mine:
            print(f"{verdict} ({len(mine):,} of {len(items):,})")
            print("\n".join(f"  {_line(item)}" for item in mine))
            print()
    for path in result.written:
        print(f"wrote {path}")
    print(f"next: indexer config --config {result.folder / 'indexer.toml'}, then the same command with --check 100")
    return ExitCode.OK


def _line(item: Item) -> str:
    what = one_line(item.what)
    what = what if len(what) <= WIDTH else what[: WIDTH - 3] + "..."
    return f"{one_line(item.where)}  {what}" + (f": {one_line(item.remark)}" if item.remark else "")


def checked(results: Sequence[Checked], target: str) -> int:
    """Exit code 1 where a document differs from the live index's or could not be held against it, and where none is."""
    differ = False
    for each in results:
        if each.changes is None:
            print(f"{each.source}: not checked: {each.problem}")
            continue
        documents = each.changes.documents
        differ = differ or each.changes.rejected > 0 or documents.get("unchanged", 0) != sum(documents.values())
        print(f"{each.source}: " + "\n".join(changes(each.changes, target)))
    if all(each.changes is None for each in results):
        print("no document was held against the index")
        return ExitCode.REJECTED
    return ExitCode.REJECTED if differ else ExitCode.OK
