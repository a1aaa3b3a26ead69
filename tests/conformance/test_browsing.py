"""Our engines against the suite that every engine has to pass."""

from indexer.testing.browsing import *  # noqa: F403
