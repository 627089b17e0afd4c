"""The reference engine: transformers' MarianMTModel in float32."""

import os
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.mt.engine import (
    TRANSFORMERS_LOADING,
    Answer,
    Decoding,
    Hypothesis,
    most_target_tokens,
)
from service.mt.errors import BrokenModelError
from service.mt.model_folder import CheckedModel
from service.mt.tokenizer import END, UNKNOWN, Tokenizer


class TorchEngine:
    """A model in transformers and torch, on the CPU; one batch at a time."""

    def __init__(self, model: CheckedModel, *, tokenizer: Tokenizer, threads: int) -> None:
        """Load the model.

        Args:
            model: The verified folder.
            tokenizer: Its tokenizer, for the vocabulary.
            threads: Threads within an operation; torch has one such figure for the process.

        Raises:
            BrokenModelError: If transformers cannot load it.
        """
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read once, when the hub library is imported
        import torch  # noqa: PLC0415 - heavy imports are lazy
        import transformers  # noqa: PLC0415 - as above

        transformers.utils.logging.disable_progress_bar()
        self.signature = f"transformers-{transformers.__version__}|float32"
        self.parallel_batches = 1
        self.length_step = 1
        self._torch = torch
        self._looks_at = model.folder.attention
        self._vocabulary = tokenizer.vocabulary
        self._tokens = {index: token for token, index in tokenizer.vocabulary.items()}
        self._lock = threading.Lock()
        torch.set_num_threads(threads)
        try:
            with TRANSFORMERS_LOADING:
                self._model = transformers.MarianMTModel.from_pretrained(
                    model.folder.path,
                    local_files_only=True,
                    use_safetensors=True,
                    dtype=torch.float32,
                    attn_implementation="eager",  # the only one that gives its attention away
                ).eval()
        except (OSError, RuntimeError, ValueError) as error:
            problem = f"transformers cannot load it ({type(error).__name__})"
            raise BrokenModelError(model.folder.path, problem) from error

    def translate(self, batch: Sequence[Sequence[str]], decoding: Decoding) -> list[Answer]:
        """See `Engine.translate`."""
        unknown = self._vocabulary[UNKNOWN]
        source = self._torch.tensor(
            [[self._vocabulary.get(token, unknown) for token in tokens] for tokens in batch]
        )
        with self._lock, self._torch.inference_mode():
            output = self._model.generate(
                source,
                attention_mask=self._torch.ones_like(source),
                generation_config=self._generation_config(
                    decoding, most_target_tokens(source.shape[1])
                ),
            )
            attention = (
                self._attention(source, output.sequences, decoding)
                if decoding.attention
                else [None] * len(output.sequences)
            )
        scores = self._scores(output, decoding.beam)
        found = [
            self._hypothesis(row[1:].tolist(), score, weights)
            for row, score, weights in zip(output.sequences, scores, attention, strict=True)
        ]
        return [
            tuple(found[first : first + decoding.hypotheses])
            for first in range(0, len(found), decoding.hypotheses)
        ]

    def look(self, source: Sequence[str], target: Sequence[str]) -> list[list[list[list[float]]]]:
        """Return what every head of every decoder layer looks at: (layers, heads, T, S).

        Args:
            source: Tokens with the tag and the end.
            target: Tokens without the end.
        """
        unknown = self._vocabulary[UNKNOWN]
        start = self._model.config.decoder_start_token_id
        written = [start, *(self._vocabulary[token] for token in target)]
        with self._lock, self._torch.inference_mode():
            layers = self._model(
                input_ids=self._torch.tensor([[self._vocabulary.get(t, unknown) for t in source]]),
                decoder_input_ids=self._torch.tensor([written]),
                output_attentions=True,
            ).cross_attentions
        return [layer[0, :, :-1].tolist() for layer in layers]

    def _attention(
        self, source: Any, sequences: Any, decoding: Decoding
    ) -> list[NDArray[np.float32]]:
        """Return what the tokens of each sequence look at."""
        weights = self._model(
            input_ids=source.repeat_interleave(decoding.hypotheses, dim=0),
            decoder_input_ids=sequences,
            output_attentions=True,
        ).cross_attentions[self._looks_at.layer][:, self._looks_at.heads]
        return list(weights.mean(1).numpy())

    def _generation_config(self, decoding: Decoding, most_tokens: int) -> Any:
        from transformers import GenerationConfig  # noqa: PLC0415 - heavy imports are lazy

        config = self._model.config
        return GenerationConfig(
            num_beams=decoding.beam,
            num_return_sequences=decoding.hypotheses,
            do_sample=False,
            length_penalty=1.0,
            early_stopping=decoding.beam > 1,
            no_repeat_ngram_size=decoding.no_repeat_ngram,
            max_length=most_tokens + 1,  # the start counts
            bad_words_ids=[[config.pad_token_id], [self._vocabulary[UNKNOWN]]],
            pad_token_id=config.pad_token_id,
            eos_token_id=config.eos_token_id,
            decoder_start_token_id=config.decoder_start_token_id,
            forced_eos_token_id=config.forced_eos_token_id,
            return_dict_in_generate=True,
            output_scores=True,
        )

    def _scores(self, output: Any, beam: int) -> list[float]:
        """Return the mean log-probability of each sequence's tokens."""
        if beam > 1:
            return [float(score) for score in output.sequences_scores]
        scores = self._model.compute_transition_scores(
            output.sequences, output.scores, normalize_logits=True
        )
        # After the end a sequence is padded, and padding has no probability.
        real = output.sequences[:, 1:] != self._model.config.pad_token_id
        return [float(row[mask].mean()) for row, mask in zip(scores, real, strict=True)]

    def _hypothesis(
        self, ids: list[int], score: float, attention: NDArray[np.float32] | None
    ) -> Hypothesis:
        end = self._vocabulary[END]
        length = ids.index(end) if end in ids else len(ids)
        return Hypothesis(
            tokens=tuple(self._tokens[index] for index in ids[:length]),
            score=score,
            attention=None if attention is None else attention[:length],
        )
