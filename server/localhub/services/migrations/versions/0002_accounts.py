"""Accounts with passwords, roles and groups; what a sign-in came from; who sent which bundle."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add them."""
    for column in (
        sa.Column("full_name", sa.String, nullable=False, server_default=""),
        sa.Column("role", sa.String, nullable=False, server_default="user"),
        sa.Column("password_hash", sa.String),
        sa.Column("created_at", sa.Double, nullable=False, server_default="0"),
        sa.Column("removed_at", sa.Double),
    ):
        op.add_column("users", column)
    for name in ("client", "agent", "address"):
        op.add_column("sessions", sa.Column(name, sa.String, nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("renewed_at", sa.Double))
    _create_groups()
    op.create_table(
        "uploads",
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("sha256", sa.String, primary_key=True),
        sa.Column("uploaded_at", sa.Double, nullable=False),
    )


def _create_groups() -> None:
    op.create_table(
        "groups",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False, unique=True),
    )
    op.create_table(
        "group_members",
        sa.Column("group_id", sa.Integer, sa.ForeignKey("groups.id"), primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), primary_key=True),
    )
