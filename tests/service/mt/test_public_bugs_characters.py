"""White space, typography, letters and figures: what others mangle, and ours must not.

The numbers of the reports are those of ``docs/public-bugs.md``, which says what each was.
"""

import re
from collections.abc import Sequence

import pytest

from service.domain.language import Direction
from service.domain.translation import FlagCode
from service.mt.translator import Translator
from tests.service.mt.scripted import ScriptedEngine
from tests.service.mt.stubbed import EN_FR, EN_RU, FR_EN, RU_EN, stubbed, translate


@pytest.mark.parametrize(
    ("parts", "direction"),
    [
        (["The gate is open.", "\n\n\n  ", "It rains.", "  ", "We wait.", "\n"], EN_FR),
        (["The gate is open.", "\r\n\r\n", "It rains.", "\u2028", "We wait.", "\t"], EN_RU),
        (["Le pont est fermé.", "\n \n", "Il pleut.", "   ", "On attend.", "\u00a0"], FR_EN),
        (["Мост закрыт.", "\n\n\t", "Идёт дождь.", "\u00a0\u00a0", "Мы ждём.", " \n"], RU_EN),
    ],
)
def test_what_is_between_sentences_comes_back_as_it_was(
    translator: Translator, parts: Sequence[str], direction: Direction
) -> None:
    """argos-translate#237, bergamot#103, modernmt#544: blank lines and spaces were lost."""
    drafts = [translate(translator, part, direction).text for part in parts]

    assert translate(translator, "".join(parts), direction).text == "".join(drafts)
    assert drafts[1::2] == list(parts[1::2])


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("The ga\u00adte is op\u00aden.", EN_FR),
        ("The \u00adold bridge is clo\u00adsed.", EN_RU),
        ("La por\u00adte est ou\u00adverte.", FR_EN),
        ("Мост за\u00adкрыт на\u00adвсегда.", RU_EN),
    ],
)
def test_soft_hyphens_change_no_word(
    translator: Translator, text: str, direction: Direction
) -> None:
    """bergamot#337, mozilla/translations#26, #69: a soft hyphen became "Ã3" or rubbish."""
    plain = translate(translator, text.replace("\u00ad", ""), direction).text

    assert translate(translator, text, direction).text == plain


@pytest.mark.parametrize(
    ("text", "direction", "pattern"),
    [
        ("“Yes,” said the old man.", EN_FR, '«\u00a0[^«»“”"]+\u00a0»'),
        ('She read "The Old Gate" twice.', EN_FR, '«\u00a0[^«»“”"]+\u00a0»'),
        ("“Yes,” said the old man.", EN_RU, '«[^«»“”"\\s][^«»“”"]*»'),
        ('She read "The Old Gate" twice.', EN_RU, '«[^«»“”"\\s][^«»“”"]*»'),
    ],
)
def test_quotations_are_marked_as_the_target_marks_them(
    translator: Translator, text: str, direction: Direction, pattern: str
) -> None:
    """sacremoses#56, #74, machine.py#94, silnlp#297: quotes and their spaces were mangled."""
    draft = translate(translator, text, direction).text

    assert len(re.findall(pattern, draft)) == 1
    assert not set('"“”').intersection(draft)


@pytest.mark.parametrize(
    ("text", "direction", "kept"),
    [
        ("Siobhán met Zoë in Gdańsk.", EN_FR, ["Siobhán", "Zoë", "Gdańsk"]),
        ("Ms Škoda lives in Łomża.", EN_RU, ["Škoda", "Łomża"]),
        ("The poet Þórbergur saw Nguyễn there.", EN_FR, ["Þórbergur", "Nguyễn"]),
        ("Le maire de Łomża a vu Dvořák.", FR_EN, ["Łomża", "Dvořák"]),
        ("Он читал Þórbergur и Łomża.", RU_EN, ["Þórbergur", "Łomża"]),
    ],
)
def test_letters_that_the_vocabulary_lacks_are_carried_over(
    translator: Translator, text: str, direction: Direction, kept: Sequence[str]
) -> None:
    """mozilla/translations#245: "Ciarán" became "Ciar?n"."""
    draft = translate(translator, text, direction).text

    assert [word for word in kept if word not in draft] == []


@pytest.mark.parametrize(
    ("text", "direction", "kept"),
    [
        ("A file of 4 kB is not one of 4 Mb (Ca2+).", EN_FR, ["4 kB", "4 Mb", "Ca2+"]),
        ("The formula is Ca2+ and not CA2+.", EN_RU, ["Ca2+", "CA2+"]),
        ("Un débit de 20 Mbit et de 5 kWh (Na+).", FR_EN, ["20 Mbit", "5 kWh", "Na+"]),
    ],
)
def test_units_and_formulas_keep_their_letters(
    translator: Translator, text: str, direction: Direction, kept: Sequence[str]
) -> None:
    """LT#224: "KBps" became "kbps", and "Mg2+" became "mg2+"."""
    draft = translate(translator, text, direction).text.replace("\u00a0", " ")

    assert [word for word in kept if word not in draft] == []


@pytest.mark.parametrize(
    ("text", "answer", "direction"),
    [
        ("There were 427 boats.", "▁Il ▁y ▁avait ▁472 ▁bateaux .", EN_FR),
        ("It cost $2.417 billion.", "▁Cela ▁a ▁coûté ▁2 ▁milliards .", EN_FR),
        ("A rise of 3.5% to 1,250.50 euros.", "▁Une ▁hausse ▁de ▁3,5 ▁à ▁1250 .", EN_FR),
        ("It rose by 3.5 points.", "▁На ▁35 ▁пунктов .", EN_RU),
        ("Flight 204 left at 7.", "▁Le ▁vol ▁est ▁parti ▁à ▁7 .", EN_FR),
    ],
)
def test_a_number_that_the_model_changes_is_flagged(
    text: str, answer: str, direction: Direction
) -> None:
    """IndicTrans2#24, mozilla/translations#173, LT#587: 231 became 239, and nobody was told."""
    draft = translate(stubbed(ScriptedEngine(lambda *_: answer.split())), text, direction)

    assert FlagCode.NUMBERS in [flag.code for flag in draft.flags]


@pytest.mark.parametrize(
    ("text", "answer", "direction"),
    [
        ("A rise of 3.5 to 1,250.50.", "▁Une ▁hausse ▁de ▁3,5 ▁à ▁1 ▁250,50 .", EN_FR),
        ("It has 12,400 pages.", "▁В ▁ней ▁12 ▁400 ▁страниц .", EN_RU),
        ("From 1,000,000 to 0.5.", "▁De ▁1 ▁000 ▁000 ▁à ▁0,5 .", EN_FR),
    ],
)
def test_a_number_in_the_notation_of_the_target_is_not_flagged(
    text: str, answer: str, direction: Direction
) -> None:
    """IndicTrans2#24, mozilla/translations#173, LT#587: 3.5 is 3,5, and 1,250 is 1 250."""
    draft = translate(stubbed(ScriptedEngine(lambda *_: answer.split())), text, direction)

    assert FlagCode.NUMBERS not in [flag.code for flag in draft.flags]


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("- one house\n- two boats\n\n* a lamp", EN_FR),
        ("1. one house\n2. two boats\n3) a lamp", EN_RU),
        ("• une maison\n• deux bateaux", FR_EN),
    ],
)
def test_a_list_keeps_its_lines_and_their_marks(
    translator: Translator, text: str, direction: Direction
) -> None:
    """OPUS-CAT#80, firefox-translations#499, LocalTranslate#56: lists were lost."""
    marks = re.compile(r"^(\W*|\d[.)] )", re.MULTILINE)

    draft = translate(translator, text, direction).text

    assert marks.findall(draft) == marks.findall(text)


@pytest.mark.parametrize(
    ("text", "direction"),
    [("— Are you leaving?", EN_FR), ("– Are you there?\n– I am.", EN_RU)],
)
def test_the_dash_that_opens_a_line_of_dialogue_stays(
    translator: Translator, text: str, direction: Direction
) -> None:
    """Not reported in public, yet easily lost: the dash is what says that somebody speaks."""
    draft = translate(translator, text, direction).text

    assert all(re.match("[–—]\\s", line) for line in draft.split("\n"))
