"""A stored glossary with its terms."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from service.db.glossaries import GlossaryRepository
from service.domain.glossary import Glossary, StoredGlossary

SHELVED: Final = 8
"""Glossaries that a process keeps in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadGlossary:
    """A glossary, and what the database says of it."""

    stored: StoredGlossary
    glossary: Glossary


class GlossaryShelf:
    """The glossaries that were used last, so that a request need not read thousands of terms.

    Threads share it. A glossary that was replaced has another version and is read anew.
    """

    def __init__(self) -> None:
        self._glossaries: OrderedDict[tuple[str, str], Glossary] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, stored: StoredGlossary) -> Glossary | None:
        """Return a glossary, if it is there in this version."""
        with self._lock:
            found = self._glossaries.get((stored.name, stored.version))
            if found is not None:
                self._glossaries.move_to_end((stored.name, stored.version))
            return found

    def put(self, glossary: Glossary) -> None:
        """Keep a glossary, and let go of the one that was not used for longest."""
        with self._lock:
            self._glossaries[glossary.name, glossary.version] = glossary
            if len(self._glossaries) > SHELVED:
                self._glossaries.popitem(last=False)


def read_glossary(session: Session, name: str, shelf: GlossaryShelf | None = None) -> ReadGlossary:
    """Return the glossary of a name or id.

    Raises:
        GlossaryNotFoundError: If there is none.
    """
    glossaries = GlossaryRepository(session)
    stored = glossaries.get(name)
    glossary = shelf.get(stored) if shelf else None
    if glossary is None:
        glossary = Glossary(name=stored.name, terms=glossaries.terms(stored))
        if shelf:
            shelf.put(glossary)
    return ReadGlossary(stored=stored, glossary=glossary)
