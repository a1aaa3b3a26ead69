"""What of the schema differs."""

from indexer.cli.render.text import print_json
from indexer.jobs.schema import BuildResult, CheckResult


def build(result: BuildResult) -> int:
    for file in result.files:
        print(f"{f'differs from {result.schema}' if result.checked else 'written'}: {file}")
    if not result.files:
        print(f"the compiled schemas are those of {result.schema}")
    return result.exit_code


def check(result: CheckResult, *, as_json: bool) -> int:
    if as_json:
        print_json({"files": result.files, "target": [str(difference) for difference in result.differences]})
        return result.exit_code
    for file in result.files:
        print(f"differs from biblio.toml: {file}")
    for difference in result.differences:
        print(f"{result.target}: {difference}")
    if result.own_fields is not None:
        print(f"{result.target} has a schema of its own with {result.own_fields} fields")
    elif not result.files and not result.differences:
        print(f"{result.target} has the schema of biblio.toml")
    return result.exit_code
