"""Our engines against the suite that every engine has to pass."""

from indexer.testing.searching import *  # noqa: F403
