"""What can go wrong with the database, by name."""

from pathlib import Path

from service.domain.errors import InvalidInputError, UnavailableError


class DatabaseUrlError(InvalidInputError):
    """The address of the database is none that PostgreSQL is reached by."""

    def __init__(self) -> None:
        super().__init__(
            "the database address is not PostgreSQL's: write it as "
            "postgresql://user:password@host:5432/name (DATABASE_URL)"
        )


class DatabaseGoneError(UnavailableError):
    """The database does not answer, or went away in the middle."""

    def __init__(self, reason: str = "the connection was lost") -> None:
        super().__init__(f"the database cannot be reached: {reason}; try again when it is back")


class DatabaseBusyError(UnavailableError):
    """The database has more to do than it can take on now."""

    def __init__(self) -> None:
        super().__init__("the database is busy: try again in a few seconds")


class DatabasePrivilegeError(UnavailableError):
    """The role that we connect as may not do what Triptych needs."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the database role may not do what is needed ({reason}): let it make tables and "
            "schemas, best by making it the owner (ALTER DATABASE name OWNER TO role), or else "
            "with GRANT CREATE ON DATABASE name TO role and GRANT CREATE ON SCHEMA public TO role; "
            "an extension a superuser makes for it, once: CREATE EXTENSION vector"
        )


class DiskFullError(UnavailableError):
    """There is no room left for what should be stored."""

    def __init__(self, where: str = "the database") -> None:
        super().__init__(f"the disk of {where} is full: free some space and try again")


class DatabaseTooOldError(UnavailableError):
    """The server lacks what the tables need."""

    def __init__(self, *, found: str, needed: int) -> None:
        super().__init__(
            f"the database is PostgreSQL {found}: Triptych needs {needed} or newer, "
            "or no DATABASE_URL at all, to use the one it brings"
        )


class DatabaseLacksVectorError(UnavailableError):
    """The server has no pgvector, which keeps the vectors of sentences."""

    def __init__(self, version: int) -> None:
        super().__init__(
            "the database server lacks pgvector: install it there (Debian's package is "
            f"postgresql-{version}-pgvector, an image pgvector/pgvector:pg{version}) and start "
            "again, or use no DATABASE_URL at all, but the server that Triptych brings"
        )


class DatabaseEncodingError(UnavailableError):
    """The database could not store French and Russian side by side."""

    def __init__(self, encoding: str) -> None:
        super().__init__(
            f"the database's encoding is {encoding}: make a new one with "
            "CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"
        )


class SchemaAheadError(UnavailableError):
    """The tables were made by a newer program."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"the tables are at revision {found}, which this program does not know: they were "
            "made by a newer Triptych; install that one, or restore a backup of before"
        )


class DataFolderError(UnavailableError):
    """The data folder cannot be used as it is."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"cannot use the data folder {folder}: {reason}; mend that, or choose another "
            "folder with TRIPTYCH_DATA_DIR"
        )


class DataVersionError(UnavailableError):
    """The data folder was made by another major version of PostgreSQL."""

    def __init__(self, folder: Path, *, found: str, needed: int) -> None:
        super().__init__(
            f"{folder} was made by PostgreSQL {found}, this program brings {needed}: make a "
            "backup with the old program and restore it with this one into an empty data folder"
        )


class SystemUserError(UnavailableError):
    """PostgreSQL does not run as root, and the user it should run as cannot be used."""

    def __init__(self, user: str, reason: str) -> None:
        super().__init__(
            f"PostgreSQL refuses to run as root and the system user {user!r} cannot be used: "
            f"{reason}; run Triptych as an ordinary user, or set DATABASE_URL"
        )


class EmbeddedServerError(UnavailableError):
    """The embedded server does not start, answer or stop."""

    def __init__(self, what: str, *, reason: str, log: Path) -> None:
        super().__init__(f"the embedded PostgreSQL {what}: {reason} (its log is {log})")
