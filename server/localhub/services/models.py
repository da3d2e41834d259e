"""The tables. Instants are Unix seconds; identifiers a client sees are text."""

import time
from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """All tables of a hub."""

    # Double by name: releases of SQLAlchemy differ in what a float is.
    type_annotation_map = {dict[str, Any]: JSON, dict[str, str]: JSON, float: Double}  # noqa: RUF012 - a class setting


class UserRow(Base):
    """An account. Without a password it is that of the operating-system user who runs the hub.

    One that was removed keeps its row, since its jobs name it, under a name that nobody can have.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    full_name: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="user")
    password_hash: Mapped[str | None]
    created_at: Mapped[float] = mapped_column(default=time.time)
    removed_at: Mapped[float | None]
    groups: Mapped[list["GroupRow"]] = relationship(
        secondary="group_members", order_by="GroupRow.name", lazy="selectin", back_populates="members"
    )


class GroupRow(Base):
    """A group of accounts."""

    __tablename__ = "groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    members: Mapped[list[UserRow]] = relationship(
        secondary="group_members", order_by="UserRow.name", back_populates="groups"
    )


class GroupMemberRow(Base):
    """That an account belongs to a group."""

    __tablename__ = "group_members"

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)


class SessionRow(Base):
    """One sign-in. Every access token names its session, so revoking the session revokes them all.

    `client`, `agent` and `address` say what asked for it, in its own words but for the address.
    """

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[float]
    revoked_at: Mapped[float | None]
    client: Mapped[str] = mapped_column(default="")
    agent: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    renewed_at: Mapped[float | None]


class RefreshTokenRow(Base):
    """A refresh token, known only by its SHA-256. `replaced_at` is set when a newer one was handed out."""

    __tablename__ = "refresh_tokens"

    digest: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    expires_at: Mapped[float]
    replaced_at: Mapped[float | None]


class JobRow(Base):
    """A job, from the moment it is accepted. `design` is `domain.job.JobDesign` without code and environment files."""

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("user_id", "submission_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jobname: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    submission_key: Mapped[str | None]
    status: Mapped[str] = mapped_column(index=True)
    args: Mapped[dict[str, str]]
    design: Mapped[dict[str, Any]]
    limit_hours: Mapped[float | None]
    submitted_at: Mapped[float]
    started_at: Mapped[float | None]
    ended_at: Mapped[float | None]
    stop_requested: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None]
    outputs: Mapped[str] = mapped_column(default="")
    files: Mapped[list["JobFileRow"]] = relationship(order_by="JobFileRow.id", lazy="selectin")


class JobFileRow(Base):
    """A file of a job; its bytes are the blob of that SHA-256 (hex)."""

    __tablename__ = "job_files"
    __table_args__ = (UniqueConstraint("job_id", "type", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), index=True)
    type: Mapped[str]
    name: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(index=True)
    uploaded_at: Mapped[float]


class UploadRow(Base):
    """That a user has sent these bytes: who knows no more of a bundle than its hash cannot use it."""

    __tablename__ = "uploads"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    uploaded_at: Mapped[float]
