from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from service.domain.content_hash import content_hash, exact_hash, norm_hash
from service.domain.paragraph import Kind, Paragraph


def test_two_texts_that_only_look_alike_are_kept_apart() -> None:
    composed, decomposed = Paragraph(text="é"), Paragraph(text="e\u0301")

    assert exact_hash(composed) != exact_hash(decomposed)
    assert norm_hash(composed.text) == norm_hash(decomposed.text)


def test_kind_level_and_markup_belong_to_a_paragraph() -> None:
    plain = Paragraph(text="Word")
    others = [
        replace(plain, kind=Kind.HEADING),
        replace(plain, level=2),
        replace(plain, markup="<b>Word</b>"),
    ]

    assert len({exact_hash(plain), *map(exact_hash, others)}) == 4


def test_spaces_and_case_do_not_change_what_a_reader_sees() -> None:
    assert norm_hash("Deux\u00a0mots") == norm_hash("  deux  MOTS ")


@given(st.lists(st.text(), min_size=2, unique=True))
def test_order_and_borders_of_paragraphs_are_content(texts: list[str]) -> None:
    paragraphs = [Paragraph(text=text) for text in texts]

    hashes = {
        content_hash(paragraphs),
        content_hash(paragraphs[::-1]),
        content_hash([Paragraph(text="".join(texts))]),
    }

    assert len(hashes) == 3
