"""What a first script with transformers does: the yardstick for speed, never used to serve."""

import os
from collections.abc import Callable, Sequence

from service.mt.catalogue import Route


def load_naive(route: Route, *, threads: int) -> Callable[[Sequence[str]], list[str]]:
    """Load a route's models and return a function that translates sentence after sentence.

    It takes tokenizer and ``generate`` as they come, with the model's own defaults.
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
                text = tokenizer.decode(model.generate(**tokens)[0], skip_special_tokens=True)
            drafts.append(text)
        return drafts

    return translate
