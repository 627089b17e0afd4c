"""Revisions of editions and their paragraphs; a paragraph that stays the same stays one row."""

from collections import defaultdict, deque
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import exists, func, insert, select, union_all
from sqlalchemy.orm import Session, aliased
from uuid_utils.compat import uuid7

from service.db.tables import (
    EditionRevisionRow,
    EditionRow,
    RevisionItemRow,
    SegmentRow,
    SegmentTextRow,
)
from service.domain.article import Revision, StoredParagraph
from service.domain.content_hash import content_hash, exact_hash, norm_hash
from service.domain.language import Direction
from service.domain.paragraph import Paragraph, ReadText, Repair, RepairKind
from service.domain.review import Provenance


def stored_paragraph(row: SegmentTextRow, position: int) -> StoredParagraph:
    """Return the domain's view of a paragraph's row."""
    return StoredParagraph(
        id=row.id,
        position=position,
        text=row.text,
        kind=row.kind,
        level=row.level,
        markup=row.markup,
        exact_hash=row.exact_hash,
    )


class RevisionRepository:
    """What an edition's content was and is."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find_by_content(self, edition_id: UUID, content: str) -> UUID | None:
        """Return the revision of the edition with this content hash, if there is one."""
        return self._session.scalar(
            select(EditionRevisionRow.id).where(
                EditionRevisionRow.edition_id == edition_id,
                EditionRevisionRow.content_hash == content,
            )
        )

    def get(self, revision_id: UUID) -> Revision:
        """Return a revision that another row refers to, with its paragraphs in order."""
        row = self._session.get_one(EditionRevisionRow, revision_id)
        return Revision(
            id=row.id,
            edition_id=row.edition_id,
            seq=row.seq,
            content_hash=row.content_hash,
            format=row.format,
            encoding=row.encoding,
            repairs=tuple(_repair(repair) for repair in row.repairs),
            paragraphs=self.paragraphs(revision_id),
        )

    def seq(self, revision_id: UUID) -> int:
        """Return a revision's number within its edition, from 1."""
        return self._session.get_one(EditionRevisionRow, revision_id).seq

    def editions(self, revision_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Return the edition of each revision."""
        query = select(EditionRevisionRow.id, EditionRevisionRow.edition_id)
        rows = self._session.execute(query.where(EditionRevisionRow.id.in_(revision_ids)))
        return {row.id: row.edition_id for row in rows}

    def places(self, revision_id: UUID) -> dict[UUID, int]:
        """Return where each of a revision's paragraphs stands, from 0."""
        rows = self._session.execute(
            select(RevisionItemRow.segment_text_id, RevisionItemRow.position).where(
                RevisionItemRow.revision_id == revision_id
            )
        )
        return {row.segment_text_id: row.position for row in rows}

    def paragraphs(self, revision_id: UUID) -> tuple[StoredParagraph, ...]:
        """Return a revision's paragraphs in order."""
        rows = self._session.execute(
            select(SegmentTextRow, RevisionItemRow.position)
            .join(RevisionItemRow, RevisionItemRow.segment_text_id == SegmentTextRow.id)
            .where(RevisionItemRow.revision_id == revision_id)
            .order_by(RevisionItemRow.position)
        )
        return tuple(stored_paragraph(row, position) for row, position in rows)

    def texts_around(
        self, article_id: UUID, direction: Direction, *, articles: int, paragraphs: int, chars: int
    ) -> list[tuple[list[str], list[str]]]:
        """Return the texts of both editions of other articles, those that came in nearest to one.

        Articles that have both editions, made by people, count; the current revisions are read.

        Args:
            article_id: The article around which to look; it is left out itself.
            direction: The languages of both editions.
            articles: How many to return at most from before it, and as many from after it.
            paragraphs: An edition of more is passed over.
            chars: Of a longer paragraph the beginning is returned.
        """
        source, target = aliased(EditionRow), aliased(EditionRow)
        pairs = select(
            source.article_id,
            source.current_revision_id.label("source_id"),
            target.current_revision_id.label("target_id"),
        ).join(target, target.article_id == source.article_id)
        for edition, language in ((source, direction.source), (target, direction.target)):
            pairs = pairs.where(
                edition.language == language,
                edition.provenance.in_((Provenance.ORIGINAL, Provenance.HUMAN)),
                edition.current_revision_id.is_not(None),
                ~exists().where(
                    RevisionItemRow.revision_id == edition.current_revision_id,
                    RevisionItemRow.position == paragraphs,
                ),
            )
        before = pairs.where(source.article_id < article_id).order_by(source.article_id.desc())
        after = pairs.where(source.article_id > article_id).order_by(source.article_id)
        nearest = self._session.execute(
            union_all(*(select(side.limit(articles).subquery()) for side in (before, after)))
        ).all()
        texts = self._texts([id_ for row in nearest for id_ in row[1:]], chars=chars)
        return [(texts[row.source_id], texts[row.target_id]) for row in nearest]

    def _texts(self, revision_ids: Sequence[UUID], *, chars: int) -> defaultdict[UUID, list[str]]:
        """Return the beginnings of the paragraphs of revisions, in order."""
        rows = self._session.execute(
            select(RevisionItemRow.revision_id, func.left(SegmentTextRow.text, chars))
            .join(SegmentTextRow, SegmentTextRow.id == RevisionItemRow.segment_text_id)
            .where(RevisionItemRow.revision_id.in_(revision_ids))
            .order_by(RevisionItemRow.revision_id, RevisionItemRow.position)
        )
        texts: defaultdict[UUID, list[str]] = defaultdict(list)
        for revision_id, beginning in rows:
            texts[revision_id].append(beginning)
        return texts

    def add(self, edition_id: UUID, document: ReadText, *, previous: UUID | None) -> Revision:
        """Store a new revision of an edition that is locked and has no such content yet.

        A paragraph whose text, kind and markup stand in the previous revision keeps its row, also
        when it moved, and one that an older revision had gets its row again, so that whatever
        hangs on it stays; equal paragraphs are taken in order.
        """
        revision_id = uuid7()
        last = self._session.scalar(
            select(func.max(EditionRevisionRow.seq)).where(
                EditionRevisionRow.edition_id == edition_id
            )
        )
        self._session.execute(
            insert(EditionRevisionRow).values(
                id=revision_id,
                edition_id=edition_id,
                seq=(last or 0) + 1,
                content_hash=content_hash(document.paragraphs),
                format=document.format,
                encoding=document.encoding,
                repairs=[_repair_json(repair) for repair in document.repairs],
            )
        )
        known = self._known(edition_id, previous) if previous else defaultdict(deque)
        self._add_items(edition_id, revision_id, document.paragraphs, known)
        return self.get(revision_id)

    def _known(self, edition_id: UUID, previous: UUID) -> defaultdict[str, deque[UUID]]:
        """Return the edition's paragraphs of all times by hash, the previous revision's first."""
        known: defaultdict[str, deque[UUID]] = defaultdict(deque)
        for paragraph in self.paragraphs(previous):
            known[paragraph.exact_hash].append(paragraph.id)
        older = self._session.execute(
            select(SegmentTextRow.exact_hash, SegmentTextRow.id)
            .join(SegmentRow, SegmentRow.id == SegmentTextRow.segment_id)
            .where(
                SegmentRow.edition_id == edition_id,
                ~exists().where(
                    RevisionItemRow.revision_id == previous,
                    RevisionItemRow.segment_text_id == SegmentTextRow.id,
                ),
            )
            .order_by(SegmentTextRow.id)
        )
        for digest, text_id in older:
            known[digest].append(text_id)
        return known

    def _add_items(
        self,
        edition_id: UUID,
        revision_id: UUID,
        paragraphs: Sequence[Paragraph],
        known: defaultdict[str, deque[UUID]],
    ) -> None:
        segments, texts, items = [], [], []
        for position, paragraph in enumerate(paragraphs):
            digest = exact_hash(paragraph)
            if known[digest]:
                text_id = known[digest].popleft()
            else:
                segment_id, text_id = uuid7(), uuid7()
                segments.append({"id": segment_id, "edition_id": edition_id})
                texts.append(_segment_text(text_id, segment_id, paragraph, digest))
            items.append(
                {"revision_id": revision_id, "position": position, "segment_text_id": text_id}
            )
        for table, rows in ((SegmentRow, segments), (SegmentTextRow, texts)):
            if rows:
                self._session.execute(insert(table), rows)
        if items:
            self._session.execute(insert(RevisionItemRow), items)


def _segment_text(
    text_id: UUID, segment_id: UUID, paragraph: Paragraph, digest: str
) -> dict[str, object]:
    return {
        "id": text_id,
        "segment_id": segment_id,
        "version": 1,
        "kind": paragraph.kind,
        "level": paragraph.level,
        "text": paragraph.text,
        "markup": paragraph.markup,
        "exact_hash": digest,
        "norm_hash": norm_hash(paragraph.text),
    }


def _repair_json(repair: Repair) -> dict[str, object]:
    return {
        "id": repair.id,
        "kind": repair.kind.value,
        "paragraph": repair.paragraph,
        "note": repair.note,
    }


def _repair(stored: dict[str, object]) -> Repair:
    return Repair(
        id=str(stored["id"]),
        kind=RepairKind(str(stored["kind"])),
        paragraph=int(str(stored["paragraph"])),
        note=str(stored["note"]),
    )
