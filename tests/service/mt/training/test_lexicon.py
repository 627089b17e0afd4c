from pathlib import Path

import torch

from service.mt.training.lexicon import FLOOR, learn_lexicon, load_lexicon, save_lexicon
from service.mt.training.packing import Batches, DirectedPairs, pack
from tests.service.mt.training.toy import ENGLISH, FRENCH, rows

PAD = 30
TAG = 29


def _batches() -> Batches:
    """Pack sentences of whole words: 1 to 10 are English numbers, 11 to 20 French ones."""
    pairs = [
        (
            [ENGLISH.index(word) + 1 for word in english[:-1].split()],
            [FRENCH.index(word) + 11 for word in french[:-1].split()],
            1.0,
        )
        for english, french, _ in rows(400)
    ]
    return Batches(
        [DirectedPairs(pairs=pack(pairs), swapped=False, tag=TAG)], pad=PAD, tokens=300, seed=1
    )


def test_learns_which_word_translates_which() -> None:
    table = learn_lexicon(_batches(), vocabulary=31, pad=PAD, progress=lambda _done, _total: None)

    assert table[1:11].argmax(dim=1).tolist() == list(range(11, 21))
    assert table.min() >= FLOOR
    assert not (table[1:11, PAD] > FLOOR).any()


def test_says_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []

    learn_lexicon(
        _batches(), vocabulary=31, pad=PAD, progress=lambda done, total: told.append((done, total))
    )

    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


def test_comes_back_from_disk_as_logarithms(tmp_path: Path) -> None:
    table = torch.rand(20, 20).clamp_min(FLOOR)
    table[table < 0.5] = FLOOR

    save_lexicon(table, tmp_path / "lexicon.npz")
    found = load_lexicon(tmp_path / "lexicon.npz")

    assert found.dtype == torch.float16
    assert torch.allclose(found.float(), table.log(), atol=0.01)
