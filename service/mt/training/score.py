"""How good a model is in the middle of its training, on its development set."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from service.domain.language import Direction
from service.mt.ctranslate2_engine import CTranslate2Engine
from service.mt.engine import Decoding
from service.mt.model_folder import check_model, read_model_folder
from service.mt.tokenizer import Tokenizer, decode
from service.mt.training.errors import UNREADABLE, RunDamagedError
from service.mt.training.loop import mean_loss
from service.mt.training.network import Network
from service.mt.training.packing import Batch, Batches
from service.mt.training.plan import Plan, languages_of, load_pairs
from service.mt.training.vocabulary import Vocabulary

SENTENCES: Final = 100
"""Of a direction, translated for chrF."""
BATCH_TOKENS: Final = 4096
WATCHED_PAIRS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """By direction."""

    loss: Mapping[str, float]
    """Cross-entropy, not smoothed; nats a token; low is good."""
    chrf: Mapping[str, float]
    """Greedy, the model alone, on the first sentences; 0 to 100; high is good."""


class DevelopmentSet:
    """Pairs that are never trained on."""

    def __init__(self, folder: Path, plan: Plan, vocabulary: Vocabulary) -> None:
        """Read what `prepare` wrote.

        Raises:
            RunDamagedError: If a file is missing or damaged.
        """
        self._texts: dict[Direction, list[tuple[str, str]]] = {}
        self._batches: dict[Direction, Batches] = {}
        pad = len(vocabulary) - 1
        for direction in plan.directions:
            languages = languages_of(direction)
            swapped = direction != languages
            try:
                texts = json.loads((folder / f"{languages}.json").read_text(encoding="utf-8"))
            except UNREADABLE as error:
                raise RunDamagedError(folder.parent, f"{folder.name}/{languages}.json") from error
            self._texts[direction] = [(s, t) if not swapped else (t, s) for s, t in texts]
            pairs = load_pairs(folder, (direction,), vocabulary)
            self._batches[direction] = Batches(pairs, pad=pad, tokens=BATCH_TOKENS, seed=plan.seed)

    def watched(self) -> Batch:
        """Return long pairs of one length, on which signs of ruin are sought."""
        batches = (batch for pairs in self._batches.values() for batch in pairs.once())
        largest = max(batches, key=lambda batch: batch.target.shape[1] * min(8, len(batch.target)))
        return Batch(source=largest.source[:WATCHED_PAIRS], target=largest.target[:WATCHED_PAIRS])

    def losses(self, network: Network) -> dict[str, float]:
        """Return each direction's loss, in nats a token."""
        return {
            str(direction): mean_loss(network, batches)
            for direction, batches in self._batches.items()
        }

    def chrf(self, model: Path, *, threads: int) -> dict[str, float]:
        """Return each direction's chrF of a model folder.

        Raises:
            BrokenModelError: If the folder is no model that works.
        """
        from sacrebleu.metrics import CHRF  # noqa: PLC0415 - heavy imports are lazy

        folder = read_model_folder(model)
        tokenizer = Tokenizer(model)
        scores: dict[str, float] = {}
        with TemporaryDirectory() as cache:
            engine = CTranslate2Engine(check_model(folder), cache_dir=Path(cache), threads=threads)
            for direction, texts in self._texts.items():
                sources, references = zip(*texts[:SENTENCES], strict=True)
                drafts = _translate(
                    engine, tokenizer, sources, folder.tags[direction], folder.max_source_tokens
                )
                scores[str(direction)] = CHRF().corpus_score(drafts, [list(references)]).score
        return scores


def _translate(
    engine: CTranslate2Engine,
    tokenizer: Tokenizer,
    sources: tuple[str, ...],
    tag: str | None,
    most_tokens: int,
) -> list[str]:
    by_length: dict[int, list[int]] = defaultdict(list)
    encoded = []
    for number, source in enumerate(sources):
        fitting = source[: tokenizer.fitting(source, most_tokens)]
        encoded.append(tokenizer.encode(fitting, tag=tag).tokens)
        by_length[len(encoded[-1])].append(number)
    drafts = [""] * len(sources)
    for numbers in by_length.values():
        answers = engine.translate([encoded[number] for number in numbers], Decoding(beam=1))
        for number, (hypothesis,) in zip(numbers, answers, strict=True):
            drafts[number] = decode(hypothesis.tokens).text
    return drafts
