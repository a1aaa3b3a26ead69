"""The one list of fields (schemas/biblio.toml) and what is compiled from it."""
