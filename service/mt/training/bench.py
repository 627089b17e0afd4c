"""Training steps of ours and of transformers' trainer, counted alike, to be timed side by side."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import torch

from service.mt.training.export import config_of
from service.mt.training.lexicon import load_lexicon
from service.mt.training.loop import Stepper
from service.mt.training.network import Network, Shape, initialise
from service.mt.training.packing import Batches, DirectedPairs
from service.mt.training.plan import Plan, load_pairs
from service.mt.training.prepare import LEXICON, PAIRS
from service.mt.training.vocabulary import NUMBERS_FILE, PIECES_FILE, Vocabulary

RATE: Final = 1e-4
SEED: Final = 7
MOST_EXAMPLES: Final = 50_000
"""For the trainer, which sorts all of them before it begins: a sample is as good."""


@dataclass(slots=True, kw_only=True)
class Work:
    """What a way of training got done."""

    tokens: int = 0
    """Target tokens, padding left out."""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    """Of all threads of this process."""


Way = Callable[[float, Work], None]
"""Trains for about so many seconds, and adds what it did; the first step is not counted."""


def ways(run: Path, *, threads: int) -> dict[str, Way]:
    """Return our way and that of transformers' Seq2SeqTrainer, over the pairs of a prepared run.

    Both compute in float32, from new weights of the run's shape, in batches of as many tokens.

    Args:
        run: The folder; nothing is written there.
        threads: Processor threads.

    Raises:
        RunDamagedError: If a file of the run is missing or damaged.
    """
    torch.set_num_threads(threads)
    plan, vocabulary = Plan.load(run), Vocabulary(run)
    pairs = load_pairs(run / PAIRS, plan.directions, vocabulary)
    return {
        "ours": _ours(run, plan, pairs),
        "Seq2SeqTrainer": _transformers(run, plan, pairs),
    }


def _ours(run: Path, plan: Plan, pairs: list[DirectedPairs]) -> Way:
    network = Network(plan.shape)
    initialise(network, seed=SEED)
    stepper = Stepper(
        network,
        load_lexicon(run / LEXICON),
        batch_tokens=plan.batch_tokens,
        device="cpu",
        half=False,
    )
    batches = Batches(pairs, pad=network.pad, tokens=plan.batch_tokens, seed=SEED).start_at(0, 0)

    def work(seconds: float, done: Work) -> None:
        clock = _Clock(seconds, done)
        for _, _, batch in batches:
            stepper.step(batch, rate=RATE)
            if clock.is_over(int((batch.target != network.pad).sum())):
                return

    return work


class _Clock:
    """Counts steps; the first only warms up."""

    def __init__(self, seconds: float, done: Work) -> None:
        self._seconds, self._done = seconds, done
        self._start: tuple[float, float] | None = None

    def is_over(self, tokens: int) -> bool:
        """Take note of a step that was made; tell whether it was the last."""
        now = time.perf_counter(), time.process_time()
        if self._start is None:
            self._start = now
            return False
        self._done.tokens += tokens
        seconds = now[0] - self._start[0]
        if seconds < self._seconds:
            return False
        self._done.seconds += seconds
        self._done.cpu_seconds += now[1] - self._start[1]
        return True


def _transformers(run: Path, plan: Plan, pairs: list[DirectedPairs]) -> Way:
    """Set the trainer up as its documentation does, with batches grouped by length."""
    from transformers import (  # noqa: PLC0415 - slow, and only to compare with
        DataCollatorForSeq2Seq,
        MarianConfig,
        MarianMTModel,
        MarianTokenizer,
        PrinterCallback,
        Seq2SeqTrainer,
        Seq2SeqTrainingArguments,
        TrainerCallback,
    )

    pieces, numbers = str(run / PIECES_FILE), str(run / NUMBERS_FILE)
    tokenizer = MarianTokenizer(pieces, pieces, numbers)
    model = MarianMTModel(MarianConfig(**config_of(plan.shape), **_ends(plan.shape)))
    examples = _Examples(pairs)
    collate = DataCollatorForSeq2Seq(tokenizer, model=model)
    counted: list[int] = []

    def collate_and_count(features: list[dict[str, Any]]) -> Any:
        batch = collate(features)
        counted.append(int((batch["labels"] != collate.label_pad_token_id).sum()))
        return batch

    class Stop(TrainerCallback):
        clock: _Clock

        def on_step_end(self, _: Any, state: Any, control: Any, **_more: Any) -> Any:
            control.should_training_stop = self.clock.is_over(counted[state.global_step - 1])
            return control

    def work(seconds: float, done: Work) -> None:
        stop = Stop()
        stop.clock = _Clock(seconds, done)
        counted.clear()
        with TemporaryDirectory() as folder:
            arguments = Seq2SeqTrainingArguments(
                output_dir=folder,
                per_device_train_batch_size=max(1, plan.batch_tokens // examples.mean_length),
                learning_rate=RATE,
                label_smoothing_factor=0.1,
                train_sampling_strategy="group_by_length",
                use_cpu=True,
                save_strategy="no",
                logging_strategy="no",
                report_to=[],
                disable_tqdm=True,
                seed=SEED,
            )
            trainer = Seq2SeqTrainer(
                model=model,
                args=arguments,
                train_dataset=examples,
                data_collator=collate_and_count,
                callbacks=[stop],
            )
            trainer.remove_callback(PrinterCallback)
            trainer.train()

    return work


def _ends(shape: Shape) -> dict[str, int]:
    pad = shape.vocabulary - 1
    return {"pad_token_id": pad, "eos_token_id": 0, "decoder_start_token_id": pad}


class _Examples(torch.utils.data.Dataset):
    """The pairs as transformers' trainer takes them, in an order of their own."""

    def __init__(self, directions: list[DirectedPairs]) -> None:
        self._directions = directions
        places = [
            (number, pair)
            for number, direction in enumerate(directions)
            for pair in range(len(direction.pairs))
        ]
        chance = np.random.default_rng(SEED)
        most = min(len(places), MOST_EXAMPLES)
        self._places = [places[place] for place in chance.permutation(len(places))[:most]]
        lengths = [max(len(one["input_ids"]), len(one["labels"])) for one in self]
        self.mean_length = round(sum(lengths) / len(lengths))

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, place: int) -> dict[str, list[int]]:
        number, pair = self._places[place]
        direction = self._directions[number]
        first, second, end = direction.pairs.offsets[2 * pair : 2 * pair + 3]
        sides = (
            direction.pairs.tokens[first:second].tolist(),
            direction.pairs.tokens[second:end].tolist(),
        )
        source, target = sides[::-1] if direction.swapped else sides
        return {"input_ids": [direction.tag, *source], "labels": target}

    def __iter__(self) -> Iterator[dict[str, list[int]]]:
        return (self[place] for place in range(len(self)))
