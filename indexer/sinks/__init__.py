"""Where documents go: one module an engine, one contract for all (base.py)."""
