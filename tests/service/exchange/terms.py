"""Terms of any kind, for property tests."""

import re

from hypothesis import strategies as st

from service.domain.glossary import LetterCase, PartOfSpeech, Term, TermKind
from service.domain.language import Language

_LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff|")
_SIGNS = st.sampled_from(['"', ",", ";", "\t", "<b>", "&amp;", "=", "'", "Note: ", "Forms: ", "—"])


def _texts(longest: int) -> st.SearchStrategy[str]:
    return st.lists(st.one_of(st.text(_LETTERS, max_size=longest), _SIGNS), max_size=4).map("".join)


_words = _texts(12).map(lambda text: text + "x").filter(lambda text: re.search(r"[^\W_]", text))
_notes = st.one_of(
    st.sampled_from(["", "Do not translate", "do not translate.", "Letter case: exact", "Note: a"]),
    _texts(30),
)
_forms = st.lists(_words, max_size=3).map(tuple)


@st.composite
def terms(draw: st.DrawFn) -> Term:
    """Return any term that a glossary can have."""
    source, target = draw(st.permutations(list(Language)))[:2]
    kind = draw(st.sampled_from(TermKind))
    word = draw(_words)
    nowhere = kind is TermKind.FORBIDDEN and draw(st.booleans())
    return Term(
        source_language=source,
        target_language=target,
        source="" if nowhere else word,
        target="" if kind is TermKind.KEEP else draw(_words),
        kind=kind,
        case=draw(st.sampled_from(LetterCase)),
        part_of_speech=draw(st.none() | st.sampled_from(PartOfSpeech)),
        source_forms=() if nowhere else draw(_forms),
        target_forms=draw(_forms),
        note=draw(_notes),
    )


def _pair(term: Term) -> tuple[object, ...]:
    return (term.direction, term.source, term.target, term.kind)


some_terms = st.lists(terms(), max_size=6, unique_by=_pair)
