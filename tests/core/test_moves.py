"""How a case may move, and what follows."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.core import consequences as then
from gateway.core import events as on
from gateway.core.case import Case, State
from gateway.core.consequences import Moved
from gateway.core.errors import ForbiddenMove
from gateway.core.identity import CallId, Token
from gateway.core.moves import ALLOWED, RULES, move
from gateway.core.roster import Reach
from gateway.core.rules.looking import LOOKS
from gateway.core.rules.pieces import REST_AFTER_A_CALL, REST_AFTER_DANGER
from gateway.core.windows import SafeTime
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
    talked,
)


def test_every_event_has_a_rule_and_a_line_in_the_table() -> None:
    events = set(on.Event.__args__)

    assert set(ALLOWED) == set(RULES) == events


def test_every_living_state_is_looked_at_by_the_sweep() -> None:
    assert set(LOOKS) == {state for state in State if state not in {"closed", "unreached", "cancelled", "erased"}}


def test_an_admitted_request_waits_and_asks_for_somebody() -> None:
    moved = after(a_case(state=State.REQUESTED), on.Admitted())

    assert moved.case.state is State.WAITING
    assert moved.consequences == (then.DispatchWanted(), then.Counted("requested"))


def test_accepting_an_offer_has_the_caller_dialled() -> None:
    moved = after(offered(), on.OfferAccepted(OFFER, DESK, ROOM))

    assert (moved.case.state, moved.case.holder, moved.case.desk) == (State.ACCEPTED, AMAL, DESK)
    assert then.DialWanted() in moved.consequences


def test_an_offer_accepted_late_is_refused_and_the_case_stays_with_its_holder() -> None:
    held = accepted()

    with pytest.raises(ForbiddenMove):
        move(held, on.OfferAccepted(OTHER_OFFER, CallId("CAother"), Token("elsewhere")), now=NOW)

    assert held.holder == AMAL


def test_the_first_to_accept_has_the_case_and_the_others_phones_stop_ringing() -> None:
    both = after(offered(line=LINE, answers={"urgent": "yes"}), on.Offered(OTHER_OFFER, BAN, LATER)).case
    ringing = after(both, on.OfferPlaced(OTHER_OFFER, CallId("CAban"))).case

    moved = after(ringing, on.OfferAccepted(OFFER, DESK, ROOM))

    assert moved.case.offers == ()
    assert then.CallOffWanted(CallId("CAban")) in moved.consequences
    assert then.Freed(BAN, REST_AFTER_A_CALL) in moved.consequences, "she may be hearing that she came too late"
    assert then.DialWanted() not in moved.consequences, "she is on the line already"


@pytest.mark.parametrize("doubt", [(), (on.OfferPlaced(OTHER_OFFER, None),)])
def test_a_phone_that_may_be_ringing_unseen_is_left_alone_until_the_ringing_is_over(
    doubt: tuple[on.Event, ...],
) -> None:
    both = after(offered(line=LINE, answers={"urgent": "yes"}), on.Offered(OTHER_OFFER, BAN, LATER)).case
    ringing = after(both, on.OfferIntended(OTHER_OFFER), *doubt).case

    moved = after(ringing, on.OfferAccepted(OFFER, DESK, ROOM))

    assert then.Freed(BAN, LATER - NOW) in moved.consequences


def test_whoever_was_not_rung_yet_or_only_texted_has_no_break_to_make() -> None:
    texted = on.Offered(OTHER_OFFER, BAN, LATER, Reach.TEXT)
    wanted = after(offered(line=LINE), on.Offered(OTHER_OFFER, BAN, LATER))
    written = after(offered(line=LINE), texted, on.OfferIntended(OTHER_OFFER))

    for moved in (wanted, written):
        assert then.Freed(BAN, timedelta(0)) in after(moved.case, on.OfferAccepted(OFFER, DESK, ROOM)).consequences


def test_a_call_whose_offer_is_over_by_the_time_the_provider_answers_is_ended() -> None:
    moved = after(a_case(), on.OfferPlaced(OFFER, CallId("CAlate")))

    assert moved.consequences == (then.CallOffWanted(CallId("CAlate")),)
    assert CallId("CAlate") in moved.case.records


def test_the_accepted_call_is_not_ended_when_the_provider_answers_after_its_webhook() -> None:
    moved = after(accepted(), on.OfferPlaced(OFFER, DESK))

    assert moved.consequences == ()


def test_declining_hides_the_case_from_her_and_asks_somebody_else() -> None:
    moved = after(offered(), on.OfferDeclined(OFFER))

    assert moved.case.state is State.WAITING
    assert AMAL in moved.case.declined
    assert then.DispatchWanted() in moved.consequences


def test_an_unanswered_offer_frees_her_and_asks_somebody_else() -> None:
    moved = after(offered(), on.OfferIntended(OFFER), on.OfferMissed(OFFER))

    assert moved.case.declined == frozenset()
    assert any(isinstance(effect, then.Freed) and effect.missed for effect in moved.consequences)
    assert then.DispatchWanted() in moved.consequences


def test_an_offer_is_rung_once() -> None:
    intended = after(offered(), on.OfferIntended(OFFER)).case

    with pytest.raises(ForbiddenMove):
        move(intended, on.OfferIntended(OFFER), now=NOW)


def test_a_phone_is_rung_once_by_an_attempt() -> None:
    with pytest.raises(ForbiddenMove):
        move(dialled(), on.DialIntended(Token("second"), LATER), now=NOW)


def test_a_phone_that_must_not_be_rung_is_not_rung() -> None:
    with pytest.raises(ForbiddenMove):
        move(accepted(may_ring=False), on.DialIntended(DIAL, LATER), now=NOW)


def test_a_refused_gate_is_one_attempt_less_and_waits_for_the_next_window() -> None:
    answered = after(dialled(), on.CallerAnswered(DIAL, LEG)).case

    moved = after(answered, on.AttemptEnded(DIAL, LATER, LATER + timedelta(hours=2)))

    assert (moved.case.state, moved.case.due_at, moved.case.attempts_left) == (State.WAITING, LATER, 2)
    assert then.ReleaseWanted(DESK) in moved.consequences


def test_after_the_last_attempt_the_number_goes_at_once() -> None:
    moved = after(dialled(attempts_left=1), on.AttemptEnded(DIAL, LATER, LATER))

    assert moved.case.state is State.UNREACHED
    assert {then.NumberForgotten(), then.EraseWanted()} <= set(moved.consequences)


def test_an_old_attempts_end_changes_nothing() -> None:
    with pytest.raises(ForbiddenMove):
        move(dialled(), on.AttemptEnded(Token("old"), LATER, LATER), now=NOW)


def test_a_conversation_that_was_cut_can_be_connected_again_without_costing_an_attempt() -> None:
    wrapping = after(bridged(), on.BridgeEnded()).case

    again = after(wrapping, on.BridgeWanted(Token("newroom")), on.DialIntended(Token("again"), LATER)).case

    assert (again.state, again.attempts_left, again.holder) == (State.DIALLING, wrapping.attempts_left, AMAL)


def test_a_reconnection_that_nobody_answers_leaves_the_case_with_its_holder() -> None:
    wrapping = after(bridged(), on.BridgeEnded(), on.BridgeWanted(ROOM), on.DialIntended(Token("again"), LATER)).case

    moved = after(wrapping, on.AttemptEnded(Token("again"), LATER, LATER))

    assert (moved.case.state, moved.case.holder) == (State.WRAP_UP, AMAL)


def test_a_phone_is_not_rung_once_more_than_its_owner_was_told() -> None:
    with pytest.raises(ForbiddenMove):
        move(accepted(attempts_left=0), on.DialIntended(DIAL, LATER), now=NOW)


def test_a_caller_who_hangs_up_and_was_rung_as_often_as_told_leaves_nothing() -> None:
    moved = after(a_case(line=LINE, attempts_left=0), on.LineLeft())

    assert moved.case.state is State.CLOSED


def test_closing_forgets_the_number_the_secret_and_the_answers() -> None:
    moved = after(bridged(answers={"danger": "now"}), on.BridgeEnded(), on.Finished())

    assert moved.case.state is State.CLOSED
    assert (moved.case.secret, moved.case.answers) == ("", {})
    assert {then.NumberForgotten(), then.EraseWanted()} <= set(moved.consequences)


def test_another_call_at_the_time_she_chose_is_a_fresh_request() -> None:
    wrapping = after(bridged(attempts_left=1), on.BridgeEnded()).case

    moved = after(wrapping, on.CallAgainAgreed(SafeTime.EVENING, LATER, LATER + timedelta(hours=3)))

    assert (moved.case.state, moved.case.safe_time, moved.case.attempts_left) == (State.WAITING, SafeTime.EVENING, 3)
    assert moved.case.holder is None


def test_a_case_that_is_passed_on_is_hidden_from_the_one_who_passed_it_on() -> None:
    moved = after(bridged(), on.BridgeEnded(), on.PassedOn(NOW, LATER))

    assert moved.case.state is State.WAITING
    assert AMAL in moved.case.declined


def test_a_caller_who_hangs_up_while_she_waits_is_called_back() -> None:
    moved = after(a_case(line=LINE), on.LineLeft())

    assert (moved.case.state, moved.case.line) == (State.WAITING, None)


def test_a_caller_who_hangs_up_and_cannot_be_called_leaves_nothing() -> None:
    moved = after(a_case(line=LINE, may_ring=False), on.LineLeft())

    assert moved.case.state is State.CLOSED
    assert then.EraseWanted() in moved.consequences


def test_a_short_talk_that_was_cut_is_not_taken_for_a_call_that_happened() -> None:
    moved = after(bridged(), on.HolderLost(LATER, LATER), now=NOW + timedelta(seconds=20))

    assert moved.case.state is State.WAITING


@pytest.mark.parametrize("first", [[], [on.BridgeEnded()]])
@pytest.mark.parametrize(("seconds", "state"), [(-3600, State.CLOSED), (-6, State.CLOSED), (-5, State.WAITING)])
def test_a_talk_during_which_the_clock_was_set_back_is_no_cut_and_nobody_is_rung_for_it_again(
    first: list[on.Event], seconds: int, state: State
) -> None:
    back = NOW + timedelta(seconds=seconds)  # a few seconds are how far the clocks of two machines differ

    moved = after(bridged(), *first, on.HolderLost(LATER, LATER), now=back)

    assert moved.case.state is state


def test_a_holder_who_hangs_up_after_a_real_talk_has_finished_it() -> None:
    moved = after(bridged(), on.HolderLost(LATER, LATER), now=NOW + timedelta(minutes=5))

    assert moved.case.state is State.CLOSED


def again(case: Case) -> Case:
    """The case after a real talk that was cut, and a few seconds of talking once more."""
    wanted = after(talked(30, case), on.BridgeWanted(Token("again"))).case
    met = after(wanted, on.DialIntended(FIFTH, LATER), on.CallerAnswered(FIFTH, LEG), on.GateOpened(FIFTH)).case
    return after(met, now=NOW + timedelta(seconds=20)).case


@pytest.mark.parametrize("first", [[], [on.BridgeEnded()]])
def test_a_holder_who_is_lost_as_she_brings_them_together_once_more_leaves_the_caller_to_a_colleague(
    first: list[on.Event],
) -> None:
    moved = after(again(accepted()), *first, on.HolderLost(LATER, LATER), now=NOW + timedelta(seconds=20))

    assert moved.case.state is State.WAITING


@pytest.mark.parametrize("changes", [{"attempts_left": 0}, {"may_ring": False}])
def test_a_holder_who_is_lost_then_leaves_a_case_that_cannot_be_rung_again_as_one_that_was_talked_with(
    changes: dict[str, Any],
) -> None:
    cut = replace(again(accepted()), **changes)

    moved = after(cut, on.HolderLost(LATER, LATER), now=NOW + timedelta(seconds=20))

    assert moved.case.state is State.CLOSED


def test_a_holder_who_is_lost_after_a_cut_leaves_no_case_whose_phone_must_not_be_rung() -> None:
    cut = after(bridged(), on.BridgeEnded(), now=NOW + timedelta(seconds=20)).case

    moved = after(replace(cut, may_ring=False), on.HolderLost(LATER, LATER), now=NOW + timedelta(seconds=30))

    assert moved.case.state is State.UNREACHED
    assert then.DispatchWanted() not in moved.consequences, "nobody is asked for a call that cannot be made"


def test_a_holder_who_is_lost_while_the_caller_is_rung_ends_the_ringing() -> None:
    moved = after(dialled(), on.HolderLost(LATER, LATER))

    assert then.HangUpWanted(LEG) in moved.consequences
    assert moved.case.state is State.WAITING


def test_two_who_are_talking_are_not_cut_when_the_retention_time_is_over() -> None:
    moved = after(bridged(), on.Expired())

    assert moved.case.state is State.BRIDGED
    assert moved.consequences == (then.NumberForgotten(),)


def test_a_cancelled_request_stops_a_phone_that_rings() -> None:
    moved = after(dialled(), on.Withdrawn())

    assert moved.case.state is State.CANCELLED
    assert then.HangUpWanted(LEG) in moved.consequences


def test_nothing_happens_to_a_case_that_is_over() -> None:
    over = after(a_case(), on.Withdrawn()).case

    with pytest.raises(ForbiddenMove):
        move(over, on.Offered(OFFER, BAN, LATER), now=NOW)


# --- a break after danger ---

DANGER = {"danger": "now"}
FOURTH, FIFTH = Token("fourth"), Token("fifth")


def rest_of(moved: Moved) -> tuple[timedelta, bool]:
    """How long the holder's break is, and whether it counts as a talk of hers."""
    (freed,) = (effect for effect in moved.consequences if isinstance(effect, then.Freed))
    return freed.rest, freed.talked


@pytest.mark.parametrize(
    "event", [on.Finished(), on.PassedOn(LATER, LATER), on.Withdrawn(), on.HolderLost(LATER, LATER)]
)
@pytest.mark.parametrize("second", [None, 0.1, 5])
def test_after_danger_she_rests_also_when_the_talk_came_in_pieces(event: on.Event, second: float | None) -> None:
    case = talked(5, accepted(answers=DANGER))
    if second is not None:
        case = talked(second, after(case, on.BridgeWanted(ROOM)).case, FOURTH)

    assert rest_of(after(case, event)) == (REST_AFTER_DANGER, True)


def test_after_danger_she_rests_though_her_caller_could_not_be_reached_again() -> None:
    case = after(talked(5, accepted(answers=DANGER)), on.BridgeWanted(ROOM), on.DialIntended(FOURTH, LATER)).case

    unanswered = after(case, on.AttemptEnded(FOURTH, LATER, LATER))

    assert not any(isinstance(effect, then.Freed) for effect in unanswered.consequences)
    assert rest_of(after(unanswered.case, on.Finished())) == (REST_AFTER_DANGER, True)


def test_a_talk_that_was_only_a_cut_is_no_reason_to_rest_while_she_waits_in_danger() -> None:
    met = after(
        accepted(answers=DANGER), on.DialIntended(DIAL, LATER), on.CallerAnswered(DIAL, LEG), on.GateOpened(DIAL)
    )
    cut = talked(0.5, accepted(answers=DANGER))

    both_cut = after(met.case, on.HolderLost(LATER, LATER), now=NOW + timedelta(seconds=30))

    assert rest_of(both_cut) == rest_of(after(cut, on.HolderLost(LATER, LATER))) == (REST_AFTER_A_CALL, False)


def test_a_break_is_for_danger_and_the_next_holder_begins_without_one() -> None:
    calm = talked(5, accepted())
    passed = after(talked(5, accepted(answers=DANGER)), on.PassedOn(LATER, LATER)).case

    taken = after(passed, on.Offered(FIFTH, BAN, LATER), on.OfferAccepted(FIFTH, DESK, ROOM)).case

    assert rest_of(after(calm, on.Finished())) == (REST_AFTER_A_CALL, True)
    assert rest_of(after(taken, on.DialPostponed(LATER, LATER))) == (REST_AFTER_A_CALL, False)


def test_of_every_consequence_it_is_written_down_what_puts_it_right_when_its_job_is_lost(project: Path) -> None:
    written = (project / "docs" / "lost-jobs.md").read_text(encoding="utf-8")

    unwritten = {kind.__name__ for kind in then.Consequence.__args__ if f"`{kind.__name__}`" not in written}

    assert unwritten == set()
