"""The generations of an index, and what became of a switch between them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from indexer.cli.render.text import print_json
from indexer.jobs.generations import Generations, PruneResult, SwitchResult
from indexer.model.errors import ExitCode
from indexer.observe.report import counted
from indexer.state.generations import Generation


def generations(result: Generations, *, as_json: bool) -> int:
    if as_json:
        rows = [asdict(generation) for generation in result.generations]
        print_json({"target": result.target, "plain": result.plain, "generations": rows}, ascii=True)
        return ExitCode.OK
    if result.plain:
        print(f"{result.target}: an index that is not a generation; indexer reindex --adopt makes it the first one")
    elif not result.generations:
        print(f"{result.target}: there are no generations")
    for line in _lines(result.generations):
        print(line)
    return ExitCode.OK


def switch(result: SwitchResult, *, as_json: bool) -> int:
    if as_json:
        data = {name: value for name, value in asdict(result).items() if name != "older"}
        print_json(data, ascii=True)
    elif not result.switched:
        print(f"{result.live} is live already")
    else:
        print(f"{result.live} is live, with {counted(result.documents, 'document')}")
        if result.former:
            print(f"{result.former} was live before: indexer rollback goes back to it")
        if result.older:
            print(
                f"it has not the schema of this version ({result.older}): nothing is loaded into it before a re-index"
            )
        elif result.behind:
            are = "1 dump of the sources is" if result.behind == 1 else f"{result.behind:,} dumps of the sources are"
            print(f"{are} not in it: indexer sync")
    return ExitCode.OK


def prune(result: PruneResult, *, as_json: bool) -> int:
    """People were told of each as it went."""
    if as_json:
        print_json({"target": result.target, "removed": result.removed}, ascii=True)
    elif not result.removed:
        print("nothing to remove")
    return ExitCode.OK


def _lines(generations: Sequence[Generation]) -> Iterator[str]:
    for generation in generations:
        count = "" if generation.documents is None else counted(generation.documents, "document")
        times = f"made {generation.made}" if generation.made else "not in the state"
        promoted = f"promoted {generation.promoted}" if generation.promoted else ""
        yield "   ".join(filter(None, (f"{generation.name}   {generation.state:<8}", times, promoted, count)))
