"""The books count versions that a build on a cluster never sent, because a later one took their place."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("books", sa.Column("superseded", sa.Integer, nullable=False, server_default="0"))
