"""The outlines of ribbons: what joins, has holes, is torn off or was confirmed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

GAP_WIDTH: Final = 208.0
"""Between two columns, in units of the picture."""
STUB_WIDTH: Final = 22.0
"""Of what is drawn in place of a ribbon where there is no counterpart."""
TOOTH_HEIGHT: Final = 7.0
"""Of the teeth at which it is torn off."""
ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Extent:
    """From where to where something reaches, downwards."""

    top: float
    bottom: float

    @property
    def height(self) -> float:
        """How far that is."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Half way."""
        return (self.top + self.bottom) / 2

    def part(self, begin: float, height: float) -> "Extent":
        """Return what begins so far below the top and is so high."""
        return Extent(self.top + begin, self.top + begin + height)


def find_runs(places: Sequence[Extent], indexes: Sequence[int]) -> list[Extent]:
    """Return where blocks stand, neighbours joined."""
    runs: list[Extent] = []
    last = -1
    for index in indexes:
        joined = runs and index == last + 1
        top = runs.pop().top if joined else places[index].top
        runs.append(Extent(top, places[index].bottom))
        last = index
    return runs


def outlines(left: Sequence[Extent], right: Sequence[Extent], edge: float) -> Iterator[str]:
    """Yield the outlines of a ribbon in the gap that begins at ``edge``."""
    begin, middle, end = (written(edge + share * GAP_WIDTH) for share in (0, 0.5, 1))
    for one, other in _pieces(left, right):
        top, bottom, far_top, far_bottom = map(
            written, (one.top, one.bottom, other.top, other.bottom)
        )
        yield (
            f'<path d="M{begin} {top}C{middle} {top} {middle} {far_top} {end} {far_top}'
            f"V{far_bottom}C{middle} {far_bottom} {middle} {bottom} {begin} {bottom}Z"
            '"/>'
        )
    if not (left and right):
        for run in left or right:
            yield torn(run, edge) if left else torn(run, edge + GAP_WIDTH, -1)


def torn(run: Extent, edge: float, direction: int = 1) -> str:
    """Return the end of a ribbon that leads nowhere."""
    teeth = max(round(run.height / TOOTH_HEIGHT), 1)
    step, tip = run.height / teeth / 2, edge + direction * STUB_WIDTH
    notch = tip - direction * min(step, TOOTH_HEIGHT / 2)
    tear = "".join(
        f"L{written(tip if point % 2 == 0 else notch)} {written(run.top + point * step)}"
        for point in range(2 * teeth + 1)
    )
    x = written(edge)
    return f'<path d="M{x} {written(run.top)}{tear}L{x} {written(run.bottom)}Z"/>'


def _pieces(left: Sequence[Extent], right: Sequence[Extent]) -> Iterator[tuple[Extent, Extent]]:
    """Yield the pieces of a ribbon whose sides have holes: both are dealt out from the top."""
    whole_left, whole_right = (sum(run.height for run in side) for side in (left, right))
    i = j = 0
    used_left = used_right = 0.0  # of the runs i and j, as fractions of their sides
    while i < len(left) and j < len(right):
        rest_left = left[i].height / whole_left - used_left
        rest_right = right[j].height / whole_right - used_right
        share = min(rest_left, rest_right)
        yield (
            left[i].part(used_left * whole_left, share * whole_left),
            right[j].part(used_right * whole_right, share * whole_right),
        )
        used_left, used_right = used_left + share, used_right + share
        if rest_left - share < ROUNDING:
            i, used_left = i + 1, 0.0
        if rest_right - share < ROUNDING:
            j, used_right = j + 1, 0.0


def check_mark(left: Sequence[Extent], right: Sequence[Extent], edge: float) -> str:
    """Return the mark of what a person confirmed, in the middle of its ribbon."""
    sides = [run.middle for side in (left, right) for run in side[:1]]
    x = edge + (GAP_WIDTH / 2 if left and right else 8 if left else GAP_WIDTH - 8)
    y = sum(sides) / len(sides)
    return (
        f'<circle cx="{written(x)}" cy="{written(y)}" r="6"/>'
        f'<path class="check" d="M{written(x - 2.8)} {written(y)}l2 2.2 3.6-4.4"/>'
    )


def written(value: float) -> str:
    """Return a length or place as it is written, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")
