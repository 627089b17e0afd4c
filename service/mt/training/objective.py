"""What training minimises: smoothed cross-entropy, and looking where the next word comes from."""

from typing import Any, Final

import torch
from torch import Tensor

SMOOTHING: Final = 0.1
"""Share of the probability spread over all pieces (Vaswani et al., 2017)."""
CHUNK_ROWS: Final = 512
"""Logits in work at a time: 512 x 8,000 floats stay in a processor's cache."""
DIAGONAL: Final = 4.0
"""Preference for the diagonal (Dyer et al., 2013, https://aclanthology.org/N13-1073)."""


class SmoothedCrossEntropy(torch.autograd.Function):
    """Mean label-smoothed cross-entropy over tied output logits, in nats a token.

    ``forward`` makes the gradients in the same pass, a chunk of rows at a time, so that the
    (rows, vocabulary) logits are never all there.
    """

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, labels: Tensor) -> Tensor:
        """Args: hidden (N, d), weight (V, d), labels (N,); no label is padding."""
        rows, vocabulary = len(hidden), len(weight)
        low, high = SMOOTHING / vocabulary, 1 - SMOOTHING
        total = hidden.new_zeros((), dtype=torch.float32)
        hidden_grad = torch.empty_like(hidden)
        weight_grad = torch.zeros_like(weight, dtype=torch.float32)
        # Memory of this size is given back to the system when it is free, and is slow to get again.
        wide = hidden.new_empty((min(rows, CHUNK_ROWS), vocabulary), dtype=torch.float32)
        narrow = torch.empty_like(wide, dtype=hidden.dtype)
        for start in range(0, rows, CHUNK_ROWS):
            part = hidden[start : start + CHUNK_ROWS]
            wanted = labels[start : start + CHUNK_ROWS, None]
            logits, gradient = wide[: len(part)], narrow[: len(part)]
            logits.copy_(torch.mm(part, weight.t(), out=gradient))
            mean, right = logits.mean(1, keepdim=True), logits.gather(1, wanted)
            highest = logits.amax(1, keepdim=True)
            mass = logits.sub_(highest).exp_().sum(1, keepdim=True)
            total += (mass.log() + highest - high * right - SMOOTHING * mean).sum()
            logits.mul_(1 / (mass * rows)).sub_(low / rows)
            logits.scatter_add_(1, wanted, torch.full_like(right, -high / rows))
            gradient.copy_(logits)
            torch.mm(gradient, weight, out=hidden_grad[start : start + CHUNK_ROWS])
            weight_grad += gradient.t() @ part
        ctx.save_for_backward(hidden_grad, weight_grad.to(weight.dtype))
        return total / rows

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        """Hand out what ``forward`` has made."""
        hidden_grad, weight_grad = ctx.saved_tensors
        return (
            hidden_grad * gradient.to(hidden_grad.dtype),
            weight_grad * gradient.to(weight_grad.dtype),
            None,
        )


def guidance(source: Tensor, target: Tensor, lexicon: Tensor, *, pad: int) -> Tensor:
    """Return the probability (B, T, S) that a target position translates a source position.

    Args:
        source: (B, S) without padding.
        target: (B, T), padded behind.
        lexicon: (V, V) log t(target piece | source piece).
        pad: The padding.
    """
    lengths = (target != pad).sum(1)
    at_source = torch.arange(source.shape[1], device=source.device) / source.shape[1]
    at_target = (torch.arange(target.shape[1], device=source.device) + 1) / lengths[:, None]
    scores = lexicon[source[:, None, :], target[:, :, None]].float()
    return (scores - DIAGONAL * (at_source - at_target[:, :, None]).abs()).softmax(-1)
