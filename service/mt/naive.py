"""What others do with the same models: yardsticks for speed, never used to serve."""

import os
from collections.abc import Callable, Sequence
from typing import Any, Final

from service.mt.catalogue import Route
from service.mt.ctranslate2_engine import CTranslate2Engine
from service.mt.engine import most_target_tokens
from service.mt.tokenizer import decode

ARGOS_BATCH: Final = 32
"""Sentences at once in Argos, the engine below LibreTranslate, which goes by paragraph."""

Tokens = Sequence[str]


def load_naive(route: Route, *, threads: int) -> Callable[[Sequence[str]], list[str]]:
    """Load a route's models and return a function that translates sentence after sentence.

    It takes tokenizer and ``generate`` as they come, as transformers' documentation shows it; what
    was a pipeline for this is no part of transformers any more. The beam is ours, 4.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read once, when the hub library is imported
    import torch  # noqa: PLC0415 - heavy imports are lazy
    import transformers  # noqa: PLC0415 - as above

    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(threads)
    models = [
        (
            transformers.MarianTokenizer.from_pretrained(step.model.path, local_files_only=True),
            transformers.MarianMTModel.from_pretrained(
                step.model.path, local_files_only=True, use_safetensors=True, dtype=torch.float32
            ),
            step.model.tags[step.direction],
        )
        for step in route.steps
    ]

    def translate(sentences: Sequence[str]) -> list[str]:
        drafts = []
        for sentence in sentences:
            text = sentence
            for tokenizer, model, tag in models:
                text = text if tag is None else f"{tag} {text}"
                tokens = tokenizer(text, return_tensors="pt")
                made = model.generate(**tokens, num_beams=4)
                text = tokenizer.decode(made[0], skip_special_tokens=True)
            drafts.append(text)
        return drafts

    return translate


def load_raw(
    engine: CTranslate2Engine, *, threads: int
) -> Callable[[Sequence[Tokens], int], list[str]]:
    """Return a function that gives all sentences to CTranslate2 in one call, in batches of a size.

    As many batches at a time as threads; nothing is prepared, restored or checked.
    """
    translator = _open(engine, inter_threads=threads, intra_threads=1)

    def translate(sentences: Sequence[Tokens], batch_size: int) -> list[str]:
        return _translate(translator, sentences, batch_size)

    return translate


def load_by_paragraph(
    engine: CTranslate2Engine, *, threads: int
) -> Callable[[Sequence[Sequence[Tokens]]], list[str]]:
    """Return a function that translates as LibreTranslate's engine: a call for each paragraph."""
    translator = _open(engine, inter_threads=1, intra_threads=threads)

    def translate(paragraphs: Sequence[Sequence[Tokens]]) -> list[str]:
        return [
            draft
            for sentences in paragraphs
            if sentences
            for draft in _translate(translator, sentences, ARGOS_BATCH)
        ]

    return translate


def _open(engine: CTranslate2Engine, *, inter_threads: int, intra_threads: int) -> Any:
    import ctranslate2  # noqa: PLC0415 - heavy imports are lazy

    return ctranslate2.Translator(
        str(engine.converted),
        compute_type=engine.quantization,
        inter_threads=inter_threads,
        intra_threads=intra_threads,
    )


def _translate(translator: Any, sentences: Sequence[Tokens], batch_size: int) -> list[str]:
    results = translator.translate_batch(
        [list(tokens) for tokens in sentences],
        beam_size=4,
        max_batch_size=batch_size,
        max_decoding_length=most_target_tokens(max(map(len, sentences))),
        max_input_length=0,
    )
    return [decode(result.hypotheses[0]).text for result in results]
