"""Drafts are held against a glossary."""

from collections.abc import Sequence
from dataclasses import replace

from service.domain.glossary import Glossary
from service.domain.language import Direction
from service.domain.translation import NO_MODEL, SourceText, Translation
from service.mt.glossary import VERSION, check_terms


def flag_terms(
    sources: Sequence[SourceText],
    drafts: Sequence[Translation],
    glossary: Glossary | None,
    direction: Direction,
) -> list[Translation]:
    """Return drafts with a flag for each term that they lack or should not have.

    The signature says which glossary it was; without one the drafts come back as they are.
    """
    if glossary is None:
        return list(drafts)
    signature = f"{glossary.signature}|terms:{VERSION}"
    flagged = []
    for source, draft in zip(sources, drafts, strict=True):
        if draft.model != NO_MODEL:
            found = check_terms(source.text, draft.text, glossary, direction)
            flags = (*draft.flags, *(finding.flag for finding in found))
            flagged.append(replace(draft, flags=flags, signature=f"{draft.signature}|{signature}"))
        else:
            flagged.append(draft)
    return flagged
