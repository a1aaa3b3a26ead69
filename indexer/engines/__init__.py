"""Where documents go: one module or folder an engine, one contract for all (base.py)."""
