from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from service.db.articles import ArticleRepository, EditionRepository
from service.db.job_states import JobRepository
from service.db.links import LinkRepository
from service.db.revisions import RevisionRepository
from service.domain.article import ArticleNotFoundError, EditionNotFoundError
from service.domain.errors import SameLanguageError, UnavailableError
from service.domain.glossary import GlossaryNotFoundError, PlacedTerm, Term, TermKind
from service.domain.language import Direction, Language
from service.domain.link import Job, Link, OtherGlossaryError
from service.domain.review import DraftOrigin, JobStatus, Provenance, State
from service.mt.translator import Translator
from service.usecases.delete_glossary import delete_glossary
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition
from service.usecases.import_glossary import import_glossary
from service.usecases.request_translation import request_translation
from service.usecases.translate_edition import translate_edition
from service.usecases.write_link import write_link
from tests.documents import document

STORY = ("The ferry is back.", "It left at 6:40.", "= The Daily", "Nobody was late.")


def any_route(direction: Direction) -> Direction:
    return direction


def store(sessions: sessionmaker[Session], key: str, *texts: str) -> None:
    with sessions.begin() as session:
        import_article(session, document(*texts), language=Language.EN, key=key)


def request(sessions: sessionmaker[Session], key: str, glossary: str | None = None) -> Job:
    with sessions.begin() as session:
        return request_translation(
            session, key=key, target=Language.FR, glossary=glossary, check_route=any_route
        )


def links(sessions: sessionmaker[Session], alignment_id: UUID) -> list[Link]:
    with sessions.begin() as session:
        return LinkRepository(session).of_alignment(alignment_id)


def job_of(sessions: sessionmaker[Session], job_id: UUID) -> Job:
    with sessions.begin() as session:
        return JobRepository(session).get(job_id)


def test_every_paragraph_but_furniture_gets_a_draft_that_says_what_made_it(
    sessions: sessionmaker[Session], translator: Translator
) -> None:
    store(sessions, "drafts", *STORY)
    job = request(sessions, "drafts")

    translate_edition(sessions, translator, job_id=job.id)

    made = links(sessions, job.alignment_id)
    assert [link.state for link in made] == [
        State.DRAFT,
        State.DRAFT,
        State.UNTRANSLATED,
        State.DRAFT,
    ]
    drafts = [link.draft for link in made if link.draft]
    assert all(draft.model == "compact" and "compact" in draft.signature for draft in drafts)
    assert all(draft.text.strip() for draft in drafts)
    assert made[2].draft is None
    done = job_of(sessions, job.id)
    assert (done.status, done.progress_done, done.progress_total) == (JobStatus.SUCCEEDED, 3, 3)


def test_machine_edition_becomes_a_revision_when_its_last_paragraph_is_there(
    sessions: sessionmaker[Session], translator: Translator
) -> None:
    store(sessions, "closed", *STORY)
    job = request(sessions, "closed")

    translate_edition(sessions, translator, job_id=job.id)

    with sessions.begin() as session:
        article = ArticleRepository(session).get("closed")
        edition = EditionRepository(session).find(article.id, Language.FR, [Provenance.MACHINE])
        assert edition is not None
        kept = RevisionRepository(session).get(edition.revision_id)
    made = [link for link in links(sessions, job.alignment_id) if link.draft]
    assert [p.text for p in kept.paragraphs] == [link.draft.text for link in made if link.draft]
    assert [[p.text for p in link.target] for link in made] == [[p.text] for p in kept.paragraphs]


def test_asking_twice_makes_one_job_and_asking_afterwards_returns_it(
    sessions: sessionmaker[Session], translator: Translator
) -> None:
    store(sessions, "twice", *STORY)

    first, second = request(sessions, "twice"), request(sessions, "twice")
    translate_edition(sessions, translator, job_id=first.id)
    third = request(sessions, "twice")

    assert first.id == second.id == third.id
    assert third.status is JobStatus.SUCCEEDED


def test_what_somebody_wrote_meanwhile_is_kept(
    sessions: sessionmaker[Session], translator: Translator
) -> None:
    store(sessions, "meanwhile", *STORY)
    job = request(sessions, "meanwhile")
    first = links(sessions, job.alignment_id)[0]
    with sessions.begin() as session:
        write_link(session, first.id, expected_version=1, actor="ann", text="Le bac revient.")

    translate_edition(sessions, translator, job_id=job.id)

    draft = links(sessions, job.alignment_id)[0].draft
    assert draft is not None
    assert (draft.text, draft.origin) == ("Le bac revient.", DraftOrigin.HUMAN)


def test_run_again_after_it_ended_changes_nothing(
    sessions: sessionmaker[Session], translator: Translator
) -> None:
    store(sessions, "again", *STORY)
    job = request(sessions, "again")
    translate_edition(sessions, translator, job_id=job.id)
    before = links(sessions, job.alignment_id)

    translate_edition(sessions, translator, job_id=job.id)

    assert links(sessions, job.alignment_id) == before
    assert job_of(sessions, job.id).attempts == 1


def test_attempt_that_lost_its_job_writes_nothing(
    sessions: sessionmaker[Session], translator: Translator
) -> None:
    store(sessions, "lost", *STORY)
    job = request(sessions, "lost")

    class Overtaken(Translator):
        """Lets another worker take the job while the model runs."""

        def translate(self, *args: object, **options: object) -> object:  # type: ignore[override] # passes everything on
            with sessions.begin() as session:
                JobRepository(session).begin(job.id)
            return translator.translate(*args, **options)  # type: ignore[arg-type] # as given

    overtaken = Overtaken.__new__(Overtaken)
    translate_edition(sessions, overtaken, job_id=job.id)

    assert all(link.draft is None for link in links(sessions, job.alignment_id))
    assert job_of(sessions, job.id).status is JobStatus.RUNNING


def test_unchanged_paragraphs_of_a_new_revision_keep_draft_and_state(
    sessions: sessionmaker[Session], translator: Translator
) -> None:
    store(sessions, "revised", "Stays.", "Goes.", "Moves.")
    first = request(sessions, "revised")
    translate_edition(sessions, translator, job_id=first.id)
    moved = links(sessions, first.alignment_id)[2]
    with sessions.begin() as session:
        write_link(
            session,
            moved.id,
            expected_version=moved.version,
            actor="ann",
            text="Se déplace.",
            state=State.APPROVED,
        )
        import_edition(
            session, document("Moves.", "Stays.", "Comes."), key="revised", language=Language.EN
        )

    second = request(sessions, "revised")
    before_run = links(sessions, second.alignment_id)
    translate_edition(sessions, translator, job_id=second.id)

    assert second.alignment_id != first.alignment_id
    assert [link.state for link in before_run] == [
        State.APPROVED,
        State.DRAFT,
        State.UNTRANSLATED,
    ]
    assert before_run[0].draft is not None
    assert before_run[0].draft.text == "Se déplace."
    assert second.progress_total == 1
    assert [link.state for link in links(sessions, second.alignment_id)] == [
        State.APPROVED,
        State.DRAFT,
        State.DRAFT,
    ]


def test_job_and_links_are_stored_together_or_not_at_all(sessions: sessionmaker[Session]) -> None:
    store(sessions, "atomic", *STORY)

    session = sessions()
    request_translation(session, key="atomic", target=Language.FR, check_route=any_route)
    session.rollback()

    with sessions.begin() as session:
        jobs = session.scalar(text("select count(*) from procrastinate.procrastinate_jobs"))
        article = ArticleRepository(session).get("atomic")
        editions = EditionRepository(session).of_article(article.id)
    assert jobs == 0
    assert [edition.language for edition in editions] == [Language.EN]


def test_requests_that_make_no_sense_are_refused(session: Session) -> None:
    import_article(session, document("One."), language=Language.EN, key="story")

    with pytest.raises(ArticleNotFoundError):
        request_translation(session, key="no", target=Language.FR, check_route=any_route)
    with pytest.raises(SameLanguageError):
        request_translation(session, key="story", target=Language.EN, check_route=any_route)
    with pytest.raises(EditionNotFoundError, match="--lang ru --article story"):
        request_translation(
            session,
            key="story",
            target=Language.FR,
            source=Language.RU,
            check_route=any_route,
        )


@pytest.mark.usefixtures("only_from_english")
def test_direction_that_no_model_serves_is_refused_before_anything_is_stored(
    session: Session, translator: Translator
) -> None:
    import_article(session, document("Un."), language=Language.FR, key="story")

    with pytest.raises(UnavailableError, match="fr-ru"):
        request_translation(
            session,
            key="story",
            target=Language.RU,
            check_route=translator.catalogue.find,
        )


def add_glossary(sessions: sessionmaker[Session], name: str) -> str:
    term = Term(
        source_language=Language.EN,
        target_language=Language.FR,
        source="ferry",
        target="",
        kind=TermKind.KEEP,
    )
    with sessions.begin() as session:
        stored, _ = import_glossary(session, [PlacedTerm(place="line 1", term=term)], name=name)
    return f"glossary:{name}@{stored.version[:12]}"


def test_drafts_are_held_to_the_glossary_that_was_asked_for(
    sessions: sessionmaker[Session], translator: Translator
) -> None:
    store(sessions, "held", *STORY)
    signature = add_glossary(sessions, "boats")
    job = request(sessions, "held", "boats")
    assert job.glossary == "boats"

    translate_edition(sessions, translator, job_id=job.id)

    drafts = [link.draft for link in links(sessions, job.alignment_id) if link.draft is not None]
    assert "ferry" in drafts[0].text
    assert all(signature in (draft.signature or "") for draft in drafts)


def test_another_glossary_waits_until_the_job_is_done_and_a_missing_one_stops_nothing(
    sessions: sessionmaker[Session], translator: Translator
) -> None:
    store(sessions, "waits", *STORY)
    add_glossary(sessions, "first")
    add_glossary(sessions, "second")
    job = request(sessions, "waits", "first")

    with pytest.raises(GlossaryNotFoundError):
        request(sessions, "waits", "nowhere")
    with pytest.raises(OtherGlossaryError, match="'first'"):
        request(sessions, "waits", "second")
    assert request(sessions, "waits", "first").id == request(sessions, "waits").id == job.id

    with sessions.begin() as session:
        delete_glossary(session, "first")
    with pytest.raises(GlossaryNotFoundError):
        translate_edition(sessions, translator, job_id=job.id)
    assert all(link.draft is None for link in links(sessions, job.alignment_id))
