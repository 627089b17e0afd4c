"""A run: what was prepared, how far it has come, and what is kept of it on disk."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import torch

from service.mt.golden import SENTENCES, write_golden
from service.mt.training.card import write_card
from service.mt.training.checkpoint import Checkpoint
from service.mt.training.export import State, soup, take_weights, write_model
from service.mt.training.lexicon import load_lexicon
from service.mt.training.loop import Report, Running, Stepper, train
from service.mt.training.network import Network, initialise
from service.mt.training.packing import Batches
from service.mt.training.plan import Plan, load_pairs
from service.mt.training.prepare import DEV, LEXICON, PAIRS, START
from service.mt.training.record import draw, forget_after, write_report
from service.mt.training.schedule import Leg, Progress
from service.mt.training.score import DevelopmentSet, Scores
from service.mt.training.vocabulary import Vocabulary

MODEL: Final = "model"
WRITING: Final = ".writing-"
SAVE_SECONDS: Final = 300.0
SCORE_SECONDS: Final = 900.0
WARM_UP: Final = 600
"""Steps, from nothing."""
WARM_UP_AGAIN: Final = 100
"""Steps, when training goes on after a leg, or from a model's weights alone."""
DECAY: Final = 0.3
"""Share of a leg over which the rate falls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A report, and the scores if it was time for them."""

    report: Report
    leg: Leg
    scores: Scores | None


class Run:
    """A run, loaded; goes on where it was.

    Raises:
        RunDamagedError: If a file is missing or damaged.
    """

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Load what was prepared and, if there is one, the state.

        Args:
            folder: Of the run.
            threads: Processor threads.
        """
        torch.set_num_threads(threads)
        self._folder, self._threads = folder, threads
        self.plan = plan = Plan.load(folder)
        vocabulary = Vocabulary(folder)
        self._batches = Batches(
            load_pairs(folder / PAIRS, plan.directions, vocabulary),
            pad=len(vocabulary) - 1,
            tokens=plan.batch_tokens,
            seed=plan.seed,
            short_first=plan.short_first,
        )
        self._dev = DevelopmentSet(folder / DEV, plan, vocabulary)
        network = Network(plan.shape)
        if plan.from_model is None:
            initialise(network, seed=plan.seed)
        else:
            take_weights(network, folder / START)
        self._device = device = "cuda" if torch.cuda.is_available() else "cpu"
        self._stepper = Stepper(
            network,
            load_lexicon(folder / LEXICON),
            batch_tokens=plan.batch_tokens,
            device=device,
            half=computes_in_half(device),
        )
        self.progress = Progress()
        self.leg: Leg | None = None
        self._snapshots: list[State] = []
        self._running = Running()
        self._restore(Checkpoint.load(folder))
        for left in folder.glob(f"{WRITING}*"):  # of one that was killed
            shutil.rmtree(left)

    def _restore(self, state: Checkpoint | None) -> None:
        forget_after(self._folder, state.progress if state else Progress())
        if state is not None:
            self._stepper.take(state.weights, state.optimiser)
            self.progress, self.leg = state.progress, state.leg
            self._snapshots = state.snapshots
            self._running = Running(loss=state.loss, guide=state.guide)

    @property
    def spent(self) -> bool:
        """Whether there is nothing left to do of what was asked for."""
        return self.leg is None or self.leg.spent(self.progress) >= 1

    def begin_leg(self, *, seconds: float | None, tokens: int | None, cool: bool) -> None:
        """Train longer from here.

        Args:
            seconds: Most time, training alone.
            tokens: Most target tokens.
            cool: Let the learning rate fall from the beginning to the end.
        """
        if self.progress.step == 0:  # the optimiser remembers nothing yet
            warm_up = WARM_UP if self.plan.from_model is None else WARM_UP_AGAIN
        else:
            warm_up = 1 if cool else WARM_UP_AGAIN
        self._snapshots = [self._stepper.weights()]
        self.leg = Leg(
            start=self.progress,
            seconds=seconds,
            tokens=tokens,
            peak=self.plan.peak,
            warm_up=warm_up,
            decay=1.0 if cool else DECAY,
        )

    def train(self, leg: Leg, *, stopped: Callable[[], bool]) -> Iterator[News]:
        """Train to the end of the leg or until somebody stops it, saving all the time.

        The state is saved every five minutes and at the end; scores are taken, the model exported
        and the curve drawn every quarter of an hour and at the end of the leg, whose soup of
        snapshots takes the place of its last weights.
        """
        self._save(leg)  # so that nobody need say again how long, whatever happens
        saved = scored = time.monotonic()
        for report in train(
            self._stepper,
            self._batches,
            leg,
            start=self.progress,
            running=self._running,
            watched=self._dev.watched(),
            stopped=stopped,
        ):
            self.progress = report.progress
            if leg.snapshots(self.progress) > len(self._snapshots):
                self._snapshots.append(self._stepper.weights())
            scores = None
            due = report.finished or time.monotonic() - scored > SCORE_SECONDS
            if report.finished:
                self._stepper.take(soup(self._snapshots, self._dev_loss))
                self._snapshots = []
            if due or report.ended:
                scores = self._export(scored=due)
                scored = time.monotonic()
            write_report(self._folder, report, scores)
            if report.ended or scores or time.monotonic() - saved > SAVE_SECONDS:
                self._save(leg)
                draw(self._folder)
                saved = time.monotonic()
            yield News(report=report, leg=leg, scores=scores)

    def _dev_loss(self, weights: State) -> float:
        """Return nats a token on the development set, summed over the directions."""
        return sum(self._dev.losses(self._network(weights)).values())

    def _export(self, *, scored: bool) -> Scores | None:
        """Write the model, whole or not at all, and return its scores if it is to be scored."""
        golden = {direction: SENTENCES[direction.source] for direction in self.plan.directions}
        with TemporaryDirectory(prefix=WRITING, dir=self._folder) as temporary:
            whole, scores = Path(temporary) / MODEL, None
            network = self._network(self._stepper.weights())
            write_model(
                network,
                whole,
                vocabulary=self._folder,
                directions=self.plan.directions,
                name=self.plan.name,
                data_licence=self.plan.data_licence,
            )
            if scored:
                chrf = self._dev.chrf(whole, threads=self._threads)
                scores = Scores(loss=self._dev.losses(network), chrf=chrf)
            write_golden(whole, golden, threads=self._threads)
            write_card(whole, self.plan, self.progress, scores)
            if (self._folder / MODEL).exists():
                (self._folder / MODEL).rename(Path(temporary) / "old")
            whole.rename(self._folder / MODEL)
        return scores

    def _network(self, weights: State) -> Network:
        network = Network(self.plan.shape)
        network.load_state_dict(weights)
        return network.to(self._device)

    def _save(self, leg: Leg) -> None:
        Checkpoint(
            progress=self.progress,
            leg=leg,
            weights=self._stepper.weights(),
            optimiser=self._stepper.optimiser_state(),
            snapshots=self._snapshots,
            loss=self._running.loss,
            guide=self._running.guide,
        ).save(self._folder)


def computes_in_half(device: str) -> bool:
    """Tell whether bf16 is the fast way to compute there: a GPU, or a processor made for it."""
    if device != "cpu":
        return True
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return "amx_bf16" in flags or "avx512_bf16" in flags
