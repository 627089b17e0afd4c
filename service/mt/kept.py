"""What must come back from a translation as it is."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from alignment.beads import Span
from service.mt.characters import CYRILLIC, LATIN, is_invisible
from service.mt.tokenizer import Tokenizer

_INVISIBLE: Final = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
_LESS: Final = f"[<＜﹤][{_INVISIBLE}]*"
_MORE: Final = f"[>＞﹥][{_INVISIBLE}]*"
LANGUAGE_TAG: Final = re.compile(
    rf"{_MORE}{_MORE}(?<=[>＞﹥{_INVISIBLE}])\s{{0,3}}[\w+\-{_INVISIBLE}]{{1,40}}\s{{0,3}}{_LESS}[<＜﹤]"
)
"""What a tokenizer could read as a tag, in any spelling: wide, spaced, with invisible signs."""

_NOT_IN_PATH: Final = r"\s<>\"«»“”—…()\[\]"
_PAIRED: Final = r"\([^\s<>\"«»“”()]*\)|\[[^\s<>\"«»“”()\[\]]*\](?!\()"
PATH: Final = rf"(?:[^{_NOT_IN_PATH}]|{_PAIRED})*(?:[^{_NOT_IN_PATH}.,;:!?'’*_]|{_PAIRED})"
"""The rest of an address: no parenthesis or bracket without its partner, no stop at its end."""
ADDRESS: Final = re.compile(
    rf"(?:(?i:https?|ftp)://|(?<![a-zA-Z\d])[a-z][a-z\d+.-]{{1,15}}://|www\.){PATH}"
    r"|(?<![\w.+-])(?:mailto:)?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?::[\w.~-]*/[\w./~-]*\w)?"
    r"|(?<![\w.@-])(?:[a-z\d-]{2,63}\.){1,4}(?:com|org|net|info|gov|edu|eu|io|fr|ru|uk)"
    rf"(?:/(?:{PATH})?)?(?![\w-]|\.\w)"
    r"|(?<![\w.@-])(?:(?:[a-z\d-]{1,63}\.){1,4}[a-z]{2,24}(?=:\d|/\w)|localhost)"
    rf"(?::\d{{2,5}})?(?:/(?:{PATH})?)?(?![\w-])"
    r"|(?<![\w@#&/])[@#][^\W\d]\w{1,60}(?!\w)"
    r"|(?<![\w:])(?:[\da-fA-F]{1,4}(?::[\da-fA-F]{1,4}){0,6})?::(?:[\da-fA-F]{1,4}(?::[\da-fA-F]{1,4}){0,6})(?![\w:])"
)
"""Links, mail, bare domains, @names and #topics, addresses of IPv6 and of scp."""

PLACEHOLDER: Final = re.compile(
    r"\{\{[^{}\n]{0,200}\}\}|\{%[^{}\n]{0,200}%\}|[$#]\{[^{}\n]{1,200}\}"
    r"|<%[^<>\n]{0,200}%>|<\?[^<>\n]{0,200}\?>"
    r"|\{\w{1,40},\s?(?:plural|select|selectordinal)\b[^{}\n]{0,99}"
    r"(?:\{(?:[^{}\n]|\{[^{}\n]{0,80}\}){0,200}\}[^{}\n]{0,99}){1,9}\}"
    r"|(?<!%)%[sdi](?:%%)?(?![\w'’-])|\[\[[^\[\]\n]{1,100}\]\]|(?<!%)%\d{1,3}\$[-+#0]{0,5}\d{0,9}(?:\.\d{1,9})?[diouxXeEfFgGcsra@]"
    r"|\{[^{}\s]{0,80}\}|\{\w{1,40},[^{}\n]{1,80}\}"
    r"|%\([\w .-]{1,60}\)[-+#0]{0,5}\d{0,9}(?:\.\d{1,9})?[a-zA-Z]"
    r"|(?<!\d)(?<!\d[ \u00a0\u202f])(?<!%)%(?:\d{1,3}\$)?[-+#0]{0,5}(?:\d{1,9}|\*)?"
    r"(?:\.(?:\d{1,9}|\*))?(?:hh?|ll?|[Lqjzt])?[diouxXeEfFgGcsra@](?:%%)?(?![^\W\d_]{3})"
    r"|(?<![\w%])%[A-Za-z_]\w{0,40}%"
    r"|(?<!\w)\$[A-Za-z_]\w{0,60}(?:\.[A-Za-z_]\w{0,60}){0,4}"
    r"|&(?:[A-Za-z]{2,20}|\#\d{1,7}|\#x[0-9A-Fa-f]{1,6});"
)
"""Of Python, C, Java, Ruby, JavaScript, shells and templates; and entities."""

ESCAPED: Final = re.compile(r"\\(?:[nrt\"'\\*_\[\]()#`~>|!{}+-]|u[0-9A-Fa-f]{4})")
"""Characters as programs and Markdown write them."""

CODE: Final = re.compile(
    r"```[^`]{0,20000}```|``(?:[^`\n]|`(?!`)){1,500}``|`[^`\n]{1,500}`"
    r"|(?m:^\ {0,3}\[(?!\^)[^\[\]\n]{1,100}\]:[ \t]*\S{1,2000}(?:[ \t]+\"[^\"\n]{0,300}\")?)"
    r"|\[\^[\w-]{1,20}\](?!:)"
    r"|</?[A-Za-z][\w:.-]{0,40}(?:\s[^<>\n]{0,300})?/?>|<!--[^<>\n]{0,300}-->"
    r"|(?<![\w/])(?:[~.]{0,2}/[\w.@-]{1,80}){2,20}/?(?<![.,;:!?])"
    r"|(?<![\w/.~])(?:~|\.\.?)/[\w.@/-]{1,200}(?<![.,;:!?])"
    r"|(?<!\w)[A-Za-z]:\\(?:[\w.()-]{1,80}(?:\ [\w.()-]{1,80}){0,3}\\){0,20}[\w.-]{0,80}"
    r"(?<![.,;:!?])"
    r"|(?<![\w-])--?[a-z][\w-]{1,40}(?:=[\w./-]{1,80})?(?<![.,;:!?-])(?=\s|[.,;:!?)]|$)"
    r"|(?<![\w.])[A-Za-z_][\w.]{0,80}\(\)"
    r"|(?<![\w.])[A-Za-z_]\w{0,60}(?:\.[A-Za-z_]\w{0,60}){1,4}\([^()\n]{0,80}\)"
    r"|(?<![\w:])[A-Za-z_]\w{0,60}(?:::[A-Za-z_]\w{0,60}){1,6}(?:<[\w:,*&\ ]{1,60}>)?"
    r"|\[[^\[\]\s]{1,40}\](?:\{\d{1,3}(?:,\d{0,3})?\}|[+*?])(?!\w)"
    r"|(?<!\w)[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}(?!\w)"
    r"|(?<!\w)(?=\d*[a-f])(?=[a-f]*\d)[\da-f]{7,64}(?!\w)"
    r"|(?<!\w)[A-Z]{2}\d{2}(?:\ ?[A-Z\d]{4}){3,7}(?:\ [A-Z\d]{1,3})?(?!\w)"
    r"|(?<![\w.])\d{1,4}(?:\.\d{1,3}){0,3}(?:\((?:[a-z]{1,2}|[ivx]{1,5}|\d{1,3})\)){1,5}(?!\w)"
    r"|(?<![\w:])(?::[a-z][a-z\d_+-]{1,30}:)(?![\w:])"
    r"|(?<![\w/.-])[\w-]{1,80}(?:\.[\w-]{1,30}){0,3}\."
    r"(?i:py|js|ts|json|ya?ml|toml|md|txt|csv|tsv|html?|css|xml|pdf|docx?|xlsx?|pptx?|odt|png|jpe?g"
    r"|gif|svg|webp|mp[34]|zip|tar|gz|exe|sh|bat|sql|ini|cfg|log|cpp|rs|java|php|rb)(?!\w)"
    r"|(?<!\w)(?:[A-Za-z\d]{1,60}_{1,9}[A-Za-z\d]\w{0,60}(?<!_)|__[a-z\d]\w{0,50}__|_[A-Za-z\d]{1,40}_\w{0,50}(?<!_))(?!\w)"
)
"""Code between backticks, definitions and footnotes of Markdown, tags, paths, options, calls,
names of C++, patterns, keys and hashes, numbers of accounts and of clauses (12(3)(b)), codes of
emoji, files, names_like_this."""

FENCE: Final = re.compile(r"(?m:^[ \t]*(?P<fence>`{3,}|~{3,})(?P<rest>[^\n]*)$)")
"""A line before or after code."""

MIXED: Final = re.compile(
    r"(?<![^\W_])(?![IVXLC]+(?:e|er|re|ère|ème|es)(?![^\W_]))"
    r"(?:[A-Z]{1,5}[a-z]{0,2}\d[A-Za-z\d]{0,9}(?:[+−-](?![\w+−-]))?"
    r"|[A-Z][A-Za-z]{0,11}-\d{1,4}[A-Za-z]?"
    r"|[A-Za-z]{0,30}[a-z][A-Z][A-Za-z\d]{0,30}"
    r"|[A-Z]{2,10}[a-z]{1,4}(?<![A-Z]{2}s)"
    r"|(?<![$€£.,])\d[DGKP])(?![^\W_])"
    r"|(?<=\d[ \u00a0\u202f])(?:[KMGTP]i?[obB]|[kK]?bps|[kMG]?Hz|[kMG]?Wh?)(?![^\W_])"
    r"|(?<![\w.])v?\d{1,4}(?:\.\d{1,4}){2,4}(?:-?(?:alpha|beta|rc)\d{0,2})?(?![\w.]*\d)"
)
"""Words with figures or capitals inside (Mg2+, COVID-19, iPhone, KBps, 5G), units of data and
frequency after a figure, versions; but no word of a language: 1990s, 5th, MPs, XIXe."""

SIGNS: Final = re.compile(r"\*{2,}|~~+|\|")
"""What Markdown has between words, where it is no pair."""
SEPARATORS: Final = frozenset({"|", "\\n", "\\r", "\\t"})

WORD_SIGN: Final = re.compile(r"\w")
_OTHER_THAN_LATIN: Final = re.compile(f"(?![{LATIN}µ])[^\\W\\d_]")
FOREIGN_LETTER: Final = {
    "en": _OTHER_THAN_LATIN,
    "fr": _OTHER_THAN_LATIN,
    "ru": re.compile(f"(?![{CYRILLIC}µ])[^\\W\\d_]"),
}
FOREIGN: Final = re.compile("F[Fe]*(?:[ -]F[Fe]*)*")
"""Words of another script, as ``find_unknown`` sees them: F a letter, e an invisible sign."""

WORD: Final = re.compile(r"[^\s\"“”«»()\[\]{},;:!?/…—–]+")
EMOJI_JOINERS: Final = "\u200d\ufe0e\ufe0f\u20e3"
KEY: Final = "\u20e3"
"""Makes a key of the digit before it."""
KEYS: Final = "0123456789#*"
FIRST_PICTURE: Final = "\u2190"
"""Signs from here on (arrows, pictures, emoji) stand between words; those before it, such as
degrees and fractions, belong to one."""
TAG_PLACEHOLDER: Final = "\ufffc"
"""What markup puts where a tag stands for a word; Unicode's object replacement character."""
UNIT_LETTERS: Final = 3
"""Letters that a unit or a part of a formula has at most."""
UNITS: Final = re.compile(
    "[nmcdk]?m|µm|um|ft|in|yd|mi|k?g|mg|mol|Hz|Pa|cd|l[mx]|[нмсдк]?м|мкм|к?г|мг|моль|Гц|Па"
    # A letter of mathematics, an element.
    "|[^\\W\\d_]|[A-Z][a-z]"
)
"""What is raised to a power; a longer word has a footnote."""
LOWERED: Final = re.compile("[₀-₉]")
FORMULA_GOES_ON: Final = re.compile(
    r"(?!A(?!\w))(?:[A-Z][a-z]?){1,3}(?![^\W\d_⁰-₉])|[a-z](?=[⁰¹²³⁴-⁹])"
)
"""Behind digits elements (²³⁵U, H₂SO₄) or the next factor (x²y³); no word, as behind a note's ¹."""
_SUM: Final = r"\d+(?:[.,]\d+)*"
_SPACE: Final = "[ \u00a0\u202f]?"
DEGREES: Final = re.compile(
    rf"(?:(?<![\w.,-])[-−–])?(?<![\w.,])(?:{_SUM}[-–—])?{_SUM}{_SPACE}°{_SPACE}[CFKСК](?!\w)"
    rf"|[$€£]{_SUM}(?:bn|tn|[kmb])(?!\w)"
)
"""Degrees, and sums such as $5bn: figures and letters that models take for the next word's."""
AMOUNT: Final = re.compile(rf"[£¥₣₤₩₪₫€₴₸₹₺₽₿¢]{_SUM}|{DEGREES.pattern}")
"""What is kept with its figures: a mask glued to figures would not come back."""
SPELLED_OUT: Final = "№™℠ªº"
"""Signs that SentencePiece's NFKC spells in letters ("No"), which models then lose."""
TRADE_MARKS: Final = "™℠"
"""Are kept with their word."""
RAISED_SIGNS: Final = "⁺⁻⁼⁽⁾₊₋₌₍₎"


def find_marked(text: str) -> list[Span]:
    """Return what no model should see, whatever its vocabulary: code and leftover Markdown.

    In order and disjoint. Time is linear in the text.
    """
    signs = (match for pattern in (SIGNS, DEGREES) for match in pattern.finditer(text))
    return merge([*find_code(text), *(Span(*match.span()) for match in signs)])


def find_code(text: str) -> list[Span]:
    """Return addresses, code, placeholders, language tags and words with figures inside."""
    mixed = (Span(*match.span()) for match in MIXED.finditer(text))
    return merge([*find_literals(text), *mixed])


def find_literals(text: str) -> list[Span]:
    """Return what is no language at all: addresses, code, placeholders, language tags."""
    found = [
        Span(*match.span())
        for pattern in (LANGUAGE_TAG, ADDRESS, CODE, ESCAPED)
        for match in pattern.finditer(text)
    ]
    placeholders = (_whole_word(text, match) for match in PLACEHOLDER.finditer(text))
    return merge([*_find_fenced(text), *found, *placeholders])


def _find_fenced(text: str) -> Iterator[Span]:
    """Yield code between two lines of backticks or tildes, those lines included."""
    opening: re.Match[str] | None = None
    for line in FENCE.finditer(text):
        if opening is None:
            opening = line
        elif line["fence"].startswith(opening["fence"]) and not line["rest"].strip():
            yield Span(opening.start("fence"), line.end("fence"))
            opening = None


def find_terms(text: str, terms: Sequence[str]) -> list[Span]:
    """Return where terms stand that must not be translated: as given, or all in capitals.

    Only whole words; any white space counts as the term's own. Of two the longer one wins.
    """
    spellings = {spelling.strip() for term in terms for spelling in (term, term.upper())} - {""}
    if not spellings:
        return []
    longest_first = sorted(spellings, key=lambda spelling: (-len(spelling), spelling))
    either = re.compile("|".join(map(_term_pattern, longest_first)))
    return [Span(*match.span()) for match in either.finditer(text)]


def _term_pattern(term: str) -> str:
    before = r"(?<!\w)" if WORD_SIGN.match(term[0]) else ""
    # Behind it may stand the number of a footnote.
    after = r"(?![^\W⁰¹²³⁴-⁹])" if WORD_SIGN.match(term[-1]) else ""
    return before + r"\s+".join(map(re.escape, term.split())) + after


def find_unknown(
    text: str, cells: Sequence[str], *, language: str, tokenizer: Tokenizer
) -> list[Span]:
    """Return what the vocabulary lacks or the language does not write.

    A word with a letter that the vocabulary lacks is kept whole, and so are words of another
    script; a raised digit and the like with its number or unit (10⁶, m²), which the model would
    read as 106; of signs only the signs themselves. Time is linear in the text.

    Args:
        text: The paragraph.
        cells: Its characters as the model sees them.
        language: The paragraph's.
        tokenizer: The model's.
    """
    kinds = {cell: _kind(cell, language, tokenizer) for cell in set(cells)}
    shadow = "".join(kinds[cell] for cell in cells)
    found: list[Span] = []
    if "L" in shadow:
        words = WORD.finditer(text)
        found += [Span(*word.span()) for word in words if "L" in shadow[word.start() : word.end()]]
    found += [Span(*run.span()) for run in FOREIGN.finditer(shadow)]
    found += [_with_number_or_unit(text, Span(*run.span())) for run in re.finditer("D+", shadow)]
    return merge([*found, *_find_signs(text, shadow)])


def _find_signs(text: str, shadow: str) -> Iterator[Span]:
    """Yield runs of signs, with what joins them to one, the digit of a key and the sum of money."""
    done = 0
    for run in re.finditer("S+", shadow):
        start, end = run.span()
        if end <= done:
            continue
        start = max(start, done)
        while end < len(text) and (shadow[end] == "S" or _joins(text[end])):
            end += 1
        if text[start] == KEY:
            while start > done and text[start - 1] in EMOJI_JOINERS:
                start -= 1
            start -= start > done and text[start - 1] in KEYS
        amount = AMOUNT.match(text, end - 1)
        done = end if amount is None else amount.end()
        yield Span(start, done)


def _joins(character: str) -> bool:
    """Tell whether a character makes one emoji with the one before: of the flag of Wales, too."""
    return character in EMOJI_JOINERS or "\U000e0020" <= character <= "\U000e007f"


def _kind(cell: str, language: str, tokenizer: Tokenizer) -> str:
    """Return one letter that says what a cell is."""
    if cell in ("", " ", "-", "'"):
        return {"": "e", " ": " "}.get(cell, "-")
    if cell[0].isalpha() and FOREIGN_LETTER[language].match(cell):
        return "F"
    if not any(_is_unknown(character, tokenizer) for character in cell):
        return "."
    if cell[0].isalpha() or cell in TRADE_MARKS:
        return "L"
    return "D" if _is_digit_like(cell[0]) else "S"


def _whole_word(text: str, match: re.Match[str]) -> Span:
    """Return a placeholder with the letters and figures that are glued to it: {n}px."""
    start, end = match.span()
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return Span(start, end)


def _with_number_or_unit(text: str, run: Span) -> Span:
    """Return raised digits with what they belong to: 10⁶, m², CO₂; but not the word of a footnote.

    A few letters beside them are a unit or a formula; more are a word, which is translated.
    """
    start, end = run.start, run.end
    while start > 0 and text[start - 1].isdecimal():
        start -= 1
    if start == run.start:
        letters = _letters_before(text, start)
        is_unit = LOWERED.search(text, start, run.end) or UNITS.fullmatch(text[letters:start])
        start = letters if is_unit else start
    if after := FORMULA_GOES_ON.match(text, end):
        end = after.end()
    return Span(start, end)


def _letters_before(text: str, end: int) -> int:
    """Return where the letters before a place begin, or the place if they are too many."""
    start = end
    while start > max(0, end - UNIT_LETTERS - 1) and text[start - 1].isalpha():
        start -= 1
    return start if end - start <= UNIT_LETTERS else end


def _is_unknown(character: str, tokenizer: Tokenizer) -> bool:
    category = unicodedata.category(character)
    if category in {"Cs", "Co", "Cn"} or character == "▁":
        return True
    if category[0] == "Z" or category == "Cc" or is_invisible(character):
        return False
    if _is_digit_like(character) or character in SPELLED_OUT:
        return True
    if category in {"So", "Nl"} and unicodedata.normalize("NFKC", character) != character:
        return True
    return not tokenizer.knows(character)


def _is_digit_like(character: str) -> bool:
    """Tell whether SentencePiece's NFKC would turn it into plain digits or signs: ², ①, ⁺."""
    is_number = unicodedata.category(character) == "No" or character in RAISED_SIGNS
    return is_number and unicodedata.normalize("NFKC", character) != character


def is_separator(kept: str) -> bool:
    """Tell whether something kept stands between sentences, as pictures and language tags do."""
    if kept in SEPARATORS or LANGUAGE_TAG.fullmatch(kept):
        return True
    return all(
        character >= FIRST_PICTURE and not character.isalnum() and character != TAG_PLACEHOLDER
        for character in kept
    )


def merge(spans: Sequence[Span]) -> list[Span]:
    """Return the union of spans, in order; those that overlap become one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        elif len(span):
            merged.append(span)
    return merged
