import pytest

from service.domain.glossary import PartOfSpeech
from service.domain.language import Language
from service.mt.inflection import fold, load_inflection
from tests.service.mt.term_cases import read_case


def check(line: str) -> None:
    case = read_case(line, Language.EN)
    assert case.found() == case.expected


@pytest.mark.parametrize(
    "line",
    [
        "die | [die], [dies], [died], [dying], dice, diing",
        "lie | [lies], [lay], [lain], [lying]",
        "tie | [tie], [ties], [tied], [tying]",
        "agree | [agree], [agrees], [agreed], [agreeing], agred",
        "see | [see], [sees], [saw], [seen], [seeing], seed",
        "free | [frees], [freed], [freeing]",
        "go | [go], [goes], [went], [gone], [going]",
        "do | [do], [does], [did], [done], [doing]",
        "be | [is], [were], [been], [being]",
        "have | [has], [had], [having]",
        "picnic | [picnics], [picnicked], [picnicking]",
        "age | [aged], [aging], [ageing]",
        "trek | [treks], [trekked], [trekking]",
        "take | [takes], [took], [taken], [taking], taked",
        "write | [writes], [wrote], [written], [writing]",
        "give | [gave], [given], [giving]",
        "find | [found], founded",
        "sing | [sang], [sung], [singing], singed",
        "set | [set], [sets], [setting], seted",
        "withdraw | [withdrew], [withdrawn]",
    ],
)
def test_verb_is_found_in_all_its_forms(line: str) -> None:
    lemma, text = line.split(" | ")
    check(f"{lemma} (verb) | {text}")


@pytest.mark.parametrize(
    "line",
    [
        "give up (verb) | She [gave up]; they have [given up] and are [giving up].",
        "take part (verb) | He [took part] and has [taken parts].",
    ],
)
def test_verb_within_a_term_of_several_words_is_found_in_all_its_forms(line: str) -> None:
    check(line)


@pytest.mark.parametrize(
    "line",
    [
        "rise | They [rise] and [rises], they rose.",
        "rise (noun) | The [rises], not a rose",
        "rose | [Roses] rise and are risen",
        "rose (verb) | a [rose], not rise or risen",
        "see | The [see] and [sees], not the saw",
        "saw | Two [saws] that I see and have seen",
        "leave | A [leave], but left",
        "left | The [left] will leave",
        "find | A [find], nothing found",
        "ground | On the [ground], not grind",
        "die (noun) | The [die] is one of the [dice]",
    ],
)
def test_noun_that_looks_like_a_form_of_a_verb_is_none(line: str) -> None:
    check(line)


def test_irregular_verbs_are_spelled_as_words_are_compared_and_each_has_all_its_forms() -> None:
    inflection = load_inflection(Language.EN)
    shapes = {
        verb: {
            shape.stem for shape in inflection.shapes(verb, capital=False, part=PartOfSpeech.VERB)
        }
        for verb in inflection.irregular_verbs
    }

    assert len(shapes) > 150
    for verb, forms in shapes.items():
        assert forms == set(map(fold, forms))
        assert any(form.endswith("ing") for form in forms), verb
        assert any(form.endswith("s") for form in forms), verb
