"""Bring the tables to where the program needs them, with the migrations that it carries."""

from importlib import resources
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, func, select, text

from service.db.connect import database_errors
from service.db.errors import SchemaAheadError

MIGRATION_LOCK: Final = 0x54524950
"""Key of the advisory lock that lets one process migrate at a time: "TRIP" in ASCII."""


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date in one transaction; several processes may do so at once.

    Raises:
        SchemaAheadError: If a newer program made the tables.
        UnavailableError: If the database goes away, or the role may not make tables; then nothing
            has changed.
    """
    if at_head(engine):
        return
    with database_errors(), engine.begin() as connection:
        _lock(connection)
        command.upgrade(_config(connection), "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to an earlier revision, or to ``base``: none at all."""
    with database_errors(), engine.begin() as connection:
        _lock(connection)
        command.downgrade(_config(connection), revision)


def current(engine: Engine) -> str | None:
    """Return the revision of the tables, ``None`` if there are none."""
    with database_errors(), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def at_head(engine: Engine) -> bool:
    """Return whether the tables are what the program needs.

    Raises:
        SchemaAheadError: If a newer program made them.
        UnavailableError: If the database cannot be reached.
    """
    found = current(engine)
    script = ScriptDirectory.from_config(_config())
    if found is not None:
        try:
            script.get_revision(found)
        except CommandError as error:
            raise SchemaAheadError(found) from error
    return found == script.get_current_head()


def _lock(connection: Connection) -> None:
    """Wait until nobody else migrates, however long their migration takes."""
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
    connection.execute(text("SET LOCAL lock_timeout = DEFAULT"))


def _config(connection: Connection | None = None) -> Config:
    # The percent sign is the configuration parser's; a folder's name may have one.
    folder = str(resources.files("migrations")).replace("%", "%%")
    config = Config()
    config.set_main_option("script_location", folder)
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
