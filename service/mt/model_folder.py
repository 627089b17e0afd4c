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
REQUIRED_FILES = ("config.json", "vocab.json", "source.spm", "target.spm", WEIGHTS)
PICKLES = ("pytorch_model.bin", "model.pt", "model.pkl")

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedModel:
    """A model folder whose files were verified, with the checksum of all that makes its output."""

    folder: ModelFolder
    checksum: str
    """Hexadecimal SHA-256 over the names and digests of the required files."""


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
    )


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
    for pickle in PICKLES:
        if (folder.path / pickle).is_file() and not (folder.path / WEIGHTS).is_file():
            raise PickledModelError(folder.path, pickle)
    for file in REQUIRED_FILES:
        if not (folder.path / file).is_file():
            raise MissingModelFileError(folder.path, file)
    digests = {file: _digest(folder.path, file) for file in REQUIRED_FILES}
    _check_sums(folder.path, digests)
    config = _read_json(folder.path, "config.json")
    if config.get("model_type") != "marian":
        raise BrokenModelError(folder.path, "config.json does not say model_type marian")
    _check_vocabulary(folder)
    if folder.has_manifest:
        _check_pad_row(folder.path, config)
    lines = "\n".join(f"{digests[file]}  {file}" for file in REQUIRED_FILES)
    return CheckedModel(folder=folder, checksum=hashlib.sha256(lines.encode()).hexdigest())


def _check_sums(path: Path, digests: Mapping[str, str]) -> None:
    if not (path / "SHA256SUMS").is_file():
        return
    try:
        lines = (path / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise BrokenModelError(path, "SHA256SUMS cannot be read; copy it again") from error
    for line in lines:
        expected, _, file = line.strip().partition(" ")
        file = file.lstrip(" *")
        if not file or Path(file).name != file:
            raise BrokenModelError(path, "SHA256SUMS has a line that names no file of the folder")
        if not (path / file).is_file():
            raise MissingModelFileError(path, file)
        if (digests.get(file) or _digest(path, file)) != expected.lower():
            raise ChecksumError(path, file)


def _check_vocabulary(folder: ModelFolder) -> None:
    from sentencepiece import SentencePieceProcessor  # noqa: PLC0415 - only when a model is read

    vocabulary = _read_json(folder.path, "vocab.json")
    for token in (END, UNKNOWN):
        if token not in vocabulary:
            raise BrokenModelError(folder.path, f"vocab.json has no token {token}; copy it again")
    for tag in folder.tags.values():
        if tag is not None and tag not in vocabulary:
            raise LanguageTagError(folder.path, tag)
    for file in ("source.spm", "target.spm"):
        try:
            SentencePieceProcessor(model_file=str(folder.path / file))
        except (OSError, RuntimeError) as error:
            problem = f"{file} is no SentencePiece model; copy it again"
            raise BrokenModelError(folder.path, problem) from error


def _check_pad_row(path: Path, config: Mapping[str, Any]) -> None:
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - only when a model is read

    pad = config.get("pad_token_id")
    if not isinstance(pad, int):
        raise BrokenModelError(path, "config.json has no pad_token_id")
    try:
        with safe_open(path / WEIGHTS, framework="numpy") as tensors:
            row = tensors.get_slice("model.shared.weight")[pad : pad + 1]
    except (SafetensorError, OSError, TypeError) as error:
        problem = f"{WEIGHTS} cannot be read as float16 or float32; copy the whole folder again"
        raise BrokenModelError(path, problem) from error
    if row.shape[0] != 1 or row.any():
        raise PadRowError(path)


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
