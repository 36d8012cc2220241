"""Webhooks and jobs that come late, twice, out of order or of another call: what they must not do to a case."""

from datetime import timedelta
from itertools import permutations

import pytest

from gateway.core import consequences as then
from gateway.core import events as on
from gateway.core.case import ENDS, Case, State
from gateway.core.errors import ForbiddenMove
from gateway.core.identity import CallId, Token
from gateway.core.moves import move
from tests.core.cases import (
    AMAL,
    BAN,
    DESK,
    DIAL,
    LATER,
    LEG,
    LINE,
    NOW,
    OFFER,
    OTHER_OFFER,
    ROOM,
    a_case,
    accepted,
    after,
    bridged,
    dialled,
    offered,
)

OTHER_LEG = CallId("CAotherleg")


def at_the_gate() -> Case:
    return after(dialled(), on.CallerAnswered(DIAL, LEG)).case


def on_her_way() -> Case:
    """A caller on the line who goes to the room where Amal should be."""
    return after(accepted(line=LINE, own_call=LINE), on.LineJoined()).case


def orders(*events: on.Event) -> list[tuple[on.Event, ...]]:
    return list(permutations(events))


# --- one at a time ------------------------------------------------------------------------------------


def test_two_who_accept_at_once_do_not_both_have_it() -> None:
    both = after(offered(line=LINE, answers={"urgent": "yes"}), on.Offered(OTHER_OFFER, BAN, LATER)).case
    held = after(both, on.OfferAccepted(OFFER, DESK, ROOM)).case

    with pytest.raises(ForbiddenMove):
        move(held, on.OfferAccepted(OTHER_OFFER, CallId("CAban"), Token("elsewhere")), now=NOW)

    assert held.holder == AMAL


def test_an_offer_that_is_accepted_after_she_cancelled_is_late() -> None:
    over = after(offered(), on.Withdrawn()).case

    with pytest.raises(ForbiddenMove):
        move(over, on.OfferAccepted(OFFER, DESK, ROOM), now=NOW)


def test_a_second_call_of_one_attempt_does_not_get_to_the_gate() -> None:
    with pytest.raises(ForbiddenMove):
        move(at_the_gate(), on.CallerAnswered(DIAL, OTHER_LEG), now=NOW)


@pytest.mark.parametrize("event", [on.CallerAnswered(DIAL, LEG), on.GateOpened(DIAL)])
@pytest.mark.parametrize("ended", [on.AttemptEnded(DIAL, LATER, LATER), on.Withdrawn(), on.HolderLost(LATER, LATER)])
def test_a_gate_opens_to_nobody_after_the_attempt_has_ended(event: on.Event, ended: on.Event) -> None:
    over = after(at_the_gate(), ended).case

    with pytest.raises(ForbiddenMove):
        move(over, event, now=NOW)


def test_a_call_known_by_its_answer_stays_known_when_its_placing_turns_out_uncertain() -> None:
    answered = after(accepted(), on.DialIntended(DIAL, LATER), on.CallerAnswered(DIAL, LEG)).case

    moved = after(answered, on.DialPlaced(DIAL, None))

    assert moved.case.attempt == answered.attempt


def test_a_phone_is_not_dialled_whose_owner_waits_on_the_line() -> None:
    with pytest.raises(ForbiddenMove):
        move(accepted(line=LINE), on.DialIntended(DIAL, LATER), now=NOW)


def test_an_attempt_that_is_given_up_after_long_doubt_is_hung_up() -> None:
    moved = after(dialled(), on.Looked(LATER, LATER), now=LATER + timedelta(minutes=5))

    assert moved.case.state is State.WAITING
    assert then.HangUpWanted(LEG) in moved.consequences


@pytest.mark.parametrize("doubtful", [None, LEG])
def test_an_attempt_is_not_given_up_before_the_provider_was_asked(doubtful: CallId | None) -> None:
    intended = after(accepted(), on.DialIntended(DIAL, LATER)).case
    ringing = intended if doubtful is None else after(intended, on.DialPlaced(DIAL, doubtful)).case

    moved = after(ringing, on.Looked(LATER, LATER), now=LATER)

    assert (moved.case.state, moved.consequences) == (State.DIALLING, (then.CheckWanted(),))


# --- the end of a talk --------------------------------------------------------------------------------


@pytest.mark.parametrize("order", orders(on.BridgeEnded(), on.BridgeEnded(), on.HolderLost(LATER, LATER)))
def test_a_talk_that_ended_is_closed_in_whatever_order_its_ends_are_told(order: tuple[on.Event, ...]) -> None:
    case = bridged()

    for event in order:
        case = _moved(case, event, seconds=300)

    assert case.state is State.CLOSED


@pytest.mark.parametrize("order", orders(on.BridgeEnded(), on.BridgeEnded(), on.HolderLost(LATER, LATER)))
def test_a_talk_that_was_cut_waits_again_in_whatever_order_its_ends_are_told(order: tuple[on.Event, ...]) -> None:
    case = bridged()

    for event in order:
        case = _moved(case, event, seconds=30)

    assert (case.state, case.holder, case.attempts_left) == (State.WAITING, None, 2)


@pytest.mark.parametrize("order", orders(on.BridgeEnded(), on.LineHeld(LINE), on.HolderLost(LATER, LATER)))
def test_a_caller_on_the_line_who_was_cut_is_first_again_in_whatever_order_that_is_told(
    order: tuple[on.Event, ...],
) -> None:
    case = on_her_way()

    for event in order:
        case = _moved(case, event, seconds=30)

    assert (case.state, case.line, case.is_stray) == (State.WAITING, LINE, False)


@pytest.mark.parametrize("order", orders(on.BridgeEnded(), on.CallEnded(), on.HolderLost(LATER, LATER)))
def test_a_caller_whose_call_ended_with_the_talk_is_not_held_in_whatever_order_that_is_told(
    order: tuple[on.Event, ...],
) -> None:
    case = on_her_way()

    for event in order:
        case = _moved(case, event, seconds=30)

    assert (case.state, case.line, case.own_call) == (State.WAITING, None, None)


def _moved(case: Case, event: on.Event, *, seconds: int) -> Case:
    try:
        return move(case, event, now=NOW + timedelta(seconds=seconds)).case
    except ForbiddenMove:
        return case


def test_a_holder_who_is_lost_leaves_nobody_alone_in_the_room() -> None:
    moved = after(bridged(), on.HolderLost(LATER, LATER), now=NOW + timedelta(seconds=5))

    assert then.CallerReleaseWanted(LEG) in moved.consequences


def test_a_caller_whose_responder_never_came_is_known_to_stand_in_a_room() -> None:
    moved = after(on_her_way(), on.HolderLost(NOW, LATER))

    assert moved.case.is_stray


# --- her own call -------------------------------------------------------------------------------------


def test_a_caller_who_hung_up_after_the_acceptance_is_dialled_then() -> None:
    moved = after(accepted(own_call=LINE), on.CallEnded())

    assert moved.case.own_call is None
    assert moved.consequences == (then.DialWanted(),)


def test_a_caller_who_forbids_the_call_back_stops_a_phone_that_rings() -> None:
    moved = after(dialled(), on.RingingForbidden())

    assert moved.case.state is State.CANCELLED
    assert {then.HangUpWanted(LEG), then.ReleaseWanted(DESK), then.NumberForgotten()} <= set(moved.consequences)


def test_a_caller_who_forbids_the_call_back_after_her_call_has_ended_leaves_nothing() -> None:
    moved = after(a_case(), on.RingingForbidden())

    assert moved.case.state in ENDS


def test_a_request_that_somebody_waits_for_on_the_line_is_not_replaced_by_a_later_one() -> None:
    with pytest.raises(ForbiddenMove):
        move(a_case(line=LINE), on.Replaced(), now=NOW)
