"""Text to a Marian model's tokens and back, with the place of every token in the text."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alignment.beads import Span

END = "</s>"
UNKNOWN = "<unk>"
WORD_START = "▁"

TAG = re.compile(r">>.+<<")
BYTE_PIECE = re.compile(r"<0x([0-9A-F]{2})>")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizedText:
    """A text's tokens and the characters that each stands for."""

    tokens: tuple[str, ...]
    spans: tuple[Span, ...]
    """One a token, in characters of the text; empty for tag and end, and for all but the last
    byte of a character spelled in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedText:
    """The text of a hypothesis and the characters that each token gave."""

    text: str
    spans: tuple[Span, ...]


class Tokenizer:
    """SentencePiece and vocabulary of one model folder.

    Gives the tokens that transformers' ``MarianTokenizer`` gives for the folder, except that a
    language tag or a special token inside the text is spelled out: it is data and must not steer
    the model. Holds no state between calls, so threads may share it.
    """

    def __init__(self, folder: Path) -> None:
        """Read ``source.spm`` and ``vocab.json``."""
        from sentencepiece import SentencePieceProcessor  # noqa: PLC0415 - heavy imports are lazy

        self._pieces = SentencePieceProcessor(model_file=str(folder / "source.spm"))
        self.vocabulary: dict[str, int] = json.loads(
            (folder / "vocab.json").read_text(encoding="utf-8")
        )
        self._tags = {token for token in self.vocabulary if TAG.fullmatch(token)}
        self._known: dict[str, bool] = {}

    def encode(self, text: str, *, tag: str | None) -> TokenizedText:
        """Return the tokens of one sentence: tag, pieces, end."""
        mapping = self._pieces.encode(text, return_type="offset_mapping")
        tokens: list[str] = [] if tag is None else [tag]
        spans = [Span(0, 0)] * len(tokens)
        for piece, (start, end) in zip(mapping["pieces"], mapping["offsets"], strict=True):
            letters = self._spell(piece) if piece in self._tags else [piece]
            tokens += letters
            spans += [Span(start, end)] * len(letters)
        end_of_text = Span(len(text), len(text))
        return TokenizedText(tokens=(*tokens, END), spans=(*spans, end_of_text))

    def fitting(self, text: str, max_tokens: int) -> int:
        """Return how many characters the first ``max_tokens`` tokens of a text stand for."""
        offsets = self._pieces.encode(text, return_type="offset_mapping")["offsets"]
        if len(offsets) <= max_tokens:
            return len(text)
        return int(offsets[max_tokens - 1][1])

    def knows(self, character: str) -> bool:
        """Tell whether the vocabulary has the character, neither unknown nor spelled in bytes."""
        if character not in self._known:
            pieces = self._pieces.encode(character, return_type=str)
            self._known[character] = all(
                piece in self.vocabulary and not BYTE_PIECE.fullmatch(piece) for piece in pieces
            )
        return self._known[character]

    def prefers_small_letters(self, word: str) -> bool:
        """Tell whether the vocabulary has a word, and oftener in small letters than without."""
        small = self._pieces.piece_to_id(WORD_START + word)
        if self._pieces.is_unknown(small):
            return False
        capital = self._pieces.piece_to_id(WORD_START + word.capitalize())
        return self._pieces.is_unknown(capital) or bool(
            self._pieces.get_score(small) > self._pieces.get_score(capital)
        )

    def _spell(self, tag: str) -> list[str]:
        pieces = (self._pieces.encode(letter, return_type=str)[-1] for letter in tag)
        return [piece.removeprefix(WORD_START) or piece for piece in pieces]


def decode(tokens: Sequence[str]) -> DecodedText:
    """Return the text of a hypothesis, as SentencePiece decodes it.

    Bytes that are no UTF-8 give U+FFFD. An unknown token and the end give nothing.
    """
    text = ""
    spans: list[Span] = []
    raw = b""
    for index, token in enumerate(tokens):
        if token.startswith("<") and (match := BYTE_PIECE.fullmatch(token)):
            raw += bytes.fromhex(match[1])
            following = tokens[index + 1] if index + 1 < len(tokens) else END
            if BYTE_PIECE.fullmatch(following):
                spans.append(Span(len(text), len(text)))
                continue
            piece, raw = raw.decode(errors="replace"), b""
        else:
            piece = "" if token in (END, UNKNOWN) else token.replace(WORD_START, " ")
        if not text:
            piece = piece.removeprefix(" ")
        spans.append(Span(len(text), len(text) + len(piece)))
        text += piece
    return DecodedText(text=text, spans=tuple(spans))
