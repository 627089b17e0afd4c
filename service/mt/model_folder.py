"""A model on disk: what its folder says about it, and whether its files are what they should be."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.domain.errors import TriptychError
from service.domain.language import Direction, Language
from service.mt.attention import (
    ATTENTION_FILE,
    ATTENTION_KEY,
    UNMEASURED,
    Attention,
    parse_attention,
)
from service.mt.errors import (
    BrokenModelError,
    ChecksumError,
    LanguageTagError,
    MissingModelFileError,
    ModelNameError,
    PadRowError,
    PickledModelError,
)
from service.mt.tokenizer import END, UNKNOWN

MANIFEST = "triptych-model.json"
WEIGHTS = "model.safetensors"
SHARED = "model.shared.weight"
"""The embedding that encoder, decoder and output of a Marian model have in common."""
SUMS = "SHA256SUMS"
REQUIRED_FILES = ("config.json", "vocab.json", "source.spm", "target.spm", WEIGHTS)
PICKLE = "pytorch_model.bin"
"""Where transformers kept the weights before safetensors."""
PICKLES = (PICKLE, "model.pt", "model.pkl")

OPUS_NAME = re.compile(r"opus-mt-(en|fr|ru)-(en|fr|ru)")

OPUS_MAX_SOURCE_TOKENS = 200
"""Tokens a sentence may have. opus-mt models have 512 positions, but lose the tails of sentences
well before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFolder:
    """What a model folder says about itself; its files are not verified yet."""

    name: str
    path: Path
    tags: Mapping[Direction, str | None]
    """The directions it translates in, each with the token that asks for the target language."""
    max_source_tokens: int
    """Tokens of one source sentence, without tag and end, that the model handles well."""
    has_manifest: bool
    data_licence: str = "see the model's own card"
    note: str = ""
    attention: Attention = UNMEASURED
    """Where it looks when it writes a word."""
    is_calibrated: bool = False
    """Whether that was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedModel:
    """A model folder whose files were verified, with the checksum of all that makes its output."""

    folder: ModelFolder
    checksum: str
    """Hexadecimal SHA-256 over the names and digests of the required files."""
    width: int
    """Of its layers, in channels: 512 in opus-mt's."""


def read_model_folder(path: Path, *, name: str | None = None) -> ModelFolder:
    """Return what the folder says about itself, by its manifest or else by an opus-mt name.

    Args:
        path: The folder.
        name: Its name where the folder's own is something else (a hub snapshot).

    Raises:
        ModelNameError: If it has neither.
        BrokenModelError: If the manifest cannot be read.
    """
    if (path / MANIFEST).is_file():
        return _read_manifest(path)
    name = name or path.name
    match = OPUS_NAME.fullmatch(name)
    if match is None or match[1] == match[2]:
        raise ModelNameError(path)
    direction = Direction(Language(match[1]), Language(match[2]))
    return ModelFolder(
        name=name,
        path=path,
        tags={direction: None},
        max_source_tokens=OPUS_MAX_SOURCE_TOKENS,
        has_manifest=False,
        attention=_read_attention(path),
        is_calibrated=(path / ATTENTION_FILE).is_file(),
    )


def _read_attention(path: Path) -> Attention:
    if not (path / ATTENTION_FILE).is_file():
        return UNMEASURED
    try:
        return parse_attention(_read_json(path, ATTENTION_FILE))
    except (KeyError, TypeError, ValueError) as error:
        problem = f"{ATTENTION_FILE} cannot be understood ({error!r}); delete it or copy it again"
        raise BrokenModelError(path, problem) from error


def parse_direction(text: str) -> Direction:
    """Return the direction of ``en-fr``.

    Raises:
        ValueError: If it is not two of our languages.
        SameLanguageError: If they are the same.
    """
    source, _, target = text.partition("-")
    return Direction(Language(source), Language(target))


def _read_manifest(path: Path) -> ModelFolder:
    manifest = _read_json(path, MANIFEST)
    try:
        tags = {parse_direction(key): _tag(tag) for key, tag in manifest["directions"].items()}
        folder = ModelFolder(
            name=str(manifest["name"]),
            path=path,
            tags=tags,
            max_source_tokens=int(manifest["max_source_tokens"]),
            has_manifest=True,
            data_licence=str(manifest["data_licence"]),
            note=str(manifest.get("note", "")),
            attention=parse_attention(manifest[ATTENTION_KEY])
            if ATTENTION_KEY in manifest
            else UNMEASURED,
            is_calibrated=ATTENTION_KEY in manifest,
        )
    except (AttributeError, KeyError, TypeError, ValueError, TriptychError) as error:
        problem = f"{MANIFEST} cannot be understood ({error!r}); see docs/models.md for its keys"
        raise BrokenModelError(path, problem) from error
    if not re.fullmatch(r"[\w.-]{1,100}", folder.name) or folder.name.startswith("."):
        raise BrokenModelError(path, f"the name in {MANIFEST} may have letters, digits, - and .")
    if not 1 <= folder.max_source_tokens <= 500:  # noqa: PLR2004 - Marian has 512 positions
        raise BrokenModelError(path, f"max_source_tokens in {MANIFEST} must be 1 to 500")
    return folder


def _tag(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    message = "a direction's tag must be a string or null"
    raise TypeError(message)


def check_model(folder: ModelFolder) -> CheckedModel:
    """Verify a model's files; reads each of them once.

    Raises:
        BrokenModelError: A subclass of it that names the file and what to do.
    """
    digests = check_files(folder)
    check_sums(folder, digests)
    check_end(folder)
    check_tags(folder)
    check_padding_row(folder)
    return checked_model(folder, digests)


def checked_model(folder: ModelFolder, digests: Mapping[str, str]) -> CheckedModel:
    """Return a folder that passed all checks, with what its files add up to."""
    lines = "\n".join(f"{digests[file]}  {file}" for file in REQUIRED_FILES)
    return CheckedModel(
        folder=folder,
        checksum=hashlib.sha256(lines.encode()).hexdigest(),
        width=int(_read_json(folder.path, "config.json").get("d_model") or 0),
    )


def check_files(folder: ModelFolder, *, weights: str = WEIGHTS) -> dict[str, str]:
    """Return the hexadecimal SHA-256 of every required file, if all can be read and used.

    Args:
        folder: The model.
        weights: The file that must have the weights.

    Raises:
        PickledModelError: If there are weights, but not in a file of that name.
        MissingModelFileError: If a file is missing.
        BrokenModelError: If a file cannot be read, or is of another kind of model.
    """
    path = folder.path
    for pickle in PICKLES:
        if (path / pickle).is_file() and not (path / weights).is_file():
            raise PickledModelError(path, pickle)
    files = [*REQUIRED_FILES[:-1], weights]
    for file in files:
        if not (path / file).is_file():
            raise MissingModelFileError(path, file)
    digests = {file: _digest(path, file) for file in files}
    config = _read_json(path, "config.json")
    if config.get("model_type") != "marian":
        raise BrokenModelError(path, "config.json does not say model_type marian")
    if config.get("share_encoder_decoder_embeddings") is False:
        raise BrokenModelError(path, "it has one vocabulary a language, which Triptych cannot use")
    if not folder.attention.fits(config):
        raise BrokenModelError(path, "it lacks the layer or heads that its attention names")
    _read_json(path, "vocab.json")
    _check_pieces(path)
    if weights == WEIGHTS:
        _check_weights(path)
    return digests


def check_sums(folder: ModelFolder, digests: Mapping[str, str]) -> int:
    """Return how many files were found to be as ``SHA256SUMS`` says; 0 where there is none.

    Args:
        folder: The model.
        digests: What is known already, by the file's name.

    Raises:
        ChecksumError: If a file differs.
        MissingModelFileError: If a file is missing.
        BrokenModelError: If the sums cannot be read.
    """
    path = folder.path
    if not (path / SUMS).is_file():
        return 0
    try:
        lines = (path / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise BrokenModelError(path, f"{SUMS} cannot be read; copy it again") from error
    for line in lines:
        expected, _, file = line.strip().partition(" ")
        file = file.lstrip(" *")
        if not file or Path(file).name != file:
            raise BrokenModelError(path, f"{SUMS} has a line that names no file of the folder")
        if not (path / file).is_file():
            raise MissingModelFileError(path, file)
        if (digests.get(file) or _digest(path, file)) != expected.lower():
            raise ChecksumError(path, file)
    return len(lines)


def write_sums(path: Path) -> None:
    """Write ``SHA256SUMS`` for all files of a folder.

    Raises:
        BrokenModelError: If one cannot be read.
        OSError: If it cannot be written.
    """
    files = sorted(file.name for file in path.iterdir() if file.is_file() and file.name != SUMS)
    lines = [f"{_digest(path, file)}  {file}\n" for file in files]
    (path / SUMS).write_text("".join(lines), encoding="utf-8")


def check_end(folder: ModelFolder) -> None:
    """Pass if the vocabulary has the end of a sentence where the model has it, and the unknown.

    Raises:
        BrokenModelError: If not.
    """
    vocabulary = _read_json(folder.path, "vocab.json")
    for token in (END, UNKNOWN):
        if token not in vocabulary:
            raise BrokenModelError(folder.path, f"vocab.json has no token {token}; copy it again")
    if _read_json(folder.path, "config.json").get("eos_token_id") != vocabulary[END]:
        problem = f"eos_token_id in config.json is not the number of {END} in vocab.json"
        raise BrokenModelError(folder.path, f"{problem}; copy both again")


def check_tags(folder: ModelFolder) -> None:
    """Pass if the vocabulary has every language tag.

    Raises:
        LanguageTagError: If not.
    """
    vocabulary = _read_json(folder.path, "vocab.json")
    for tag in folder.tags.values():
        if tag is not None and tag not in vocabulary:
            raise LanguageTagError(folder.path, tag)


def check_padding_row(folder: ModelFolder) -> None:
    """Pass if the embedding of ``<pad>`` is zero; of models without a manifest it is not asked.

    Raises:
        PadRowError: If it is not zero.
        BrokenModelError: If it cannot be read.
    """
    if not folder.has_manifest:
        return
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - only when a model is read

    path = folder.path
    pad = _read_json(path, "config.json").get("pad_token_id")
    if not isinstance(pad, int):
        raise BrokenModelError(path, "config.json has no pad_token_id")
    try:
        with safe_open(path / WEIGHTS, framework="numpy") as tensors:
            row = tensors.get_slice(SHARED)[pad : pad + 1]
    except (SafetensorError, OSError, TypeError) as error:
        problem = f"{WEIGHTS} cannot be read as float16 or float32; copy the whole folder again"
        raise BrokenModelError(path, problem) from error
    if row.shape[0] != 1 or row.any():
        raise PadRowError(path)


def _check_pieces(path: Path) -> None:
    from sentencepiece import SentencePieceProcessor  # noqa: PLC0415 - only when a model is read

    for file in ("source.spm", "target.spm"):
        try:
            SentencePieceProcessor(model_file=str(path / file))
        except (OSError, RuntimeError) as error:
            problem = f"{file} is no SentencePiece model; copy it again"
            raise BrokenModelError(path, problem) from error


def _check_weights(path: Path) -> None:
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - only when a model is read

    try:
        with safe_open(path / WEIGHTS, framework="numpy") as tensors:
            names = tensors.keys()
    except (SafetensorError, OSError) as error:
        raise BrokenModelError(path, f"{WEIGHTS} cannot be read; copy it again") from error
    if SHARED not in names:
        raise BrokenModelError(path, f"{WEIGHTS} has no {SHARED}: it is of another kind of model")


def _digest(path: Path, file: str) -> str:
    try:
        with (path / file).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise BrokenModelError(path, f"{file} cannot be read ({error.strerror})") from error


def _read_json(path: Path, file: str) -> dict[str, Any]:
    try:
        content = json.loads((path / file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BrokenModelError(path, f"{file} cannot be read; copy it again") from error
    if not isinstance(content, dict):
        raise BrokenModelError(path, f"{file} is no JSON object; copy it again")
    return content
