"""Python files of a site's own: mappings, and the functions that stylesheets, tables and property files call."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from indexer.model.errors import ConfigError


def read_bytes(file: Path, advice: str = "") -> bytes:
    """Raises ConfigError for a file that cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror or error}", advice=advice) from None


def run(
    file: Path, kind: str, *, advice: str = "", within: AbstractContextManager[None] | None = None
) -> dict[str, Callable[..., Any]]:
    """Runs the file, `within` a context where one is given; gives what can be called of what it defines, by name.

    `kind` says what it is, for its `__name__`. Raises ConfigError naming the file and the line for whatever is wrong in
    it; one that it raises itself passes through.
    """
    names: dict[str, Any] = {"__name__": f"{kind}:{file.stem}", "__file__": str(file)}
    text = read_bytes(file, advice)
    try:
        code = compile(text, str(file), "exec")
        with within or nullcontext():
            exec(code, names)  # noqa: S102 - the user's own file
    except SyntaxError as error:
        raise ConfigError(f"{file}:{error.lineno or 1}: is not Python: {error.msg}", advice=advice) from None
    except ConfigError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a file of the user's may raise anything
        raise ConfigError(f"{file}:{_line(error, file)}: {_said(error)}", advice=advice) from None
    return {name: thing for name, thing in names.items() if callable(thing) and not name.startswith("_")}


def _said(error: BaseException) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"


def _line(error: BaseException, file: Path) -> int:
    """The last line of the file itself that the error came through."""
    line = 1
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == str(file):
            line = step.tb_lineno
        step = step.tb_next
    return line
