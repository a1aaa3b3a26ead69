"""The ground floor: records, documents, books, errors, settings, targets, the schema. It imports nothing of ours."""
