"""Recognises the single-byte encodings in which older English, French and Russian texts come.

A wrong guess mangles a text for good, so an encoding is accepted only when the letters it gives
are those of the language, in the cases that words have, and every encoding that would give
another text is far less likely. Everything is computed from how often each pair of neighbouring
bytes occurs: linear in the text, and exact for all of it rather than for a sample.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_lowercase

import numpy as np

LATIN_CODECS = ("cp1252", "iso8859-15", "mac-roman", "cp850")
CYRILLIC_CODECS = ("cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic")

SURE_NATS = 12.0
"""How much likelier the best reading must be than any that differs: e^12, or 160,000 to 1."""

LATIN_PLAUSIBLE_NATS, CYRILLIC_PLAUSIBLE_NATS = 6.9, 3.8
"""Cost of a non-ASCII character, on average, above which even the best reading is not believed:
French accents cost 4 to 6.5, Russian letters 3.0 to 3.6 (sentences of FLORES-200, measured)."""

LATIN_RARITY_NATS = 3.35
"""What it costs in French that a letter is not ASCII at all (one in 28)."""

UNKNOWN_NATS = math.log(128)
"""Cost of a non-ASCII byte in an encoding that we know nothing of."""

_RUSSIAN_PER_CENT = """
о 11.0 е 8.4 а 8.0 и 7.4 н 6.7 т 6.3 с 5.5 р 4.7 в 4.5 л 4.4 к 3.5 м 3.2 д 3.0 п 2.8 у 2.6 я 2.0
ы 1.9 ь 1.7 г 1.7 з 1.6 б 1.6 ч 1.4 й 1.2 х 1.0 ж 0.9 ш 0.7 ю 0.6 ц 0.5 щ 0.4 э 0.3 ф 0.3
ъ 0.04 ё 0.04
"""
"""Share of the letters of Russian prose, rounded (as any count of a large corpus gives it)."""

_FRENCH_PER_CENT = """
é 1.9 à 0.5 è 0.3 ê 0.2 ç 0.09 â 0.05 ù 0.06 û 0.06 î 0.05 ô 0.02 œ 0.02 ë 0.01 ï 0.01 ü 0.005
æ 0.001 ÿ 0.0005
"""
"""Share of the letters of French prose, accented ones only, rounded; of English ones, too, since
its few accents are French."""

_ASCII = 0x80
_OWN_ASCII, _FOREIGN_ASCII = math.log(0.04), math.log(0.002)
_PUNCTUATION = dict.fromkeys("«»—–…’“”\N{NO-BREAK SPACE}", math.log(0.003)) | dict.fromkeys(
    "„‘№§£", math.log(0.0003)
)
_BEFORE_WORDS = frozenset("«„№§£")
_OTHER_LETTER = math.log(1e-5)
_FLOOR, _CONTROL_CODE = math.log(1e-7), math.log(1e-12)
_CAPITAL_STARTS, _CAPITAL_AFTER_CAPITAL, _CAPITAL_INSIDE = map(math.log, (0.05, 0.3, 0.0005))
_MIXED_SCRIPTS = math.log(1e-4)
_ACCENT_AFTER_ACCENT = math.log(0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One encoding's reading of the bytes: what each byte value means, and what the text costs.

    ``beyond_chance_nats`` is what an encoding that we know nothing of would cost more;
    ``beyond_ascii`` counts the bytes that are not ASCII, ``beyond_ascii_nats`` is their cost. In
    the first two a pair of bytes that comes again counts less and less: a word said three times
    is no threefold proof.
    """

    codec: str
    characters: tuple[str, ...]
    cost_nats: float
    beyond_chance_nats: float
    beyond_ascii: int
    beyond_ascii_nats: float

    @property
    def is_plausible(self) -> bool:
        """Whether it is what the language looks like."""
        is_latin = self.codec in LATIN_CODECS
        plausible = LATIN_PLAUSIBLE_NATS if is_latin else CYRILLIC_PLAUSIBLE_NATS
        return self.beyond_ascii_nats <= plausible * self.beyond_ascii


def recognise(data: bytes) -> tuple[str | None, list[str]]:
    """Return the legacy codec of the bytes, or ``None``, and the codecs that come near.

    Codecs that give the same text for these bytes count as one; the first of them is named.
    """
    pairs = _pair_counts(data)
    readings = _readings(pairs)
    best = readings[0]
    used = {second for _, second in pairs}
    rivals = [
        reading
        for reading in readings[1:]
        if reading.cost_nats < best.cost_nats + SURE_NATS and _differ(best, reading, used)
    ]
    if not best.is_plausible or best.beyond_chance_nats < SURE_NATS:
        return None, []
    if rivals:
        return None, [best.codec, *(rival.codec for rival in rivals)]
    return best.codec, [best.codec]


def may_be_legacy(data: bytes) -> list[str]:
    """Return the codecs in which the bytes look like one of our languages, sure or not."""
    return [reading.codec for reading in _readings(_pair_counts(data)) if reading.is_plausible]


def _readings(pairs: Mapping[tuple[int, int], int]) -> list[Reading]:
    """Return every possible reading, the likeliest first."""
    readings = (_read(codec, pairs) for codec in LATIN_CODECS + CYRILLIC_CODECS)
    return sorted(
        (reading for reading in readings if reading is not None),
        key=lambda reading: reading.cost_nats,
    )


def _pair_counts(data: bytes) -> dict[tuple[int, int], int]:
    """Count the pairs of neighbouring bytes; the first byte follows a space."""
    values = np.frombuffer(b" " + data, dtype=np.uint8).astype(np.uint16)
    counts = np.bincount((values[:-1] << np.uint16(8)) | values[1:], minlength=1 << 16)
    return {divmod(int(pair), 256): int(counts[pair]) for pair in np.flatnonzero(counts)}


def _read(codec: str, pairs: Mapping[tuple[int, int], int]) -> Reading | None:
    """Return the codec's reading, or ``None`` if a byte of the text means nothing in it."""
    characters = tuple(bytes([value]).decode(codec, "replace") for value in range(256))
    logs = _letter_logs(codec)
    chance = UNKNOWN_NATS + (LATIN_RARITY_NATS if codec in LATIN_CODECS else 0)
    ascii_nats = ascii_weight = other_nats = other_weight = beyond_ascii_nats = 0.0
    beyond_ascii = 0
    for (first, second), count in pairs.items():
        character = characters[second]
        if character == "\N{REPLACEMENT CHARACTER}":
            return None
        nats = -_log_likelihood(characters[first], character, logs)
        weight = 1 + math.log(count)
        if second >= _ASCII:
            other_nats += nats * weight
            other_weight += weight
            beyond_ascii_nats += nats * count
            beyond_ascii += count
        elif character.isalpha():
            ascii_nats += nats * weight
            ascii_weight += weight
    # Latin letters speak against Russian, but the tags of a page must not outvote its text.
    ascii_share = min(1, other_weight / max(ascii_weight, 1))
    return Reading(
        codec=codec,
        characters=characters,
        cost_nats=other_nats + ascii_nats * ascii_share,
        beyond_chance_nats=chance * other_weight - other_nats,
        beyond_ascii=beyond_ascii,
        beyond_ascii_nats=beyond_ascii_nats,
    )


def _differ(one: Reading, other: Reading, used: set[int]) -> bool:
    return any(one.characters[value] != other.characters[value] for value in used)


def _letter_logs(codec: str) -> dict[str, float]:
    """Log likelihood of each lower-case letter in the language that the codec is for."""
    table, ascii_log = _FRENCH_PER_CENT, _OWN_ASCII
    if codec in CYRILLIC_CODECS:
        table, ascii_log = _RUSSIAN_PER_CENT, _FOREIGN_ASCII
    cells = table.split()
    shares = zip(cells[::2], cells[1::2], strict=True)
    return dict.fromkeys(ascii_lowercase, ascii_log) | {
        letter: math.log(float(per_cent) / 100) for letter, per_cent in shares
    }


def _log_likelihood(previous: str, character: str, logs: Mapping[str, float]) -> float:
    """Log likelihood of a character, given the one before it."""
    if "\x80" <= character < "\xa0":
        return _CONTROL_CODE
    if not character.isalpha():
        misplaced = character in _BEFORE_WORDS and previous.isalpha()
        return _FLOOR if misplaced else _PUNCTUATION.get(character, _FLOOR)
    likelihood = logs.get(character.lower(), _OTHER_LETTER)
    if character.isupper():
        likelihood += _capital(previous)
    if "\x80" <= previous < "\u0400" and previous.isalpha():
        likelihood += _ACCENT_AFTER_ACCENT
    if previous.isalpha() and (previous < "\u0400") != (character < "\u0400"):
        likelihood += _MIXED_SCRIPTS
    return likelihood


def _capital(previous: str) -> float:
    if previous.islower():
        return _CAPITAL_INSIDE
    return _CAPITAL_AFTER_CAPITAL if previous.isupper() else _CAPITAL_STARTS
