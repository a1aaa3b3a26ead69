"""Our engines against the suite that every engine has to pass."""

from indexer.testing.words import *  # noqa: F403
