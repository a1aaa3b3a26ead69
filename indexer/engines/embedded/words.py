"""What Tantivy says in words alone: one type of error is all that its Python binding has."""


def is_locked(error: ValueError) -> bool:
    """Whether another writer has the index."""
    return "LockBusy" in str(error)
