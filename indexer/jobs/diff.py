"""`diff`: what a load would change in the live index, by field and rule."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from indexer.config import Config
from indexer.engines.registry import open_index, require_index
from indexer.jobs.changes import Changes, Kind, changes
from indexer.jobs.compare import Sample
from indexer.jobs.fields import fitted
from indexer.jobs.load import plan_for
from indexer.jobs.plan import plan_for_sources
from indexer.model.documents import Value
from indexer.model.errors import ConfigError, ExitCode, IndexerError
from indexer.observe.report import counted

WIDTH = 100  # characters of a value that are printed; --json has them all
KINDS: tuple[tuple[Kind, str], ...] = (
    ("added", "would be added"),
    ("changed", "would change"),
    ("deleted", "would be deleted"),
)


def run(
    paths: Sequence[str],
    *,
    id: str | None,
    sample: int | None,
    seed: int,
    config: Config,
    profile_name: str | None,
    as_json: bool,
) -> int:
    target = config.target()
    require_index(target, "{} cannot be compared with")
    if id is not None and sample is not None:
        raise ConfigError("--id and --sample ask for different things", advice="Give one of the two.")
    if profile_name and not paths:
        raise ConfigError("--profile is for paths; the sources of indexer.toml have their own")
    plan = plan_for(paths, config, profile_name, connections=1) if paths else plan_for_sources(config)
    sink = open_index(target, connections=1)
    try:
        sink.check()
        plan = fitted(plan, sink)
        found = changes(plan, sink, id=id, sample=Sample(sample, seed) if sample is not None else None)
    finally:
        sink.close()
    if id is not None and not found.documents:
        raise IndexerError(f"no record here makes the document {id!r}", advice="indexer explain names an id that does.")
    if as_json:
        told = {"target": str(target), "documents": dict(found.documents), "rejected": found.rejected}
        print(json.dumps({**told, "fields": [asdict(each) for each in found.fields]}, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(found, str(target))))
    return ExitCode.OK


def _lines(found: Changes, target: str) -> list[str]:
    counts = [f"{found.documents[kind]:,} {words}" for kind, words in KINDS if found.documents[kind]]
    total = sum(found.documents.values())
    lines = [f"{counted(total, 'document')} against {target}: {', '.join(counts) or 'nothing would change'}"]
    if found.rejected:
        lines.append(f"{found.rejected:,} records make no document: indexer load --dry-run says why")
    for each in found.fields:
        lines += ["", f"{each.name}   {counted(each.count, 'document')}   {each.profile}: {each.rule}"]
        for example in each.examples:
            lines += [f"  {example.id}", f"    - {_shown(example.before)}", f"    + {_shown(example.after)}"]
    return lines


def _shown(value: Value | None) -> str:
    if value is None:
        return "(not there)"
    text = " | ".join([value] if isinstance(value, str) else value)
    text = " ".join(text.split())
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
