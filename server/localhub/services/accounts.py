"""Accounts and groups of a served hub. Every method blocks on the disk."""

import re
import time
import unicodedata
from collections.abc import Sequence

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from localhub.domain.permissions import Role, User
from localhub.domain.refusals import Refusal

from .models import GroupRow, SessionRow, UserRow
from .passwords import Passwords
from .store import Store
from .tokens import user_of

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class Accounts:
    """The accounts in the store. A removed one is as if it had never been, but for its jobs."""

    def __init__(self, store: Store, passwords: Passwords | None = None) -> None:
        self._store = store
        self._passwords = passwords or Passwords()

    def ensure(self, name: str, email: str, role: Role = Role.USER) -> User:
        """The account of that name, made without a password and with that role if there is none."""
        with self._store.session() as session:
            row = _find(session, name)
            if row is None:
                row = UserRow(name=name, email=email, role=role.value)
                session.add(row)
                session.flush()
            return user_of(row)

    def add(self, name: str, email: str, full_name: str, role: Role, password: str) -> User:
        """A new account that can sign in. Raises `Refusal`."""
        if not _NAME.fullmatch(name):
            raise Refusal(f"“{name}” cannot be an account's name: use up to 64 letters, digits, and . _ @ - in it.")
        if not _EMAIL.fullmatch(email):
            raise Refusal(f"“{email}” is no e-mail address.")
        hashed = self._passwords.hash(_normal(password))
        with self._store.session() as session:
            row = _find(session, name)
            if row is not None and row.password_hash is not None:
                raise Refusal(f"There is an account {row.name} already. Choose another name.")
            # The account of who runs the hub exists without a password: it gets one.
            row = row or UserRow(name=name)
            row.email, row.full_name, row.role, row.password_hash = email, full_name, role.value, hashed
            session.add(row)
            session.flush()
            return user_of(row)

    def set_password(self, name: str, password: str) -> None:
        """Another password; every sign-in of the account ends. Raises `Refusal`."""
        hashed = self._passwords.hash(_normal(password))
        with self._store.session() as session:
            row = _account(session, name)
            row.password_hash = hashed
            _end_sign_ins(session, row)

    def remove(self, name: str) -> None:
        """End the account and its sign-ins. Its jobs stay in the data folder. Raises `Refusal`."""
        with self._store.session() as session:
            row = _account(session, name)
            now = time.time()
            row.name, row.removed_at, row.password_hash = f"{row.name} (removed, {row.id})", now, None
            row.groups.clear()
            _end_sign_ins(session, row)

    def check(self, name: str, password: str) -> User | None:
        """Who that is, or None: alike, and after as long, for an unknown name and a wrong password."""
        with self._store.session() as session:
            row = _find(session, name)
        stored = None if row is None else row.password_hash
        right = self._passwords.is_right(stored, _normal(password))
        if row is None or stored is None or not right:
            return None
        if self._passwords.is_outdated(stored):
            renewed = self._passwords.hash(_normal(password))
            with self._store.session() as session:
                same = UserRow.id == row.id, UserRow.password_hash == stored
                session.execute(update(UserRow).where(*same).values(password_hash=renewed))
        return user_of(row)

    def is_admin(self, user: User) -> bool:
        """Whether the account is an admin's, now."""
        return self.get(user).role == Role.ADMIN.value

    def get(self, user: User) -> UserRow:
        """The account with its groups."""
        with self._store.session() as session:
            return session.get_one(UserRow, user.id)

    def people(self, pattern: str = "%", limit: int | None = None) -> Sequence[UserRow]:
        """Accounts whose name or full name is like the pattern (`%` any run, `_` any character), by name."""
        like = or_(UserRow.name.ilike(pattern), UserRow.full_name.ilike(pattern))
        present = select(UserRow).where(UserRow.removed_at.is_(None), like).order_by(UserRow.name).limit(limit)
        with self._store.session() as session:
            return session.scalars(present).all()

    def can_anyone_sign_in(self) -> bool:
        """Whether there is an account with a password."""
        with self._store.session() as session:
            return session.scalar(select(UserRow.id).where(UserRow.password_hash.is_not(None)).limit(1)) is not None

    def groups(self, pattern: str = "%", limit: int | None = None) -> Sequence[GroupRow]:
        """Groups whose name is like the pattern, by name, without their members."""
        like = select(GroupRow).where(GroupRow.name.ilike(pattern)).order_by(GroupRow.name).limit(limit)
        with self._store.session() as session:
            return session.scalars(like).all()

    def members(self, group: str) -> list[str]:
        """The names of a group's accounts. Raises `Refusal`."""
        with self._store.session() as session:
            return [member.name for member in _group(session, group).members]

    def add_group(self, name: str) -> None:
        """A new group. Raises `Refusal`."""
        if not _NAME.fullmatch(name):
            raise Refusal(f"“{name}” cannot be a group's name: use up to 64 letters, digits, and . _ @ - in it.")
        with self._store.session() as session:
            if session.scalar(select(GroupRow).where(GroupRow.name == name)) is not None:
                raise Refusal(f"There is a group {name} already.")
            session.add(GroupRow(name=name))

    def remove_group(self, name: str) -> None:
        """End a group; its members stay. Raises `Refusal`."""
        with self._store.session() as session:
            session.delete(_group(session, name))

    def join(self, group: str, name: str) -> None:
        """Put an account into a group; without effect on one that is in it. Raises `Refusal`."""
        with self._store.session() as session:
            row, member = _group(session, group), _account(session, name)
            if member not in row.members:
                row.members.append(member)

    def leave(self, group: str, name: str) -> None:
        """Take an account out of a group. Raises `Refusal`."""
        with self._store.session() as session:
            row, member = _group(session, group), _account(session, name)
            if member not in row.members:
                raise Refusal(f"{member.name} is not in the group {row.name}.")
            row.members.remove(member)


def _find(session: Session, name: str) -> UserRow | None:
    same = func.lower(UserRow.name) == name.lower()
    return session.scalar(select(UserRow).where(same, UserRow.removed_at.is_(None)))


def _account(session: Session, name: str) -> UserRow:
    row = _find(session, name)
    if row is None:
        raise Refusal(f"There is no account {name}.")
    return row


def _group(session: Session, name: str) -> GroupRow:
    row = session.scalar(select(GroupRow).where(GroupRow.name == name))
    if row is None:
        raise Refusal(f"There is no group {name}.")
    return row


def _end_sign_ins(session: Session, row: UserRow) -> None:
    open_ones = SessionRow.user_id == row.id, SessionRow.revoked_at.is_(None)
    session.execute(update(SessionRow).where(*open_ones).values(revoked_at=time.time()))


def _normal(password: str) -> str:
    """Keyboards differ in how they write an accented letter."""
    return unicodedata.normalize("NFKC", password)
