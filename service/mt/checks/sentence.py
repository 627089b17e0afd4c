"""All checks of one sentence but the one of its meaning, which needs an encoder."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from service.domain.language import Direction
from service.domain.translation import Flag
from service.mt.checks.copies import check_links, check_placeholders, without_copies, without_kept
from service.mt.checks.leftovers import check_leftovers
from service.mt.checks.lengths import check_length
from service.mt.checks.loops import check_loops
from service.mt.checks.names import check_names
from service.mt.checks.numbers import check_numbers
from service.mt.checks.scripts import check_script
from service.mt.checks.untranslated import check_untranslated

CheckSentence: TypeAlias = Callable[[str, str, Direction], Sequence[Flag]]
"""Source, target and direction in, findings out: `check_sentence`, or one that remembers."""


def check_sentence(source: str, target: str, direction: Direction) -> list[Flag]:
    """Return what is wrong with a draft, each finding with its places in source and target.

    Knows no model: the same texts give the same findings. Addresses, placeholders, tags and
    code count only as what they are, never as words or numbers. What the translator kept is no
    prose, either, but still tells which names the source has. Time is linear in the texts.
    """
    if not target.strip():
        return check_length(source, target, direction)
    ours, theirs = without_copies(source), without_copies(target)
    our_prose, their_prose = ours, theirs
    if (prose := without_kept(source, target)) != (source, target):
        our_prose, their_prose = map(without_copies, prose)
    return [
        *check_numbers(our_prose, their_prose, direction),
        *check_names(ours, theirs, direction),
        *check_links(source, target),
        *check_placeholders(source, target),
        *check_length(our_prose, their_prose, direction),
        *check_loops(ours, theirs),
        *check_untranslated(our_prose, their_prose),
        *check_script(ours, their_prose, direction),
        *check_leftovers(source, target),
    ]
