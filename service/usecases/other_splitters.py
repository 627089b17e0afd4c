"""Other libraries that split text into sentences, to compare ours with; never used to serve.

They come with the development tools; one that is not installed is left out of a comparison.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any, Final

from alignment.beads import Span
from alignment.sentence_tables import LANGUAGES_WITH_TABLES

Split = Callable[[str, str], list[Span]]
"""A text and its language in, its sentences out."""


def installed_splitters() -> dict[str, Split]:
    """Return the libraries that are installed, by name."""
    return {name: split for name, split in _SPLITTERS.items() if find_spec(name) is not None}


def locate_sentences(text: str, sentences: Iterable[str]) -> list[Span]:
    """Return where sentences that a library gives as strings are in the text, one after another.

    Some libraries change the white space, so what is counted is the characters that are none.
    """
    solid = [place for place, character in enumerate(text) if not character.isspace()]
    spans: list[Span] = []
    done = 0
    for sentence in sentences:
        length = sum(not character.isspace() for character in sentence)
        place = solid[done : done + length]
        if place:
            spans.append(Span(place[0], place[-1] + 1))
        done += length
    return spans


def _blingfire(text: str, _language: str) -> list[Span]:
    import blingfire  # noqa: PLC0415 - a development tool

    _, offsets = blingfire.text_to_sentences_and_offsets(text)
    return [Span(start, end) for start, end in offsets]


def _pysbd(text: str, language: str) -> list[Span]:
    return locate_sentences(text, _pysbd_segmenter(_known(language)).segment(text))


@cache
def _pysbd_segmenter(language: str) -> Any:
    import pysbd  # noqa: PLC0415 - a development tool

    return pysbd.Segmenter(language=language, clean=False)


def _razdel(text: str, _language: str) -> list[Span]:
    from razdel import sentenize  # noqa: PLC0415 - a development tool

    return [Span(sentence.start, sentence.stop) for sentence in sentenize(text)]


def _syntok(text: str, _language: str) -> list[Span]:
    from syntok import segmenter  # noqa: PLC0415 - a development tool

    return [
        Span(sentence[0].offset, sentence[-1].offset + len(sentence[-1].value))
        for paragraph in segmenter.analyze(text)
        for sentence in paragraph
    ]


def _yasbd(text: str, language: str) -> list[Span]:
    return locate_sentences(text, _yasbd_detector(_known(language)).segment(text))


@cache
def _yasbd_detector(language: str) -> Any:
    import yasbd  # noqa: PLC0415 - a development tool

    return yasbd.BoundaryDetector(lang=language)


def _known(language: str) -> str:
    """Return a language that every library has."""
    return language if language in LANGUAGES_WITH_TABLES else "en"


_SPLITTERS: Final[Mapping[str, Split]] = {
    "blingfire": _blingfire,
    "pysbd": _pysbd,
    "razdel": _razdel,
    "syntok": _syntok,
    "yasbd": _yasbd,
}
"""By the name that each is imported by."""
