"""Two editions in, beads out."""

from collections.abc import Collection, Sequence

import numpy as np

from alignment.beads import Alignment, Bead, Span
from alignment.confidence import calibrate
from alignment.corridor import find_corridor
from alignment.encoders import SentenceEncoder
from alignment.evidence import gather_evidence, load_weights, score_beads
from alignment.runs import Runs, find_runs
from alignment.search import Step, best_path, path_posteriors


class SkippedIndexError(ValueError):
    """An index to skip is not that of a paragraph."""

    def __init__(self, index: int, count: int) -> None:
        super().__init__(f"cannot skip paragraph {index}: there are {count}, counted from 0")


VERSION = "0.1"
"""Of everything that decides which beads come out, the data files included."""


def align(
    source: Sequence[str],
    target: Sequence[str],
    *,
    source_language: str,
    target_language: str,
    encoder: SentenceEncoder,
    skip_source: Collection[int] = (),
    skip_target: Collection[int] = (),
) -> Alignment:
    """Align the paragraphs of two editions of an article.

    The beads are the likeliest monotone path of 1-1, 1-2, 2-1, 2-2, 1-3, 3-1 beads and single
    paragraphs without counterpart. Blocks that moved come out as unmatched on both sides.

    Time is that of encoding every paragraph and ``n * m`` cosines; memory is linear in ``n + m``
    for long texts. The same texts and encoder give the same beads.

    Args:
        source: Paragraphs of one edition; any text, empty or without letters too.
        target: Paragraphs of the other.
        source_language: ISO 639-1 code, for the length of what says the same.
        target_language: The same for the target.
        encoder: Makes the vectors.
        skip_source: Indexes, from 0, of paragraphs that take no part, such as page furniture: they
            come back unmatched, with confidence 1 and cost 0.
        skip_target: The same for the target.

    Returns:
        Beads in reading order that cover both texts exactly once.

    Raises:
        SkippedIndexError: If an index to skip is not that of a paragraph.
    """
    skip_source, skip_target = frozenset(skip_source), frozenset(skip_target)
    _refuse_unknown(skip_source, len(source))
    _refuse_unknown(skip_target, len(target))
    signature = f"paragraphs-dp|{encoder.name}|v:{VERSION}"
    if not source or not target:
        return Alignment(beads=_all_unmatched(len(source), len(target)), signature=signature)
    evidence = gather_evidence(
        _runs(source, source_language, encoder, skip_source),
        _runs(target, target_language, encoder, skip_target),
    )
    columns = find_corridor(evidence.source.neighbours, evidence.target.neighbours)
    scores = score_beads(evidence, columns, load_weights())
    path = best_path(scores)
    beads = _beads(
        path,
        path_posteriors(scores, path),
        skipped=[
            _holds(step.source, skip_source) or _holds(step.target, skip_target) for step in path
        ],
    )
    return Alignment(beads=beads, signature=signature)


def _refuse_unknown(skip: Collection[int], count: int) -> None:
    for index in skip:
        if not 0 <= index < count:
            raise SkippedIndexError(index, count)


def _all_unmatched(n_source: int, n_target: int) -> tuple[Bead, ...]:
    """Return the beads of two texts, one of which has no paragraphs."""
    spans = [(Span(i, i + 1), Span(0, 0)) for i in range(n_source)]
    spans += [(Span(0, 0), Span(j, j + 1)) for j in range(n_target)]
    return tuple(
        Bead(source=source, target=target, cost=0.0, confidence=1.0) for source, target in spans
    )


def _runs(
    texts: Sequence[str], language: str, encoder: SentenceEncoder, skip: Collection[int]
) -> Runs:
    """Return a text's runs; paragraphs to skip are not encoded."""
    kept = [index for index in range(len(texts)) if index not in skip]
    encoded = encoder.encode([texts[index] for index in kept])
    vectors = np.zeros((len(texts), encoded.shape[1]), np.float32)
    vectors[kept] = encoded
    return find_runs(texts, vectors, language=language, skip=skip)


def _holds(span: Span, indexes: Collection[int]) -> bool:
    return any(index in indexes for index in range(span.start, span.end))


def _beads(
    path: Sequence[Step], posteriors: Sequence[float], *, skipped: Sequence[bool]
) -> tuple[Bead, ...]:
    """Return the beads of a path; skipped ones are certain and say nothing of those beside them."""
    judged = [place for place, skip in enumerate(skipped) if not skip]
    confidences = dict.fromkeys(range(len(path)), 1.0)
    confidences |= zip(
        judged,
        calibrate([path[place] for place in judged], [posteriors[place] for place in judged]),
        strict=True,
    )
    return tuple(
        Bead(
            source=step.source,
            target=step.target,
            cost=0.0 if skipped[place] else -step.score,
            confidence=confidences[place],
        )
        for place, step in enumerate(path)
    )
