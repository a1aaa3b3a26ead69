"""MODS records for indexer."""
