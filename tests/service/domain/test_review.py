import pytest

from service.domain.review import TRANSITIONS, State, TransitionError, check_transition


def test_every_state_has_its_row_and_leads_somewhere() -> None:
    assert set(TRANSITIONS) == set(State)
    assert all(TRANSITIONS.values())


def test_nothing_leads_back_to_untranslated() -> None:
    assert all(State.UNTRANSLATED not in after for after in TRANSITIONS.values())


def test_every_state_can_be_reached() -> None:
    reached = {State.UNTRANSLATED}
    for _ in State:
        reached |= {after for before in reached for after in TRANSITIONS[before]}

    assert reached == set(State)


@pytest.mark.parametrize("state", State)
def test_staying_is_always_allowed(state: State) -> None:
    check_transition(state, state)


def test_a_move_outside_the_table_says_where_one_may_go() -> None:
    with pytest.raises(TransitionError, match="from rejected go to draft"):
        check_transition(State.REJECTED, State.APPROVED)
