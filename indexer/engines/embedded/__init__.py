"""The embedded index: Tantivy in a folder of its own."""
