"""One SentencePiece vocabulary for all languages of a model, with a tag for each of them."""

import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from service.domain.language import Language
from service.mt.tokenizer import END, UNKNOWN
from service.mt.training.errors import (
    UNREADABLE,
    RunDamagedError,
    SharedVocabularyError,
    TooFewLinesError,
)

PAD: Final = "<pad>"
TAGS: Final = {
    Language.EN: ">>eng<<",
    Language.FR: ">>fra<<",
    Language.RU: ">>rus<<",
}
"""In front of a source sentence: the language that is asked for."""
COVERAGE: Final = 0.9998
"""Share of the text's characters that get pieces; rarer ones are spelled in bytes."""
MAX_LINE_BYTES: Final = 4000
PIECES_FILE: Final = "spm.model"
NUMBERS_FILE: Final = "vocab.json"


class Vocabulary:
    """Pieces and their numbers; the padding is the last, the end is 0."""

    def __init__(self, folder: Path) -> None:
        """Read ``spm.model`` and ``vocab.json``.

        Raises:
            RunDamagedError: If one is missing or damaged.
        """
        from sentencepiece import SentencePieceProcessor  # noqa: PLC0415 - heavy imports are lazy

        self._numbers: dict[str, int]
        try:
            self._processor = SentencePieceProcessor(model_file=str(folder / PIECES_FILE))
        except UNREADABLE as error:
            raise RunDamagedError(folder, PIECES_FILE) from error
        try:
            self._numbers = json.loads((folder / NUMBERS_FILE).read_text(encoding="utf-8"))
        except UNREADABLE as error:
            raise RunDamagedError(folder, NUMBERS_FILE) from error
        if _lacking(self._numbers):
            raise RunDamagedError(folder, NUMBERS_FILE)

    def __len__(self) -> int:
        return len(self._numbers)

    def tag(self, language: Language) -> int:
        """Return the number of a language's tag."""
        return self._numbers[TAGS[language]]

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the numbers of each text's pieces, the end last.

        A tag that stands in a text is data: it becomes unknown, and never steers the model.
        """
        tags = {self._numbers[tag] for tag in TAGS.values()}
        unknown, end = self._numbers[UNKNOWN], self._numbers[END]
        return [
            [*(unknown if piece in tags else piece for piece in pieces), end]
            for pieces in self._processor.encode(list(texts))
        ]


def learn_vocabulary(lines: Iterable[str], folder: Path, *, pieces: int, threads: int) -> None:
    """Learn pieces from sentences of all languages, and write both files.

    Args:
        lines: Sentences, as many of each language as its share of the pieces should be.
        folder: Where the files are written.
        pieces: How many there will be, bytes, tags, end and unknown among them.
        threads: Processor threads.

    Raises:
        TooFewLinesError: If the sentences are too few for so many pieces.
    """
    from sentencepiece import SentencePieceProcessor, SentencePieceTrainer  # noqa: PLC0415 - lazy

    path = folder / PIECES_FILE
    try:
        SentencePieceTrainer.train(
            sentence_iterator=iter(lines),
            model_prefix=str(path.with_suffix("")),
            vocab_size=pieces,
            character_coverage=COVERAGE,
            byte_fallback=True,
            user_defined_symbols=list(TAGS.values()),
            normalization_rule_name="nmt_nfkc",
            max_sentence_length=MAX_LINE_BYTES,
            num_threads=threads,
            eos_id=0,
            unk_id=1,
            bos_id=-1,
            pad_id=-1,
            minloglevel=2,
        )
    except RuntimeError as error:
        raise TooFewLinesError(pieces, str(error).split("] ")[-1][:120]) from error
    path.with_suffix(".vocab").unlink(missing_ok=True)
    processor = SentencePieceProcessor(model_file=str(path))
    numbers = {processor.id_to_piece(number): number for number in range(pieces)}
    numbers[PAD] = pieces
    (folder / NUMBERS_FILE).write_text(
        json.dumps(numbers, ensure_ascii=False, indent=0), encoding="utf-8"
    )


def take_vocabulary(model: Path, folder: Path) -> None:
    """Copy the vocabulary of a model folder that training is to go on from.

    Raises:
        SharedVocabularyError: If it is not of the kind that `learn_vocabulary` makes.
    """
    try:
        source, target = (model / "source.spm").read_bytes(), (model / "target.spm").read_bytes()
        numbers = json.loads((model / NUMBERS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        problem = "source.spm, target.spm or vocab.json cannot be read"
        raise SharedVocabularyError(model, problem) from error
    if source != target:
        raise SharedVocabularyError(model, "its two languages have a vocabulary each")
    if missing := _lacking(numbers):
        raise SharedVocabularyError(model, f"its vocabulary has no {', '.join(missing)}")
    if numbers[PAD] != len(numbers) - 1:
        raise SharedVocabularyError(model, "its padding is not the last of its pieces")
    if not _agree(source, numbers):
        raise SharedVocabularyError(model, "source.spm and vocab.json number pieces differently")
    shutil.copyfile(model / "source.spm", folder / PIECES_FILE)
    shutil.copyfile(model / NUMBERS_FILE, folder / NUMBERS_FILE)


def _lacking(numbers: object) -> list[str]:
    """Return the tokens that training needs and these numbers lack."""
    known = numbers if isinstance(numbers, dict) else {}
    return [token for token in (*TAGS.values(), PAD, END, UNKNOWN) if token not in known]


def _agree(pieces: bytes, numbers: dict[str, int]) -> bool:
    """Tell whether SentencePiece's own numbers, with which training goes, are the model's."""
    from sentencepiece import SentencePieceProcessor  # noqa: PLC0415 - heavy imports are lazy

    processor = SentencePieceProcessor()
    try:
        processor.LoadFromSerializedProto(pieces)
    except RuntimeError:
        return False
    own = {processor.id_to_piece(number): number for number in range(len(processor))}
    return own | {PAD: len(own)} == numbers
