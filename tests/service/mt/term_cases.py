"""Hand-written cases of terms in texts, and how well they are found."""

import re
from dataclasses import dataclass
from pathlib import Path

from service.domain.glossary import LetterCase, PartOfSpeech, Term
from service.domain.language import Language
from service.mt.glossary import ReadyGlossary

DATA = Path(__file__).parent / "data" / "terms"
_TERM = re.compile(
    r"(?P<lemma>.*?)(?: \((?P<part>\w+)\))?(?: (?P<option>case|forms)=(?P<value>.+))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    term: Term
    text: str
    expected: tuple[tuple[int, int], ...]

    def found(self) -> tuple[tuple[int, int], ...]:
        ready = ReadyGlossary([self.term], self.term.direction)
        return tuple((one.span.start, one.span.end) for one in ready.find(self.text))


def read_cases(language: Language) -> list[Case]:
    """Return the cases of a language; brackets mark what is to be found."""
    lines = (DATA / f"{language}.txt").read_text("utf-8").splitlines()
    return [read_case(line, language) for line in lines if line and not line.startswith("#")]


def read_case(line: str, language: Language) -> Case:
    """Return the case that a line has, such as ``bank (noun) | Two [banks] failed``."""
    written, text = line.split(" | ", 1)
    pieces = re.split(r"[\[\]]", text)
    starts = [sum(map(len, pieces[:index])) for index in range(len(pieces) + 1)]
    expected = tuple((starts[i], starts[i + 1]) for i in range(1, len(pieces), 2))
    found = _TERM.fullmatch(written)
    assert found
    option, value = found["option"], found["value"]
    term = Term(
        source_language=language,
        target_language=Language.FR if language is Language.EN else Language.EN,
        source=found["lemma"],
        target="x",
        part_of_speech=PartOfSpeech(found["part"]) if found["part"] else None,
        case=LetterCase(value) if option == "case" else LetterCase.AUTO,
        source_forms=tuple(value.split(",")) if option == "forms" else (),
    )
    return Case(term=term, text="".join(pieces), expected=expected)


def check(language: Language, line: str) -> None:
    """Hold what is found in the text of a case to what its brackets say."""
    case = read_case(line, language)
    assert case.found() == case.expected
