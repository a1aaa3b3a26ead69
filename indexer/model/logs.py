"""The log of what happens, as events with fields. Silent until somebody asks for it.

The command line configures structlog (observe.log). Where nobody has, events go to the standard library's logger
`indexer`, which says nothing unless the program that uses us sets it up.
"""

import logging
from typing import Any

import structlog

logging.getLogger("indexer").addHandler(logging.NullHandler())


def get_logger() -> Any:
    """A logger whose methods take an event's name and fields."""
    if structlog.is_configured():
        return structlog.get_logger()
    return structlog.wrap_logger(
        logging.getLogger("indexer"),
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.render_to_log_kwargs],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
