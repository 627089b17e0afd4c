from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.article import (
    Edition,
    EditionEmptyError,
    InvalidKeyError,
    check_key,
    slug,
    title_of,
)
from service.domain.language import Language
from service.domain.paragraph import Kind, Paragraph
from service.domain.review import Provenance


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("The Ferry Returns", "the-ferry-returns"),
        ("Ёлки, 2024 !", "elki-2024"),
        ("Où est l’élève ?", "ou-est-l-eleve"),
        ("Щука съела ёжика", "shchuka-sela-ezhika"),
        ("日本 — ***", "article"),
        ("x" * 80, "x" * 60),
    ],
)
def test_slug_is_readable_latin(title: str, key: str) -> None:
    assert slug(title) == key


@given(st.text())
def test_every_slug_may_name_an_article(title: str) -> None:
    assert check_key(slug(title)) == slug(title)


@pytest.mark.parametrize("key", ["", "a/b", "../etc", "a b", "é", ".hidden", "x" * 121, "a\n"])
def test_key_that_cannot_stand_in_an_address_is_refused(key: str) -> None:
    with pytest.raises(InvalidKeyError):
        check_key(key)


def test_title_is_the_title_then_a_heading_then_the_first_words() -> None:
    furniture = Paragraph(text="The Daily, page 1", kind=Kind.FURNITURE)
    body = Paragraph(text="One two three four five six seven eight nine ten eleven twelve more")
    heading = Paragraph(text="A  heading", kind=Kind.HEADING, level=2)
    title = Paragraph(text="The title", kind=Kind.TITLE, level=1)

    assert title_of((furniture, body, heading, title)) == "The title"
    assert title_of((furniture, body, heading)) == "A heading"
    assert title_of((furniture, body)).endswith("eleven twelve")
    assert title_of((furniture,)) == "The Daily, page 1"


def test_edition_whose_translation_is_not_done_says_so() -> None:
    edition = Edition(
        id=uuid4(),
        article_id=uuid4(),
        language=Language.FR,
        provenance=Provenance.MACHINE,
        source_edition_id=uuid4(),
        current_revision_id=None,
    )

    with pytest.raises(EditionEmptyError, match="French edition has no content yet"):
        _ = edition.revision_id
