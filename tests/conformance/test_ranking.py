"""Our engines against the suite that every engine has to pass."""

from indexer.testing.ranking import *  # noqa: F403
