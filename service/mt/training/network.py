"""A Marian encoder-decoder laid out for training.

The same function as transformers' ``MarianMTModel``, whose weights it takes and gives: post-norm
layers, sinusoidal positions, one embedding for both sides and the output. Faster to train, because
query, key and value are one product, sources come without padding and so without masks, and the
logits are never all in memory (see `objective`).
"""

import math
from collections import OrderedDict
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

OUTPUT_BIAS = "final_logits_bias"
JOINED = "joined"
"""In the name of a weight: it is several matrices, one below the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of a model; 9 million parameters by default, deep encoder and shallow decoder."""

    vocabulary: int
    """Pieces and the padding, which is the last."""
    width: int = 256
    feed_forward: int = 1024
    encoder_layers: int = 6
    decoder_layers: int = 2
    heads: int = 4
    positions: int = 512


class Attention(nn.Module):
    """Scaled dot-product attention with all heads in one product."""

    def __init__(self, shape: Shape, *, inputs: int) -> None:
        """Args: ``inputs`` is 3 for self-attention, 2 where the query has a product of its own."""
        super().__init__()
        self.heads = shape.heads
        self.joined = nn.Linear(shape.width, inputs * shape.width)
        self.query = nn.Linear(shape.width, shape.width) if inputs == 2 else None  # noqa: PLR2004
        self.out = nn.Linear(shape.width, shape.width)

    def forward(
        self, x: Tensor, memory: Tensor, *, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return what ``x`` (B, T, d) takes from ``memory`` (B, S, d), and where it looks.

        The second is (B, heads, T, S), logits; ``mask`` (T, S), where given, has been added.
        torch's own attention takes four times as long on a processor: its way back is slow in bf16.
        """
        query, key, value = self._heads_of(x, memory)
        logits = torch.matmul(query * query.shape[-1] ** -0.5, key.transpose(2, 3))
        if mask is not None:
            logits = logits + mask
        mixed = torch.matmul(logits.softmax(-1), value)
        return self.out(mixed.transpose(1, 2).reshape(x.shape)), logits

    def _heads_of(self, x: Tensor, memory: Tensor) -> list[Tensor]:
        """Return query, key and value by heads, each (B, heads, T or S, d / heads)."""
        rows, width = x.shape[0], x.shape[2]
        parts = (
            [self.joined(memory)] if self.query is None else [self.query(x), self.joined(memory)]
        )
        heads: list[Tensor] = []
        for part in parts:
            count = part.shape[2] // width
            split = part.view(rows, part.shape[1], count, self.heads, width // self.heads)
            heads += split.permute(2, 0, 3, 1, 4).unbind(0)
        return heads


class FeedForward(nn.Module):
    """Two products with a rectifier between them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.fc1 = nn.Linear(shape.width, shape.feed_forward)
        self.fc2 = nn.Linear(shape.feed_forward, shape.width)

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, T, d) for (B, T, d)."""
        return self.fc2(functional.relu(self.fc1(x), inplace=True))


class EncoderLayer(nn.Module):
    """Self-attention and feed-forward, each added and then normalised."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention = Attention(shape, inputs=3)
        self.attention_norm = nn.LayerNorm(shape.width)
        self.feed_forward = FeedForward(shape)
        self.norm = nn.LayerNorm(shape.width)

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, S, d) for (B, S, d)."""
        taken, _ = self.attention(x, x)
        x = self.attention_norm(x + taken)
        return self.norm(x + self.feed_forward(x))


class DecoderLayer(nn.Module):
    """Causal self-attention, attention to the source, feed-forward."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention = Attention(shape, inputs=3)
        self.attention_norm = nn.LayerNorm(shape.width)
        self.cross = Attention(shape, inputs=2)
        self.cross_norm = nn.LayerNorm(shape.width)
        self.feed_forward = FeedForward(shape)
        self.norm = nn.LayerNorm(shape.width)

    def forward(self, x: Tensor, memory: Tensor, *, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return (B, T, d) for (B, T, d) and the source (B, S, d), and where each head looks in it.

        ``mask`` (T, T) hides what comes later; the second is (B, heads, T, S), logits.
        """
        taken, _ = self.attention(x, x, mask=mask)
        x = self.attention_norm(x + taken)
        taken, logits = self.cross(x, memory)
        x = self.cross_norm(x + taken)
        return self.norm(x + self.feed_forward(x)), logits


class Network(nn.Module):
    """Source and target tokens in, hidden states of the decoder out."""

    positions: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.register_buffer("positions", sinusoids(shape.positions, shape.width), persistent=False)
        self.encoder = nn.ModuleList([EncoderLayer(shape) for _ in range(shape.encoder_layers)])
        self.decoder = nn.ModuleList([DecoderLayer(shape) for _ in range(shape.decoder_layers)])

    @property
    def pad(self) -> int:
        """The padding, with which the decoder begins; its embedding is zero."""
        return self.shape.vocabulary - 1

    def forward(self, source: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Return hidden states that predict the target, and where they look.

        Args:
            source: (B, S) without padding.
            target: (B, T), padded behind.

        Returns:
            (B, T, d), and (B, T, S): log probabilities of the last layer's first head.
        """
        memory = self.encode(source)
        x, mask = self._decoder_input(target)
        for layer in self.decoder:
            x, logits = layer(x, memory, mask=mask)
        return x, logits[:, 0].float().log_softmax(-1)

    def encode(self, source: Tensor) -> Tensor:
        """Return the encoder's outputs (B, S, d)."""
        memory = self._embed(source)
        for layer in self.encoder:
            memory = layer(memory)
        return memory

    def first_attention_entropy(self, target: Tensor) -> Tensor:
        """Return the mean entropy, in nats, of the decoder's first self-attention.

        Over heads and the positions that see at least four others.
        """
        x, mask = self._decoder_input(target)
        _, logits = self.decoder[0].attention(x, x, mask=mask)
        probabilities = logits.float().softmax(-1)
        entropy = -(probabilities * (probabilities + 1e-9).log()).sum(-1)
        return entropy[:, :, 3:].mean()

    def _decoder_input(self, target: Tensor) -> tuple[Tensor, Tensor]:
        """Return the target's embeddings, one behind, and the mask (T, T) of what comes later."""
        x = self._embed(functional.pad(target[:, :-1], (1, 0), value=self.pad))
        return x, x.new_full((x.shape[1], x.shape[1]), float("-inf")).triu(1)

    def _embed(self, tokens: Tensor) -> Tensor:
        scaled = self.embedding(tokens) * math.sqrt(self.shape.width)
        return scaled + self.positions[: tokens.shape[1]].to(scaled.dtype)


def sinusoids(positions: int, width: int) -> Tensor:
    """Return Marian's positions (positions, width): sines, then cosines (Vaswani et al., 2017)."""
    rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000.0) / width))
    angles = torch.arange(positions)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def initialise(network: Network, *, seed: int) -> None:
    """Glorot matrices, embeddings of size ``width ** -0.5``, no bias, zero for the padding.

    transformers' 0.02 for everything drowns tokens of this width in their positions.
    """
    generator = torch.Generator().manual_seed(seed)
    width = network.shape.width
    with torch.no_grad():
        for name, weights in network.named_parameters():
            if name == "embedding.weight":
                weights.normal_(std=width**-0.5, generator=generator)
                weights[network.pad] = 0
            elif weights.dim() > 1:
                for block in weights.split(width, dim=0) if JOINED in name else [weights]:
                    nn.init.xavier_uniform_(block, generator=generator)
            elif name.endswith("bias"):
                weights.zero_()


def to_marian(network: Network) -> "OrderedDict[str, Tensor]":
    """Return the weights under the names of transformers' ``MarianMTModel``, in float32."""
    state: OrderedDict[str, Tensor] = OrderedDict()
    state["model.shared.weight"] = network.embedding.weight
    for side, layers in (("encoder", network.encoder), ("decoder", network.decoder)):
        for number, layer in enumerate(layers):
            for ours, theirs in _names(layer, f"model.{side}.layers.{number}"):
                state[theirs] = ours
    state[OUTPUT_BIAS] = torch.zeros(1, network.shape.vocabulary)
    return OrderedDict(
        (name, value.detach().float().cpu().clone()) for name, value in state.items()
    )


def from_marian(network: Network, state: dict[str, Tensor]) -> None:
    """Take the weights of a ``MarianMTModel`` of this shape; the padding becomes zero, as ours is.

    Raises:
        KeyError: If one is missing.
        RuntimeError: If one has another shape.
    """
    with torch.no_grad():
        network.embedding.weight.copy_(state["model.shared.weight"])
        network.embedding.weight[network.pad] = 0
        for side, layers in (("encoder", network.encoder), ("decoder", network.decoder)):
            for number, layer in enumerate(layers):
                for ours, theirs in _names(layer, f"model.{side}.layers.{number}"):
                    ours.copy_(state[theirs])


def _names(layer: EncoderLayer | DecoderLayer, prefix: str) -> list[tuple[Tensor, str]]:
    """Return views of a layer's weights with their names in Marian."""
    found: list[tuple[Tensor, str]] = []

    def add(module: nn.Linear | nn.LayerNorm, name: str) -> None:
        found.append((module.weight, f"{prefix}.{name}.weight"))
        found.append((module.bias, f"{prefix}.{name}.bias"))

    def add_attention(attention: Attention, name: str) -> None:
        parts = ["q", "k", "v"] if attention.query is None else ["k", "v"]
        for part, weight, bias in zip(
            parts,
            attention.joined.weight.chunk(len(parts)),
            attention.joined.bias.chunk(len(parts)),
            strict=True,
        ):
            found.append((weight, f"{prefix}.{name}.{part}_proj.weight"))
            found.append((bias, f"{prefix}.{name}.{part}_proj.bias"))
        if attention.query is not None:
            add(attention.query, f"{name}.q_proj")
        add(attention.out, f"{name}.out_proj")

    add_attention(layer.attention, "self_attn")
    add(layer.attention_norm, "self_attn_layer_norm")
    if isinstance(layer, DecoderLayer):
        add_attention(layer.cross, "encoder_attn")
        add(layer.cross_norm, "encoder_attn_layer_norm")
    add(layer.feed_forward.fc1, "fc1")
    add(layer.feed_forward.fc2, "fc2")
    add(layer.norm, "final_layer_norm")
    return found
