"""`python -m indexer`."""

from indexer.cli.main import main

main()
