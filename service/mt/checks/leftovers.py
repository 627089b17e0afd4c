"""Pieces of the translator's own machinery that must not reach a draft."""

import re
from collections import Counter
from typing import Final

from alignment.beads import Span
from service.domain.translation import Flag, FlagCode

LEFTOVER: Final = re.compile(
    r"<(?:unk|pad|s|/s|extra_id_\d{1,3}|mask)>|<0x[0-9A-F]{2}>|▁|⁇|\ufffd"
    r"|(?<=\S)@@(?!\w)|@-@|>>[A-Za-z_+-]{1,40}<<|\bXX\d{1,6}\b",
    re.IGNORECASE,
)
"""Special tokens and bytes of vocabularies, SentencePiece's space, BPE's joints, language tags, the
masks of `service.mt.preparation`, and what stands for a letter that was lost."""


def check_leftovers(source: str, target: str) -> list[Flag]:
    """Return a flag with the places of such pieces, but for those that the source has as well."""
    found = list(LEFTOVER.finditer(target))
    if not found:
        return []
    allowed = Counter(match[0] for match in LEFTOVER.finditer(source))
    spans = []
    for match in found:
        if allowed[match[0]]:
            allowed[match[0]] -= 1
        else:
            spans.append(Span(*match.span()))
    if not spans:
        return []
    note = f"pieces of the translator's machinery: {len(spans)}"
    return [Flag(code=FlagCode.LEFTOVER, note=note, target=tuple(spans))]
