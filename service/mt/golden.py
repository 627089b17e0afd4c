"""Golden sentences: what a model is known to answer, or at least how its answers must look."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from service.domain.errors import TriptychError
from service.domain.language import Direction, Language
from service.mt.engine import Decoding, Engine, is_cut_off
from service.mt.errors import BrokenModelError
from service.mt.model_folder import ModelFolder, check_model, parse_direction, read_model_folder
from service.mt.tokenizer import TAG, WORD_START, Tokenizer, decode
from service.mt.torch_engine import TorchEngine

GOLDEN: Final = "golden.json"

SENTENCES: Final = {
    Language.EN: ("The bridge is closed until Friday.", "She read the letter and said nothing."),
    Language.FR: ("Le pont est fermé jusqu’à vendredi.", "Elle a lu la lettre et n’a rien dit."),
    Language.RU: ("Мост закрыт до пятницы.", "Она прочитала письмо и ничего не сказала."),
}
"""Written for this check; asked of models that have no golden sentences of their own."""

SCRIPTS: Final = {Language.EN: "LATIN", Language.FR: "LATIN", Language.RU: "CYRILLIC"}
"""How Unicode's names of a language's letters begin."""
MOSTLY: Final = 0.5
"""More than this share of an answer, spaces apart, must be letters of its language."""
LEFTOVERS: Final = ("<pad>", "<unk>", "</s>", WORD_START, "\ufffd")
"""Special tokens, and what bytes that are no character become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenSentence:
    """A sentence, and what greedy decoding in float32 makes of it."""

    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    text: str
    is_cut_off: bool


def write_golden(
    path: Path, sources: Mapping[Direction, Sequence[str]], *, threads: int = 1
) -> None:
    """Write ``golden.json`` into a model folder: what transformers answers in float32, greedily.

    A ``SHA256SUMS`` is to be written afterwards.

    Args:
        path: The folder.
        sources: Sentences to translate, for each direction that is to be checked.
        threads: Cores to use.

    Raises:
        ModelNameError: If the folder is no model.
        BrokenModelError: If a file is missing or damaged, or the model lacks a direction.
        OSError: If the file cannot be written.
    """
    model = read_model_folder(path)
    if unknown := [str(direction) for direction in sources if direction not in model.tags]:
        raise BrokenModelError(path, f"it does not translate {', '.join(unknown)}")
    tokenizer = Tokenizer(path)
    engine = TorchEngine(check_model(model), tokenizer=tokenizer, threads=threads)
    golden: dict[str, list[dict[str, str]]] = {}
    for direction, sentences in sources.items():
        tag = model.tags[direction]
        answers = [_translate(sentence, tokenizer, engine, tag=tag).text for sentence in sentences]
        pairs = zip(sentences, answers, strict=True)
        golden[str(direction)] = [asdict(GoldenSentence(source=s, target=t)) for s, t in pairs]
    text = json.dumps(golden, ensure_ascii=False, indent=1)
    (path / GOLDEN).write_text(text + "\n", encoding="utf-8")


def read_golden(model: ModelFolder) -> dict[Direction, list[GoldenSentence]]:
    """Return a model's golden sentences; none if it has no ``golden.json``.

    Raises:
        BrokenModelError: If the file cannot be understood.
    """
    path = model.path / GOLDEN
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        golden = {
            parse_direction(key): [_sentence(pair) for pair in pairs]
            for key, pairs in content.items()
        }
    except (AttributeError, KeyError, OSError, TypeError, ValueError, TriptychError) as error:
        problem = f"{GOLDEN} cannot be understood ({type(error).__name__}); copy it again"
        raise BrokenModelError(model.path, problem) from error
    if not any(golden.values()) or not golden.keys() <= model.tags.keys():
        problem = f"{GOLDEN} has no sentences, or a direction that the model lacks"
        raise BrokenModelError(model.path, problem)
    return golden


def compare_with_golden(
    model: ModelFolder,
    golden: Mapping[Direction, Sequence[GoldenSentence]],
    *,
    tokenizer: Tokenizer,
    engine: Engine,
) -> list[str]:
    """Return which golden sentences an engine in float32 translates otherwise, in words."""
    return [
        f"golden sentence {number} of {direction} is translated otherwise"
        for direction, sentences in golden.items()
        for number, pair in enumerate(sentences, start=1)
        if _translate(pair.source, tokenizer, engine, tag=model.tags[direction]).text != pair.target
    ]


def try_sentences(model: ModelFolder, *, tokenizer: Tokenizer, engine: Engine) -> list[str]:
    """Return what is wrong with translations of two plain sentences a direction, in words."""
    return [
        f"test sentence {number} of {direction}: {problem}"
        for direction, tag in model.tags.items()
        for number, sentence in enumerate(SENTENCES[direction.source], start=1)
        if (problem := _problem(_translate(sentence, tokenizer, engine, tag=tag), direction.target))
    ]


def _sentence(pair: Any) -> GoldenSentence:
    if not isinstance(pair["source"], str) or not isinstance(pair["target"], str):
        message = "source and target must be strings"
        raise TypeError(message)
    return GoldenSentence(source=pair["source"], target=pair["target"])


def _translate(text: str, tokenizer: Tokenizer, engine: Engine, *, tag: str | None) -> _Answer:
    tokens = tokenizer.encode(text, tag=tag).tokens
    ((found,),) = engine.translate([tokens], Decoding(beam=1))
    return _Answer(text=decode(found.tokens).text, is_cut_off=is_cut_off(found.tokens, tokens))


def _problem(answer: _Answer, target: Language) -> str | None:
    """Return what is wrong with an answer, if anything."""
    if not answer.text.strip():
        return "the model gives nothing"
    if answer.is_cut_off:
        return "the model does not come to an end"
    if any(token in answer.text for token in LEFTOVERS) or TAG.search(answer.text):
        return "special tokens are left in the answer"
    characters = [character for character in answer.text if not character.isspace()]
    letters = [c for c in characters if unicodedata.name(c, "").startswith(SCRIPTS[target])]
    if len(letters) <= MOSTLY * len(characters):
        return f"the answer is not in the letters of {target.english_name}"
    return None
