"""A small article in English and French, aligned by the real aligner."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from alignment import SentenceEncoder
from service.db.alignments import AlignmentRepository
from service.db.articles import ArticleRepository
from service.db.links import LinkRepository
from service.domain.language import Language
from service.domain.link import Link
from service.usecases.align_editions import align_editions
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition
from service.usecases.request_alignment import request_alignment
from tests.documents import document

ENGLISH = (
    "The orchard at Hale is open again.",
    "Frost had closed it for two seasons.",
    "Visitors may pick 12 kinds of pears.",
    "A bus leaves the station every hour.",
    "Dogs must stay on a lead.",
    "The café sells soup and bread.",
)
FRENCH = (
    "Le verger de Hale est de nouveau ouvert.",
    "Le gel l’avait fermé pendant deux saisons.",
    "Les visiteurs peuvent cueillir 12 sortes de poires.",
    "Un bus part de la gare toutes les heures.",
    "Les chiens doivent être tenus en laisse.",
    "Le café vend de la soupe et du pain.",
)
RUSSIAN = (
    "Сад в Хейле снова открыт.",
    "Из-за мороза он был закрыт два сезона.",
    "Посетители могут собирать 12 сортов груш.",
    "Автобус отходит от станции каждый час.",
    "Собак нужно держать на поводке.",
    "В кафе продают суп и хлеб.",
)


def aligned(
    sessions: sessionmaker[Session],
    encoder: SentenceEncoder,
    key: str,
    english: Sequence[str] = ENGLISH,
    french: Sequence[str] = FRENCH,
) -> UUID:
    """Import both editions, or new revisions of them, align them and return the alignment."""
    with sessions.begin() as session:
        if ArticleRepository(session).find(key) is None:
            import_article(session, document(*english), language=Language.EN, key=key)
        else:
            import_edition(session, document(*english), key=key, language=Language.EN)
        import_edition(session, document(*french), key=key, language=Language.FR)
    with sessions.begin() as session:
        job = request_alignment(session, key=key, target=Language.FR)
    align_editions(sessions, encoder, job_id=job.id)
    with sessions.begin() as session:
        article = ArticleRepository(session).get(key)
        (current,) = AlignmentRepository(session).of_articles([article.id])
        return current.id


def add_russian(sessions: sessionmaker[Session], encoder: SentenceEncoder, key: str) -> None:
    """Align a Russian edition with the English."""
    with sessions.begin() as session:
        import_edition(session, document(*RUSSIAN), key=key, language=Language.RU)
        job = request_alignment(session, key=key, target=Language.RU)
    align_editions(sessions, encoder, job_id=job.id)


def links_of(sessions: sessionmaker[Session], alignment_id: UUID) -> list[Link]:
    """Return the links of an alignment as the database has them."""
    with sessions.begin() as session:
        return LinkRepository(session).of_alignment(alignment_id)
