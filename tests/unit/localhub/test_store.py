"""The database: its tables, its way up from older ones, and that a commit is on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

from localhub.services import store
from localhub.services.models import Base, SessionRow, UserRow


@contextmanager
def engine_of(path: Path) -> Iterator[Engine]:
    """A database without our settings, closed at the end."""
    engine = create_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def schema(path: Path) -> set[tuple[str, str]]:
    with engine_of(path) as engine, engine.connect() as connection:
        rows = connection.execute(text("SELECT name, type FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"))
        columns = {
            (table, str(tuple(column)[1:4]))
            for table in Base.metadata.tables
            for column in connection.execute(text(f"PRAGMA table_info({table})"))
        }
        return columns | {(row.name, row.type) for row in rows}


def test_a_fresh_database_and_a_migrated_one_are_the_same(tmp_path: Path) -> None:
    store.Store(tmp_path / "fresh.sqlite").close()
    with engine_of(tmp_path / "migrated.sqlite") as engine:
        store.migrate(engine)
    assert schema(tmp_path / "fresh.sqlite") == schema(tmp_path / "migrated.sqlite")


def test_the_models_need_no_further_migration(tmp_path: Path) -> None:
    with engine_of(tmp_path / "migrated.sqlite") as engine, engine.connect() as connection:
        store.migrate(engine)
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_the_revision_named_is_the_newest_migration() -> None:
    assert ScriptDirectory(str(store.MIGRATIONS)).get_heads() == [store.REVISION]


def test_an_older_database_is_migrated_when_it_is_opened(tmp_path: Path) -> None:
    """One that knows no revision yet is what a hub before the first migration would have left."""
    path = tmp_path / "old.sqlite"
    with engine_of(path) as engine:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        store.migrate(engine)
    opened = store.Store(path)
    with opened.session() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar() == store.REVISION
    opened.close()


def test_commits_are_synchronous_and_logged_ahead(tmp_path: Path) -> None:
    opened = store.Store(tmp_path / "hub.sqlite")
    with opened.session() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
    opened.close()


def test_what_the_first_hubs_stored_is_still_there(tmp_path: Path) -> None:
    path = tmp_path / "first.sqlite"
    with engine_of(path) as engine:
        store.migrate(engine, "0001")
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO users (name, email) VALUES ('ada', 'ada@localhost')"))
            connection.execute(text("INSERT INTO sessions (id, user_id, created_at) VALUES ('s', 1, 5.0)"))
    opened = store.Store(path)
    with opened.session() as session:
        user, sign_in = session.query(UserRow).one(), session.query(SessionRow).one()
        assert (user.name, user.role, user.password_hash, user.removed_at) == ("ada", "user", None, None)
        assert (sign_in.client, sign_in.renewed_at) == ("", None)
    opened.close()
