"""From files of sentence pairs to a folder that can be trained in."""

import json
import random
import shutil
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path
from typing import Final, TypeAlias

from service.domain.language import Direction, Language
from service.mt.errors import ModelNameError
from service.mt.model_folder import WEIGHTS, read_model_folder
from service.mt.training.corpus import (
    Leaks,
    Row,
    clean_pairs,
    find_pair_files,
    read_rows,
    share_of,
)
from service.mt.training.errors import (
    NoDevelopmentPairsError,
    NoPairsError,
    NoTestLinesError,
    NoWeightError,
    UnknownDomainError,
)
from service.mt.training.export import read_shape, take_weights
from service.mt.training.lexicon import learn_lexicon, save_lexicon
from service.mt.training.names import Pair, with_other_names
from service.mt.training.network import Network, Shape
from service.mt.training.packing import Batches, pack
from service.mt.training.plan import Plan, languages_of, load_pairs
from service.mt.training.vocabulary import Vocabulary, learn_vocabulary, take_vocabulary

PAIRS: Final = "pairs"
DEV: Final = "dev"
LEXICON: Final = "lexicon.npz"
START: Final = "start.safetensors"
"""Weights of the model that a run begins with, if it does with one."""
DEV_PAIRS: Final = 400
"""Of two languages, for the loss; the first of them are translated too, for chrF."""
DEV_SHARE: Final = 0.05
"""Of the pairs, the most that is held out where there is no development set."""
VOCABULARY_LINES: Final = 300_000
"""Of each language, from which pieces are learned."""
LEXICON_BATCH: Final = 8192
ENCODED_AT_ONCE: Final = 20_000
SHORT_FIRST: Final = 8_000_000

Told: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The sentence pairs that somebody wants a model trained on."""

    files: Sequence[Path]
    columns: Sequence[Language]
    """What the fields of a TSV are."""
    directions: Sequence[Direction] = ()
    """What the model is to translate; all that the pairs have, if empty."""
    dev: Sequence[Path] = ()
    """Development set, in files of the same kind; else some pairs are held out."""
    tests: Sequence[Path] = ()
    """Text files, or folders of them, with lines that must not be trained on."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """How often an epoch takes the pairs of a domain, where not once."""
    data_licence: str = "not stated"


def prepare(
    folder: Path,
    sources: Sources,
    *,
    size: Mapping[str, int],
    pieces: int,
    from_model: Path | None,
    batch_tokens: int,
    seed: int,
    threads: int,
    told: Told,
) -> Plan:
    """Read, clean and pack sentence pairs, and learn what training needs beside them.

    The folder gets the vocabulary, ``pairs/``, ``dev/``, the lexicon and, last, ``plan.json``.

    Args:
        folder: The run's folder; it exists.
        sources: The sentence pairs.
        size: Fields of `Shape`, as `SIZES` has them; of no account with ``from_model``.
        pieces: Size of the vocabulary; of no account with ``from_model``.
        from_model: Model folder to begin with, if any.
        batch_tokens: Target tokens of a batch, padding included.
        seed: Of all random choices.
        threads: Processor threads.
        told: Called as the work goes on.

    Raises:
        PairsError: If a file cannot be read.
        NoPairsError: If nothing is left for a direction.
        NoDevelopmentPairsError: If nothing is left to score a direction on.
        NoTestLinesError: If there is no test set where one should be.
        TooFewLinesError: If the pairs are too few for the vocabulary.
        SharedVocabularyError: If training cannot go on from the model.
        UnknownDomainError: If a weight is for no file.
        NoWeightError: If all weights are zero.
    """
    files = find_pair_files(sources.files)
    _check_domains(files, sources.weights)
    shape = _check_start(from_model) if from_model else None
    corpus = _read_corpus(files, sources, told=told)
    if from_model:
        take_vocabulary(from_model, folder)
        shutil.copyfile(from_model / WEIGHTS, folder / START)
    else:
        _learn_pieces(folder, corpus, sources, pieces=pieces, seed=seed, threads=threads, told=told)
    vocabulary = Vocabulary(folder)
    renamed = _pack_corpus(
        folder, corpus, sources.weights, vocabulary=vocabulary, seed=seed, told=told
    )
    _write_texts(folder / DEV, corpus.dev)
    _learn_lexicon(folder, corpus.directions, vocabulary=vocabulary, seed=seed, told=told)
    plan = Plan(
        name=folder.name,
        directions=corpus.directions,
        shape=shape or Shape(vocabulary=len(vocabulary), **size),
        batch_tokens=batch_tokens,
        short_first=0 if from_model else SHORT_FIRST,
        seed=seed,
        from_model=_name_of(from_model) if from_model else None,
        data_licence=sources.data_licence,
        pairs={
            str(two): dict(Counter(domain for domain, _, _ in pairs))
            for two, pairs in corpus.train.items()
        },
        weights=dict(sources.weights),
        left_out={str(two): dict(left) for two, left in corpus.left_out.items()},
        renamed={str(two): count for two, count in renamed.items()},
    )
    plan.save(folder)
    return plan


@dataclass(frozen=True, slots=True, kw_only=True)
class _Corpus:
    directions: tuple[Direction, ...]
    train: dict[Direction, list[Pair]]
    dev: dict[Direction, list[Pair]]
    left_out: dict[Direction, Counter[str]]
    held_out: Leaks
    """Test sets and the development set."""


def _learn_pieces(
    folder: Path,
    corpus: _Corpus,
    sources: Sources,
    *,
    pieces: int,
    seed: int,
    threads: int,
    told: Told,
) -> None:
    lines = _vocabulary_lines(corpus.train, sources.weights, seed=seed)
    told("learning the vocabulary", 0, 1)
    learn_vocabulary(lines, folder, pieces=pieces, threads=threads)


def _learn_lexicon(
    folder: Path,
    directions: tuple[Direction, ...],
    *,
    vocabulary: Vocabulary,
    seed: int,
    told: Told,
) -> None:
    pad = len(vocabulary) - 1
    directed = load_pairs(folder / PAIRS, directions, vocabulary)
    lexicon = learn_lexicon(
        Batches(directed, pad=pad, tokens=LEXICON_BATCH, seed=seed),
        vocabulary=len(vocabulary),
        pad=pad,
        progress=lambda done, total: told("learning the lexicon", done, total),
    )
    save_lexicon(lexicon, folder / LEXICON)


def _check_start(model: Path) -> Shape:
    """Return the shape of a model whose weights fit it: told now, not after an hour of packing."""
    shape = read_shape(model)
    take_weights(Network(shape), model / WEIGHTS)
    return shape


def _name_of(model: Path) -> str:
    try:
        return read_model_folder(model).name
    except ModelNameError:  # weights that no manifest speaks for are called like their folder
        return model.name


def _check_domains(files: Sequence[Path], weights: Mapping[str, float]) -> None:
    domains = {file.name.split(".")[0] for file in files}
    if unknown := sorted(set(weights) - domains):
        raise UnknownDomainError(unknown, sorted(domains))
    if not any(weights.get(domain, 1.0) for domain in domains):
        raise NoWeightError


def _read_corpus(files: Sequence[Path], sources: Sources, *, told: Told) -> _Corpus:
    asked = sources.directions or [Direction(*two) for two in permutations(Language, 2)]
    dev_files = find_pair_files(sources.dev)
    dev_rows = [row for file in dev_files for row in read_rows(file, sources.columns)]
    aside = [*_lines(sources.tests), *(text for row in dev_rows for text in row.texts.values())]
    leaks = Leaks(aside)
    train: dict[Direction, list[Pair]] = {}
    dev: dict[Direction, list[Pair]] = {}
    left_out: dict[Direction, Counter[str]] = {}
    for languages in dict.fromkeys(map(languages_of, asked)):
        left = left_out[languages] = Counter()
        rows = _wanted_rows(files, sources, told=told, label=f"reading {languages}")
        train[languages] = list(clean_pairs(rows, languages, leaks=leaks, left_out=left))
        unread: Counter[str] = Counter()
        dev[languages] = list(clean_pairs(dev_rows, languages, leaks=Leaks([]), left_out=unread))
        if not train[languages] and sources.directions:
            raise NoPairsError(languages, _reasons(left))
    directions = tuple(direction for direction in asked if train[languages_of(direction)])
    if not directions:
        raise NoPairsError(asked[0], _reasons(left_out[languages_of(asked[0])]))
    kept = {languages: train[languages] for languages in map(languages_of, directions)}
    if not sources.dev:
        dev = _hold_out(kept)
    chosen = {languages: sorted(dev[languages], key=_share)[:DEV_PAIRS] for languages in kept}
    if without := [languages for languages, pairs in chosen.items() if not pairs]:
        raise NoDevelopmentPairsError(without[0])
    sides = (side for pairs in dev.values() for _, *two in pairs for side in two)
    held_out = Leaks([*aside, *sides])
    return _Corpus(
        directions=directions, train=kept, dev=chosen, left_out=left_out, held_out=held_out
    )


def _reasons(left: Counter[str]) -> str:
    return ", ".join(f"{count:,} {reason}" for reason, count in left.most_common())


def _wanted_rows(
    files: Sequence[Path], sources: Sources, *, told: Told, label: str
) -> Iterator[Row]:
    for number, file in enumerate(files):
        told(label, number, len(files))
        if sources.weights.get(file.name.split(".")[0], 1.0) > 0:
            yield from read_rows(file, sources.columns)
    told(label, len(files), len(files))


def _lines(tests: Sequence[Path]) -> Iterator[str]:
    """Yield the lines of text files, and of those in folders, however deep."""
    for path in tests:
        lines: list[str] = []
        for file in sorted(path.rglob("*.txt")) if path.is_dir() else [path]:
            lines += file.read_text(encoding="utf-8", errors="replace").splitlines()
        if not any(map(str.strip, lines)):
            raise NoTestLinesError(path)
        yield from lines


def _hold_out(train: dict[Direction, list[Pair]]) -> dict[Direction, list[Pair]]:
    """Take pairs out for development: the same sentences whatever the other language.

    Neither side of them stays in the pairs of any two languages.
    """
    held: set[float] = set()
    for pairs in train.values():
        shares = sorted(map(_share, pairs))
        held.update(shares[: bisect_left(shares, _cut(shares))])
    dev = {
        languages: [pair for pair in pairs if _share(pair) in held]
        for languages, pairs in train.items()
    }
    sides = {share_of(side) for pairs in dev.values() for _, *two in pairs for side in two}
    for pairs in train.values():
        pairs[:] = [pair for pair in pairs if not {share_of(pair[1]), share_of(pair[2])} & sides]
    return dev


def _cut(shares: Sequence[float]) -> float:
    """Return below which share pairs are held out: at least one, where there are two."""
    return shares[min(len(shares) - 1, max(1, min(DEV_PAIRS, int(len(shares) * DEV_SHARE))))]


def _share(pair: Pair) -> float:
    return share_of(pair[1])


def _vocabulary_lines(
    train: Mapping[Direction, Sequence[Pair]], weights: Mapping[str, float], *, seed: int
) -> list[str]:
    """Return as many sentences of each language, domains by their weights."""
    sides: dict[Language, list[tuple[float, str]]] = {}
    for languages, pairs in train.items():
        for domain, source, target in pairs:
            weight = weights.get(domain, 1.0)
            sides.setdefault(languages.source, []).append((weight, source))
            sides.setdefault(languages.target, []).append((weight, target))
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    most = min(VOCABULARY_LINES, max(len(side) for side in sides.values()))
    lines = [
        text
        for side in sides.values()
        for _, text in chance.choices(side, [weight for weight, _ in side], k=most)
    ]
    chance.shuffle(lines)
    return lines


def _pack_corpus(
    folder: Path,
    corpus: _Corpus,
    weights: Mapping[str, float],
    *,
    vocabulary: Vocabulary,
    seed: int,
    told: Told,
) -> dict[Direction, int]:
    """Pack what is trained on and what is scored; count what has too many pieces.

    Returns:
        How many of the pairs are there again with other names.
    """
    for part in (PAIRS, DEV):
        (folder / part).mkdir(exist_ok=True)
    renamed: dict[Direction, int] = {}
    for languages, pairs in corpus.train.items():
        packed = pack(_encode(pairs, weights, vocabulary=vocabulary, told=told))
        if lost := len(pairs) - len(packed):
            corpus.left_out[languages]["too many pieces"] = lost
        if packed.weights.sum() < 1:  # epochs without a batch would follow one another for ever
            raise NoPairsError(languages, _reasons(corpus.left_out[languages]))
        again = _renamed(pairs, languages, corpus.held_out, seed=seed, told=told)
        others = pack(_encode(again, weights, vocabulary=vocabulary, told=told))
        renamed[languages] = len(others)
        (packed + others).save(folder / PAIRS / f"{languages}.npz")
    for languages, pairs in corpus.dev.items():
        packed = pack(_encode(pairs, {}, vocabulary=vocabulary, told=told))
        if not len(packed):
            raise NoDevelopmentPairsError(languages)
        packed.save(folder / DEV / f"{languages}.npz")
    return renamed


def _renamed(
    pairs: Sequence[Pair], languages: Direction, held_out: Leaks, *, seed: int, told: Told
) -> list[Pair]:
    """Return pairs again with other names, unless that makes a sentence that is held out."""
    told("making up names", 0, 1)
    again = [
        pair
        for pair in with_other_names(pairs, languages, seed=seed)
        if pair[1] not in held_out and pair[2] not in held_out
    ]
    told("making up names", 1, 1)
    return again


def _encode(
    pairs: Sequence[Pair], weights: Mapping[str, float], *, vocabulary: Vocabulary, told: Told
) -> Iterator[tuple[list[int], list[int], float]]:
    for start in range(0, len(pairs), ENCODED_AT_ONCE):
        told("packing", start, len(pairs))
        some = pairs[start : start + ENCODED_AT_ONCE]
        sources = vocabulary.encode([source for _, source, _ in some])
        targets = vocabulary.encode([target for _, _, target in some])
        for (domain, _, _), source, target in zip(some, sources, targets, strict=True):
            yield source, target, weights.get(domain, 1.0)
    told("packing", len(pairs), len(pairs))


def _write_texts(folder: Path, dev: Mapping[Direction, Sequence[Pair]]) -> None:
    for languages, pairs in dev.items():
        texts = [[source, target] for _, source, target in pairs]
        (folder / f"{languages}.json").write_text(
            json.dumps(texts, ensure_ascii=False, indent=0), encoding="utf-8"
        )
