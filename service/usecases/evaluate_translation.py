"""How good the translations are, on a test set."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from service.domain.language import Direction
from service.domain.translation import NO_MODEL, SourceText
from service.mt.translator import Translator
from service.usecases.read_test_set import read_test_set


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationScore:
    """What sacrebleu says, by its defaults."""

    chrf: float
    """0 to 100; high is good."""
    bleu: float
    """0 to 100; high is good."""
    signature: str
    """sacrebleu's signatures of chrF and BLEU, then that of the translations."""
    model: str
    segments: int


def evaluate_translation(
    translator: Translator,
    folder: Path,
    direction: Direction,
    *,
    raw: bool = False,
    first: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> TranslationScore:
    """Translate a test set and score it.

    Args:
        translator: What to score.
        folder: Holds ``en.txt``, ``fr.txt``, ``ru.txt``, or two of them: one segment a line, the
            same line in each.
        direction: Which file is the source and which the reference.
        raw: Give the lines to the model as they are, without preparing and restoring.
        first: Only so many lines, from the top.
        progress: Called with the segments done and all segments.

    Raises:
        TestSetFileError: If a file is missing.
        TestSetError: If the two files differ in lines, or are empty.
        TriptychError: Whatever the translator raises.
    """
    from sacrebleu.metrics import BLEU, CHRF  # noqa: PLC0415 - only this command needs it

    pairs = read_test_set(folder, direction)[:first]
    sources, references = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    drafts = (
        translator.translate_raw(sources, direction, progress=progress)
        if raw
        else translator.translate(
            [SourceText(text=line) for line in sources], direction, progress=progress
        )
    )
    chrf, bleu = CHRF(), BLEU()
    texts = [draft.text for draft in drafts]
    translated = [draft for draft in drafts if draft.model != NO_MODEL] or drafts
    # Signatures are known only after the scores.
    scores = [metric.corpus_score(texts, [references]).score for metric in (chrf, bleu)]
    signatures = (chrf.get_signature(), bleu.get_signature(), translated[0].signature)
    return TranslationScore(
        chrf=scores[0],
        bleu=scores[1],
        signature="; ".join(map(str, signatures)),
        model=translated[0].model,
        segments=len(sources),
    )
