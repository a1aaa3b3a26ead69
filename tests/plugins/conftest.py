"""The distributions below are projects of their own: their tests run in an environment in which they are installed."""

collect_ignore_glob = ["indexer-*"]
