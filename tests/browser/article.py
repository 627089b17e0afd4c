"""An article for the browser: written for the tests, with every kind of paragraph and link."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.orm import Session, sessionmaker

from service.db.alignments import AlignmentRepository
from service.db.articles import EditionRepository
from service.db.links import LinkRepository, NewLink
from service.domain.article import StoredParagraph
from service.domain.language import Language
from service.domain.link import Link, NewDraft
from service.domain.paragraph import Kind, Paragraph, ReadText
from service.domain.review import DraftOrigin, Provenance, State
from service.domain.translation import Flag, FlagCode
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition

ENGLISH: Final = (
    Paragraph(text="The ferry is back", kind=Kind.TITLE),
    Paragraph(text="By Ada Moor", kind=Kind.BYLINE),
    Paragraph(text="After 214 days in dock the ferry to Lind sailed again on Monday."),
    Paragraph(text="What it cost", kind=Kind.HEADING, level=2),
    Paragraph(text="The repair cost 3.2 million. The town paid half of it."),
    Paragraph(text="“I had forgotten how quiet the crossing is.”", kind=Kind.QUOTE),
    Paragraph(text="six crossings a day", kind=Kind.LIST_ITEM),
    Paragraph(text="The Lind Courier, page 3", kind=Kind.FURNITURE),
)
FRENCH: Final = (
    "Le ferry est de retour",
    "Par Ada Moor",
    "Après 214 jours au bassin le ferry pour Lind est reparti lundi.",
    "Ce que cela a coûté",
    "La réparation a coûté 3,2 millions. La ville en a payé la moitié.",
    "« J’avais oublié combien la traversée est calme. »",
    "six traversées par jour",
)
RUSSIAN: Final = (
    "Паром вернулся",
    "Ада Мур",
    "После 214 дней в доке паром на Линд в понедельник снова вышел в море.",
    "Во что это обошлось",
    "Ремонт стоил 3,2 миллиона. Половину заплатил город.",
    "«Я забыла, как тихо на переправе.»",
    "шесть рейсов в день",
)
# Paragraphs 3 and 4 are one here, the quotation is left out, and the last has no counterpart.
HUMAN_FRENCH: Final = (
    "Le ferry reprend la mer",
    "Ada Moor",
    "Lundi, après 214 jours, le ferry est reparti. Voici ce que cela a coûté.",
    "Trois millions deux, dont la moitié pour la ville.",
    "Six traversées par jour",
    "Traduit par nos soins",
)
HUMAN_BEADS: Final = (
    ((0,), (0,)),
    ((1,), (1,)),
    ((2, 3), (2,)),
    ((4,), (3,)),
    ((5,), ()),
    ((6,), (4,)),
    ((7,), ()),
    ((), (5,)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Where the article's pages are, and its columns."""

    id: UUID
    key: str
    french: UUID
    russian: UUID
    human: UUID

    @property
    def path(self) -> str:
        """The page as it opens by itself: the source beside the machine drafts."""
        return f"/review/{self.key}"


def make_article(sessions: sessionmaker[Session], *, copies: int = 1) -> Article:
    """Store a new article, its paragraphs ``copies`` times over, and return where it is."""
    key = f"ferry-{uuid4().hex[:8]}"
    with sessions.begin() as session:
        document = ReadText(paragraphs=ENGLISH * copies)
        imported = import_article(session, document, language=Language.EN, key=key)
        source = imported.revision.paragraphs
        revision = imported.revision.id
        return Article(
            id=imported.article.id,
            key=key,
            french=_draft(session, imported.edition.id, revision, source, Language.FR, FRENCH),
            russian=_draft(session, imported.edition.id, revision, source, Language.RU, RUSSIAN),
            human=_human_edition(session, key, revision, source),
        )


def _draft(
    session: Session,
    source_edition: UUID,
    revision: UUID,
    source: Sequence[StoredParagraph],
    language: Language,
    texts: Sequence[str],
) -> UUID:
    article = EditionRepository(session).by_id(source_edition).article_id
    edition = EditionRepository(session).get_or_add(
        article, language, Provenance.MACHINE, source_edition_id=source_edition
    )
    alignment = AlignmentRepository(session).add(
        source_revision_id=revision,
        target_edition_id=edition.id,
        target_revision_id=None,
        signature="by hand",
    )
    links = [
        _machine_link(paragraph, text)
        for paragraph, text in zip(source, cycle([*texts, None]), strict=False)
    ]
    LinkRepository(session).add(alignment.id, links)
    return alignment.id


def _machine_link(paragraph: StoredParagraph, text: str | None) -> NewLink:
    if text is None:
        return NewLink(source=(paragraph,), confidence=1.0)
    odd = paragraph.text.startswith("The repair")
    flag = Flag(code=FlagCode.NUMBERS, note="the numbers differ: 3.2")
    draft = NewDraft(
        text=text,
        origin=DraftOrigin.MT,
        model="compact",
        signature="by hand",
        flags=(flag,) if odd else (),
    )
    return NewLink(source=(paragraph,), confidence=1.0, state=State.DRAFT, draft=draft)


def _human_edition(
    session: Session, key: str, revision: UUID, source: Sequence[StoredParagraph]
) -> UUID:
    document = ReadText(paragraphs=tuple(Paragraph(text=text) for text in HUMAN_FRENCH))
    imported = import_edition(session, document, key=key, language=Language.FR)
    alignment = AlignmentRepository(session).add(
        source_revision_id=revision,
        target_edition_id=imported.edition.id,
        target_revision_id=imported.revision.id,
        signature="by hand",
    )
    target = imported.revision.paragraphs
    links = []
    for left, right in HUMAN_BEADS:
        text = "\n\n".join(target[i].text for i in right)
        draft = NewDraft(text=text, origin=DraftOrigin.IMPORT, signature="by hand")
        links.append(
            NewLink(
                source=tuple(source[i] for i in left),
                target=tuple(target[i] for i in right),
                confidence=0.31 if len(left) > 1 else 0.97,
                state=State.DRAFT if right else State.UNTRANSLATED,
                draft=draft if right else None,
            )
        )
    LinkRepository(session).add(alignment.id, links)
    return alignment.id


def draft_nothing(sessions: sessionmaker[Session], alignment: UUID) -> None:
    """Lay out a machine edition's links anew, with no draft in them."""
    with sessions.begin() as session:
        links = LinkRepository(session)
        source = [link.source for link in links.of_alignment(alignment)]
        links.delete_all(alignment)
        links.add(alignment, [NewLink(source=one, confidence=1.0) for one in source])


def stored(sessions: sessionmaker[Session], alignment: UUID, position: int) -> Link:
    """Return a link as the database has it."""
    with sessions.begin() as session:
        return LinkRepository(session).of_alignment(alignment)[position]
