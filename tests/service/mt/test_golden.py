import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from service.domain.language import Direction, Language
from service.mt.ctranslate2_engine import CTranslate2Engine
from service.mt.engine import Answer, Decoding, Hypothesis, most_target_tokens
from service.mt.errors import BrokenModelError
from service.mt.golden import (
    GOLDEN,
    SENTENCES,
    compare_with_golden,
    read_golden,
    try_sentences,
    write_golden,
)
from service.mt.model_folder import MANIFEST, CheckedModel, check_model, read_model_folder
from service.mt.tokenizer import Tokenizer
from service.mt.torch_engine import TorchEngine
from tests.service.mt.opus import PAIRS

EN_FR = Direction(Language.EN, Language.FR)
EN_RU = Direction(Language.EN, Language.RU)

CopyModel = Callable[..., Path]


class AlwaysTheSame:
    """An engine that answers everything alike, up to where decoding stops."""

    signature = "always the same"
    parallel_batches = 1
    length_step = 1

    def __init__(self, answer: Sequence[str]) -> None:
        self._answer = tuple(answer)

    def translate(self, batch: Sequence[Sequence[str]], decoding: Decoding) -> list[Answer]:
        assert decoding == Decoding(beam=1)
        return [
            (
                Hypothesis(
                    tokens=self._answer[: most_target_tokens(len(tokens))],
                    score=-1.0,
                    attention=None,
                ),
            )
            for tokens in batch
        ]


def test_golden_sentences_are_what_the_model_answers(opus_folder: Path) -> None:
    write_golden(opus_folder, {EN_FR: list(PAIRS)})

    content = json.loads((opus_folder / GOLDEN).read_text("utf-8"))
    assert content == {
        "en-fr": [{"source": source, "target": target} for source, target in PAIRS.items()]
    }


def test_both_engines_answer_as_is_written(opus_folder: Path, tmp_path: Path) -> None:
    write_golden(opus_folder, {EN_FR: [*PAIRS, "Something that it never saw."]})
    model = read_model_folder(opus_folder)
    golden, tokenizer = read_golden(model), Tokenizer(opus_folder)
    checked = check_model(model)

    for engine in (
        TorchEngine(checked, tokenizer=tokenizer, threads=1),
        CTranslate2Engine(checked, cache_dir=tmp_path, threads=1, quantization="float32"),
    ):
        assert compare_with_golden(model, golden, tokenizer=tokenizer, engine=engine) == []


def test_sentence_that_differs_is_named(opus_folder: Path, tmp_path: Path) -> None:
    write_golden(opus_folder, {EN_FR: list(PAIRS)})
    _edit(opus_folder, lambda golden: golden["en-fr"][1].update(target="Autre chose."))
    model = read_model_folder(opus_folder)
    engine = CTranslate2Engine(check_model(model), cache_dir=tmp_path, threads=1)

    problems = compare_with_golden(
        model, read_golden(model), tokenizer=Tokenizer(opus_folder), engine=engine
    )

    assert problems == ["golden sentence 2 of en-fr is translated otherwise"]


def test_tag_of_the_direction_is_given(
    copy_model: CopyModel, torch_engine: TorchEngine, tokenizer: Tokenizer
) -> None:
    folder = copy_model(weights=True)
    sources = dict.fromkeys((EN_FR, EN_RU), SENTENCES[Language.EN][:1])

    write_golden(folder, sources)

    model = read_model_folder(folder)
    golden = read_golden(model)
    french, russian = golden[EN_FR][0].target, golden[EN_RU][0].target
    assert french.isascii() or "é" in french
    assert any("а" <= letter <= "я" for letter in russian)
    assert compare_with_golden(model, golden, tokenizer=tokenizer, engine=torch_engine) == []


def test_direction_that_the_model_lacks_has_no_golden_sentences(opus_folder: Path) -> None:
    with pytest.raises(BrokenModelError, match="does not translate en-ru"):
        write_golden(opus_folder, {EN_RU: ["A boat."]})

    assert not (opus_folder / GOLDEN).exists()


def test_folder_without_golden_sentences_has_none(opus_folder: Path) -> None:
    assert read_golden(read_model_folder(opus_folder)) == {}


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        '{"en-fr": []}',
        '{"en-fr": 3}',
        '{"en-fr": ["A boat."]}',
        '{"en-fr": [{"source": "A boat."}]}',
        '{"en-fr": [{"source": "A boat.", "target": null}]}',
        '{"en-de": [{"source": "A boat.", "target": "Ein Boot."}]}',
        '{"en-en": [{"source": "A boat.", "target": "A boat."}]}',
        '{"fr-en": [{"source": "Un bac.", "target": "A boat."}]}',
        "\udcff",
    ],
)
def test_golden_sentences_that_cannot_be_understood_are_refused(
    opus_folder: Path, content: str
) -> None:
    (opus_folder / GOLDEN).write_bytes(content.encode(errors="surrogateescape"))

    with pytest.raises(BrokenModelError, match=r"golden\.json"):
        read_golden(read_model_folder(opus_folder))


def test_compact_model_answers_test_sentences_as_it_should(
    checked: CheckedModel, tokenizer: Tokenizer, float_engine: CTranslate2Engine
) -> None:
    assert try_sentences(checked.folder, tokenizer=tokenizer, engine=float_engine) == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ([], "gives nothing"),
        (["▁"], "gives nothing"),
        (["▁Le", "▁bac"] * 300, "does not come to an end"),
        (["▁Le", "▁bac", "<pad>"], "special tokens"),
        (["▁Le", "▁bac", "▁>>fra<<"], "special tokens"),
        (["▁Le", "▁bac", "<0xC3>"], "special tokens"),
        (["▁Мост", "▁закрыт"], "not in the letters of French"),
        (["▁12", "345", "▁67", "!", "▁et"], "not in the letters of French"),
    ],
)
def test_answer_that_cannot_be_right_is_told(
    opus_folder: Path, answer: Sequence[str], problem: str
) -> None:
    model = read_model_folder(opus_folder)
    tokenizer = Tokenizer(opus_folder)

    problems = try_sentences(model, tokenizer=tokenizer, engine=AlwaysTheSame(answer))

    assert len(problems) == len(SENTENCES[Language.EN])
    assert all(problem in each for each in problems)
    assert problems[1].startswith("test sentence 2 of en-fr: ")


def test_russian_answers_are_cyrillic(copy_model: CopyModel) -> None:
    folder = copy_model("opus-mt-fr-ru", without=[MANIFEST])
    model, tokenizer = read_model_folder(folder), Tokenizer(folder)

    right = AlwaysTheSame(["▁Мост", "▁закрыт", "."])
    wrong = AlwaysTheSame(["▁Le", "▁pont", "."])

    assert try_sentences(model, tokenizer=tokenizer, engine=right) == []
    assert len(try_sentences(model, tokenizer=tokenizer, engine=wrong)) == 2


def _edit(folder: Path, change: Callable[[Any], object]) -> None:
    content = json.loads((folder / GOLDEN).read_text("utf-8"))
    change(content)
    (folder / GOLDEN).write_text(json.dumps(content), "utf-8")
