"""What is left of an attempt: after a cut, with no attempt left, and in doubt."""

from dataclasses import replace

import pytest

from gateway.core import consequences as then
from gateway.core import events as on
from gateway.core.case import State
from gateway.core.errors import ForbiddenMove
from gateway.core.identity import Token
from gateway.core.moves import move
from tests.core.cases import AMAL, DESK, DIAL, LATER, NOW, ROOM, accepted, after, dialled, talked


@pytest.mark.parametrize(
    "event",
    [
        [on.DialPostponed(LATER, LATER)],
        [on.DialIntended(Token("again"), LATER), on.DialFailed(Token("again"), LATER, LATER)],
    ],
)
def test_a_reconnection_that_cannot_be_made_leaves_the_case_with_its_holder(event: list[on.Event]) -> None:
    cut = talked(5, accepted(attempts_left=1))
    wanted = after(cut, on.BridgeWanted(ROOM)).case

    moved = after(wanted, *event)

    assert (moved.case.state, moved.case.holder, moved.case.attempts_left) == (State.WRAP_UP, AMAL, 0)
    assert moved.case.talked
    assert then.ReleaseWanted(DESK) in moved.consequences


def test_after_a_cut_a_case_without_a_try_left_is_not_passed_on() -> None:
    cut = talked(0.5, accepted(attempts_left=1))

    with pytest.raises(ForbiddenMove):
        move(cut, on.PassedOn(NOW, LATER), now=NOW)


def test_after_a_real_talk_a_colleague_may_call_though_no_try_is_left() -> None:
    moved = after(talked(5, accepted(attempts_left=1)), on.PassedOn(NOW, LATER))

    assert (moved.case.state, moved.case.attempts_left) == (State.WAITING, 1)


@pytest.mark.parametrize("event", [on.AttemptEnded(DIAL, LATER, LATER), on.HolderLost(LATER, LATER)])
def test_an_attempt_whose_call_was_never_known_is_in_doubt_until_the_next(event: on.Event) -> None:
    lost = after(accepted(), on.DialIntended(DIAL, LATER), on.DialPlaced(DIAL, None), event).case
    known = after(dialled(), event).case
    asked = replace(lost, state=State.ACCEPTED)

    again = after(asked, on.DialIntended(Token("again"), LATER)).case

    assert (lost.in_doubt_since, known.in_doubt_since, again.in_doubt_since) == (NOW, None, None)


def test_an_attempt_for_which_the_provider_was_busy_is_in_no_doubt() -> None:
    moved = after(accepted(), on.DialIntended(DIAL, LATER), on.DialFailed(DIAL, LATER, LATER))

    assert moved.case.in_doubt_since is None
