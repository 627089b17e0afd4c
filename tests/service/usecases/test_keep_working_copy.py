import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from service.db.alignments import AlignmentRepository
from service.db.links import LinkRepository, WorkingCopyRepository
from service.domain.language import Language
from service.domain.link import Link, RetiredLinkError
from service.domain.working_copy import StaleCopyError, WorkingCopy, copy_tag
from service.usecases.drop_working_copy import drop_working_copy
from service.usecases.keep_working_copy import keep_working_copy
from service.usecases.request_translation import request_translation
from tests.service.usecases.conftest import ImportText


@pytest.fixture
def link(session: Session, import_text: ImportText) -> Link:
    """Return the one link of a translation that has not begun."""
    import_text("One.")
    job = request_translation(
        session, key="story", target=Language.FR, check_route=lambda direction: direction
    )
    return LinkRepository(session).of_alignment(job.alignment_id)[0]


def keep(session: Session, link: Link, text: str, seen: str | None, reviewer: str = "ann") -> str:
    return keep_working_copy(
        session, link.id, reviewer=reviewer, text=text, base_version=1, seen=seen
    )


def test_copy_takes_the_place_of_the_one_that_was_seen(session: Session, link: Link) -> None:
    first = keep(session, link, "U", None)
    second = keep(session, link, "Un", first)

    assert first != second
    kept = WorkingCopyRepository(session).find(link.id, "ann")
    assert kept == WorkingCopy(text="Un", base_version=1)
    assert second == copy_tag(1, kept)


def test_copy_that_was_not_seen_stays(session: Session, link: Link) -> None:
    first = keep(session, link, "U", None)
    second = keep(session, link, "Un", first)

    for seen in (None, first, "1-none", "", "nonsense"):
        with pytest.raises(StaleCopyError) as refused:
            keep(session, link, "Deux", seen)
        assert refused.value.current == WorkingCopy(text="Un", base_version=1)
        assert refused.value.tag == second


def test_copies_of_two_reviewers_are_apart(session: Session, link: Link) -> None:
    keep(session, link, "U", None)
    keep(session, link, "Un", None, reviewer="bob")
    copies = WorkingCopyRepository(session)

    assert [getattr(copies.find(link.id, who), "text", None) for who in ("ann", "bob", "eve")] == [
        "U",
        "Un",
        None,
    ]


def test_copy_that_is_gone_is_not_brought_back_by_who_saw_it(session: Session, link: Link) -> None:
    seen = keep(session, link, "U", None)
    drop_working_copy(session, link.id, reviewer="ann", seen=seen)

    with pytest.raises(StaleCopyError, match="nothing of yours is kept") as refused:
        keep(session, link, "Un", seen)

    assert (refused.value.current, refused.value.tag) == (None, "1-none")


def test_copy_is_dropped_only_as_it_was_seen(session: Session, link: Link) -> None:
    first = keep(session, link, "U", None)
    second = keep(session, link, "Un", first)

    with pytest.raises(StaleCopyError, match="another text of yours"):
        drop_working_copy(session, link.id, reviewer="ann", seen=first)
    drop_working_copy(session, link.id, reviewer="ann", seen=second)
    drop_working_copy(session, link.id, reviewer="ann", seen=second)

    assert WorkingCopyRepository(session).find(link.id, "ann") is None


def test_link_of_a_retired_alignment_takes_no_copy(session: Session, link: Link) -> None:
    AlignmentRepository(session).retire(link.alignment_id)

    with pytest.raises(RetiredLinkError):
        keep(session, link, "U", None)


@given(st.text(max_size=20), st.integers(0, 5), st.text(max_size=20), st.integers(0, 5))
def test_tags_are_equal_only_for_equal_copies(
    text: str, base: int, other_text: str, other_base: int
) -> None:
    one = WorkingCopy(text=text, base_version=base)
    other = WorkingCopy(text=other_text, base_version=other_base)

    assert (copy_tag(1, one) == copy_tag(1, other)) == (one == other)
    assert copy_tag(1, one) != copy_tag(2, one)
    assert copy_tag(1, None) != copy_tag(1, one)
