import pytest

from service.mt.training.schedule import FLOOR, SNAPSHOTS, Leg, Progress

START = Progress(step=100, tokens=1_000, seconds=50.0)


def leg(*, seconds: float | None = None, tokens: int | None = 10_000, decay: float = 0.3) -> Leg:
    return Leg(start=START, seconds=seconds, tokens=tokens, peak=1e-3, warm_up=50, decay=decay)


def at(*, step: int = 1_000, tokens: int = 1_000, seconds: float = 50.0) -> Progress:
    return Progress(step=step, tokens=tokens, seconds=seconds)


def test_warms_up_stays_and_falls() -> None:
    one = leg()

    assert one.rate(at(step=100)) == pytest.approx(1e-3 / 50)
    assert one.rate(at(step=124)) == pytest.approx(1e-3 / 2)
    assert one.rate(at(step=149)) == pytest.approx(1e-3)
    assert one.rate(at(tokens=7_900)) == pytest.approx(1e-3)  # 69 % spent
    assert one.rate(at(tokens=9_500)) == pytest.approx(0.5e-3)  # 85 % spent: half of the way down
    assert one.rate(at(tokens=11_000)) == pytest.approx(FLOOR * 1e-3)


def test_cooling_falls_from_the_first_step() -> None:
    assert leg(decay=1.0).rate(at(tokens=3_500)) == pytest.approx(0.75e-3)


def test_what_is_spent_first_ends_a_leg() -> None:
    both = leg(seconds=100.0)

    assert both.spent(at(seconds=150.0)) == pytest.approx(1.0)
    assert both.spent(at(tokens=11_000)) == pytest.approx(1.0)
    assert both.spent(at(tokens=6_000, seconds=75.0)) == pytest.approx(0.5)


def test_says_how_long_it_will_take() -> None:
    both = leg(seconds=100.0)

    assert both.seconds_left(at(), tokens_per_second=1_000) == pytest.approx(10)
    assert both.seconds_left(at(), tokens_per_second=10) == pytest.approx(100)
    assert both.seconds_left(at(tokens=20_000), tokens_per_second=10) == 0


def test_snapshots_are_due_at_the_beginning_in_the_middle_and_over_the_last_fifth() -> None:
    assert SNAPSHOTS == (0.0, 0.5, 0.8, 0.85, 0.9, 0.95, 1.0)
    due = [leg().snapshots(at(tokens=1_000 + spent * 100)) for spent in (0, 79, 80, 91, 100, 130)]

    assert due == [1, 2, 3, 5, 7, 7]
