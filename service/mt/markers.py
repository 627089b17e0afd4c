"""Signs at the edges of a line that belong to its form, not to its sentence."""

import re
from typing import Final

LEADING: Final = re.compile(
    r"""(?:\s*
      (?: >{1,9}(?=\s)                                # a quotation of mail or Markdown
      | \#{1,6}(?=\s)                                 # a heading
      | [*+•‣◦▪▫●○■□✓✔✗·-](?=\s)                      # an item of a list
      | \[[ xX]\](?=\s)                               # one to be ticked
      | \[\^[\w-]{1,20}\]:(?=\s)                      # a footnote of Markdown
      | [—–―] | -(?=[A-ZÀ-ÞА-ЯЁ])                     # a speaker, or an item
      | [*+•†‡⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}(?=[A-ZÀ-ÞА-ЯЁ][a-zß-ÿа-яё])  # a footnote, or an item
      | [a-zа-я]\.(?=\s|\Z) | [ivx]{2,5}\.(?=\s|\Z)    # a. iv.
      | \(?\d{1,3}(?:\.\d{1,3}){0,4}\)(?=\s)          # 1) (2)
      | \d{1,3}(?:\.\d{1,3}){0,4}\.(?=\s)             # 1. 1.2.
      | \d{1,2}(?:\.\d{1,2}){1,3}(?=\s+[A-ZÀ-ÞА-ЯЁ])   # 1.2 Title
      | \(?[^\W\d_]\)(?=\s)                           # a) (b)
      | [IVX]{2,6}[.)](?=\s)                          # IV.
      )){1,6}\s*""",
    re.VERBOSE,
)
SPEAKER: Final = re.compile(r"[—–―]\s*")
TRAILING: Final = re.compile(r"(?:\s+[—–―#-]+|\\)?\s*")
LONGEST: Final = 60
"""Characters of all markers of a line together."""


def leading_marker(text: str, start: int, end: int) -> int:
    """Return where the sentence of a line begins, behind bullets, numbers, marks and dashes.

    >>> leading_marker("  - 1. Go", 0, 9)
    7
    """
    match = LEADING.match(text, start, min(end, start + LONGEST))
    return start if match is None else match.end()


def speaker_dash(text: str, start: int, end: int) -> int:
    """Return where the words of a speaker begin, behind the dash."""
    match = SPEAKER.match(text, start, end)
    return start if match is None else match.end()


def trailing_marker(text: str, start: int, end: int) -> int:
    """Return where a line's sentence ends, before closing signs of a heading or a broken-off dash.

    >>> trailing_marker("Title ##", 0, 8)
    5
    """
    place = end
    while place > start and (text[place - 1].isspace() or text[place - 1] in "—–―#-\\"):
        place -= 1
    match = TRAILING.fullmatch(text, place, end)
    return place if match is not None and place > start else end
