"""Ways of training the same network on the same pairs, to be timed side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from service.mt.training.export import config_of
from service.mt.training.lexicon import load_lexicon
from service.mt.training.loop import Stepper
from service.mt.training.network import Network, Shape, initialise
from service.mt.training.packing import Batches, DirectedPairs, PackedPairs
from service.mt.training.plan import Plan, load_pairs
from service.mt.training.prepare import LEXICON, PAIRS
from service.mt.training.turns import Turn, Way, Work
from service.mt.training.vocabulary import NUMBERS_FILE, PIECES_FILE, Vocabulary

OURS: Final = "ours"
TRAINER: Final = "Seq2SeqTrainer"
RATE: Final = 1e-4
SEED: Final = 7
SAMPLE: Final = 100_000
"""Pairs for the trainer, which looks at all of its own before it begins."""
GOLDEN: Final = (5**0.5 - 1) / 2
"""Its multiples, without their whole parts, are spread evenly however many there are."""
MANY_STEPS: Final = 10**6
"""More than anybody waits for: the clock ends each turn."""


def ways(run: Path, *, threads: int, half: bool) -> dict[str, Way]:
    """Return the ways of training by name, each with new weights of the run's shape.

    Both are on the processor, with batches of about as many target tokens.

    Args:
        run: Folder of a prepared run; nothing is written there.
        threads: Processor threads.
        half: Whether both compute in bf16.

    Raises:
        RunDamagedError: If a file of the run is missing or damaged.
    """
    torch.set_num_threads(threads)
    plan, vocabulary = Plan.load(run), Vocabulary(run)
    pairs = load_pairs(run / PAIRS, plan.directions, vocabulary)
    return {
        OURS: _ours(run, plan, pairs, half=half),
        TRAINER: _transformers(run, plan, sample(pairs, most=SAMPLE), half=half),
    }


def sample(directions: Sequence[DirectedPairs], *, most: int) -> list[DirectedPairs]:
    """Return pairs as an epoch takes them, by their weights, in an order of chance.

    Args:
        directions: The pairs.
        most: About how many to return in all.

    Returns:
        As many directions; the sources are the first sides, and all weights are 1.
    """
    chance = np.random.default_rng(SEED)
    taken: list[NDArray[np.int64]] = []
    for direction in directions:
        weights = direction.pairs.weights
        times = np.floor(weights + chance.random(len(weights))).astype(int)
        taken.append(chance.permutation(np.repeat(np.arange(len(weights)), times)))
    share = min(1.0, most / max(1, sum(map(len, taken))))
    return [
        _chosen(direction, places[: round(share * len(places))])
        for direction, places in zip(directions, taken, strict=True)
    ]


def _chosen(direction: DirectedPairs, places: NDArray[np.int64]) -> DirectedPairs:
    sides: list[NDArray[np.uint16]] = []
    for place in places.tolist():
        start, middle, end = direction.pairs.offsets[2 * place : 2 * place + 3]
        two = [direction.pairs.tokens[start:middle], direction.pairs.tokens[middle:end]]
        sides += two[::-1] if direction.swapped else two
    chosen = PackedPairs(
        tokens=np.concatenate([np.empty(0, np.uint16), *sides]),
        offsets=np.cumsum([0, *map(len, sides)], dtype=np.int64),
        weights=np.ones(len(places), np.float32),
    )
    return DirectedPairs(pairs=chosen, swapped=False, tag=direction.tag)


def _ours(run: Path, plan: Plan, pairs: list[DirectedPairs], *, half: bool) -> Way:
    network = Network(plan.shape)
    initialise(network, seed=SEED)
    stepper = Stepper(
        network,
        load_lexicon(run / LEXICON),
        batch_tokens=plan.batch_tokens,
        device="cpu",
        half=half,
    )
    batches = Batches(pairs, pad=network.pad, tokens=plan.batch_tokens, seed=SEED).start_at(0, 0)

    def train(seconds: float) -> Work:
        turn = Turn(seconds)
        for _, _, batch in batches:
            stepper.step(batch, rate=RATE)
            if turn.is_over(int((batch.target != network.pad).sum())):
                break
        return turn.work

    return train


def _transformers(run: Path, plan: Plan, pairs: list[DirectedPairs], *, half: bool) -> Way:
    """Set the trainer up as its documentation does, with batches grouped by length."""
    from transformers import (  # noqa: PLC0415 - slow, and only to compare with
        DataCollatorForSeq2Seq,
        MarianConfig,
        MarianMTModel,
        MarianTokenizer,
        PrinterCallback,
        Seq2SeqTrainer,
        TrainerCallback,
    )

    pieces, numbers = str(run / PIECES_FILE), str(run / NUMBERS_FILE)
    tokenizer = MarianTokenizer(pieces, pieces, numbers)
    model = MarianMTModel(MarianConfig(**config_of(plan.shape), **_ends(plan.shape)))
    examples = Examples.of(pairs, batch_tokens=plan.batch_tokens)
    collate = DataCollatorForSeq2Seq(tokenizer, model=model)
    counted: list[int] = []

    def collate_and_count(features: list[dict[str, Any]]) -> Any:
        batch = collate(features)
        counted.append(int((batch["labels"] != collate.label_pad_token_id).sum()))
        return batch

    class Stop(TrainerCallback):
        def __init__(self, turn: Turn) -> None:
            self._turn = turn

        def on_step_end(self, _: Any, state: Any, control: Any, **_more: Any) -> Any:
            control.should_training_stop = self._turn.is_over(counted[state.global_step - 1])
            if control.should_training_stop:
                examples.go_on_after(state.global_step)
            return control

    def train(seconds: float) -> Work:
        turn = Turn(seconds)
        counted.clear()
        with TemporaryDirectory() as folder:
            trainer = Seq2SeqTrainer(
                model=model,
                args=_arguments(folder, rows=examples.rows, half=half),
                train_dataset=examples,
                data_collator=collate_and_count,
                callbacks=[Stop(turn)],
            )
            trainer.remove_callback(PrinterCallback)
            trainer.train()
        return turn.work

    return train


def _arguments(folder: str, *, rows: int, half: bool) -> Any:
    """Return the trainer's settings: batches of so many rows, nothing written or said."""
    from transformers import Seq2SeqTrainingArguments  # noqa: PLC0415 - as above

    return Seq2SeqTrainingArguments(
        output_dir=folder,
        max_steps=MANY_STEPS,
        per_device_train_batch_size=rows,
        train_sampling_strategy="sequential",  # they are grouped by length already
        learning_rate=RATE,
        label_smoothing_factor=0.1,
        bf16=half,
        use_cpu=True,
        save_strategy="no",
        logging_strategy="no",
        report_to=[],
        disable_tqdm=True,
        seed=SEED,
    )


def _ends(shape: Shape) -> dict[str, int]:
    pad = shape.vocabulary - 1
    return {"pad_token_id": pad, "eos_token_id": 0, "decoder_start_token_id": pad}


@dataclass(slots=True, kw_only=True)
class Examples(torch.utils.data.Dataset[dict[str, list[int]]]):
    """The pairs as transformers' trainer takes them: every ``rows`` of them are one batch.

    The batches are those of its own grouping by length, in an order in which any few of them have
    short and long ones as all have. Its sampler would begin with the longest sentences and take
    fifty batches to come to the shortest, which a turn of some seconds never sees.
    """

    examples: list[dict[str, list[int]]]
    rows: int
    begin: int = 0
    """Of the turn."""

    @classmethod
    def of(cls, directions: Sequence[DirectedPairs], *, batch_tokens: int) -> "Examples":
        """Lay out pairs whose sources are the first sides.

        Args:
            directions: The pairs.
            batch_tokens: About how many tokens a batch has on its longer side.
        """
        from transformers.trainer_pt_utils import (  # noqa: PLC0415 - slow
            get_length_grouped_indices,
        )

        found = [example for direction in directions for example in _examples(direction)]
        longer = [max(len(one["input_ids"]), len(one["labels"])) for one in found]
        rows = max(1, min(batch_tokens * len(found) // sum(longer), len(found)))
        grouped = get_length_grouped_indices(
            [len(one["input_ids"]) for one in found],
            rows,
            generator=torch.Generator().manual_seed(SEED),
        )
        batches = [grouped[start : start + rows] for start in range(0, len(found) - rows + 1, rows)]
        batches.sort(key=lambda batch: sum(longer[place] for place in batch))
        spread = np.argsort(np.argsort(np.arange(len(batches)) * GOLDEN % 1))
        places = [place for batch in spread for place in batches[batch]]
        return cls(examples=[found[place] for place in places], rows=rows)

    def go_on_after(self, batches: int) -> None:
        """Begin the next turn so many batches further on."""
        self.begin = (self.begin + batches * self.rows) % len(self.examples)

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, place: int) -> dict[str, list[int]]:
        return self.examples[(self.begin + place) % len(self.examples)]


def _examples(direction: DirectedPairs) -> Iterator[dict[str, list[int]]]:
    tokens, offsets = direction.pairs.tokens, direction.pairs.offsets
    for pair in range(len(direction.pairs)):
        start, middle, end = offsets[2 * pair : 2 * pair + 3]
        source, target = tokens[start:middle].tolist(), tokens[middle:end].tolist()
        yield {"input_ids": [direction.tag, *source], "labels": target}
