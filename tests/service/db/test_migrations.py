"""The migrations make what `tables.py` says, lose nothing, and can be taken back."""

import hashlib
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Column,
    Engine,
    Enum,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.db import connect
from service.db.connect import create_engine_for
from service.db.errors import DatabasePrivilegeError, SchemaAheadError
from service.db.migrate import MIGRATION_LOCK, at_head, current, downgrade, upgrade
from service.db.tables import ArticleRow, EditionRow, LinkRow, Row
from service.db.vector_type import Vector

QUEUE_SCHEMA = "c70ec4b400a60ad9592787653aae5ae77ae41bf801d56b5bd2712751a07f2009"
"""SHA-256 of the `schema.sql` that procrastinate 3.10.0 carries."""

CATALOGUE = text("""
    SELECT conrelid::regclass || '.' || conname AS name, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    UNION ALL
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT attrelid::regclass || '.' || attname,
           format_type(atttypid, atttypmod) || ' ' || attnotnull || ' '
               || coalesce(pg_get_expr(adbin, adrelid), '')
    FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
""")


@pytest.fixture
def empty(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine for a database with nothing in it."""
    server = request.getfixturevalue("server")
    url = server.make_database()
    engine = create_engine_for(url)
    yield engine
    engine.dispose()
    server.drop_database(url)


def catalogue(engine: Engine) -> dict[str, str]:
    """Every column, constraint and index by name, as PostgreSQL itself words it."""
    with engine.connect() as connection:
        rows = connection.execute(CATALOGUE)
        return {name: what for name, what in rows if not name.startswith("alembic_version")}


def value_for(column: Column[Any]) -> object:
    """A value that the column takes: the same identifier in all, so that every key finds one."""
    if column.name == "progress_total":
        return 1
    if isinstance(column.type, Enum):
        return column.type.enums[0]
    if isinstance(column.type, JSONB):
        return [{"kind": "да"}]
    if isinstance(column.type, Vector):
        return np.array([0.6, -0.8], np.float32)
    values: dict[type[Any], object] = {
        UUID: UUID(int=1),
        str: "текст",
        int: 1,
        float: 0.5,
        bool: True,
        bytes: b"\x00\xff",
        datetime: datetime(2026, 1, 2, tzinfo=UTC),
    }
    return values[column.type.python_type]


def fill(engine: Engine) -> None:
    """Put a row into every table, and close the two circles of keys."""
    circles = (EditionRow.__table__.c.current_revision_id, LinkRow.__table__.c.draft_id)
    with engine.begin() as connection:
        for table in Row.metadata.sorted_tables:
            values = {c.name: value_for(c) for c in table.c if c not in circles}
            connection.execute(insert(table).values(values))
        connection.execute(update(EditionRow).values(current_revision_id=UUID(int=1)))
        connection.execute(update(LinkRow).values(draft_id=UUID(int=1)))


def counts(engine: Engine) -> dict[str, int]:
    """How many rows each table has that is there."""
    tables: list[Table] = Row.metadata.sorted_tables
    with engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
            if inspect(connection).has_table(table.name)
        }


def test_there_is_one_line_of_revisions() -> None:
    script = ScriptDirectory(str(resources.files("migrations")))

    assert script.get_heads() == ["0007"]
    assert script.get_bases() == ["0001"]


def test_autogenerate_finds_nothing_to_do(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})

        assert compare_metadata(context, Row.metadata) == []


def test_migrations_make_what_the_tables_say_to_the_letter(engine: Engine, empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE EXTENSION vector"))
    Row.metadata.create_all(empty)

    assert catalogue(engine) == catalogue(empty)


def test_down_and_up_again_with_rows_in_every_table(engine: Engine) -> None:
    before = catalogue(engine)
    fill(engine)
    assert set(counts(engine).values()) == {1}

    downgrade(engine, "base")
    assert current(engine) is None
    assert catalogue(engine) == {}

    upgrade(engine)
    assert at_head(engine)
    assert catalogue(engine) == before
    fill(engine)


def test_an_article_goes_with_all_that_hangs_on_it(engine: Engine) -> None:
    fill(engine)

    with engine.begin() as connection:
        connection.execute(delete(ArticleRow))

    left = {name for name, count in counts(engine).items() if count}
    assert left == {"sentence_vector", "glossary", "glossary_term"}, "which belong to no article"


def test_several_processes_may_migrate_at_once(empty: Engine) -> None:
    barrier = threading.Barrier(4)
    errors: list[BaseException] = []

    def migrate_with_the_others() -> None:
        barrier.wait()
        try:
            upgrade(empty)
        except BaseException as error:  # noqa: BLE001 - shown by the assert
            errors.append(error)

    threads = [threading.Thread(target=migrate_with_the_others) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert at_head(empty)


def test_a_migration_that_fails_leaves_nothing(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE SCHEMA procrastinate"))

    with pytest.raises(Exception, match="already exists"):
        upgrade(empty)

    assert catalogue(empty) == {}
    assert current(empty) is None


def test_the_queue_that_is_installed_is_the_one_that_the_migration_was_written_for() -> None:
    schema = resources.files("procrastinate.sql").joinpath("schema.sql").read_bytes()

    assert hashlib.sha256(schema).hexdigest() == QUEUE_SCHEMA, (
        "procrastinate's schema has changed: migration 0002 makes the new one on an empty database "
        "only. Write a migration that takes the old one there (its release notes and its folder "
        "sql/migrations have the statements; then pin the search path of new functions as 0002 "
        "does), let 0002 make the old one, and note the new hash here"
    )


def test_content_is_found_by_an_index(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.execute(
            text("EXPLAIN SELECT id FROM edition_revision WHERE content_hash = 'x'")
        )
        assert "ix_edition_revision_content_hash" in "".join(plan.scalars())


def test_a_process_waits_for_the_migration_of_another_however_long_it_takes(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "OPTIONS", "-c lock_timeout=50ms")
    engine = create_engine_for(empty.url.render_as_string(hide_password=False))
    errors: list[BaseException] = []

    def migrate() -> None:
        try:
            upgrade(engine)
        except BaseException as error:  # noqa: BLE001 - shown by the assert
            errors.append(error)

    other = threading.Thread(target=migrate)
    with empty.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        other.start()
        time.sleep(0.5)  # ten times what a transaction waits for another
    other.join()

    assert errors == []
    assert at_head(engine)
    engine.dispose()


def test_a_role_that_may_not_make_tables_is_told_what_it_needs(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE ROLE guest LOGIN PASSWORD 'guest'"))
    engine = create_engine_for(
        empty.url.set(username="guest", password="guest").render_as_string(hide_password=False)  # noqa: S106 - of a database that lives for a second
    )

    try:
        with pytest.raises(DatabasePrivilegeError, match=r"permission denied.*GRANT CREATE"):
            upgrade(engine)
    finally:
        engine.dispose()
        with empty.begin() as connection:
            connection.execute(text("DROP ROLE guest"))


def test_an_owner_that_may_not_make_the_extension_is_told_who_may(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE ROLE owner LOGIN PASSWORD 'owner'"))
        connection.execute(text(f"ALTER DATABASE {empty.url.database} OWNER TO owner"))
    engine = create_engine_for(
        empty.url.set(username="owner", password="owner").render_as_string(hide_password=False)  # noqa: S106 - of a database that lives for a second
    )

    try:
        with pytest.raises(
            DatabasePrivilegeError, match=r"permission denied to create extension.*superuser"
        ):
            upgrade(engine)
        with empty.begin() as connection:
            connection.execute(text("CREATE EXTENSION vector"))
        upgrade(engine)
        assert at_head(engine)
    finally:
        engine.dispose()
        with empty.begin() as connection:
            connection.execute(text("REASSIGN OWNED BY owner TO CURRENT_USER"))
            connection.execute(text("DROP ROLE owner"))


def test_tables_of_a_newer_program_are_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SchemaAheadError, match=r"9999.*newer Triptych"):
        upgrade(engine)


def test_the_migrations_folder_may_have_any_name(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    odd = tmp_path / "100% odd, name"
    odd.mkdir()
    (odd / "migrations").symlink_to(str(resources.files("migrations")))
    monkeypatch.syspath_prepend(odd)
    monkeypatch.delitem(sys.modules, "migrations")

    assert at_head(engine)
    downgrade(engine, "base")
    upgrade(engine)
    assert at_head(engine)
