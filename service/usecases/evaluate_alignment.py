"""Scores the aligner on test sets with gold, beside two plain ones and published figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import add
from pathlib import Path

from alignment import Alignment, Edition, SentenceEncoder, align_editions
from alignment.length import align_by_length
from alignment.plain import align_plainly, as_alignment
from alignment.published import Published, published_figures
from alignment.score import Bin, Counts, Figures, calibration_bins, count_hits, figures_of
from service.usecases.read_gold import GoldArticle, Level, Pair, read_gold


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What the aligner reaches on some articles, and what two plain ones do on the same."""

    figures: Figures
    """Of all pairs."""
    by_pair: Mapping[str, Figures]
    """By pair of languages, as ``en-fr``."""
    plain: Figures
    """Of cosines of whole paragraphs, in order; without confidence."""
    by_length: Figures
    """Of Gale and Church's aligner; without confidence."""
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignmentEvaluation:
    """Scores over all test sets, and of each."""

    pooled: Scores
    by_set: Mapping[str, Scores]
    published: Mapping[str, Mapping[str, Published]]
    """By test set, then algorithm; of sets that they were measured on."""
    bins: Sequence[Bin]
    """Groups with two sides, over all sets, by rising confidence."""
    signature: str
    """What made the alignments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tally:
    """Counts of some articles."""

    by_pair: Mapping[str, Counts] = field(default_factory=dict)
    plain: Counts = field(default_factory=Counts)
    by_length: Counts = field(default_factory=Counts)
    articles: int = 0
    signatures: frozenset[str] = frozenset()

    def __add__(self, other: "_Tally") -> "_Tally":
        return _Tally(
            by_pair={
                pair: self.by_pair.get(pair, Counts()) + other.by_pair.get(pair, Counts())
                for pair in dict.fromkeys([*self.by_pair, *other.by_pair])
            },
            plain=self.plain + other.plain,
            by_length=self.by_length + other.by_length,
            articles=self.articles + other.articles,
            signatures=self.signatures | other.signatures,
        )

    @property
    def ours(self) -> Counts:
        """Those of all pairs."""
        return reduce(add, self.by_pair.values(), Counts())


def evaluate_alignment(
    place: Path,
    encoder: SentenceEncoder,
    *,
    progress: Callable[[int, int], None],
) -> AlignmentEvaluation:
    """Align every pair of editions of the test sets at a place and compare with their gold.

    Args:
        place: A folder with test sets, or the texts of one; see `read_gold`.
        encoder: Makes the vectors; each text is asked for more than once, so a cache pays.
        progress: Called with the articles done and the articles in all.

    Raises:
        NoGoldError: If there is no test set.
        MissingTextsError: If there is gold without texts.
        BrokenGoldError: If a file is not as it should be.
    """
    sets = read_gold(place)
    in_all, done = sum(len(gold_set.articles) for gold_set in sets), 0
    tallies: dict[str, _Tally] = {}
    for gold_set in sets:
        tally = _Tally()
        for article in gold_set.articles:
            tally += _tally(article, gold_set.level, encoder)
            done += 1
            progress(done, in_all)
        tallies[gold_set.name] = tally
    pooled = reduce(add, tallies.values())
    by_set = {name: _scores(tally) for name, tally in tallies.items()}
    return AlignmentEvaluation(
        pooled=_scores(pooled),
        by_set=by_set,
        published={
            gold_set.name: figures
            for gold_set in sets
            if (
                figures := published_figures(
                    gold_set.path, groups=by_set[gold_set.name].figures.groups
                )
            )
        },
        bins=calibration_bins(pooled.ours.judged),
        signature=", ".join(sorted(pooled.signatures)),
    )


def _scores(tally: _Tally) -> Scores:
    return Scores(
        figures=figures_of(tally.ours),
        by_pair={pair: figures_of(counts) for pair, counts in tally.by_pair.items()},
        plain=figures_of(tally.plain),
        by_length=figures_of(tally.by_length),
        articles=tally.articles,
    )


def _tally(article: GoldArticle, level: Level, encoder: SentenceEncoder) -> _Tally:
    """Return the counts of one article."""
    ours = _align_article(article, level, encoder)
    plain, by_length = Counts(), Counts()
    for pair in article.pairs:
        source, target = (article.editions[language] for language in pair)
        plain += _count(article, pair, as_alignment(align_plainly(source, target, encoder)))
        steps = align_by_length(*([len(text) for text in texts] for texts in (source, target)))
        by_length += _count(article, pair, as_alignment(steps))
    return _Tally(
        by_pair={"-".join(pair): _count(article, pair, made) for pair, made in ours.items()},
        plain=plain,
        by_length=by_length,
        articles=1,
        signatures=frozenset(made.signature for made in ours.values()),
    )


def _align_article(
    article: GoldArticle, level: Level, encoder: SentenceEncoder
) -> Mapping[Pair, Alignment]:
    """Return the aligner's answer for every pair that gold knows; all editions are evidence."""
    editions = [
        Edition(
            texts=texts,
            language=language,
            kinds=article.kinds.get(language),
            already_split=level == "sentence",
        )
        for language, texts in article.editions.items()
    ]
    answers: dict[Pair, Alignment] = {}
    for places, made in align_editions(editions, encoder=encoder, level=level).items():
        source, target = (editions[place].language for place in places)
        answers |= {(source, target): made, (target, source): _mirrored(made)}
    return {pair: answers[pair] for pair in article.pairs}


def _mirrored(alignment: Alignment) -> Alignment:
    return replace(
        alignment,
        beads=tuple(
            replace(bead, source=bead.target, target=bead.source) for bead in alignment.beads
        ),
    )


def _count(article: GoldArticle, pair: Pair, alignment: Alignment) -> Counts:
    moved_source, moved_target = (article.moved.get(language, ()) for language in pair)
    return count_hits(
        article.pairs[pair], alignment, moved_source=moved_source, moved_target=moved_target
    )
