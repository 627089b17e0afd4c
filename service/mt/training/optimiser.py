"""Muon for the matrices of a network, Adam for the rest.

Muon (Jordan et al., 2024, https://kellerjordan.github.io/posts/muon/) makes each update of a matrix
orthogonal, so that no few directions take all of it. Measured beside Adam: docs/training.md.
torch has one, too, but it multiplies in bf16 alone, which most processors only imitate, and it
would take query, key and value for one matrix.
"""

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
        for name, weight in self._matrices.items():
            momentum = self._momentum[name].lerp_(weight.grad, 1 - MOMENTUM)
            ahead = weight.grad.lerp_(momentum, MOMENTUM).to(self._dtype)
            for block, wanted in zip(
                self._blocks(name, weight), self._blocks(name, ahead), strict=True
            ):
                size = rate * UPDATE_SIZE * max(block.shape) ** 0.5
                block.sub_(orthogonal(wanted), alpha=size)
            weight.grad = None
        for group in self._adam.param_groups:
            group["lr"] = rate
        self._adam.step()
        self._adam.zero_grad(set_to_none=True)

    def _blocks(self, name: str, matrix: Tensor) -> Iterable[Tensor]:
        """Return the matrices that were joined into one to be multiplied at once."""
        blocks: Iterable[Tensor] = matrix.split(self._width) if JOINED in name else (matrix,)
        return blocks


def orthogonal(matrix: Tensor) -> Tensor:
    """Return about the nearest orthogonal matrix: all singular values come to 0.7 to 1.2.

    Five steps of a Newton-Schulz iteration, on the side of the shorter edge.
    """
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.t() if tall else matrix
    x = x / x.norm().clamp_min(1e-7)
    linear, cubic, quintic = QUINTIC
    for _ in range(ITERATIONS):
        square = x @ x.t()
        x = torch.addmm(
            x, torch.addmm(square, square, square, beta=cubic, alpha=quintic), x, beta=linear
        )
    return x.t() if tall else x
