"""One run: read, transform, push, keep the books, remember."""
