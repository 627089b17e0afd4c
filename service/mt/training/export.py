"""A trained network becomes a model folder in transformers' own Marian format, and back."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from service.domain.language import Direction
from service.mt.model_folder import MANIFEST
from service.mt.training.errors import SharedVocabularyError
from service.mt.training.network import Network, Shape, from_marian, to_marian
from service.mt.training.packing import MOST_TOKENS
from service.mt.training.vocabulary import NUMBERS_FILE, PIECES_FILE, TAGS

NOTE: Final = "trained with triptych train: check every sentence"


def average(states: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Return the mean of several snapshots' weights."""
    return {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}


def write_model(
    network: Network,
    folder: Path,
    *,
    vocabulary: Path,
    directions: Sequence[Direction],
    name: str,
    data_licence: str,
) -> None:
    """Write a folder that transformers, CTranslate2 and ``triptych models add`` take.

    Weights are in half precision. What stood there is replaced when all of it is written.

    Args:
        network: With the weights to ship.
        folder: Where.
        vocabulary: Folder of the vocabulary's two files.
        directions: What the model translates.
        name: What the model is called.
        data_licence: What the manifest says of the licence of the data.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder.parent) as temporary:
        whole = Path(temporary) / folder.name
        _save_weights(network, whole)
        for side in ("source.spm", "target.spm"):
            shutil.copyfile(vocabulary / PIECES_FILE, whole / side)
        shutil.copyfile(vocabulary / NUMBERS_FILE, whole / NUMBERS_FILE)
        _write_json(whole / "tokenizer_config.json", _tokenizer(directions, network.shape))
        manifest = {
            "name": name,
            "directions": {str(direction): TAGS[direction.target] for direction in directions},
            "max_source_tokens": MOST_TOKENS - 2,  # the tag and the end
            "data_licence": data_licence,
            "note": NOTE,
        }
        _write_json(whole / MANIFEST, manifest)
        if folder.exists():
            folder.rename(Path(temporary) / "old")
        whole.rename(folder)


def _save_weights(network: Network, folder: Path) -> None:
    from transformers import GenerationConfig, MarianConfig, MarianMTModel  # noqa: PLC0415 - slow
    from transformers.utils import logging  # noqa: PLC0415 - as above

    logging.disable_progress_bar()
    ends = {"pad_token_id": network.pad, "eos_token_id": 0, "forced_eos_token_id": 0}
    ends["decoder_start_token_id"] = network.pad
    model = MarianMTModel(MarianConfig(**config_of(network.shape), **ends))
    model.load_state_dict(to_marian(network), strict=False)
    model.generation_config = GenerationConfig(
        max_length=network.shape.positions, num_beams=4, bad_words_ids=[[network.pad]], **ends
    )
    model.half().save_pretrained(folder)


def config_of(shape: Shape) -> dict[str, Any]:
    """Return what ``config.json`` says of a network of this shape, its special tokens apart."""
    return {
        "vocab_size": shape.vocabulary,
        "d_model": shape.width,
        "encoder_layers": shape.encoder_layers,
        "decoder_layers": shape.decoder_layers,
        "encoder_attention_heads": shape.heads,
        "decoder_attention_heads": shape.heads,
        "encoder_ffn_dim": shape.feed_forward,
        "decoder_ffn_dim": shape.feed_forward,
        "max_position_embeddings": shape.positions,
        "scale_embedding": True,
        "activation_function": "relu",
        "share_encoder_decoder_embeddings": True,
        "dropout": 0.0,
        "attention_dropout": 0.0,
        "activation_dropout": 0.0,
    }


def _tokenizer(directions: Sequence[Direction], shape: Shape) -> dict[str, Any]:
    return {
        "source_lang": "+".join(sorted({direction.source for direction in directions})),
        "target_lang": "+".join(sorted({direction.target for direction in directions})),
        "model_max_length": shape.positions,
        "tokenizer_class": "MarianTokenizer",
        "supported_language_codes": list(TAGS.values()),
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def read_shape(folder: Path) -> Shape:
    """Return the shape of a Marian folder with one vocabulary.

    Raises:
        SharedVocabularyError: If it is not one that this package trains, or cannot be read.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        shape = Shape(
            vocabulary=int(config["vocab_size"]),
            width=int(config["d_model"]),
            feed_forward=int(config["encoder_ffn_dim"]),
            encoder_layers=int(config["encoder_layers"]),
            decoder_layers=int(config["decoder_layers"]),
            heads=int(config["encoder_attention_heads"]),
            positions=int(config["max_position_embeddings"]),
        )
        differing = [key for key, value in config_of(shape).items() if config[key] != value]
    except (KeyError, OSError, TypeError, ValueError) as error:
        raise SharedVocabularyError(folder, "its config.json cannot be used") from error
    if differing:
        problem = f"its config.json is of another kind ({', '.join(differing)})"
        raise SharedVocabularyError(folder, problem)
    return shape


def take_weights(network: Network, weights: Path) -> None:
    """Fill a network with the weights of a Marian model, in float32.

    Raises:
        SharedVocabularyError: If they are not of the network's shape, or cannot be read.
    """
    from safetensors import SafetensorError  # noqa: PLC0415 - heavy imports are lazy
    from safetensors.torch import load_file  # noqa: PLC0415 - as above

    try:
        from_marian(network, load_file(weights))
    except (KeyError, OSError, RuntimeError, SafetensorError) as error:
        problem = f"{weights.name} cannot be used ({type(error).__name__})"
        raise SharedVocabularyError(weights.parent, problem) from error
