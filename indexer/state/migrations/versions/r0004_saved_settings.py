"""From the tables of 0.1.0: the state says which release wrote it, and which dumps were read in part.

- `layout`, a number, gives way to Alembic's table, with the release beside the revision.
- `journal` is called what it holds: `saved_settings`.
- `files.complete` stands for the word before the signature of a file that may have been read in part.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = None


def upgrade() -> None:
    op.add_column("alembic_version", sa.Column("release", sa.Text, nullable=False, server_default=""))
    op.drop_table("layout")
    op.rename_table("journal", "saved_settings")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE saved_settings RENAME CONSTRAINT journal_pkey TO saved_settings_pkey")
    op.add_column("files", sa.Column("complete", sa.Boolean, nullable=False, server_default=sa.true()))
    files = sa.table("files", sa.column("signature", sa.Text), sa.column("complete", sa.Boolean))
    begun = files.c.signature.startswith("begun ")
    rest = sa.func.substr(files.c.signature, len("begun ") + 1)
    op.execute(files.update().where(begun).values(signature=rest, complete=False))
