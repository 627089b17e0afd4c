"""Links, their drafts and decisions: read whole, written one version at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CollectionAggregate,
    Select,
    Uuid,
    any_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, aliased
from uuid_utils.compat import uuid7

from service.db.flags import flag_row, read_flag
from service.db.revisions import stored_paragraph
from service.db.tables import (
    AlignmentRow,
    DecisionRow,
    DraftRow,
    EditionRevisionRow,
    LinkMemberRow,
    LinkRow,
    SegmentTextRow,
    Side,
    WorkingCopyRow,
)
from service.domain.article import StoredParagraph
from service.domain.content_hash import source_hash
from service.domain.link import Draft, Link, LinkNotFoundError, NewDraft
from service.domain.review import DraftOrigin, LinkOrigin, State
from service.domain.working_copy import WorkingCopy


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """A bead to be stored, with the draft it begins with; by construction it costs nothing."""

    source: tuple[StoredParagraph, ...]
    target: tuple[StoredParagraph, ...] = ()
    confidence: float
    cost: float = 0.0
    origin: LinkOrigin = LinkOrigin.AUTO
    moved: bool = False
    reason: str | None = None
    state: State = State.UNTRANSLATED
    draft: NewDraft | None = None


class LinkRepository:
    """Links of an alignment, in order."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, link_id: UUID) -> Link:
        """Return the link.

        Raises:
            LinkNotFoundError: If there is none.
        """
        return self._one(select(LinkRow).where(LinkRow.id == link_id), link_id)

    def lock(self, link_id: UUID) -> Link:
        """Return the link as it stands now; nobody else writes it until the transaction ends.

        Raises:
            LinkNotFoundError: If there is none.
        """
        return self._one(select(LinkRow).where(LinkRow.id == link_id).with_for_update(), link_id)

    def of_alignment(
        self,
        alignment_id: UUID,
        *,
        after: int = -1,
        limit: int | None = None,
        state: State | None = None,
    ) -> list[Link]:
        """Return links in order, from the position after the one named."""
        query = (
            select(LinkRow)
            .where(LinkRow.alignment_id == alignment_id, LinkRow.position > after)
            .order_by(LinkRow.position)
            .limit(limit)
        )
        if state is not None:
            query = query.where(LinkRow.state == state)
        return self._links(query)

    def over(
        self, paragraph_ids: Sequence[UUID], *, source_edition_id: UUID, target_edition_id: UUID
    ) -> list[Link]:
        """Return the links that any alignment of two editions has over paragraphs, oldest first."""
        holding = select(LinkMemberRow.link_id).where(
            LinkMemberRow.segment_text_id == _any_of(paragraph_ids),
            LinkMemberRow.alignment_id.in_(_alignments_of(source_edition_id, target_edition_id)),
        )
        return self._links(select(LinkRow).where(LinkRow.id.in_(holding)).order_by(LinkRow.id))

    def paired_by_people(
        self, paragraph_ids: Sequence[UUID], *, source_edition_id: UUID, target_edition_id: UUID
    ) -> frozenset[UUID]:
        """Return those of some paragraphs that people have worked on beside their counterpart.

        In any alignment of two editions: a link with two sides was judged, a text of it was written
        or is being typed.
        """
        other = aliased(LinkMemberRow)
        by_people = or_(
            LinkRow.state.not_in((State.UNTRANSLATED, State.DRAFT)),
            exists().where(DraftRow.link_id == LinkRow.id, DraftRow.origin == DraftOrigin.HUMAN),
            exists().where(WorkingCopyRow.link_id == LinkRow.id),
        )
        query = (
            select(LinkMemberRow.segment_text_id)
            .join(LinkRow, LinkRow.id == LinkMemberRow.link_id)
            .where(
                LinkMemberRow.segment_text_id == _any_of(paragraph_ids),
                LinkMemberRow.alignment_id.in_(
                    _alignments_of(source_edition_id, target_edition_id)
                ),
                exists().where(
                    other.link_id == LinkMemberRow.link_id, other.side != LinkMemberRow.side
                ),
                by_people,
            )
        )
        return frozenset(self._session.scalars(query))

    def add(self, alignment_id: UUID, links: Sequence[NewLink]) -> list[UUID]:
        """Store an alignment's links with members and first drafts; return their ids in order."""
        rows: list[dict[str, Any]] = []
        members, drafts, begun = [], [], []
        for position, link in enumerate(links):
            link_id = uuid7()
            rows.append(_link_row(link_id, alignment_id, position, link))
            members += _member_rows(link_id, alignment_id, link)
            if link.draft is not None:
                digest = source_hash(p.exact_hash for p in link.source)
                draft = _draft_row(link_id, 1, digest, link.draft)
                drafts.append(draft)
                begun.append({"id": link_id, "draft_id": draft["id"]})
        for table, values in ((LinkRow, rows), (LinkMemberRow, members), (DraftRow, drafts)):
            if values:
                self._session.execute(insert(table), values)
        if begun:
            self._session.execute(update(LinkRow), begun)
        return [row["id"] for row in rows]

    def delete_all(self, alignment_id: UUID) -> None:
        """Remove an alignment's links; only for links that nobody has judged."""
        self._session.execute(delete(LinkRow).where(LinkRow.alignment_id == alignment_id))

    def add_targets(self, alignment_id: UUID, targets: dict[UUID, StoredParagraph]) -> None:
        """Put one paragraph on the target side of each link named."""
        rows = [
            {
                "link_id": link_id,
                "side": Side.TARGET,
                "position": 0,
                "alignment_id": alignment_id,
                "segment_text_id": paragraph.id,
            }
            for link_id, paragraph in targets.items()
        ]
        if rows:
            self._session.execute(insert(LinkMemberRow), rows)

    def write(self, link: Link, *, state: State, draft: NewDraft | None) -> None:
        """Move a locked link to a state, with a new draft if one is given; its version grows."""
        values: dict[str, Any] = {"state": state, "version": link.version + 1}
        if draft is not None:
            digest = source_hash(p.exact_hash for p in link.source)
            seq = link.draft.seq + 1 if link.draft else 1
            row = _draft_row(link.id, seq, digest, draft)
            self._session.execute(insert(DraftRow).values(**row))
            values["draft_id"] = row["id"]
        self._session.execute(update(LinkRow).where(LinkRow.id == link.id).values(**values))

    def add_decision(
        self, link: Link, *, draft_id: UUID | None, actor: str, to_state: State, note: str | None
    ) -> None:
        """Record who moved the link from its state to another, and why."""
        self._session.add(
            DecisionRow(
                link_id=link.id,
                draft_id=draft_id,
                actor=actor,
                from_state=link.state,
                to_state=to_state,
                note=note,
            )
        )
        self._session.flush()

    def _one(self, query: Select[LinkRow], link_id: UUID) -> Link:
        links = self._links(query)
        if not links:
            raise LinkNotFoundError(link_id)
        return links[0]

    def _links(self, query: Select[LinkRow]) -> list[Link]:
        rows = self._session.scalars(query.execution_options(populate_existing=True)).all()
        members = self._members([row.id for row in rows])
        drafts = self._drafts([row.draft_id for row in rows if row.draft_id])
        return [
            Link(
                id=row.id,
                alignment_id=row.alignment_id,
                position=row.position,
                version=row.version,
                state=row.state,
                confidence=row.confidence,
                cost=row.cost,
                origin=row.origin,
                moved=row.moved,
                reason=row.reason,
                source=tuple(members[row.id, Side.SOURCE]),
                target=tuple(members[row.id, Side.TARGET]),
                draft=drafts.get(row.draft_id) if row.draft_id else None,
            )
            for row in rows
        ]

    def _members(
        self, link_ids: Sequence[UUID]
    ) -> defaultdict[tuple[UUID, Side], list[StoredParagraph]]:
        """Return the paragraphs of links by side; ``position`` is that within the link."""
        members: defaultdict[tuple[UUID, Side], list[StoredParagraph]] = defaultdict(list)
        rows = self._session.execute(
            select(LinkMemberRow, SegmentTextRow)
            .join(SegmentTextRow, SegmentTextRow.id == LinkMemberRow.segment_text_id)
            .where(LinkMemberRow.link_id == _any_of(link_ids))
            .order_by(LinkMemberRow.position)
        )
        for member, text in rows:
            members[member.link_id, member.side].append(stored_paragraph(text, member.position))
        return members

    def _drafts(self, draft_ids: Sequence[UUID]) -> dict[UUID, Draft]:
        rows = self._session.scalars(select(DraftRow).where(DraftRow.id == _any_of(draft_ids)))
        return {row.id: _draft(row) for row in rows}


class WorkingCopyRepository:
    """What reviewers have typed and not committed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, link_id: UUID, reviewer: str) -> WorkingCopy | None:
        """Return what a reviewer has typed into a link, if anything."""
        row = self._session.get(WorkingCopyRow, (link_id, reviewer), populate_existing=True)
        return WorkingCopy(text=row.text, base_version=row.base_version) if row else None

    def keep(self, link_id: UUID, reviewer: str, copy: WorkingCopy) -> None:
        """Store what a reviewer has typed, in place of what they typed before."""
        typed = {"text": copy.text, "base_version": copy.base_version, "updated_at": func.now()}
        self._session.execute(
            upsert(WorkingCopyRow)
            .values(link_id=link_id, reviewer=reviewer, **typed)
            .on_conflict_do_update(index_elements=["link_id", "reviewer"], set_=typed)
        )

    def drop(self, link_id: UUID, reviewer: str) -> None:
        """Forget what a reviewer typed into a link."""
        self._session.execute(
            delete(WorkingCopyRow).where(
                WorkingCopyRow.link_id == link_id, WorkingCopyRow.reviewer == reviewer
            )
        )

    def drop_committed(self, link_id: UUID, reviewer: str, *, text: str) -> None:
        """Forget what a reviewer typed into a link if it is the text that stands there now."""
        self._session.execute(
            delete(WorkingCopyRow).where(
                WorkingCopyRow.link_id == link_id,
                WorkingCopyRow.reviewer == reviewer,
                WorkingCopyRow.text == text,
            )
        )

    def move(self, before: Link, link_id: UUID) -> None:
        """Take what all reviewers typed into a link to the one that replaces it.

        What was typed on top of an older version than the last stays so: its base is then 0.
        """
        base = case((WorkingCopyRow.base_version == before.version, 1), else_=0)
        self._session.execute(
            update(WorkingCopyRow)
            .where(WorkingCopyRow.link_id == before.id)
            .values(link_id=link_id, base_version=base)
        )

    def in_work(self, alignment_id: UUID) -> set[UUID]:
        """Return the links of an alignment that somebody has typed into and not committed."""
        query = (
            select(WorkingCopyRow.link_id)
            .join(LinkRow, LinkRow.id == WorkingCopyRow.link_id)
            .where(LinkRow.alignment_id == alignment_id)
        )
        return set(self._session.scalars(query))

    def of_reviewer(self, alignment_ids: Iterable[UUID], reviewer: str) -> dict[UUID, WorkingCopy]:
        """Return a reviewer's working copies in some alignments, by link."""
        rows = self._session.scalars(
            select(WorkingCopyRow)
            .join(LinkRow, LinkRow.id == WorkingCopyRow.link_id)
            .where(
                LinkRow.alignment_id.in_(list(alignment_ids)), WorkingCopyRow.reviewer == reviewer
            )
        )
        return {
            row.link_id: WorkingCopy(text=row.text, base_version=row.base_version) for row in rows
        }


def _alignments_of(source_edition_id: UUID, target_edition_id: UUID) -> Select[UUID]:
    """Return the query of all alignments of two editions."""
    return (
        select(AlignmentRow.id)
        .join(EditionRevisionRow, EditionRevisionRow.id == AlignmentRow.source_revision_id)
        .where(
            EditionRevisionRow.edition_id == source_edition_id,
            AlignmentRow.target_edition_id == target_edition_id,
        )
    )


def _any_of(ids: Sequence[UUID]) -> CollectionAggregate[bool]:
    # One array, where IN would send a parameter for each of perhaps 20,000 paragraphs.
    return any_(literal(list(ids), ARRAY(Uuid())))


def _link_row(link_id: UUID, alignment_id: UUID, position: int, link: NewLink) -> dict[str, object]:
    return {
        "id": link_id,
        "alignment_id": alignment_id,
        "position": position,
        "confidence": link.confidence,
        "cost": link.cost,
        "origin": link.origin,
        "moved": link.moved,
        "reason": link.reason,
        "state": link.state,
    }


def _member_rows(link_id: UUID, alignment_id: UUID, link: NewLink) -> list[dict[str, object]]:
    return [
        {
            "link_id": link_id,
            "side": side,
            "position": position,
            "alignment_id": alignment_id,
            "segment_text_id": paragraph.id,
        }
        for side, paragraphs in ((Side.SOURCE, link.source), (Side.TARGET, link.target))
        for position, paragraph in enumerate(paragraphs)
    ]


def _draft_row(link_id: UUID, seq: int, digest: str, draft: NewDraft) -> dict[str, object]:
    return {
        "id": uuid7(),
        "link_id": link_id,
        "seq": seq,
        "text": draft.text,
        "markup": draft.markup,
        "origin": draft.origin,
        "model": draft.model,
        "signature": draft.signature,
        "flags": [flag_row(flag) for flag in draft.flags],
        "source_hash": digest,
        "author": draft.author,
    }


def _draft(row: DraftRow) -> Draft:
    return Draft(
        id=row.id,
        seq=row.seq,
        text=row.text,
        markup=row.markup,
        origin=row.origin,
        model=row.model,
        signature=row.signature,
        flags=tuple(map(read_flag, row.flags)),
        source_hash=row.source_hash,
        author=row.author,
        created_at=row.created_at,
    )
