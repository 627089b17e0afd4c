"""The fast engine on a CPU: CTranslate2, from a copy of the model converted once."""

import contextlib
import itertools
import os
import platform
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from service.mt.attention import Attention
from service.mt.engine import (
    MAX_POSITIONS,
    TRANSFORMERS_LOADING,
    Answer,
    Decoding,
    Hypothesis,
    most_target_tokens,
)
from service.mt.errors import BrokenModelError, ModelCacheError
from service.mt.model_folder import CheckedModel, ModelFolder
from service.mt.tokenizer import END

Quantization = Literal["int8", "float32"]

Look: TypeAlias = Sequence[float]
"""What one target token looks at: a weight for each source token."""

PADDED_TO: Final = 16
WIDE_PADDED_TO: Final = 32
"""Tokens, for a model as wide as opus-mt's, which takes most of its time to read its weights, once
a batch: half the time that it needs with 4. A small one is as fast with 16 as with 4."""
WIDE: Final = 512
PROCESSORS: Final = Path("/proc/cpuinfo")
X86: Final = frozenset({"x86_64", "amd64", "i386", "i686"})


def exact_quantization(
    *, machine: str | None = None, processors: Path = PROCESSORS
) -> Quantization:
    """Return the least bits in which this processor multiplies without error.

    Without VNNI, x86 adds two products of 8 bits in 16, where they overflow: see
    ``docs/decisions/0005-eight-bits-where-exact.md`` for what that costs.

    Args:
        machine: Kind of processor, as `platform.machine` names it; this one if not given.
        processors: Linux' list of processors; elsewhere x86 is taken to be without VNNI.
    """
    if (machine or platform.machine()).lower() not in X86:
        return "int8"
    try:
        flags = processors.read_text()
    except OSError:
        return "float32"
    return (
        "int8" if re.search(r"^flags\s*:.*\bavx(512)?_vnni\b", flags, re.MULTILINE) else "float32"
    )


class CTranslate2Engine:
    """A model in CTranslate2.

    In 8 bits padding rounds one sum in a few otherwise, which quantisation blows up: 1.5 % of 600
    sentences had other answers when padded by up to 7 tokens, 8 % in batches of any length. So
    every sentence is padded to the next multiple of a step, also when it is alone: then its
    answer is the same, bit for bit, in any batch. In float32 scores move by 1e-6, and no answer
    changed.
    """

    def __init__(
        self,
        model: CheckedModel,
        *,
        cache_dir: Path,
        threads: int,
        quantization: Quantization | None = None,
    ) -> None:
        """Load the model, and convert it first where the cache has no conversion.

        Args:
            model: The verified folder.
            cache_dir: Where conversions are kept.
            threads: Batches to run at the same time, one thread each.
            quantization: How weights are stored and multiplied; `exact_quantization` if not given.

        Raises:
            BrokenModelError: If the weights cannot be converted.
            ModelCacheError: If the conversion cannot be written or read.
        """
        import ctranslate2  # noqa: PLC0415 - heavy imports are lazy

        self.quantization = quantization = quantization or exact_quantization()
        version = ctranslate2.__version__
        self.signature = f"ctranslate2-{version}|{quantization}"
        self.parallel_batches = threads
        self.length_step = MAX_POSITIONS + 1
        if quantization == "int8":
            self.length_step = WIDE_PADDED_TO if model.width >= WIDE else PADDED_TO
            self.signature += f"|padded:{self.length_step}"
        attention = model.folder.attention
        key = f"{model.checksum[:24]}-ctranslate2-{version}-{quantization}-{attention.code}"
        self.converted = converted = cache_dir / key
        if not converted.is_dir():
            _convert(model.folder, converted, quantization=quantization)
        try:
            self._translator = ctranslate2.Translator(
                str(converted), compute_type=quantization, inter_threads=threads, intra_threads=1
            )
        except RuntimeError as error:
            raise ModelCacheError(converted, "it is damaged") from error

    def translate(self, batch: Sequence[Sequence[str]], decoding: Decoding) -> list[Answer]:
        """See `Engine.translate`; CTranslate2 queues the calls of several threads itself."""
        padded = self._pad(batch)
        results = self._translator.translate_batch(
            padded,
            beam_size=decoding.beam,
            no_repeat_ngram_size=decoding.no_repeat_ngram,
            num_hypotheses=decoding.hypotheses,
            max_decoding_length=most_target_tokens(max(map(len, batch))),
            max_input_length=0,
            disable_unk=True,
            return_scores=True,
            return_attention=decoding.attention,
        )
        looks: Iterable[Look | None] = (
            self._first_looks(padded) if decoding.attention else itertools.repeat(None)
        )
        return [
            _read(result, first_look, len(tokens))
            for tokens, result, first_look in zip(batch, results, looks)  # noqa: B905 - endless
        ]

    def _pad(self, batch: Sequence[Sequence[str]]) -> list[list[str]]:
        """Return a batch whose longest sentence has the length that all are to be padded to.

        CTranslate2 pads to the longest. Where none is long enough a filler is added that comes to
        its end at once.
        """
        padded = [list(tokens) for tokens in batch]
        longest = max(map(len, batch))
        missing = -longest % self.length_step
        if self.quantization == "int8" and missing:
            padded.append([END] * (longest + missing))
        return padded

    def _first_looks(self, batch: list[list[str]]) -> list[Look]:
        """Return what each sentence's first token looks at.

        In a batch with a beam CTranslate2 (4.8.5) gives one sentence the first row of another: that
        of place ``n // beam`` in the order of length.
        """
        results = self._translator.translate_batch(
            batch,
            beam_size=1,
            max_decoding_length=1,
            max_input_length=0,
            return_attention=True,
        )
        return [result.attention[0][0] for result in results]


def _read(result: Any, first_look: Look | None, source_tokens: int) -> Answer:
    """Return the hypotheses of one sentence; behind its tokens nothing but padding is looked at."""
    if first_look is None:
        pairs = zip(result.hypotheses, result.scores, strict=True)
        return tuple(Hypothesis(tokens=tuple(h), score=s, attention=None) for h, s in pairs)
    found = []
    for hypothesis, score, attention in zip(
        result.hypotheses, result.scores, result.attention, strict=True
    ):
        looks = [first_look, *attention[1:]] if hypothesis else []
        weights = np.array([look[:source_tokens] for look in looks], np.float32)
        found.append(
            Hypothesis(
                tokens=tuple(hypothesis),
                score=score,
                attention=weights.reshape(len(hypothesis), source_tokens),
            )
        )
    return tuple(found)


def _convert(model: ModelFolder, converted: Path, *, quantization: Quantization) -> None:
    """Convert into a folder that appears whole; of two processes the first wins."""
    try:
        converted.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".converting-", dir=converted.parent) as temporary:
            whole = Path(temporary) / converted.name
            _run_converter(model, whole, quantization=quantization)
            # When another process was faster the name is taken, by a folder with the same content.
            with contextlib.suppress(FileExistsError):
                _publish(whole, converted)
    except OSError as error:
        raise ModelCacheError(converted.parent, error.strerror or "it failed") from error


def _publish(whole: Path, converted: Path) -> None:
    try:
        whole.rename(converted)
    except OSError as error:
        if converted.is_dir():
            raise FileExistsError from error
        raise


def _run_converter(model: ModelFolder, output: Path, *, quantization: Quantization) -> None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read once, when the hub library is imported
    from ctranslate2.converters import TransformersConverter  # noqa: PLC0415 - imports torch
    from transformers.utils import logging  # noqa: PLC0415 - as above

    attention = model.attention

    class Converter(TransformersConverter):  # type: ignore[misc]  # the library has no types
        """Puts the heads to look at first: CTranslate2 gives the mean of a layer's first ones."""

        def load_model(self, *args: Any, **kwargs: Any) -> Any:
            loaded = super().load_model(*args, **kwargs)
            put_heads_first(loaded, attention)
            return loaded

        def _load(self) -> Any:
            spec = super()._load()
            spec.decoder.alignment_layer = np.int16(attention.layer)
            spec.decoder.alignment_heads = np.int16(len(attention.heads))
            return spec

    logging.disable_progress_bar()
    try:
        with TRANSFORMERS_LOADING:
            Converter(str(model.path)).convert(str(output), quantization=quantization)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise BrokenModelError(
            model.path, f"it cannot be converted ({type(error).__name__})"
        ) from error


def put_heads_first(model: Any, attention: Attention) -> None:
    """Reorder the heads of one layer of a transformers model; what it computes stays the same."""
    layer = model.model.decoder.layers[attention.layer].encoder_attn
    others = [head for head in range(layer.num_heads) if head not in attention.heads]
    order = [
        head * layer.head_dim + row
        for head in (*attention.heads, *others)
        for row in range(layer.head_dim)
    ]
    for part in (layer.q_proj, layer.k_proj, layer.v_proj):
        part.weight.data = part.weight.data[order]
        part.bias.data = part.bias.data[order]
    layer.out_proj.weight.data = layer.out_proj.weight.data[:, order]
