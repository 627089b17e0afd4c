"""A stored glossary becomes a file."""

from sqlalchemy.orm import Session

from service.exchange.glossary_file import GlossaryFormat, write_glossary_file
from service.usecases.read_glossary import read_glossary


def export_glossary(session: Session, name: str, file_format: GlossaryFormat) -> bytes:
    """Return the glossary of a name or id as a file, in UTF-8.

    Raises:
        GlossaryNotFoundError: If there is none.
    """
    return write_glossary_file(read_glossary(session, name).glossary, file_format)
