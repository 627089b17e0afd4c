"""Alignments of two editions, and which of them is current."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from service.db.tables import (
    AlignmentRow,
    DraftRow,
    EditionRevisionRow,
    EditionRow,
    LinkMemberRow,
    LinkRow,
    SegmentTextRow,
)
from service.domain.link import Alignment, AlignmentNotFoundError
from service.domain.paragraph import Kind
from service.domain.review import State
from service.domain.translation import NO_MODEL


def _alignment(row: AlignmentRow) -> Alignment:
    return Alignment(
        id=row.id,
        source_revision_id=row.source_revision_id,
        target_edition_id=row.target_edition_id,
        target_revision_id=row.target_revision_id,
        signature=row.signature,
        is_current=row.is_current,
    )


class AlignmentRepository:
    """Alignments by what they join."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, alignment_id: UUID) -> Alignment:
        """Return the alignment.

        Raises:
            AlignmentNotFoundError: If there is none.
        """
        row = self._session.get(AlignmentRow, alignment_id, populate_existing=True)
        if row is None:
            raise AlignmentNotFoundError(alignment_id)
        return _alignment(row)

    def hold(self, alignment_id: UUID) -> Alignment:
        """Return the alignment as it stands now; nobody retires it until the transaction ends."""
        query = (
            select(AlignmentRow)
            .where(AlignmentRow.id == alignment_id)
            .with_for_update(read=True)
            .execution_options(populate_existing=True)
        )
        return _alignment(self._session.scalars(query).one())

    def current(
        self, *, source_edition_id: UUID, target_edition_id: UUID, lock: bool = True
    ) -> Alignment | None:
        """Return the current alignment of two editions, if there is one.

        With ``lock`` nobody writes its links until the transaction ends, and the target edition
        must be locked.
        """
        query = (
            select(AlignmentRow)
            .join(EditionRevisionRow, EditionRevisionRow.id == AlignmentRow.source_revision_id)
            .where(
                AlignmentRow.target_edition_id == target_edition_id,
                EditionRevisionRow.edition_id == source_edition_id,
                AlignmentRow.is_current,
            )
            .execution_options(populate_existing=True)
        )
        row = self._session.scalar(query.with_for_update(of=AlignmentRow) if lock else query)
        return _alignment(row) if row else None

    def of_articles(self, article_ids: Sequence[UUID]) -> list[Alignment]:
        """Return all current alignments of some articles, oldest first."""
        query = (
            select(AlignmentRow)
            .join(EditionRow, EditionRow.id == AlignmentRow.target_edition_id)
            .where(EditionRow.article_id.in_(article_ids), AlignmentRow.is_current)
            .order_by(AlignmentRow.id)
        )
        return [_alignment(row) for row in self._session.scalars(query)]

    def standing_for(self, alignment_ids: Collection[UUID]) -> set[UUID]:
        """Return the current alignments of the editions that any of these was made of."""
        before, before_source = aliased(AlignmentRow), aliased(EditionRevisionRow)
        query = (
            select(AlignmentRow.id)
            .join(EditionRevisionRow, EditionRevisionRow.id == AlignmentRow.source_revision_id)
            .join(before, before.target_edition_id == AlignmentRow.target_edition_id)
            .join(before_source, before_source.id == before.source_revision_id)
            .where(
                before.id.in_(alignment_ids),
                before_source.edition_id == EditionRevisionRow.edition_id,
                AlignmentRow.is_current,
            )
        )
        return set(self._session.scalars(query))

    def add(
        self,
        *,
        source_revision_id: UUID,
        target_edition_id: UUID,
        target_revision_id: UUID | None,
        signature: str | None,
    ) -> Alignment:
        """Store a new current alignment; those it replaces must be retired before."""
        row = self._session.scalars(
            insert(AlignmentRow)
            .values(
                source_revision_id=source_revision_id,
                target_edition_id=target_edition_id,
                target_revision_id=target_revision_id,
                signature=signature,
            )
            .returning(AlignmentRow)
        ).one()
        return _alignment(row)

    def retire(self, alignment_id: UUID) -> None:
        """Keep an alignment as history only."""
        self._session.execute(
            update(AlignmentRow).where(AlignmentRow.id == alignment_id).values(is_current=False)
        )

    def complete(
        self, alignment_id: UUID, *, target_revision_id: UUID | None, signature: str
    ) -> None:
        """Say what the alignment was made by, and which target revision it joins."""
        self._session.execute(
            update(AlignmentRow)
            .where(AlignmentRow.id == alignment_id)
            .values(target_revision_id=target_revision_id, signature=signature)
        )

    def counts(self, alignment_ids: Sequence[UUID]) -> dict[UUID, dict[State, int]]:
        """Return how many links of each alignment stand in each state, set-aside ones left out."""
        body = (
            exists()
            .where(LinkMemberRow.link_id == LinkRow.id)
            .where(SegmentTextRow.id == LinkMemberRow.segment_text_id)
            .where(SegmentTextRow.kind != Kind.FURNITURE)
        )
        rows = self._session.execute(
            select(LinkRow.alignment_id, LinkRow.state, func.count())
            .where(LinkRow.alignment_id.in_(alignment_ids), body)
            .group_by(LinkRow.alignment_id, LinkRow.state)
        )
        counts: dict[UUID, dict[State, int]] = {id_: {} for id_ in alignment_ids}
        for alignment_id, state, number in rows:
            counts[alignment_id][state] = number
        return counts

    def models(self, alignment_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
        """Return the names of the models that made the drafts that stand in each alignment."""
        rows = self._session.execute(
            select(LinkRow.alignment_id, DraftRow.model)
            .join(DraftRow, DraftRow.id == LinkRow.draft_id)
            .where(LinkRow.alignment_id.in_(alignment_ids), DraftRow.model != NO_MODEL)
            .distinct()
            .order_by(DraftRow.model)
        )
        models: dict[UUID, list[str]] = {id_: [] for id_ in alignment_ids}
        for alignment_id, model in rows:
            models[alignment_id].append(str(model))
        return models
