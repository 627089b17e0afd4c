"""The training loop: batches in, better weights out, a report now and then."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from service.mt.training.errors import RuinedRunError
from service.mt.training.network import Network
from service.mt.training.objective import SmoothedCrossEntropy, guidance
from service.mt.training.optimiser import Optimiser
from service.mt.training.packing import Batch, Batches
from service.mt.training.schedule import Leg, Progress

GUIDE: Final = 0.3
"""Weight of the guided-alignment loss beside the translation loss."""
LARGEST_GRADIENT: Final = 1.0
REPORT_SECONDS: Final = 10.0
MEMORY: Final = 0.98
"""Share of the running losses that is kept at each step."""
RUINED_ENTROPY: Final = 0.3
"""Nats; below it the first decoder layer's attention is saturated (0.1-0.2 in a ruined run)."""
RUINED_CONSTANT: Final = 0.9
"""Share of the encoder outputs' squared length in their mean; above it they are one vector."""


class Stepper:
    """A network with its optimiser: float32 weights, computed in bf16 where that is fast."""

    def __init__(
        self, network: Network, lexicon: Tensor, *, batch_tokens: int, device: str, half: bool
    ) -> None:
        """Move everything to the device.

        Args:
            network: What is trained, with float32 weights.
            lexicon: (V, V) log t(target piece | source piece).
            batch_tokens: Target tokens of a full batch; a smaller one counts for less.
            device: ``cpu`` or ``cuda``.
            half: Whether to compute in bf16, from float32 masters.
        """
        self.network = network.to(device).train()
        self._masters = {name: w.detach() for name, w in network.named_parameters()}
        if half:
            self._masters = {name: w.clone() for name, w in self._masters.items()}
            network.to(torch.bfloat16)
        self._batch_tokens = batch_tokens
        self._half, self._device, self._lexicon = half, device, lexicon.to(device)
        self._computed = list(network.parameters())
        self._updated = list(self._masters.values()) if half else self._computed
        self._optimiser = Optimiser(
            network, dict(zip(self._masters, self._updated, strict=True)), half=half
        )

    def weights(self) -> dict[str, Tensor]:
        """Return a copy of the float32 weights, by name, on the processor."""
        return {name: w.float().cpu().clone() for name, w in self._masters.items()}

    def optimiser_state(self) -> dict[str, Any]:
        """Return what the optimiser remembers."""
        return self._optimiser.state_dict()

    def take(self, weights: dict[str, Tensor], optimiser: dict[str, Any] | None = None) -> None:
        """Go on from these weights and, if given, from this memory of the optimiser."""
        with torch.no_grad():
            for name, weight in self._masters.items():
                weight.copy_(weights[name])
            if self._half:
                torch._foreach_copy_(self._computed, self._updated)
        if optimiser is not None:
            self._optimiser.load_state_dict(optimiser)

    def step(self, batch: Batch, *, rate: float) -> tuple[float, float]:
        """Train on a batch; return its smoothed cross-entropy and its guided loss, in nats."""
        source = torch.from_numpy(batch.source).to(self._device, non_blocking=True)
        target = torch.from_numpy(batch.target).to(self._device, non_blocking=True)
        hidden, alignment = self.network(source, target)
        real = target != self.network.pad
        loss = SmoothedCrossEntropy.apply(hidden[real], self.network.embedding.weight, target[real])
        wanted = guidance(source, target, self._lexicon, pad=self.network.pad)
        guide = -(wanted * alignment).sum(-1)[real].mean()
        share = int(real.sum()) / self._batch_tokens
        ((loss + GUIDE * guide) * share).backward()
        self._update(rate)
        return loss.item(), guide.item()

    def _update(self, rate: float) -> None:
        if self._half:
            for master, computed in zip(self._updated, self._computed, strict=True):
                master.grad, computed.grad = computed.grad.float(), None
        torch.nn.utils.clip_grad_norm_(self._updated, LARGEST_GRADIENT)
        self._optimiser.step(rate)
        with torch.no_grad():
            # CTranslate2 starts the decoder from zeros, as Marian does; transformers from this row.
            self._masters["embedding.weight"][self.network.pad] = 0
            if self._half:
                torch._foreach_copy_(self._computed, self._updated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How training stands."""

    progress: Progress
    loss: float
    """Smoothed cross-entropy in nats a token, running mean."""
    guide: float
    """Nats by which the guided head misses where words come from, running mean."""
    rate: float
    tokens_per_second: float
    """Target tokens, since the last report."""
    attention_entropy: float
    """Nats; see `signs_of_ruin`."""
    encoder_constant: float
    """A share; see `signs_of_ruin`."""
    finished: bool
    """Whether the leg's budget is spent."""
    ended: bool
    """Whether this is the last report, as the budget is spent or somebody stopped it."""

    @property
    def warning(self) -> str | None:
        """What is wrong if the run shows a sign of ruin, which more steps do not mend."""
        if self.attention_entropy < RUINED_ENTROPY:
            return "the decoder's first attention is saturated: a ruined run, begin a new one"
        if self.encoder_constant > RUINED_CONSTANT:
            return "the encoder says the same of every word: a ruined run, begin a new one"
        return None


@dataclass(slots=True, kw_only=True)
class Running:
    """Means of the losses over the last steps, in nats."""

    loss: float = math.nan
    guide: float = math.nan

    def add(self, loss: float, guide: float) -> None:
        """Take in a step's losses."""
        self.loss = _running(self.loss, loss)
        self.guide = _running(self.guide, guide)


def train(
    stepper: Stepper,
    batches: Batches,
    leg: Leg,
    *,
    start: Progress,
    running: Running,
    watched: Batch,
    stopped: Callable[[], bool],
) -> Iterator[Report]:
    """Train until the leg's budget is spent or somebody stops it; yield a report now and then.

    There is a report every few seconds, whenever a snapshot of the leg is due, and after the last
    step. What the consumer does between two reports (saving, scoring) is not counted as training.

    Args:
        stepper: Network and optimiser; changed.
        batches: The data.
        leg: Budget and learning rate.
        start: Where an earlier run had come to in this leg.
        running: The running losses; changed.
        watched: Pairs, some of them with four tokens and more, on which to look for signs of ruin.
        stopped: Asked at every step.

    Raises:
        RuinedRunError: If the loss is no number any more.
    """
    progress = said = start
    clock = time.perf_counter()
    for epoch, position, batch in batches.start_at(start.epoch, start.position):
        rate = leg.rate(progress)
        loss, guide = stepper.step(batch, rate=rate)
        if not math.isfinite(loss + guide):
            raise RuinedRunError(progress.step + 1)
        running.add(loss, guide)
        now = time.perf_counter()
        progress = Progress(
            step=progress.step + 1,
            tokens=progress.tokens + int((batch.target != stepper.network.pad).sum()),
            seconds=progress.seconds + now - clock,
            epoch=epoch,
            position=position + 1,
        )
        clock = now
        over = leg.spent(progress) >= 1
        due = leg.snapshots(progress) > leg.snapshots(said)
        ending = over or stopped()
        if ending or due or progress.seconds - said.seconds >= REPORT_SECONDS:
            entropy, constant = signs_of_ruin(stepper.network, watched)
            yield Report(
                progress=progress,
                loss=running.loss,
                guide=running.guide,
                rate=rate,
                tokens_per_second=(progress.tokens - said.tokens)
                / (progress.seconds - said.seconds),
                attention_entropy=entropy,
                encoder_constant=constant,
                finished=over,
                ended=ending,
            )
            said, clock = progress, time.perf_counter()
        if ending:
            return


def _running(mean: float, value: float) -> float:
    return value if math.isnan(mean) else MEMORY * mean + (1 - MEMORY) * value


@torch.no_grad()
def signs_of_ruin(network: Network, batch: Batch) -> tuple[float, float]:
    """Return the entropy of the decoder's first attention, and how constant the encoder is.

    Entropy in nats, a mean over heads and the positions that see at least four; the other is the
    share of the encoder outputs' squared length that their mean over all words holds, 0 to 1.
    """
    device = network.embedding.weight.device
    source = torch.from_numpy(batch.source).to(device)
    target = torch.from_numpy(batch.target).to(device)
    memory = network.encode(source).float().flatten(0, 1)
    constant = memory.mean(0).square().sum() / memory.square().sum(1).mean()
    entropy = network.first_attention_entropy(target)
    return float(entropy), float(constant)


@torch.no_grad()
def mean_loss(network: Network, batches: Batches) -> float:
    """Return the cross-entropy, not smoothed, over one epoch of pairs; nats a token."""
    device = network.embedding.weight.device
    total, tokens = 0.0, 0
    for batch in batches.once():
        source = torch.from_numpy(batch.source).to(device)
        target = torch.from_numpy(batch.target).to(device)
        hidden, _ = network(source, target)
        real = target != network.pad
        logits = (hidden[real] @ network.embedding.weight.t()).float()
        total += float(torch.nn.functional.cross_entropy(logits, target[real], reduction="sum"))
        tokens += int(real.sum())
    return total / tokens
