from hypothesis import given
from hypothesis import strategies as st

from alignment.beads import Span
from service.mt.drafts import Draft, DraftBuilder, compose

SOURCE = "One. Two 12."


def build(source: str, *sentences: tuple[Span, str]) -> Draft:
    """Return a draft in which every character of a sentence came from its first one."""
    builder = DraftBuilder(source=source)
    for span, text in sentences:
        builder.add(span, text, [span.start] * len(text))
    return builder.finish(loops=0, empty=0)


def test_what_no_sentence_covers_is_copied() -> None:
    draft = build(" A.\n\nB. 5", (Span(1, 3), "X!"), (Span(5, 7), "Yes!"))

    assert draft.text == " X!\n\nYes! 5"


def test_edges_of_sentences_are_exact_and_their_inside_is_not() -> None:
    draft = build(SOURCE, (Span(0, 4), "Un seul."), (Span(5, 12), "Deux."))

    # "Un seul. Deux.": the first sentence is 0-8, the space 8-9, the second 9-14.
    assert draft.locate(0) == Span(0, 0)
    assert draft.locate(2) == Span(0, 8)
    assert draft.locate(4) == Span(8, 8)
    assert draft.locate(5) == Span(9, 9)
    assert draft.locate(7) == Span(9, 14)
    assert draft.locate(12) == Span(14, 14)


def test_empty_draft_has_one_place() -> None:
    assert build("").locate(0) == Span(0, 0)


def test_copy_inside_a_sentence_is_found_by_its_origins() -> None:
    builder = DraftBuilder(source="Use git now")
    builder.add(Span(0, 11), "now git use", [8, 8, 8, 7, 4, 5, 6, 3, 0, 4, 0])
    draft = builder.finish(loops=0, empty=0)

    assert draft.find_copy(Span(4, 7), "git") == Span(4, 7)
    assert draft.find_copy(Span(8, 11), "now") is None
    # Three characters came from the "g", and one of them is the "g".
    assert draft.find_copy(Span(4, 5), "g") == Span(4, 5)
    assert draft.find_copy(Span(4, 5), "s") == Span(9, 10)


def test_two_steps_become_one_draft() -> None:
    first = build("Un. 5", (Span(0, 3), "One here."))
    second = build("One here. 5", (Span(0, 9), "Раз."))

    draft = compose(first, second)

    assert draft.text == "Раз. 5"
    assert list(draft.origins) == [0, 0, 0, 0, 3, 4]
    assert [(piece.source, piece.target, piece.copied) for piece in draft.pieces] == [
        (Span(0, 3), Span(0, 4), False),
        (Span(3, 5), Span(4, 6), True),
    ]


def test_sentences_that_the_second_step_joins_become_one_piece() -> None:
    first = build("A. B.", (Span(0, 2), "X,"), (Span(3, 5), "y."))
    second = build("X, y.", (Span(0, 5), "Z"))

    draft = compose(first, second)

    assert [(piece.source, piece.target) for piece in draft.pieces] == [(Span(0, 5), Span(0, 1))]


@st.composite
def cuts(draw: st.DrawFn, text: str) -> list[tuple[Span, str]]:
    places = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = [Span(*pair) for pair in zip(places[::2], places[1::2], strict=False)]
    return [(span, draw(st.text("xyz ", min_size=1, max_size=9))) for span in spans]


@given(st.data())
def test_pieces_cover_source_and_target(data: st.DataObject) -> None:
    source = data.draw(st.text("ab. ", max_size=30))
    first = build(source, *data.draw(cuts(source)))
    second = build(first.text, *data.draw(cuts(first.text)))

    for draft in (first, compose(first, second)):
        assert len(draft.origins) == len(draft.text)
        assert _is_cover([piece.source for piece in draft.pieces], len(source))
        assert _is_cover([piece.target for piece in draft.pieces], len(draft.text))


@given(st.data())
def test_what_both_steps_copied_is_found_exactly(data: st.DataObject) -> None:
    source = data.draw(st.text("ab. ", max_size=30))
    first = build(source, *data.draw(cuts(source)))
    second = build(first.text, *data.draw(cuts(first.text)))
    draft = compose(first, second)

    for piece in first.pieces:
        for place in range(piece.source.start, piece.source.end) if piece.copied else ():
            between = piece.target.start + place - piece.source.start
            copies = [
                p for p in second.pieces if p.copied and p.source.start <= between < p.source.end
            ]
            if copies:
                found = draft.locate(place)
                assert len(found) == 0
                assert draft.text[found.start] == source[place]


def _is_cover(spans: list[Span], length: int) -> bool:
    edges = [0, *(place for span in spans for place in (span.start, span.end)), length]
    return all(left == right for left, right in zip(edges[::2], edges[1::2], strict=True))
