"""MARC 21 records to documents."""
