import threading
from collections.abc import Callable, Sequence

import pytest

from alignment.beads import Span
from service.domain.language import Direction, Language
from service.domain.translation import Priority
from service.mt.catalogue import Step
from service.mt.drafts import Draft, DraftBuilder
from service.mt.engine import most_target_tokens
from service.mt.model_folder import CheckedModel
from service.mt.sentence_queue import SentenceQueue
from service.mt.steps import LoadedModel, Paragraph, translate_step
from service.mt.tokenizer import Tokenizer
from tests.service.mt.scripted import ScriptedEngine

EN_FR = Direction(Language.EN, Language.FR)


def echo(tokens: Sequence[str], _ngram: int) -> Sequence[str]:
    """Return the source without tag and end."""
    return tokens[1:-1]


@pytest.fixture
def run(checked: CheckedModel, tokenizer: Tokenizer) -> Callable[..., list[Draft]]:
    def translate(engine: ScriptedEngine, *texts: str | Paragraph) -> list[Draft]:
        return translate_step(
            [Paragraph(text=text) if isinstance(text, str) else text for text in texts],
            Step(model=checked.folder, direction=EN_FR),
            LoadedModel(checked=checked, tokenizer=tokenizer, queue=SentenceQueue(engine)),
            beam=4,
            glossary=None,
            priority=Priority.BATCH,
            report=lambda _done: None,
        )

    return translate


Run = Callable[..., list[Draft]]


def test_every_sentence_gets_the_tag_and_the_end_and_each_is_asked_once(run: Run) -> None:
    engine = ScriptedEngine(echo)

    run(engine, "One is. Two is.", "Two is. >>rus<< One is.")

    assert {(tokens[0], tokens[-1]) for tokens in engine.asked} == {(">>fra<<", "</s>")}
    assert len(engine.asked) == 2


def test_separators_and_signs_come_back_and_origins_follow_attention(run: Run) -> None:
    source = "  Two  are.\n\n*** One 😀!"

    (draft,) = run(ScriptedEngine(echo), source)

    assert draft.text == "  Two are.\n\n*** One 😀!"
    # The word "are" came from "are", which in the source stands one place further right.
    assert source[draft.origins[draft.text.index("are")] :].startswith(("are", "re", "e."))
    assert list(draft.origins[-3:]) == [*range(len(source) - 3, len(source))]


@pytest.mark.parametrize("address", ["https://example.org/a?b=c", "Łódź", "someone@example.org"])
def test_masked_place_comes_back_as_it_was(run: Run, address: str) -> None:
    source = f"Go to {address} now."

    (draft,) = run(ScriptedEngine(echo), source)

    start = source.index(address)
    assert draft.text == source
    assert list(draft.origins[start : start + len(address)]) == list(
        range(start, start + len(address))
    )


@pytest.mark.parametrize(
    "spoiled",
    [[], ["▁XX", "1", "▁XX", "1"], ["▁XX", "1", "2"], ["▁XX", "1", "B"], ["▁a", "XX", "1"]],
)
def test_lost_or_doubled_mask_is_translated_around(run: Run, spoiled: list[str]) -> None:
    def lose(tokens: Sequence[str], _ngram: int) -> Sequence[str]:
        return ["▁Va", *spoiled] if "XX" in "".join(tokens) else echo(tokens, 0)

    (draft,) = run(ScriptedEngine(lose), "Go to https://a.b/c now.")

    assert draft.text == "Go to https://a.b/c now."


def test_parts_around_a_lost_mask_are_asked_while_others_are_still_translated(run: Run) -> None:
    part_is_asked = threading.Event()

    def lose(tokens: Sequence[str], _ngram: int) -> Sequence[str]:
        if "XX" in "".join(tokens):
            return ["▁Va"]
        if "▁Go" in tokens:
            part_is_asked.set()
        else:
            assert part_is_asked.wait(30)
        return echo(tokens, 0)

    engine = ScriptedEngine(lose)
    engine.parallel_batches = 2

    drafts = run(engine, "Go to https://a.b/c now.", "Wait.")

    assert [draft.text for draft in drafts] == ["Go to https://a.b/c now.", "Wait."]


def test_paragraphs_with_and_without_tags_are_translated_together(run: Run) -> None:
    engine = ScriptedEngine(echo)
    tagged = Paragraph(text="This one is long and has tags.", has_tags=True)

    run(engine, "Short.", tagged, "Also short.")

    assert [len(tokens) for tokens in engine.asked] == sorted(map(len, engine.asked), reverse=True)


def test_mask_that_the_model_invents_does_not_reach_the_draft(run: Run) -> None:
    def invent(tokens: Sequence[str], _ngram: int) -> Sequence[str]:
        masks = [token for token in tokens if "XX" in token]
        return [*tokens[1:-1], *(["▁XX", "2"] if masks else [])]

    (draft,) = run(ScriptedEngine(invent), "Write to a@b.org today.")

    assert draft.text == "Write to a@b.org today."


def test_amount_of_money_is_kept_whole_and_written_as_the_target_does(run: Run) -> None:
    engine = ScriptedEngine(echo)

    (draft,) = run(engine, "She paid £3,150 and £2.5 in 2013.")

    assert draft.text == "She paid £3\u202f150 and £2,5 in 2013."
    assert "XX2" in "".join(engine.asked[0])


def test_mask_like_words_of_the_source_are_no_masks(run: Run) -> None:
    (draft,) = run(ScriptedEngine(echo), "Agent XX1 wrote to a@b.org and to XX3.")

    assert draft.text == "Agent XX1 wrote to a@b.org and to XX3."


@pytest.mark.parametrize("text", ["WHO LIVES IN ŁÓDŹ", "GO TO https://a.b/c NOW"])
def test_headline_comes_back_in_capitals_with_what_is_masked(run: Run, text: str) -> None:
    engine = ScriptedEngine(echo)

    (draft,) = run(engine, text)

    assert draft.text == text
    assert "X1" in "".join(engine.asked[0])
    assert text[:4] not in "".join(engine.asked[0])


def test_headline_in_title_case_comes_back_in_sentence_case(run: Run) -> None:
    (draft,) = run(ScriptedEngine(echo), "What They Want From the House")

    assert draft.text == "What they want from the house"


def test_same_words_with_other_signs_are_asked_once_and_written_apart(run: Run) -> None:
    engine = ScriptedEngine(echo)

    drafts = run(engine, "Wait… no", "Wait... no")

    assert [draft.text for draft in drafts] == ["Wait… no", "Wait... no"]
    assert len(engine.asked) == 1


def test_joined_line_break_becomes_a_space(run: Run) -> None:
    text = "The house\nis old.\nYes."

    (draft,) = run(ScriptedEngine(echo), Paragraph(text=text, joined=(Span(9, 10), Span(17, 18))))

    assert draft.text == "The house is old.\nYes."


def test_code_of_several_lines_comes_back_once(run: Run) -> None:
    text = "Run pip install a\npip install b and wait."
    code = Span(text.index("pip"), text.index(" and"))

    (draft,) = run(ScriptedEngine(echo), Paragraph(text=text, kept=(code,)))

    assert draft.text == text


def test_sentence_that_does_not_end_is_tried_again_and_flagged(run: Run) -> None:
    words = ["▁one", "▁two", "▁three", "▁four", "▁five", "▁six", "▁seven", "▁eight", "▁nine"]

    def endless(tokens: Sequence[str], ngram: int) -> Sequence[str]:
        return tokens[1:-1] if ngram else (words * 60)[: most_target_tokens(len(tokens))]

    def always(tokens: Sequence[str], _ngram: int) -> Sequence[str]:
        return (words * 60)[: most_target_tokens(len(tokens))]

    (ended,) = run(ScriptedEngine(endless), "One is.")
    (cut,) = run(ScriptedEngine(always), "One is.")

    assert (ended.text, ended.loops) == ("One is.", 0)
    assert cut.loops == 1


def test_sentence_that_goes_in_circles_is_tried_again(run: Run) -> None:
    def circle(_tokens: Sequence[str], ngram: int) -> Sequence[str]:
        return ["▁oui"] if ngram else ["▁non"] * 9

    (draft,) = run(ScriptedEngine(circle), "One is.")

    assert (draft.text, draft.loops) == ("oui", 0)


def test_answer_that_fails_a_check_gives_way_to_the_next_hypothesis(run: Run) -> None:
    engine = ScriptedEngine(
        lambda _tokens, _ngram: ["▁Prix", "▁6"],
        lambda _tokens, _ngram: ["▁Prix", "▁7"],
        lambda _tokens, _ngram: ["▁Prix", "▁5"],
    )

    passing, failing = run(engine, "It is 6.", "It is 5.")

    assert (passing.text, failing.text) == ("Prix 6", "Prix 5")
    assert len(engine.asked) == 2


def test_circle_that_stays_is_counted(run: Run) -> None:
    (draft,) = run(ScriptedEngine(lambda _tokens, _ngram: ["▁non"] * 9), "One is. Two is.")

    assert draft.loops == 2


def test_circle_of_the_source_is_none_of_the_target(run: Run) -> None:
    engine = ScriptedEngine(lambda _tokens, _ngram: ["▁non"] * 12)

    (draft,) = run(engine, "no " * 12)

    assert (len(engine.asked), draft.loops) == (1, 0)


def test_sentence_without_answer_keeps_its_source(run: Run) -> None:
    (draft,) = run(ScriptedEngine(lambda _tokens, _ngram: ["▁"]), "One is. Two is.")

    assert (draft.text, draft.empty) == ("One is. Two is.", 2)


def test_demands_of_markup_travel_to_the_next_model() -> None:
    builder = DraftBuilder(source="Use git. Go")
    builder.add(Span(0, 8), "git zu", [4, 5, 6, 0, 0, 0])
    draft = builder.finish(loops=0, empty=0)
    paragraph = Paragraph(text="Use git. Go", kept=[Span(4, 7), Span(0, 2)], breaks=[9])

    after = paragraph.after(draft)

    assert after.text == "git zu Go"
    assert after.kept == [Span(0, 3)]
    assert after.breaks == [7]


def test_progress_counts_paragraphs_and_ends_with_all(
    checked: CheckedModel, tokenizer: Tokenizer
) -> None:
    seen: list[int] = []
    translate_step(
        [Paragraph(text=text) for text in ("", "One is. Three are there.", "Two.", "5")],
        Step(model=checked.folder, direction=EN_FR),
        LoadedModel(
            checked=checked, tokenizer=tokenizer, queue=SentenceQueue(ScriptedEngine(echo))
        ),
        beam=4,
        glossary=None,
        priority=Priority.BATCH,
        report=seen.append,
    )

    assert seen == sorted(seen)
    assert seen[-1] == 4
