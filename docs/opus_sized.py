"""A model of opus-mt's size that answers as ``compact`` does, for timing: no opus-mt is needed.

python docs/opus_sized.py FOLDER     write it to FOLDER/models/opus-sized
TRIPTYCH_DATA_DIR=FOLDER triptych bench speed story.txt --from en --to fr

Random weights would not do: a model that never says when a sentence ends is timed by its limits.
So every channel of ``compact`` is there twice, feed-forward layers are filled with zeros,
four more decoder layers hand on what they get, and 50,100 more pieces are never chosen: 74 million
parameters, all of them multiplied.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import torch
from transformers import MarianConfig, MarianMTModel

from service.mt.catalogue import PACKAGED_MODELS

LAYERS = 6
PIECES = 58_101
NEVER = -1e4
COPIED = ("source.spm", "target.spm", "tokenizer_config.json", "triptych-model.json")


def main(folder: Path) -> None:
    """Write the model."""
    source = PACKAGED_MODELS / "compact"
    small = MarianMTModel.from_pretrained(source, dtype=torch.float32)
    config = MarianConfig.from_pretrained(
        source,
        d_model=2 * small.config.d_model,
        encoder_attention_heads=2 * small.config.encoder_attention_heads,
        decoder_attention_heads=2 * small.config.decoder_attention_heads,
        encoder_ffn_dim=2 * small.config.encoder_ffn_dim,
        decoder_ffn_dim=2 * small.config.decoder_ffn_dim,
        decoder_layers=LAYERS,
        vocab_size=PIECES,
        decoder_vocab_size=PIECES,
        pad_token_id=PIECES - 1,
        decoder_start_token_id=PIECES - 1,
        dtype="float32",
    )
    large = MarianMTModel(config)
    weights = large.state_dict()
    for name, weight in small.state_dict().items():
        if "embed_positions" not in name:
            weights[name] = widen(name, weight, weights[name])
    last = small.config.decoder_layers - 1
    for number in range(small.config.decoder_layers, LAYERS):
        hand_on(weights, f"model.decoder.layers.{number}.", f"model.decoder.layers.{last}.")
    large.load_state_dict(weights)
    generation = large.generation_config
    generation.max_length, generation.num_beams = config.max_position_embeddings, 4
    target = folder / "models" / "opus-sized"
    large.save_pretrained(target)
    for name in COPIED:
        shutil.copy(source / name, target / name)
    vocabulary = json.loads((source / "vocab.json").read_text(encoding="utf-8"))
    padding = vocabulary.pop("<pad>")  # the last one, in Marian models
    vocabulary |= {f"▁never{number}": number for number in range(padding, PIECES - 1)}
    vocabulary["<pad>"] = PIECES - 1
    (target / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    print(f"{sum(p.numel() for p in large.parameters()):,} parameters in {target}")  # noqa: T201


def widen(name: str, weight: Any, wide: Any) -> Any:
    """Return a weight for channels that are there twice, side by side.

    Beside each other, as each has its own frequency of the positions, which then is the even one's.
    """
    result = torch.zeros_like(wide)
    if name == "final_logits_bias":
        result += NEVER
        result[:, : weight.shape[1] - 1] = weight[:, :-1] * 2**0.5
    elif "embed_tokens" in name or "lm_head" in name or "shared" in name:
        # The row of the padding is zero, here and there.
        result[: len(weight) - 1] = weight[:-1].repeat_interleave(2, dim=1) / 2**0.5
    elif weight.dim() == 1 and is_inner(name):
        result[: len(weight)] = weight
    elif weight.dim() == 1:
        result[:] = weight.repeat_interleave(2)
    elif is_inner(name):
        result[: len(weight), ::2] = weight
    else:
        result[:, : weight.shape[1]] = weight.repeat_interleave(2, dim=0)
    return result


def is_inner(name: str) -> bool:
    """Tell whether a layer's output is its own business: heads, or feed-forward units."""
    return any(part in name for part in ("q_proj", "k_proj", "v_proj", "fc1"))


def hand_on(weights: dict[str, Any], layer: str, before: str) -> None:
    """Have a layer add nothing, and its norms give back the mean and spread that they find."""
    scale, shift = (weights[f"{before}final_layer_norm.{part}"] for part in ("weight", "bias"))
    for name, weight in weights.items():
        if name.startswith(layer):
            if name.endswith("norm.weight"):
                weight.fill_((scale.square().mean() + shift.var()).sqrt())
            else:
                weight.fill_(shift.mean() if name.endswith("norm.bias") else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
