"""Structured logs on standard error: constant event names with fields, as JSON or for people."""

import logging
import sys
from typing import Literal

import structlog

from indexer.model.errors import IndexerError


def configure(*, format: Literal["console", "json"], level: str) -> None:
    """Sets up structlog for the process. Call once, before the first event."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def failed(error: IndexerError) -> None:
    """The last event of a command that an error ended, as JSON: there may have been no settings to configure by."""
    configure(format="json", level="error")
    structlog.get_logger().error(
        "command_failed", reason=error.message, advice=error.advice, exit_code=int(error.exit_code)
    )
