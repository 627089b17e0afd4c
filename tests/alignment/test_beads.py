import pytest

from alignment.beads import Span, SpanError


def test_span_counts_what_lies_between_its_ends() -> None:
    assert len(Span(2, 5)) == 3


def test_empty_span_is_false() -> None:
    assert not Span(3, 3)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_span_refuses_ends_out_of_order(start: int, end: int) -> None:
    with pytest.raises(SpanError, match=f"from {start} to {end}"):
        Span(start, end)
