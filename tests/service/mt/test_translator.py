import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.domain.language import Direction, Language
from service.domain.translation import (
    FlagCode,
    Newlines,
    SourceText,
    Translation,
    TranslationOptions,
)
from service.mt.catalogue import Catalogue
from service.mt.ctranslate2_engine import exact_quantization
from service.mt.errors import ChecksumError, NoModelError
from service.mt.model_folder import MANIFEST, CheckedModel
from service.mt.sentence_queue import SentenceQueue
from service.mt.steps import LoadedModel
from service.mt.tokenizer import Tokenizer
from service.mt.translator import Translator
from tests.service.mt.scripted import ScriptedEngine

EN_FR = Direction(Language.EN, Language.FR)
EN_RU = Direction(Language.EN, Language.RU)
FR_RU = Direction(Language.FR, Language.RU)

SENTENCES = Path(__file__).with_name("data") / "sentences.en.txt"


def paragraphs(count: int) -> list[SourceText]:
    """Return paragraphs of one to three sentences."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    starts = range(0, count * 3, 3)
    return [SourceText(text=" ".join(lines[i : i + 1 + i % 4 % 3])) for i in starts]


def translate(translator: Translator, *texts: str, direction: Direction = EN_FR) -> list[str]:
    drafts = translator.translate([SourceText(text=text) for text in texts], direction)
    return [draft.text for draft in drafts]


def translate_markup(
    translator: Translator, markup: str, direction: Direction = EN_FR
) -> Translation:
    (draft,) = translator.translate([SourceText(text="", markup=markup)], direction)
    return draft


def test_draft_says_which_model_made_it_and_how(translator: Translator) -> None:
    (draft,) = translator.translate([SourceText(text="The library is open.")], EN_FR)

    assert "bibliothèque" in draft.text.lower()
    assert draft.model == "compact"
    for part in (
        "compact@",
        "|ctranslate2-",
        f"|{exact_quantization()}|",
        "beam:4",
        "preparation:",
    ):
        assert part in draft.signature


@pytest.mark.parametrize("text", ["", " \n ", "* * *", "😀", "12.5 %", ">>rus<<", "https://a.b/c"])
def test_what_needs_no_translation_comes_back_byte_for_byte(
    translator: Translator, text: str
) -> None:
    (draft,) = translator.translate([SourceText(text=text)], EN_FR)

    assert draft == Translation(text=text, model="none", signature="none")


def test_no_paragraphs_give_no_drafts(translator: Translator) -> None:
    assert translator.translate([], EN_FR) == []


def test_separators_come_back_byte_for_byte(translator: Translator) -> None:
    (draft,) = translate(translator, "\t It rains.\n\n  \u00a0It rains.\r\n5\n")

    rain = draft.split("\n")[0].strip()
    assert rain
    assert draft == f"\t {rain}\n\n  \u00a0{rain}\r\n5\n"


def test_language_tag_in_the_text_is_data(translator: Translator) -> None:
    plain, tagged, inside = translate(
        translator, "The house is old.", ">>rus<< The house is old.", "＞＞rus<< The house is old."
    )

    assert tagged == f">>rus<< {plain}"
    assert not any("а" <= letter <= "я" for letter in inside.lower())


@pytest.mark.parametrize("direction", [EN_FR, EN_RU])
@pytest.mark.parametrize(
    "part",
    [
        *("{name}", "%1$s", "%(n)s", "{{ x }}", "${x}", "$User", "`foo(x)`", "snake_case", "Mg2+"),
        *(
            "KBps",
            "Ciarán",
            "Łódź",
            "Αθήνα",
            "北京",
            "القاهرة",
            "config.json",
            "a.b@c.org",
            "iPhone",
        ),
        *(">>rus<<", "＞＞rus＜＜", ">> rus <<", "&nbsp;", "😀", "<x1/>", "https://a.b/c?d=e", "№"),
    ],
)
def test_what_must_stay_comes_back_once(
    translator: Translator, part: str, direction: Direction
) -> None:
    (draft,) = translate(translator, f"We saw {part} in the old house.", direction=direction)

    assert draft.count(part) == 1


@pytest.mark.parametrize("direction", [EN_FR, EN_RU])
def test_form_of_a_text_comes_back(translator: Translator, direction: Direction) -> None:
    text = (
        "## **The house**\n\n- It is **very** old.\n- [The road](https://a.b/c) is long.\n"
        "1. Go\n— Yes!\n"
    )

    (draft,) = translate(translator, text, direction=direction)

    lines = draft.split("\n")
    starts = ("## **", "", "- ", "- ", "1. ", "— ", "")
    assert [line[: len(start)] for line, start in zip(lines, starts, strict=True)] == [*starts]
    assert lines[0].endswith("**")
    assert lines[2].count("**") == 2
    assert lines[3].count("](https://a.b/c)") == lines[3].count("[") == 1


@pytest.mark.parametrize("direction", [EN_FR, EN_RU])
def test_headlines_are_translated_as_sentences(
    translator: Translator, direction: Direction
) -> None:
    plain, capitals, title = translate(
        translator,
        "President signs new law on the house",
        "PRESIDENT SIGNS NEW LAW ON THE HOUSE",
        "Why Is the House So Old in This Country",
        direction=direction,
    )

    assert capitals == plain.upper()
    assert not title.istitle()
    assert title[0].isupper()
    assert translate(translator, "NATO", "UNESCO") == ["NATO", "UNESCO"]


def test_french_draft_has_french_signs(translator: Translator) -> None:
    (french,) = translate(translator, 'He said: "Yes, it is old"; is it? No!')

    assert "«\u00a0" in french
    assert "\u00a0»" in french
    assert not re.search(r"(?<![\u202f?!])[;!?]|(?<!\u00a0):", french)


def test_terms_are_kept_and_named_in_the_signature(translator: Translator) -> None:
    source = [SourceText(text="The Old House is red, and THE OLD HOUSE is big.")]
    options = TranslationOptions(keep=("Old House",))

    (kept,) = translator.translate(source, EN_FR, options=options)
    (other,) = translator.translate(source, EN_FR)

    assert "Old House" in kept.text
    assert "OLD HOUSE" in kept.text
    assert "Old House" not in other.text
    assert kept.signature.startswith(other.signature)
    assert "|keep:" in kept.signature


def test_wrapped_lines_are_one_sentence_if_line_breaks_are_soft(translator: Translator) -> None:
    text = (
        "The old man left his house in the morning and he did not come back to the\n"
        "village. It is red."
    )
    options = [TranslationOptions(newlines=newlines) for newlines in Newlines]

    hard, soft, auto = (
        translator.translate([SourceText(text=text)], EN_FR, options=one)[0] for one in options
    )
    (flat,) = translate(translator, text.replace("\n", " "))

    assert hard.text.count("\n") == 1
    assert soft.text == auto.text == flat
    assert "newlines:soft" in soft.signature


def test_line_breaks_in_html_are_what_its_tags_say(translator: Translator) -> None:
    options = TranslationOptions(newlines=Newlines.SOFT)
    source = SourceText(text="", markup="One house<br>Two houses")

    (draft,) = translator.translate([source], EN_FR, options=options)

    assert (draft.markup or "").count("<br>") == 1
    assert draft.text.count("\n") == 1


def test_raw_translation_is_the_model_alone(translator: Translator) -> None:
    seen: list[tuple[int, int]] = []
    text = "The house is old. " * 60

    short, long = translator.translate_raw(
        ["It's old.", text], EN_FR, progress=lambda *done: seen.append(done)
    )

    assert "'" in short.text or "est" in short.text
    assert "|raw" in short.signature
    assert len(long.text) < len(text)
    assert seen[-1] == (2, 2)


def test_answer_depends_neither_on_neighbours_nor_on_order(translator: Translator) -> None:
    texts = paragraphs(16)

    together = translator.translate(texts, EN_RU)
    backwards = translator.translate(texts[::-1], EN_RU)[::-1]
    alone = [translator.translate([text], EN_RU)[0] for text in texts]

    assert together == backwards == alone


def test_threads_get_what_one_gets(translator: Translator) -> None:
    texts = paragraphs(6)
    alone = {d: translator.translate(texts, d) for d in (EN_FR, EN_RU)}

    with ThreadPoolExecutor(6) as pool:
        directions = [EN_FR, EN_RU] * 4
        together = list(pool.map(lambda d: translator.translate(texts, d), directions))

    assert together == [alone[direction] for direction in directions]


def test_progress_rises_to_all_paragraphs(translator: Translator) -> None:
    seen: list[tuple[int, int]] = []

    translator.translate(paragraphs(5), EN_FR, progress=lambda *done: seen.append(done))

    assert seen == sorted(seen)
    assert seen[-1] == (5, 5)


def test_long_sentence_is_translated_to_its_end(translator: Translator) -> None:
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()[:30]
    text = ", ".join(line.rstrip(".") for line in lines) + ", and https://example.org/end is last."

    (draft,) = translator.translate([SourceText(text=text)], EN_FR)

    assert 0.7 < len(draft.text) / len(text) < 2
    assert "https://example.org/end" in draft.text[-60:]
    assert FlagCode.LENGTH not in [flag.code for flag in draft.flags]


def test_numbers_that_the_model_changed_are_flagged(translator: Translator) -> None:
    drafts = translator.translate(
        [SourceText(text="It was 25."), SourceText(text="The 7,777,777 ships of 12 people.")],
        EN_FR,
    )

    assert [[flag.code for flag in draft.flags] for draft in drafts] == [[], [FlagCode.NUMBERS]]


def test_markup_comes_back_around_the_right_words(translator: Translator) -> None:
    draft = translate_markup(translator, 'Click <a href="#x">the red button</a>, then wait.')

    assert draft.markup is not None
    before, _, rest = draft.markup.partition('<a href="#x">')
    inside, _, after = rest.partition("</a>")
    assert "rouge" in inside
    assert "attendez" in after
    assert draft.text == before + inside + after


@pytest.mark.parametrize(
    ("markup", "must_have"),
    [
        ("Use <code>git push &lt;x&gt;</code> to save.", ["<code>git push &lt;x&gt;</code>"]),
        ("The <b translate=no>Blue Whale</b> swims.", ["<b translate=no>Blue Whale</b>"]),
        ("One house<br>Two houses", ["<br>"]),
        ("<!-- c -->A <i>house</i>", ["<!-- c -->", "<i>", "</i>"]),
        ("&lt;script&gt;alert(1)&lt;/script&gt; is text", ["&lt;script&gt;alert"]),
    ],
)
def test_what_must_not_change_does_not(
    translator: Translator, markup: str, must_have: list[str]
) -> None:
    for direction in (EN_FR, EN_RU):
        found = translate_markup(translator, markup, direction).markup

        assert found is not None
        assert all(part in found for part in must_have)
        assert "<script" not in found


def test_tag_without_a_place_of_its_own_is_flagged(translator: Translator) -> None:
    draft = translate_markup(translator, "The <b>the</b> <i>the</i> <u>the</u> <s>of</s> house.")

    assert FlagCode.MARKUP_APPROXIMATE in [flag.code for flag in draft.flags]
    assert draft.markup is not None
    assert all(f"<{tag}>" in draft.markup for tag in "bius")


def test_markup_without_words_needs_no_model(translator: Translator) -> None:
    draft = translate_markup(translator, "<b>12</b> &amp; <i>5</i>")

    assert (draft.model, draft.markup) == ("none", "<b>12</b> &amp; <i>5</i>")


def test_what_the_model_could_not_do_is_flagged(
    checked: CheckedModel, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    scripted = Translator(Catalogue(tmp_path, hub_cache=tmp_path), cache_dir=tmp_path)
    scripted._loaded[checked.folder.path] = LoadedModel(
        checked=checked,
        tokenizer=tokenizer,
        queue=SentenceQueue(
            ScriptedEngine(lambda tokens, _: ["▁"] if "▁old" in tokens else ["▁non"] * 9)
        ),
    )

    (draft,) = scripted.translate([SourceText(text="It is old. The library is open.")], EN_FR)

    assert draft.text == "It is old. non non non non non non non non non"
    assert [flag.code for flag in draft.flags] == [FlagCode.LENGTH, FlagCode.REPETITION]


@pytest.mark.usefixtures("only_from_english")
def test_direction_without_model_is_refused(translator: Translator) -> None:
    with pytest.raises(NoModelError, match="triptych models add"):
        translator.translate([SourceText(text="Bonjour")], FR_RU)


@pytest.fixture
def with_french(
    translator: Translator, tmp_path: Path, copy_model: Callable[..., Path]
) -> Translator:
    """Return a translator that has, as opus-mt-fr-en, the compact model under another name."""
    (tmp_path / "models").mkdir()
    copy_model("opus-mt-fr-en", parent=tmp_path / "models", without=[MANIFEST], weights=True)
    return Translator(
        Catalogue(tmp_path / "models", hub_cache=tmp_path / "hub"),
        cache_dir=translator._cache_dir,
        threads=1,
    )


def test_pivot_through_english_is_named_and_flagged(with_french: Translator) -> None:
    seen: list[tuple[int, int]] = []
    source = SourceText(text="", markup="Le <b>chat</b> noir.<br>5 <code>x</code>. Il dort.")

    drafts = with_french.translate(
        [source, SourceText(text="5")], FR_RU, progress=lambda *done: seen.append(done)
    )

    assert drafts[0].model == "opus-mt-fr-en+compact"
    assert drafts[0].signature.startswith("opus-mt-fr-en@")
    assert FlagCode.PIVOT in [flag.code for flag in drafts[0].flags]
    markup = drafts[0].markup or ""
    assert all(markup.count(part) == 1 for part in ("<b>", "</b>", "<br>5 <code>x</code>."))
    assert drafts[1].model == "none"
    assert seen == sorted(seen)
    assert seen[-1] == (2, 2)
    assert with_french.catalogue.find(FR_RU).name == "opus-mt-fr-en+compact"


def test_damaged_model_is_refused_when_it_is_needed(
    with_french: Translator, tmp_path: Path
) -> None:
    with (tmp_path / "models" / "opus-mt-fr-en" / "vocab.json").open("ab") as stream:
        stream.write(b" ")

    with pytest.raises(ChecksumError, match=r"vocab\.json"):
        with_french.translate([SourceText(text="Bonjour")], FR_RU)


def test_transformers_serves_the_same_protocol(tmp_path: Path) -> None:
    reference = Translator(
        Catalogue(tmp_path, hub_cache=tmp_path),
        engine="transformers",
        cache_dir=tmp_path,
        threads=1,
        beam=1,
    )

    (draft,) = reference.translate([SourceText(text="The library is open.")], EN_FR)

    assert "bibliothèque" in draft.text.lower()
    assert "|transformers-" in draft.signature
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "markup", "keep"),
    [
        ("The company paid £3,150 to them.", None, ("£3,150",)),
        ("", "The company paid <code>£3,150</code> to them.", ()),
        ("", 'The company paid <b translate="no">£3,150</b> to them.', ()),
    ],
)
def test_amount_that_is_kept_is_not_written_anew(
    translator: Translator, text: str, markup: str | None, keep: tuple[str, ...]
) -> None:
    source = SourceText(text=text, markup=markup)
    (draft,) = translator.translate([source], EN_FR, options=TranslationOptions(keep=keep))

    assert "£3,150" in draft.text


def test_tags_depend_on_no_neighbour(translator: Translator) -> None:
    markup = (
        "Nobody in <b>the</b> {name} minister in that people <b>is</b> why {name} and <b>they</b>."
    )
    alone = translate_markup(translator, markup, EN_FR)
    parts = [SourceText(text=part) for part in ("Nobody in the", "minister in that people is why")]

    *_, among = translator.translate([*parts, SourceText(text="", markup=markup)], EN_FR)

    assert among == alone
