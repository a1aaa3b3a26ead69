"""Our engines against the suite that every engine has to pass."""

from indexer.testing.writing import *  # noqa: F403
