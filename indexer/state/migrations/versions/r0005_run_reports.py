"""What a run tells of itself beyond its books is kept beside it, while it goes on and afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "run_reports",
        sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("updated", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )
