"""The database: SQLite in write-ahead mode, every commit on disk before it is answered.

A fresh database is made from the models and marked with the newest revision; one of an older hub goes through the
migrations. Alembic takes longer to import than everything else here, so only the second case imports it; a test
holds that both ways give the same tables.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from localhub.domain.refusals import StorageFull

from .models import Base

REVISION = "0002"
"""The newest migration in `migrations/versions`."""

MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """Sessions on one database file. Safe to use from any thread; each `session()` is one transaction."""

    def __init__(self, path: Path) -> None:
        self.engine = _engine(path)
        _bring_up_to_date(self.engine)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: committed at the end, rolled back on an exception.

        Raises `StorageFull` where the disk took no more; the transaction left nothing.
        """
        try:
            with self._sessions.begin() as session:
                yield session
        except OperationalError as error:
            if "disk is full" in str(error.orig):
                raise StorageFull("What was sent") from error
            raise

    def close(self) -> None:
        """Close every connection; the write-ahead log is folded into the database."""
        self.engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 15})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # FULL: a job that was accepted is there after a power cut, not just after a crash of the hub.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _bring_up_to_date(engine: Engine) -> None:
    with engine.begin() as connection:
        revision = _revision(connection)
        if revision == REVISION:
            return
        if revision is None:
            Base.metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": REVISION})
            return
    migrate(engine)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(engine: Engine, revision: str = "head") -> None:
    """Run the migrations up to that one, or to the newest."""
    from alembic import command
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, revision)
