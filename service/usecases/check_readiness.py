"""Whether the database is there and as new as the code."""

from sqlalchemy.orm import Session, sessionmaker

from service.db.connect import probe
from service.db.migrate import at_head
from service.domain.errors import UnavailableError


def check_readiness(sessions: sessionmaker[Session]) -> str | None:
    """Return what is wrong with the database in a few words, or ``None`` if nothing is."""
    engine = sessions.kw["bind"]
    try:
        probe(engine)
        migrated = at_head(engine)
    except UnavailableError as error:
        return str(error)
    return None if migrated else "the tables are older than this program: restart to migrate them"
