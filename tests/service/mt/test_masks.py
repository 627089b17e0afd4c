import pytest

from service.mt.masks import spoils_masks


@pytest.mark.parametrize(
    ("target", "source"),
    [
        ("le pontXX1", "the bridge XX1"),
        ("XX1pont", "the XX1 bridge"),
        ("à XX1:30", "at XX1 30"),
        ("XX1old bas XXXX2", "XX1old wooden bridgeXX2"),
        ("un nouvel article X", "a new XX1"),
        ("XX", "XX1"),
    ],
)
def test_mask_that_is_glued_or_in_pieces_is_spoiled(target: str, source: str) -> None:
    assert spoils_masks(target, source)


@pytest.mark.parametrize(
    ("target", "source"),
    [
        ("l'XX1, puis (XX2).", "the XX1, then (XX2)."),
        ("XX1old pontXX2", "XX1old bridgeXX2"),
        ("XX1 vieux pont", "XX1old bridge"),
        ("Elle est XX1: XX2.", "It is XX1: XX2."),
        ("le X et XX1", "the X and XX1"),
    ],
)
def test_mask_may_stand_as_it_did_and_beside_signs(target: str, source: str) -> None:
    assert not spoils_masks(target, source)
