"""A translation runs while somebody reads and edits."""

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session, sessionmaker

from service.db.alignments import AlignmentRepository
from service.db.job_states import JobRepository
from service.db.links import LinkRepository, NewLink
from service.db.tables import JobKind
from service.domain.link import Job, NewDraft
from service.domain.review import DraftOrigin, State
from tests.browser.article import FRENCH, Article, draft_nothing, stored
from tests.browser.conftest import Desk
from tests.browser.page import badge, cell, field, saved, text

pytestmark = pytest.mark.browser


class Work:
    """A job that the test does by hand, step by step."""

    def __init__(self, sessions: sessionmaker[Session], article: Article) -> None:
        self._sessions = sessions
        self._article = article
        with sessions.begin() as session:
            alignment = AlignmentRepository(session).get(article.french)
            source = stored(sessions, article.french, 0).source[0]
            assert source is not None
            job = JobRepository(session).add(
                JobKind.TRANSLATE,
                article_id=article.id,
                alignment_id=alignment.id,
                total=len(FRENCH),
            )
        self._job_id = job.id

    def begin(self) -> Job:
        with self._sessions.begin() as session:
            job = JobRepository(session).begin(self._job_id)
            assert job is not None
            return job

    def translate(self, *positions: int) -> None:
        with self._sessions.begin() as session:
            links = LinkRepository(session)
            for position in positions:
                link = stored(self._sessions, self._article.french, position)
                draft = NewDraft(
                    text=FRENCH[position],
                    origin=DraftOrigin.MT,
                    model="compact",
                    signature="by hand",
                )
                links.write(links.lock(link.id), state=State.DRAFT, draft=draft)
            JobRepository(session).advance(self._job_id, attempt=1, done=positions[-1] + 1)

    def succeed(self) -> None:
        with self._sessions.begin() as session:
            jobs = JobRepository(session)
            alignment_id = jobs.get(self._job_id).alignment_id
            assert jobs.succeed(self._job_id, attempt=1, alignment_id=alignment_id)

    def fail(self, error: str) -> None:
        with self._sessions.begin() as session:
            JobRepository(session).fail(self._job_id, error=error)


@pytest.fixture
def work(sessions: sessionmaker[Session], article: Article) -> Work:
    """Return a queued job on the French draft, of which nothing is there yet."""
    draft_nothing(sessions, article.french)
    return Work(sessions, article)


def test_drafts_appear_on_the_page_as_they_are_made(
    desk: Desk, article: Article, work: Work
) -> None:
    page = desk.open(article.path)
    head = page.locator(f'[data-alignment="{article.french}"]')
    expect(head.locator(".job")).to_have_text("waiting for a worker")
    expect(badge(cell(page, 1))).to_have_text("not translated yet")

    work.begin()
    work.translate(0, 1)

    expect(text(cell(page, 2))).to_have_text(FRENCH[1])
    expect(badge(cell(page, 1))).to_have_text("machine draft")
    expect(head.locator(".job")).to_contain_text("in progress: 2 of 7")
    expect(head).to_contain_text("compact is a stopgap model")
    expect(badge(cell(page, 3))).to_have_text("not translated yet")
    work.translate(*range(2, 7))
    work.succeed()
    expect(text(cell(page, 7))).to_have_text(FRENCH[6])
    expect(head.locator(".job")).to_have_count(0)


def test_what_somebody_writes_meanwhile_stays_with_focus_and_scroll(
    desk: Desk, article: Article, work: Work
) -> None:
    page = desk.open(article.path)
    work.begin()
    text(cell(page, 3)).click()
    page.keyboard.type("Mon texte")
    page.evaluate("scrollTo(0, 40)")
    before = field(page).bounding_box()

    work.translate(*range(7))

    expect(text(cell(page, 2))).to_have_text(FRENCH[1])
    expect(cell(page, 3).locator("textarea")).to_be_focused()
    expect(field(page)).to_have_value("Mon texte")
    after = field(page).bounding_box()
    assert before is not None
    assert after is not None
    # The rows above grew, and what is being read stayed where it was.
    assert after["y"] == pytest.approx(before["y"], abs=2)
    # The draft that came first is not overwritten in silence.
    page.keyboard.press("Control+Enter")
    expect(page.locator('#conflict [data-side="theirs"]')).to_have_text(FRENCH[2])
    expect(page.locator('#conflict [data-side="mine"]')).to_have_text("Mon texte")


def test_a_job_that_stopped_says_why(desk: Desk, article: Article, work: Work) -> None:
    page = desk.open(article.path)
    work.begin()

    work.fail("the disk is full")

    expect(page.locator('.job[data-job="failed"]')).to_have_text("stopped: the disk is full")


def lay_out_anew(sessions: sessionmaker[Session], article: Article) -> None:
    """Leave one row of the French draft."""
    with sessions.begin() as session:
        links = LinkRepository(session)
        links.delete_all(article.french)
        source = stored(sessions, article.russian, 0).source
        links.add(article.french, [NewLink(source=source, confidence=1.0)])


def test_rows_that_come_with_an_alignment_are_shown(
    desk: Desk, article: Article, work: Work, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    work.begin()

    lay_out_anew(sessions, article)

    expect(page.locator('.target[data-column="0"] .cell')).to_have_count(1)


def test_new_rows_do_not_take_the_field_from_under_somebody(
    desk: Desk, article: Article, work: Work, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    work.begin()
    text(cell(page, 3, 1)).click()
    field(page).fill("Мой текст")

    lay_out_anew(sessions, article)

    expect(page.get_by_role("alert")).to_contain_text("There are new rows.")
    expect(cell(page, 3, 1).locator("textarea")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" весь")
    page.get_by_role("button", name="Reload the page").click()
    expect(page.locator('.target[data-column="0"] .cell')).to_have_count(1)
    expect(text(cell(page, 3, 1))).to_have_text("Мой текст весь")


def test_column_that_was_replaced_is_loaded_anew(
    desk: Desk, article: Article, work: Work, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(f"{article.path}?column={article.french}")
    work.begin()

    with sessions.begin() as session:
        alignments = AlignmentRepository(session)
        before = alignments.get(article.french)
        alignments.retire(before.id)
        new = alignments.add(
            source_revision_id=before.source_revision_id,
            target_edition_id=before.target_edition_id,
            target_revision_id=None,
            signature="anew",
        )

    expect(page.locator(f'[data-alignment="{new.id}"]')).to_be_visible()


def test_what_another_tab_typed_comes_with_a_new_draft_and_is_not_dropped(
    desk: Desk, article: Article, work: Work
) -> None:
    page = desk.open(article.path)
    page.route("**/cells?*", lambda route: route.abort())
    work.begin()
    work.translate(0, 1)
    other = desk.open(article.path)
    text(cell(other, 2)).click()
    field(other).fill("Ada")
    expect(saved(cell(other, 2))).to_have_text("saved")
    other.close()
    page.evaluate("localStorage.clear()")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))

    page.unroute("**/cells?*")
    expect(text(cell(page, 2))).to_have_text("Ada")
    text(cell(page, 2)).click()
    page.keyboard.press("Escape")

    expect(text(cell(page, 2))).to_have_text("Ada")
    page.reload()
    expect(text(cell(page, 2))).to_have_text("Ada")
    assert set(sent) == {"GET"}


def test_polling_ends_with_the_job(desk: Desk, article: Article, work: Work) -> None:
    page = desk.open(article.path)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    work.begin()
    work.translate(0)
    expect(text(cell(page, 1))).to_have_text(FRENCH[0])

    work.succeed()

    expect(page.locator(".job")).to_have_count(0)
    before = len(requests)
    assert any("/cells" in url for url in requests)
    page.wait_for_timeout(2500)
    assert len(requests) == before
