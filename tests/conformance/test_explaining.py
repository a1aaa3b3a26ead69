"""Our engines against the suite that every engine has to pass."""

from indexer.testing.explaining import *  # noqa: F403
