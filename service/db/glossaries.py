"""Glossaries by name, each with its terms."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, text
from sqlalchemy.orm import Session

from service.db.tables import GlossaryRow, GlossaryTermRow
from service.domain.glossary import (
    BETWEEN_FORMS,
    Glossary,
    GlossaryNotFoundError,
    StoredGlossary,
    Term,
)
from service.domain.language import Direction


class GlossaryRepository:
    """Glossaries by name or id."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lock_name(self, name: str) -> None:
        """Wait until no other transaction is writing a glossary of this name, then hold it."""
        self._session.execute(
            text("select pg_advisory_xact_lock(hashtextextended('glossary ' || :name, 0))"),
            {"name": name},
        )

    def find(self, name: str) -> StoredGlossary | None:
        """Return the glossary of a name, if there is one."""
        found = self._stored(GlossaryRow.name == name)
        return found[0] if found else None

    def get(self, name: str) -> StoredGlossary:
        """Return the glossary of a name, or of an id.

        Raises:
            GlossaryNotFoundError: If there is none.
        """
        if "\0" in name:
            raise GlossaryNotFoundError(name)
        found = self.find(name)
        if found is None and (glossary_id := _as_id(name)):
            found = next(iter(self._stored(GlossaryRow.id == glossary_id)), None)
        if found is None:
            raise GlossaryNotFoundError(name)
        return found

    def all(self) -> list[StoredGlossary]:
        """Return all glossaries by name."""
        return self._stored()

    def terms(self, stored: StoredGlossary) -> tuple[Term, ...]:
        """Return a glossary's terms in order."""
        query = select(GlossaryTermRow).where(GlossaryTermRow.glossary_id == stored.id)
        rows = self._session.scalars(query.order_by(GlossaryTermRow.position))
        return tuple(map(_term, rows))

    def add(self, glossary: Glossary) -> StoredGlossary:
        """Store a new glossary; its name must be locked and free."""
        row = GlossaryRow(name=glossary.name, version=glossary.version)
        self._session.add(row)
        self._session.flush()
        values = [_values(row.id, position, term) for position, term in enumerate(glossary.terms)]
        if values:
            self._session.execute(insert(GlossaryTermRow), values)
        return self.get(glossary.name)

    def delete(self, stored: StoredGlossary) -> None:
        """Remove a glossary with its terms."""
        self._session.execute(delete(GlossaryRow).where(GlossaryRow.id == stored.id))

    def _stored(self, *conditions: ColumnElement[bool]) -> list[StoredGlossary]:
        query = select(GlossaryRow).where(*conditions).order_by(GlossaryRow.name)
        rows = list(self._session.scalars(query))
        counts = self._counts([row.id for row in rows])
        return [
            StoredGlossary(
                id=row.id,
                name=row.name,
                version=row.version,
                created_at=row.created_at,
                terms=sum(counts[row.id].values()),
                directions=tuple(sorted(counts[row.id])),
            )
            for row in rows
        ]

    def _counts(self, ids: Sequence[UUID]) -> dict[UUID, dict[Direction, int]]:
        """Return how many terms each glossary has in each direction."""
        key = (
            GlossaryTermRow.glossary_id,
            GlossaryTermRow.source_language,
            GlossaryTermRow.target_language,
        )
        query = select(*key, func.count()).where(GlossaryTermRow.glossary_id.in_(ids))
        counts: dict[UUID, dict[Direction, int]] = defaultdict(dict)
        for glossary_id, source, target, count in self._session.execute(query.group_by(*key)):
            counts[glossary_id][Direction(source, target)] = count
        return counts


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _values(glossary_id: UUID, position: int, term: Term) -> dict[str, object]:
    return {
        "glossary_id": glossary_id,
        "position": position,
        "source_language": term.source_language,
        "target_language": term.target_language,
        "source": term.source,
        "target": term.target,
        "kind": term.kind,
        "letter_case": term.case,
        "part_of_speech": term.part_of_speech,
        "source_forms": BETWEEN_FORMS.join(term.source_forms),
        "target_forms": BETWEEN_FORMS.join(term.target_forms),
        "note": term.note,
    }


def _term(row: GlossaryTermRow) -> Term:
    return Term(
        source_language=row.source_language,
        target_language=row.target_language,
        source=row.source,
        target=row.target,
        kind=row.kind,
        case=row.letter_case,
        part_of_speech=row.part_of_speech,
        source_forms=_forms(row.source_forms),
        target_forms=_forms(row.target_forms),
        note=row.note,
    )


def _forms(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(BETWEEN_FORMS)) if joined else ()
