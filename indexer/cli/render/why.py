"""Why a query finds a record, or does not."""

from collections.abc import Iterator
from dataclasses import asdict

from indexer.cli.render.text import one_line, print_json
from indexer.jobs.why import Condition, Part, Place, Why
from indexer.model.errors import ExitCode

SHOWN = 60  # characters of a value


def why(result: Why, *, as_json: bool) -> int:
    if as_json:
        print_json(asdict(result))
    else:
        print("\n".join(one_line(line) for line in _lines(result)))
    return ExitCode.OK


def _lines(result: Why) -> Iterator[str]:
    if not result.exists:
        yield f"{result.id} is not in the index"
        for number, reason in result.letters:
            yield f"  dead letter {number}: {reason}"
        if not result.letters:
            yield "  no dead letter has this id either; indexer explain PATH --id shows what a dump makes of it"
        return
    verdict = "is found" if result.found else "is not found"
    score = f", score {result.score:.4g}" if result.score is not None and result.parts else ""
    others = "1 other is" if result.total == 1 else f"{result.total:,} others are"
    of = f"1 of {result.total:,}" if result.found else others
    yield f'{result.id} {verdict} by "{result.query}" ({result.type}): {of}{score}'
    for part in result.parts:
        yield from _part(part, result.type)
    for condition in result.conditions:
        yield f"  {_condition(condition)}"
    if result.suggestion:
        yield f'  the nearest spelling that finds something: "{result.suggestion}"'


def _part(part: Part, type_: str) -> Iterator[str]:
    if part.ignored:
        yield f"  {part.text}: a stop word, need not match"
    elif part.found:
        yield f"  {part.text}: found{_score(part.score)}"
        for place in part.places:
            yield f"    {place.field}{_score(place.score)}{_words(place)}"
    else:
        yield f"  {part.text}: NOT in what a search of the type {type_} looks at"
        for place in part.elsewhere:
            yield f"    the record has it in {place.field}{_words(place)}"
        for place in part.apart:
            yield f"    the words are in {place.field}, but not one after the other{_words(place)}"
        if part.nearest:
            yield f'    most like it in the record: "{part.nearest}"'


def _condition(condition: Condition) -> str:
    wanted = " or ".join(condition.values)
    text = f"filter {'not ' if condition.negated else ''}{condition.field}={wanted}"
    has = "; ".join(value[:SHOWN] for value in condition.has) or "nothing"
    return f"{text}: passed" if condition.passed else f"{text}: EXCLUDES it, the record has {has}"


def _score(score: float | None) -> str:
    return f" ({score:.4g})" if score is not None else ""


def _words(place: Place) -> str:
    return f": {', '.join(word[:SHOWN] for word in place.words)}" if place.words else ""
