"""What a generation is called: `g` and the UTC time it was begun at, `g20261128t134501`, the same on every engine.

Lower case, because Elasticsearch takes nothing else in the name of an index.
"""

import re
from datetime import UTC, datetime

_NAME = re.compile(r"g\d{8}t\d{6}")


def new_name(moment: datetime) -> str:
    """The name of a generation that is begun at this moment (with its time zone); names sort as their moments do."""
    return moment.astimezone(UTC).strftime("g%Y%m%dt%H%M%S")


def is_name(text: str) -> bool:
    """Whether this is the name of a generation: nothing else on an engine is ever taken for one, or dropped."""
    return _NAME.fullmatch(text) is not None


def check_name(text: str) -> str:
    """The name itself, which is safe in paths and URLs. Raises ValueError for what is none."""
    if not is_name(text):
        raise ValueError(f"{text!r} is not the name of a generation")
    return text
