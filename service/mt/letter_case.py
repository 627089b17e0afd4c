"""Whether capitals in a text allow that a term stands there: "Orange" is no orange."""

from collections.abc import Sequence
from itertools import zip_longest

from service.domain.glossary import LetterCase
from service.domain.language import Language
from service.mt.inflection import Inflection
from service.mt.words import BREAK, Capitals, Reading, Word


def has_case(
    term: Sequence[Word],
    reading: Reading,
    start: int,
    *,
    case: LetterCase,
    inflection: Inflection,
    language: Language,
    loose: bool,
) -> bool:
    """Tell whether words of a text have the capitals that a term asks for.

    Args:
        term: The words of the term as the glossary has them.
        reading: The text.
        start: With which of its words the term would begin.
        case: What the glossary says about capitals.
        inflection: How words of the language change.
        language: Of the text.
        loose: Let any capitals pass unless the glossary wants exactly its own.
    """
    found = reading.words[start : start + len(term)]
    if case is LetterCase.EXACT:
        return all(
            _same_letters(own.text, word.text) for own, word in zip(term, found, strict=True)
        )
    if case is LetterCase.ANY or loose:
        return True
    if any(word.capitals is not Capitals.NONE for word in term):
        return all(
            _has_capitals_of(own, word) or (len(term) > 1 and _is_article(own, inflection))
            for own, word in zip(term, found, strict=True)
        )
    if len(term) > 1:
        return True
    return _is_common_noun(term[0], reading, start, inflection=inflection, language=language)


def _same_letters(own: str, word: str) -> bool:
    """Tell whether two forms of a word have the same capitals as far as they have a common stem."""
    shouted = own == own.upper() != own.lower()
    for mine, other in zip_longest(own, word, fillvalue=""):
        if mine != other and mine.casefold() == other.casefold():
            return False
        if mine != other:
            break
    return shouted or word[len(own) :] == word[len(own) :].lower()


def _is_article(own: Word, inflection: Inflection) -> bool:
    """Tell whether a word is one that a name begins with, and sentences write small: Le Monde."""
    return own.capitals is Capitals.FIRST and own.key in inflection.fixed


def _has_capitals_of(own: Word, word: Word) -> bool:
    if own.capitals is Capitals.NONE:
        return True
    if word.capitals is Capitals.ALL:
        return True
    if own.capitals is Capitals.FIRST:
        return next(letter for letter in word.text if letter.isalpha()).isupper()
    if own.capitals is Capitals.ALL:  # МИД, МИДа; NGO, NGOs; but "us" is not the US
        return word.text[: len(own.text)] == word.text[: len(own.text)].upper()
    return _same_letters(own.text, word.text)


def _is_common_noun(
    own: Word,
    reading: Reading,
    place: int,
    *,
    inflection: Inflection,
    language: Language,
) -> bool:
    """Tell whether a word that the glossary has in small letters is that word, and not a name."""
    word = reading.words[place]
    if word.capitals is Capitals.NONE:
        return True
    if word.capitals is Capitals.MIXED:
        return False
    if word.capitals is Capitals.ALL:
        around = [_telling_word(reading, place, step) for step in (-1, 1)]
        return not any(around) or any(one and one.capitals is Capitals.ALL for one in around)
    after = reading.word(place + 1)
    named = word.is_followed_by_name(after)
    if named and word.key in inflection.names:
        return False
    if own.key in inflection.titles or reading.title_case:
        return True
    # Russian puts a name right after a noun ("Экспорт Китая"), the others a preposition between.
    return word.initial and (language is Language.RU or not named)


def _telling_word(reading: Reading, place: int, step: int) -> Word | None:
    """Return the nearest word on one side that tells whether a text is written in capitals.

    A number does not, nor does one letter: "О ВОЙНЕ", "L'EAU", "VITAMIN C", "BANK'S".
    """
    while (word := reading.word(place + step)) is not None:
        if reading.words[max(place, place + step)].gap == BREAK:
            return None
        if sum(map(str.isalpha, word.text)) > 1:
            return word
        place += step
    return None
