"""A tiny model in the shape of opus-mt: a SentencePiece file a language, one vocabulary."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer
from transformers import MarianConfig, MarianMTModel
from transformers.utils import logging

from service.domain.language import Language
from service.examples.article import example_text
from service.mt.tokenizer import Tokenizer

PAIRS = {
    "The old ferry isn't back.": "Le vieux bac n’est pas revenu à l’île.",
    "A boat left at dawn.": "Un bateau est parti à l’aube.",
}
"""All that the model knows, by heart."""

STEPS = 120


def build_opus_folder(folder: Path) -> Path:
    """Train a model that knows `PAIRS`, save it with safetensors, and return its folder."""
    folder.mkdir(parents=True)
    _train_pieces(folder / "source", Language.EN, PAIRS)
    _train_pieces(folder / "target", Language.FR, PAIRS.values())
    pieces = [*_pieces(folder / "source.spm"), *_pieces(folder / "target.spm")]
    special = {"<s>", "</s>", "<unk>"}
    words = dict.fromkeys(piece for piece in pieces if piece not in special)
    vocabulary = {t: index for index, t in enumerate(["</s>", "<unk>", *words, "<pad>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (folder / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n", encoding="utf-8")
    names = {"source_lang": "eng", "target_lang": "fra", "model_max_length": 512}
    (folder / "tokenizer_config.json").write_text(json.dumps(names), encoding="utf-8")
    logging.disable_progress_bar()
    _train(folder, vocabulary).save_pretrained(folder)
    return folder


def opus_state(folder: Path) -> dict[str, Any]:
    """Return the weights of a folder as opus-mt pickles have them: with all the tied copies."""
    model = MarianMTModel.from_pretrained(folder, local_files_only=True)
    state: dict[str, Any] = dict(model.state_dict())
    for copy in ("model.encoder.embed_tokens", "model.decoder.embed_tokens", "lm_head"):
        state[f"{copy}.weight"] = state["model.shared.weight"]
    return state


def pickle_weights(folder: Path) -> None:
    """Keep the weights as opus-mt has them on the hub: in a pickle of an old kind."""
    state = opus_state(folder)
    torch.save(state, folder / "pytorch_model.bin", _use_new_zipfile_serialization=False)
    (folder / "model.safetensors").unlink()


def _train_pieces(prefix: Path, language: Language, sentences: Iterable[str]) -> None:
    SentencePieceTrainer.train(
        sentence_iterator=iter([*example_text(language).decode().splitlines(), *sentences]),
        model_prefix=str(prefix),
        vocab_size=120,
        hard_vocab_limit=False,
        character_coverage=1.0,
        num_threads=1,
        minloglevel=2,
    )
    prefix.with_suffix(".model").rename(prefix.with_suffix(".spm"))
    prefix.with_suffix(".vocab").unlink()


def _pieces(path: Path) -> list[str]:
    processor = SentencePieceProcessor(model_file=str(path))
    return [processor.id_to_piece(index) for index in range(processor.get_piece_size())]


def _train(folder: Path, vocabulary: dict[str, int]) -> Any:
    torch.manual_seed(1)
    pad = vocabulary["<pad>"]
    model = MarianMTModel(_config(len(vocabulary), pad))
    source = Tokenizer(folder)
    target = SentencePieceProcessor(model_file=str(folder / "target.spm"))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(STEPS):
        optimizer.zero_grad()
        for english, french in PAIRS.items():
            ids = [vocabulary[token] for token in source.encode(english, tag=None).tokens]
            labels = [*(vocabulary[piece] for piece in target.encode(french, out_type=str)), 0]
            model(
                input_ids=torch.tensor([ids]),
                decoder_input_ids=torch.tensor([[pad, *labels[:-1]]]),
                labels=torch.tensor([labels]),
            ).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            model.model.shared.weight[pad] = 0
    return model.eval()


def _config(size: int, pad: int) -> MarianConfig:
    return MarianConfig(
        vocab_size=size,
        d_model=48,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=96,
        decoder_ffn_dim=96,
        max_position_embeddings=512,
        scale_embedding=True,
        activation_function="swish",
        dropout=0.0,
        attention_dropout=0.0,
        activation_dropout=0.0,
        pad_token_id=pad,
        eos_token_id=0,
        forced_eos_token_id=0,
        decoder_start_token_id=pad,
    )
