"""A trained network becomes a model folder in transformers' own Marian format, and back."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import torch
from torch import Tensor

from service.domain.language import Direction
from service.mt.model_folder import MANIFEST
from service.mt.training.errors import SharedVocabularyError
from service.mt.training.network import OUTPUT_BIAS, Network, Shape, from_marian, to_marian
from service.mt.training.packing import MOST_TOKENS
from service.mt.training.vocabulary import NUMBERS_FILE, PIECES_FILE, TAGS
from service.mt.weights import COMPUTED, TIED

NOTE: Final = "trained with triptych train: check every sentence"


State: TypeAlias = dict[str, Tensor]
"""Weights by name."""


def average(states: Sequence[State]) -> State:
    """Return the mean of several snapshots' weights."""
    return {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}


def soup(states: Sequence[State], loss: Callable[[State], float]) -> State:
    """Return the mean of those states that together lose least: a greedy soup.

    From the best on, in the order of their own losses, each joins if the mean is better with it
    (Wortsman and others, 2022: "Model soups", arXiv 2203.05482).
    """
    losses = list(map(loss, states))
    order = sorted(range(len(states)), key=losses.__getitem__)
    chosen, least = [states[order[0]]], losses[order[0]]
    for number in order[1:]:
        tried = loss(average([*chosen, states[number]]))
        if tried < least:
            chosen.append(states[number])
            least = tried
    return average(chosen)


def write_model(
    network: Network,
    folder: Path,
    *,
    vocabulary: Path,
    directions: Sequence[Direction],
    name: str,
    data_licence: str,
) -> None:
    """Write a new folder that transformers, CTranslate2 and ``triptych models add`` take.

    Weights are in half precision.

    Args:
        network: With the weights to ship.
        folder: Where; it is not there yet.
        vocabulary: Folder of the vocabulary's two files.
        directions: What the model translates.
        name: What the model is called.
        data_licence: What the manifest says of the licence of the data.
    """
    _save_weights(network, folder)
    for side in ("source.spm", "target.spm"):
        shutil.copyfile(vocabulary / PIECES_FILE, folder / side)
    shutil.copyfile(vocabulary / NUMBERS_FILE, folder / NUMBERS_FILE)
    _write_json(folder / "tokenizer_config.json", _tokenizer(directions, network.shape))
    manifest = {
        "name": name,
        "directions": {str(direction): TAGS[direction.target] for direction in directions},
        "max_source_tokens": MOST_TOKENS - 2,  # the tag and the end
        "data_licence": data_licence,
        "note": NOTE,
    }
    _write_json(folder / MANIFEST, manifest)


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
    # safetensors keeps what it writes from others; who may read the folder may read its weights.
    (folder / "model.safetensors").chmod(0o644)


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
        fits = shape.heads > 0 and shape.width % shape.heads == 0 and shape.positions > MOST_TOKENS
    except (KeyError, OSError, TypeError, ValueError) as error:
        raise SharedVocabularyError(folder, "its config.json cannot be used") from error
    if differing:
        problem = f"its config.json is of another kind ({', '.join(differing)})"
        raise SharedVocabularyError(folder, problem)
    if not fits or min(shape.encoder_layers, shape.decoder_layers) < 1:
        problem = f"heads, layers or positions (over {MOST_TOKENS}) in its config.json do not fit"
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
        state = load_file(weights)
        from_marian(network, state)
    except (KeyError, OSError, RuntimeError, SafetensorError) as error:
        problem = f"{weights.name} cannot be used ({type(error).__name__})"
        raise SharedVocabularyError(weights.parent, problem) from error
    known = to_marian(network).keys()
    bias = state.get(OUTPUT_BIAS)
    if not state.keys() - TIED - COMPUTED <= known or (bias is not None and bias.any()):
        problem = f"{weights.name} has more than config.json says, or a bias of its output"
        raise SharedVocabularyError(weights.parent, problem)
