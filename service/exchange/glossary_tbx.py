"""Glossaries as TBX (ISO 30042): TBX-Basic of 2008 and of 2019 in, that of 2019 (DCA) out.

A concept has terms in several languages. Those that are deprecated or superseded are forbidden,
all others of the target language required. What TBX has no words for (letters, forms, terms that
are kept) stands in notes that people can read and that :func:`read_tbx` reads back.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from service.domain.errors import InvalidInputError, UnknownLanguageError
from service.domain.glossary import (
    BETWEEN_FORMS,
    MAX_TERMS,
    GlossaryError,
    LetterCase,
    PartOfSpeech,
    PlacedTerm,
    Term,
    TermKind,
    TooManyTermsError,
)
from service.domain.language import Direction, Language, parse_language
from service.untrusted.xml import parse_xml

NAMESPACE: Final = "urn:iso:std:iso:30042:ed-2"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_CONCEPTS: Final = frozenset({"conceptEntry", "termEntry"})
_SECTIONS: Final = frozenset({"langSec", "langSet"})
_TERMS: Final = frozenset({"termSec", "tig", "ntig"})
_STATUS: Final = frozenset({"administrativeStatus", "normativeAuthorization"})
_PARTS: Final = {part.value.lower(): part for part in PartOfSpeech}
_FORBIDDEN: Final = re.compile("deprecated|superseded|forbidden|rejected", re.IGNORECASE)
_KEPT: Final = "do not translate"
_CASE: Final = "letter case: "
_FORMS: Final = "forms: "
_FROM: Final = "forbidden from: "
_NOTE: Final = "note: "
"""Before a note that would be taken for one of these."""


class NoTbxError(InvalidInputError):
    """The file is XML, but of another kind."""

    def __init__(self, root: str) -> None:
        super().__init__(f"the file begins with <{root[:40]}>: TBX begins with <tbx> or <martif>")


@dataclass(slots=True, kw_only=True)
class _Word:
    """A term of one language."""

    line: int
    text: str
    forbidden: bool = False
    part: PartOfSpeech | None = None
    case: LetterCase = LetterCase.AUTO
    forms: tuple[str, ...] = ()
    sources: tuple[Language, ...] = ()
    kept: bool = False
    notes: list[str] = field(default_factory=list)


_Concept = dict[Language, list[_Word]]


def read_tbx(content: bytes, *, directions: Sequence[Direction] = ()) -> list[PlacedTerm]:
    """Return the terms of a TBX file, each with its line.

    Two concepts that have the same pair of terms give it once.

    Args:
        content: The file, in any encoding that XML declares.
        directions: Which ones to take; if none is given, those from the first of our languages in
            each concept to its others.

    Raises:
        FileTooLargeError: If the file is too long.
        XmlError: If it is no XML.
        XmlEntityError: If it declares entities.
        XmlUndeclaredEntityError: If it leaves entities to its DTD.
        NoTbxError: If it is other XML.
        GlossaryError: If a term cannot be used; it names the line.
        TooManyTermsError: If it has more terms than a glossary takes.
    """
    root = parse_xml(content)
    if _name(root) not in {"tbx", "martif"}:
        raise NoTbxError(_name(root))
    found: dict[tuple[object, ...], PlacedTerm] = {}
    for element in root.iter():
        if _name(element) in _CONCEPTS:
            for placed in _terms(_read_concept(element), directions):
                term = placed.term
                found.setdefault((term.direction, term.source, term.target, term.kind), placed)
                if len(found) > MAX_TERMS:
                    raise TooManyTermsError
    return list(found.values())


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _read_concept(element: etree._Element) -> _Concept:
    """Return a concept's terms by language, of those languages that are ours."""
    concept: _Concept = defaultdict(list)
    for section in element:
        if _name(section) not in _SECTIONS:
            continue
        try:
            language = parse_language(section.get(_LANGUAGE) or section.get("lang") or "")
        except UnknownLanguageError:
            continue
        concept[language] += [_read_word(one) for one in section if _name(one) in _TERMS]
    return concept


def _read_word(element: etree._Element) -> _Word:
    term = next((one for one in element.iter() if _name(one) == "term"), None)
    word = _Word(
        line=(element if term is None else term).sourceline or 0,
        text="" if term is None else "".join(term.itertext()),
    )
    for one in element.iter():
        name, value = one.get("type") or _name(one), " ".join("".join(one.itertext()).split())
        if name in _STATUS:
            word.forbidden = word.forbidden or _FORBIDDEN.search(value) is not None
        elif name == "partOfSpeech":
            word.part = _PARTS.get(value.replace(" ", "").lower())
        elif name == "note":
            _read_note(word, value)
    return word


def _read_note(word: _Word, note: str) -> None:
    """Take from a note what it says about a term; what it says to people stays a note."""
    key = note.lower()
    if key.rstrip(".") == _KEPT:
        word.kept = True
    elif key.startswith(_CASE) and key.removeprefix(_CASE) in list(LetterCase):
        word.case = LetterCase(key.removeprefix(_CASE))
    elif key.startswith(_FORMS):
        forms = note[len(_FORMS) :].split(BETWEEN_FORMS)
        word.forms = tuple(form for form in forms if form.strip())
    elif key.startswith(_FROM) and set(key.removeprefix(_FROM).split()) <= set(Language):
        word.sources = tuple(map(Language, key.removeprefix(_FROM).split()))
    elif note:
        word.notes.append(note[len(_NOTE) :] if key.startswith(_NOTE) else note)


def _terms(concept: _Concept, directions: Sequence[Direction]) -> Iterator[PlacedTerm]:
    """Yield the terms of a concept in the directions asked for."""
    for direction in directions or _own_directions(concept):
        sources = concept.get(direction.source, [])
        for target in concept.get(direction.target, []):
            if target.forbidden and not sources:
                if direction.source in target.sources or (directions and not target.sources):
                    yield _placed(direction, None, target)
                continue
            for source in sources:
                if not (source.forbidden and target.forbidden):
                    yield _placed(direction, source, target)


def _own_directions(concept: _Concept) -> list[Direction]:
    if not concept:
        return []
    first, *others = concept
    lone = {source for word in concept[first] for source in word.sources} if not others else set()
    return [
        *(Direction(first, other) for other in others),
        *(Direction(source, first) for source in sorted(lone)),
    ]


def _placed(direction: Direction, source: _Word | None, target: _Word) -> PlacedTerm:
    place = f"line {target.line}"
    kept = source is not None and source.text == target.text and (source.kept or target.kept)
    kind = TermKind.FORBIDDEN if target.forbidden else TermKind.REQUIRED
    try:
        term = Term(
            source_language=direction.source,
            target_language=direction.target,
            source=source.text if source else "",
            target=target.text,
            kind=TermKind.KEEP if kept else kind,
            case=source.case if source else target.case,
            part_of_speech=(source and source.part) or target.part,
            source_forms=source.forms if source else (),
            target_forms=target.forms,
            note="; ".join(dict.fromkeys([*(source.notes if source else ()), *target.notes])),
        )
    except InvalidInputError as error:
        raise GlossaryError(place, str(error)) from error
    return PlacedTerm(place=place, term=term)


def write_tbx(terms: Iterable[Term], *, name: str) -> bytes:
    """Return terms as TBX-Basic of 2019, a concept each; read back, they are the same."""
    root = etree.Element(f"{{{NAMESPACE}}}tbx", nsmap={None: NAMESPACE})
    root.set("type", "TBX-Basic")
    root.set("style", "dca")
    root.set(_LANGUAGE, "en")
    header = _add(_add(_add(root, "tbxHeader"), "fileDesc"), "sourceDesc")
    _add(header, "p", f"Glossary {name} of Triptych")
    body = _add(_add(root, "text"), "body")
    for number, term in enumerate(terms, 1):
        concept = _add(body, "conceptEntry")
        concept.set("id", f"c{number}")
        _write_concept(concept, term)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _write_concept(concept: etree._Element, term: Term) -> None:
    if term.source:
        notes = _notes(term, term.source_forms)
        if term.kind is TermKind.KEEP:
            notes.append("Do not translate")
        _write_word(concept, term.source_language, term.source, term, notes=notes)
    notes = [f"Forms: {BETWEEN_FORMS.join(term.target_forms)}"] if term.target_forms else []
    if not term.source:
        notes = [*_notes(term, term.target_forms), f"Forbidden from: {term.source_language}"]
    status = {TermKind.FORBIDDEN: "deprecatedTerm-admn-sts"}.get(
        term.kind, "preferredTerm-admn-sts"
    )
    _write_word(concept, term.target_language, term.target, term, notes=notes, status=status)


def _notes(term: Term, forms: Sequence[str]) -> list[str]:
    """Return what is said about a term in words."""
    notes = [f"Forms: {BETWEEN_FORMS.join(forms)}"] if forms else []
    if term.case is not LetterCase.AUTO:
        notes.append(f"Letter case: {term.case}")
    if term.note:
        reserved = (_KEPT, _CASE, _FORMS, _FROM, _NOTE)
        notes.append(f"Note: {term.note}" if term.note.lower().startswith(reserved) else term.note)
    return notes


def _write_word(
    concept: etree._Element,
    language: Language,
    text: str,
    term: Term,
    *,
    notes: Sequence[str],
    status: str | None = None,
) -> None:
    section = _add(concept, "langSec")
    section.set(_LANGUAGE, language)
    word = _add(section, "termSec")
    _add(word, "term", text)
    if term.part_of_speech:
        _add(word, "termNote", term.part_of_speech).set("type", "partOfSpeech")
    if status:
        _add(word, "termNote", status).set("type", "administrativeStatus")
    for note in notes:
        _add(word, "note", note)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element
