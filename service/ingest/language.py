"""Tells in which of our languages a text is, and refuses one that is clearly in another."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice

import py3langid.langid as py3langid

from service.domain.language import Language
from service.domain.paragraph import Kind, Paragraph
from service.ingest.errors import WrongLanguageError

_SAMPLE_CHARS = 20_000
"""Characters looked at, taken from all of the text."""
_SAMPLE_PIECES = 40
_FEWEST_LETTERS = 3
_MOSTLY = 0.5
"""Share of the letters that must be of a script for the text to be in it."""
_HARDLY = 0.4
"""Share of letters of its own script below which a text is not what it is said to be."""
_LIKELY = 0.9
"""Probability from which on English or French is believed (py3langid, calibrated by length)."""
_CERTAIN = 0.99
"""Probability from which on a person's own word is doubted."""
_MANY_LETTERS = 40
"""Letters below which a person's own word is never doubted: names, titles, codes."""


def detect_language(paragraphs: Sequence[Paragraph]) -> Language | None:
    """Return the language of the paragraphs, or ``None`` if they are too short or too mixed.

    Mostly Cyrillic letters are Russian; between English and French py3langid decides.
    """
    return _detect(_sample(paragraphs), likely=_LIKELY)


def check_language(paragraphs: Sequence[Paragraph], claimed: Language) -> None:
    """Let through a text that may well be in the language it is said to be in.

    Raises:
        WrongLanguageError: If it is clearly in another of ours, or in none by its script.
    """
    sample = _sample(paragraphs)
    latin, cyrillic, letters = _letters(sample)
    if letters < _MANY_LETTERS:
        return
    found = _detect(sample, likely=_CERTAIN)
    own_script = cyrillic if claimed is Language.RU else latin
    other_latin = claimed is not Language.RU and found not in {None, claimed, Language.RU}
    if own_script < _HARDLY * letters or other_latin:
        raise WrongLanguageError(claimed, found)


def _detect(sample: str, *, likely: float) -> Language | None:
    latin, cyrillic, letters = _letters(sample)
    if letters < _FEWEST_LETTERS:
        return None
    if cyrillic > _MOSTLY * letters:
        return Language.RU
    if latin <= _MOSTLY * letters:
        return None
    code, probability = _identifier().classify(sample)
    return Language(code) if probability >= likely else None


def _letters(sample: str) -> tuple[int, int, int]:
    """Count Latin, Cyrillic and all letters."""
    letters = [letter for letter in sample if letter.isalpha()]
    latin = sum(letter < "\u0250" or "\u1e00" <= letter < "\u1f00" for letter in letters)
    cyrillic = sum("\u0400" <= letter < "\u0530" for letter in letters)
    return latin, cyrillic, len(letters)


def _sample(paragraphs: Sequence[Paragraph]) -> str:
    """Return the text, or as many pieces of it from beginning to end as are enough."""
    texts = [paragraph.text for paragraph in paragraphs if paragraph.kind is not Kind.FURNITURE]
    step = max(1, len(texts) // _SAMPLE_PIECES)
    longest = max(_SAMPLE_CHARS // _SAMPLE_PIECES, _SAMPLE_CHARS // max(1, len(texts)))
    return "\n".join(_pieces(texts[::step], longest))[: 2 * _SAMPLE_CHARS]


def _pieces(texts: Sequence[str], longest: int) -> Iterator[str]:
    for text in islice(texts, 2 * _SAMPLE_PIECES):
        yield text[:longest]


@cache
def _identifier() -> py3langid.LanguageIdentifier:
    identifier = py3langid.LanguageIdentifier.from_model_file(py3langid.MODEL_FILE, norm_probs=True)
    identifier.set_languages([Language.EN.value, Language.FR.value])
    return identifier
