"""An article's source beside the columns that a reviewer chose, row by row."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from uuid import UUID

from sqlalchemy.orm import Session

from alignment import Bead
from service.db.alignments import AlignmentRepository
from service.db.articles import ArticleRepository, EditionRepository
from service.db.links import LinkRepository, WorkingCopyRepository
from service.db.revisions import RevisionRepository
from service.domain.article import Edition
from service.domain.link import Alignment, Link
from service.domain.review import Provenance
from service.domain.review_page import (
    EditionHead,
    ReviewCell,
    ReviewColumn,
    ReviewColumnChoice,
    ReviewPage,
)
from service.domain.working_copy import WorkingCopy
from service.usecases.article_columns import article_columns
from service.usecases.review_rows import LinkedColumn, review_rows


def build_review_page(
    session: Session, key: str, *, reviewer: str, columns: Collection[UUID] = ()
) -> ReviewPage:
    """Return the review page of an article.

    The columns named are shown, or those that have replaced them, or, where none is named or
    known, the machine's drafts, or all there are. All shown columns stand beside the same source
    revision: the newest of the original that any of them has.

    Raises:
        ArticleNotFoundError: If there is no such article.
    """
    article = ArticleRepository(session).get(key)
    available = article_columns(session, [article.id])[article.id]
    editions = EditionRepository(session).of_article(article.id)
    revisions = RevisionRepository(session)
    edition_of = revisions.editions({column.source_revision_id for column in available})
    wanted = AlignmentRepository(session).standing_for(columns) if columns else set()
    beside_original = {
        column.alignment_id
        for column in available
        if edition_of[column.source_revision_id] == editions[0].id
    }
    shown = _shown(available, wanted, beside_original)
    source = revisions.get(shown[0].source_revision_id if shown else editions[0].revision_id)
    edition = EditionRepository(session).by_id(source.edition_id)
    copies = WorkingCopyRepository(session).of_reviewer([c.alignment_id for c in shown], reviewer)
    index = {paragraph.id: paragraph.position for paragraph in source.paragraphs}
    alignments = {one.id: one for one in AlignmentRepository(session).of_articles([article.id])}
    linked = [
        _linked(session, column, alignments[column.alignment_id], index, copies) for column in shown
    ]
    between = _between(session, shown, alignments)
    return ReviewPage(
        article_key=article.key,
        title=article.title,
        source=EditionHead(
            language=edition.language, provenance=edition.provenance, revision=source.seq
        ),
        columns=tuple(shown),
        available=tuple(_choice(column, shown, editions, edition_of) for column in available),
        rows=tuple(review_rows(source.paragraphs, linked, between)),
    )


def _shown(
    available: Sequence[ReviewColumn], wanted: Collection[UUID], beside_original: Collection[UUID]
) -> list[ReviewColumn]:
    chosen = (
        [column for column in available if column.alignment_id in wanted]
        or [column for column in available if column.provenance is Provenance.MACHINE]
        or list(available)
    )
    if not chosen:
        return []
    usual = [column for column in chosen if column.alignment_id in beside_original] or chosen
    newest = max(usual, key=lambda column: column.alignment_id)
    return [c for c in chosen if c.source_revision_id == newest.source_revision_id]


def _choice(
    column: ReviewColumn,
    shown: Sequence[ReviewColumn],
    editions: Sequence[Edition],
    edition_of: Mapping[UUID, UUID],
) -> ReviewColumnChoice:
    source = edition_of[column.source_revision_id]
    language = next(edition.language for edition in editions if edition.id == source)
    return ReviewColumnChoice(
        alignment_id=column.alignment_id,
        language=column.language,
        provenance=column.provenance,
        beside=None if source == editions[0].id else language,
        shown=column in shown,
    )


def _linked(
    session: Session,
    column: ReviewColumn,
    alignment: Alignment,
    index: Mapping[UUID, int],
    copies: Mapping[UUID, WorkingCopy],
) -> LinkedColumn:
    links = LinkRepository(session).of_alignment(alignment.id)
    cells = [_cell(link, column, index, copies.get(link.id)) for link in links]
    target: Mapping[UUID, int] = {}
    if _by_people(column) and alignment.target_revision_id is not None:
        target = RevisionRepository(session).places(alignment.target_revision_id)
    return LinkedColumn(cells=cells, beads=list(_beads(links, index, target)), count=len(target))


def _by_people(column: ReviewColumn) -> bool:
    """Whether its paragraphs have places of their own; a machine's draft follows its source."""
    return column.provenance is not Provenance.MACHINE


def _between(
    session: Session, shown: Sequence[ReviewColumn], current: Mapping[UUID, Alignment]
) -> dict[tuple[int, int], list[Bead]]:
    """Return the beads of each two columns whose very revisions are aligned with each other."""
    by_people = [
        (place, current[column.alignment_id].target_revision_id)
        for place, column in enumerate(shown)
        if _by_people(column)
    ]
    made_of = {(one.source_revision_id, one.target_revision_id): one for one in current.values()}
    found = {}
    for (first, one), (second, other) in combinations(by_people, 2):
        revisions = one, other
        for source, target in (revisions, revisions[::-1]):
            if source is None or target is None or (source, target) not in made_of:
                continue
            links = LinkRepository(session).of_alignment(made_of[source, target].id)
            places = [RevisionRepository(session).places(id_) for id_ in (source, target)]
            beads = list(_beads(links, *places))
            as_is = source == revisions[0]
            found[first, second] = beads if as_is else [_turned(bead) for bead in beads]
    return found


def _beads(
    links: Sequence[Link], source: Mapping[UUID, int], target: Mapping[UUID, int]
) -> Iterator[Bead]:
    for link in links:
        yield Bead(
            source=tuple(sorted(source[member.id] for member in link.source)),
            target=tuple(sorted(target[member.id] for member in link.target)) if target else (),
            cost=link.cost,
            confidence=link.confidence,
            moved=link.moved,
        )


def _turned(bead: Bead) -> Bead:
    return replace(bead, source=bead.target, target=bead.source)


def _cell(
    link: Link, column: ReviewColumn, index: Mapping[UUID, int], copy: WorkingCopy | None
) -> ReviewCell:
    machine = column.provenance is Provenance.MACHINE
    return ReviewCell(
        link_id=link.id,
        version=link.version,
        state=link.state,
        text=link.draft.text if link.draft else "",
        source_indexes=tuple(sorted(index[paragraph.id] for paragraph in link.source)),
        source_ids=tuple(paragraph.id for paragraph in link.source),
        target_ids=tuple(paragraph.id for paragraph in link.target),
        confidence=None if machine else link.confidence,
        reason=link.reason,
        moved=link.moved,
        confirmed=link.confirmed,
        model=link.draft.model if link.draft else None,
        origin=link.draft.origin if link.draft else None,
        flags=link.draft.flags if link.draft else (),
        set_aside=link.set_aside,
        working_copy=copy.text if copy else None,
        working_copy_base=copy.base_version if copy else None,
    )
