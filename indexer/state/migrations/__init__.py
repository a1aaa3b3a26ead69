"""Alembic's scripts: how the tables of an earlier release become those of this one."""
