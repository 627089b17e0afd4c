"""Muon for the matrices of a network, Adam for the rest.

Muon (Jordan et al., 2024, https://kellerjordan.github.io/posts/muon/) makes each update of a matrix
orthogonal, so that no few directions take all of it. Measured beside Adam: docs/training.md.
torch has one, too, but it multiplies in bf16 alone, which most processors only imitate, and it
would take query, key and value for one matrix.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import torch
from torch import Tensor

from service.mt.training.network import JOINED, Network

MOMENTUM: Final = 0.95
QUINTIC: Final = (3.4445, -4.7750, 2.0315)
"""Coefficients of the iteration, from the page above: steep at zero, near one elsewhere."""
ITERATIONS: Final = 5
UPDATE_SIZE: Final = 0.2
"""Root mean square of an update's entries at a rate of one, as Adam's are (Liu et al., 2025,
https://arxiv.org/abs/2502.16982): so that one rate serves both."""
ADAM_BETAS: Final = (0.9, 0.98)


class Optimiser:
    """Updates float32 weights from their gradients."""

    def __init__(self, network: Network, weights: dict[str, Tensor], *, half: bool) -> None:
        """Set up the memory.

        Args:
            network: Whose weights these are.
            weights: By the network's names; changed by each step.
            half: Whether bf16 is fast here.
        """
        self._width = network.shape.width
        self._matrices = {
            name: weight
            for name, weight in weights.items()
            if weight.dim() > 1 and name != "embedding.weight"
        }
        self._momentum = {name: torch.zeros_like(w) for name, w in self._matrices.items()}
        self._dtype = torch.bfloat16 if half else torch.float32
        rest = [weight for name, weight in weights.items() if name not in self._matrices]
        self._adam = torch.optim.AdamW(rest, betas=ADAM_BETAS, eps=1e-8, weight_decay=0, fused=True)

    def state_dict(self) -> dict[str, Any]:
        """Return what is remembered between steps."""
        return {"momentum": self._momentum, "adam": self._adam.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with what was remembered."""
        for name, momentum in self._momentum.items():
            momentum.copy_(state["momentum"][name])
        self._adam.load_state_dict(state["adam"])

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Update all weights and forget their gradients."""
        alike: defaultdict[torch.Size, list[tuple[Tensor, Tensor]]] = defaultdict(list)
        for name, weight in self._matrices.items():
            momentum = self._momentum[name].lerp_(weight.grad, 1 - MOMENTUM)
            ahead = weight.grad.lerp_(momentum, MOMENTUM).to(self._dtype)
            weight.grad = None
            for block, wanted in zip(
                self._blocks(name, weight), self._blocks(name, ahead), strict=True
            ):
                alike[block.shape].append((block, wanted))
        for shape, pairs in alike.items():
            updates = orthogonal(torch.stack([wanted for _, wanted in pairs]))
            for (block, _), update in zip(pairs, updates, strict=True):
                block.sub_(update, alpha=rate * UPDATE_SIZE * max(shape) ** 0.5)
        for group in self._adam.param_groups:
            group["lr"] = rate
        self._adam.step()
        self._adam.zero_grad(set_to_none=True)

    def _blocks(self, name: str, matrix: Tensor) -> Iterable[Tensor]:
        """Return the matrices that were joined into one to be multiplied at once."""
        blocks: Iterable[Tensor] = matrix.split(self._width) if JOINED in name else (matrix,)
        return blocks


def orthogonal(matrices: Tensor) -> Tensor:
    """Return about the nearest orthogonal matrices to these (N, rows, columns).

    Nearly all singular values come to 0.7 to 1.2. Five steps of a Newton-Schulz iteration, on the
    side of the shorter edge; all at once, as single products of this size leave a processor idle.
    """
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp_min(1e-7)
    linear, cubic, quintic = QUINTIC
    for _ in range(ITERATIONS):
        square = torch.bmm(x, x.mT)
        x = torch.baddbmm(
            x, torch.baddbmm(square, square, square, beta=cubic, alpha=quintic), x, beta=linear
        )
    return x.mT if tall else x
