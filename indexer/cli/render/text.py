"""What the other modules have in common."""

import json
from collections.abc import Mapping
from typing import Any


def print_json(data: Mapping[str, Any], *, ascii: bool = False) -> None:
    print(json.dumps(data, ensure_ascii=ascii, indent=2))


def one_line(text: str) -> str:
    """One line that no terminal takes for anything but text."""
    return "".join(c if c.isprintable() else " " if c.isspace() else f"\\x{ord(c):02x}" for c in text)
