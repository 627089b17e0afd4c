from dataclasses import replace

import pytest

from alignment.beads import Span
from service.domain.language import Language
from service.domain.paragraph import Kind
from service.domain.review import DraftOrigin, JobStatus, Provenance, State
from service.domain.review_page import ReviewCell
from service.domain.translation import Flag, FlagCode
from service.mt.catalogue import PACKAGED_MODELS
from service.web.pages import words
from tests.service.web.pages.values import CELL, COLUMN, job, page, paragraph, row

FLAG = Flag(code=FlagCode.NUMBERS, note="the numbers differ: 214")
ALIGNED = replace(CELL, confidence=0.97, origin=DraftOrigin.IMPORT, model=None)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (CELL, "machine draft"),
        (replace(CELL, origin=DraftOrigin.HUMAN), "draft"),
        (replace(CELL, origin=DraftOrigin.TM), "draft from memory"),
        (ALIGNED, "imported text"),
        (replace(CELL, state=State.APPROVED), "approved"),
        (replace(CELL, state=State.NEEDS_WORK), "needs work"),
        (replace(CELL, state=State.UNTRANSLATED, text="", origin=None), "not translated yet"),
        (replace(ALIGNED, state=State.UNTRANSLATED, text="", origin=None), "no counterpart"),
        # A person wrote what the other edition lacks: then the state counts.
        (replace(ALIGNED, state=State.APPROVED, source_indexes=()), "approved"),
    ],
)
def test_state_is_said_in_words(cell: ReviewCell, expected: str) -> None:
    assert words.state_words(cell) == expected


def test_label_says_place_state_and_warnings() -> None:
    place = words.place_words(COLUMN, 12, 34)

    assert words.cell_label(CELL, place) == "French, paragraph 12 of 34, machine draft"
    assert words.cell_label(replace(CELL, flags=(FLAG,)), place).endswith(", 1 warning")
    assert words.cell_label(replace(CELL, flags=(FLAG, FLAG)), place).endswith(", 2 warnings")


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ((), (Span(3, 8),), [("ferry", Language.FR)]),
        # The draft first: there the reader can mend it.
        ((Span(0, 3),), (Span(3, 8), Span(0, 2)), [("ferry", Language.FR), ("Le", Language.FR)]),
        ((Span(4, 9),), (), [("ferry", Language.EN)]),
        ((), (), []),
        ((), (Span(0, 1),) * 5, [("L", Language.FR)] * 3),
    ],
)
def test_flag_points_at_words(
    source: tuple[Span, ...], target: tuple[Span, ...], expected: list[tuple[str, Language]]
) -> None:
    flag = replace(FLAG, source=source, target=target)
    beside = row(CELL, source=(paragraph("The ferry is back."),))

    found = words.flag_places(flag, CELL, beside, COLUMN, Language.EN)

    assert [(place.words, place.language) for place in found] == expected


def test_long_places_are_shortened_and_those_in_several_paragraphs_not_shown() -> None:
    long = replace(CELL, text="x" * 100)
    flag = replace(FLAG, target=(Span(0, 100),))
    (place,) = words.flag_places(flag, long, row(long), COLUMN, Language.EN)
    both = replace(CELL, source_indexes=(0, 1))
    sources = row(both, source=(paragraph("One."), paragraph("Two.", index=1)))
    in_source = replace(FLAG, source=(Span(0, 2),))

    assert place.words == "x" * 60 + "…"
    assert words.flag_places(in_source, both, sources, COLUMN, Language.EN) == []


@pytest.mark.parametrize(
    ("confidence", "cell", "expected"),
    [
        (None, CELL, ""),
        (0.974, ALIGNED, "match 97 %"),
        (0.31, ALIGNED, "doubtful: match 31 %"),
        (0.88, replace(ALIGNED, text=""), "no match 88 %"),
        (0.88, replace(ALIGNED, source_indexes=()), "no match 88 %"),
    ],
)
def test_confidence_is_said_in_per_cent(
    confidence: float | None, cell: ReviewCell, expected: str
) -> None:
    assert words.confidence_words(replace(cell, confidence=confidence)) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (CELL, ""),
        (ALIGNED, ""),
        (replace(ALIGNED, reason="1,250 and Kidal"), "1,250 and Kidal"),
        (replace(ALIGNED, reason="context", moved=True), "context, moved from another place"),
        (replace(ALIGNED, reason="alike", confirmed=True), "alike, confirmed"),
        (replace(ALIGNED, reason="confirmed", confirmed=True), "confirmed"),
        (replace(ALIGNED, text="", confirmed=True), "confirmed"),
        # A machine's draft stands beside its source by construction.
        (replace(CELL, confirmed=True), ""),
    ],
)
def test_a_link_says_why_it_is_there(cell: ReviewCell, expected: str) -> None:
    assert words.why_words(cell) == expected


@pytest.mark.parametrize(
    ("indexes", "own", "elsewhere"),
    [
        ((0, 1), (0, 1), ()),
        # The other paragraph of the link, or the link itself, stands in another row.
        ((0, 1), (0,), ()),
        ((0,), (0,), (7,)),
    ],
)
def test_source_paragraphs_are_numbered_where_they_could_be_taken_for_others(
    indexes: tuple[int, ...], own: tuple[int, ...], elsewhere: tuple[int, ...]
) -> None:
    cell = replace(ALIGNED, source_indexes=indexes)
    shown = row(cell, source=tuple(paragraph("One.", index=index) for index in own))

    assert words.is_numbered(replace(shown, elsewhere=(elsewhere,)))
    assert not words.is_numbered(row(replace(ALIGNED, source_indexes=(0,))))


def test_a_column_beside_another_than_the_original_says_so() -> None:
    (choice,) = page(row(CELL)).available

    assert words.choice_words(choice) == "French, machine draft"
    beside = replace(choice, beside=Language.RU)
    assert words.choice_words(beside) == "French, machine draft, beside the Russian"


@pytest.mark.parametrize(
    ("indexes", "sources", "expected"),
    [
        ((0,), 1, ""),
        ((1,), 3, "for source paragraph 2"),
        ((0, 1), 2, "for source paragraphs 1 and 2"),
        ((0, 1, 2), 3, "for source paragraphs 1, 2 and 3"),
        ((), 0, "not in the English"),
    ],
)
def test_span_names_paragraphs_as_readers_count(
    indexes: tuple[int, ...], sources: int, expected: str
) -> None:
    cell = replace(ALIGNED, source_indexes=indexes)
    joined = row(cell, source=tuple(paragraph("One.", index=i) for i in range(sources)))

    assert words.span_words(cell, joined, Language.EN) == expected


def test_cell_looks_like_its_first_source_paragraph() -> None:
    title = paragraph("A title", index=3, kind=Kind.TITLE)
    quote = paragraph("A quotation", index=4, kind=Kind.QUOTE)
    joined = row(source=(title, quote))

    assert words.cell_kind(replace(CELL, source_indexes=(4,)), joined) is Kind.QUOTE
    assert words.cell_kind(replace(CELL, source_indexes=(3, 4)), joined) is Kind.TITLE
    assert words.cell_kind(replace(CELL, source_indexes=()), joined) is Kind.PARA


@pytest.mark.parametrize(
    ("models", "stopgaps"),
    [
        (("opus-mt-en-fr",), ""),
        (("compact",), "(compact is a stopgap model: expect mistakes)"),
        (("opus-mt-fr-en+compact",), "(compact is a stopgap model: expect mistakes)"),
        (("opus-mt-en-fr", "compact"), "(compact is a stopgap model: expect mistakes)"),
        (
            ("compact-into-english+compact", "compact"),
            "(compact and compact-into-english are stopgap models: expect mistakes)",
        ),
        (("compacted",), ""),
    ],
)
def test_models_are_named_and_the_stopgaps_are_called_ones(
    models: tuple[str, ...], stopgaps: str
) -> None:
    said = words.model_words(models)

    assert said == f"drafted by {', '.join(models)} {stopgaps}".rstrip()


def test_every_model_that_comes_along_is_a_stopgap() -> None:
    assert {folder.name for folder in PACKAGED_MODELS.iterdir()} == words.STOPGAP_MODELS


def test_no_models_no_words() -> None:
    assert words.model_words(()) == ""


def test_job_says_how_far_it_is() -> None:
    assert words.job_words(job(JobStatus.QUEUED)) == "waiting for a worker"
    assert words.job_words(job(JobStatus.RUNNING)) == "in progress: 2 of 7"
    assert words.job_words(job(JobStatus.FAILED, error="disk full")) == "stopped: disk full"
    assert words.job_words(job(JobStatus.FAILED)) == "stopped"
    assert words.job_words(job(JobStatus.SUCCEEDED)) == "done"


def test_only_a_waiting_or_running_job_is_active() -> None:
    active = {status for status in JobStatus if words.is_active(job(status))}

    assert active == {JobStatus.QUEUED, JobStatus.RUNNING}
    assert not words.is_active(None)


def test_published_counts_as_approved() -> None:
    counts = {State.APPROVED: 3, State.PUBLISHED: 2, State.REVIEWED: 5}

    assert words.approved(replace(COLUMN, counts=counts)) == 5


def test_every_state_and_provenance_has_words() -> None:
    assert set(words.STATE_WORDS) == set(State)
    assert set(words.EDITION_WORDS) == set(Provenance)
