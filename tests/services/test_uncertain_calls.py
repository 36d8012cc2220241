"""A call that may or may not exist: nothing rings that phone again until it cannot be alive any more."""

from datetime import timedelta

import pytest

from gateway.core.calls import CallStatus
from gateway.core.case import Placing, State
from gateway.core.errors import ProviderUncertain
from gateway.core.identity import CallId, CaseId
from tests.services.house import AMAL, BAN, CALLER, House
from tests.services.network import Ringing

UNCERTAIN = ProviderUncertain("who knows")


def killed() -> None:
    raise KeyboardInterrupt


@pytest.fixture(
    params=["the provider did not answer", "the dialler died after asking", "the dialler died before asking"]
)
def case(house: House, request: pytest.FixtureRequest) -> CaseId:
    """A case whose caller may be being rung."""
    house.woman("Amal", AMAL)
    case = house.request()
    house.at_desk("accept_offer", house.offered())
    if request.param == "the provider did not answer":
        house.network.failures = [UNCERTAIN]
        house.work()
        return case
    house.lose_bells()
    house.network.while_ringing = killed
    with pytest.raises(KeyboardInterrupt):
        house.bridging.dial_caller(case)
    house.network.while_ringing = None
    if request.param == "the dialler died before asking":
        house.network.standing.pop(house.network.rung.pop().call)
    return case


def placed(house: House) -> list[Ringing]:
    """Every call to her phone that the network knows."""
    return [*house.network.in_doubt, *house.network.rings_of(CALLER)]


def test_the_phone_is_not_rung_again_while_such_a_call_can_be_alive(house: House, case: CaseId) -> None:
    before = len(placed(house))

    house.wait(80)

    assert len(placed(house)) == before
    assert house.state(case) is State.DIALLING


def test_afterwards_what_still_rings_is_ended_and_the_next_attempt_is_half_an_hour_away(
    house: House, case: CaseId
) -> None:
    calls = [ringing.call for ringing in placed(house)]

    house.wait(110)

    assert all(house.network.standing[call] is CallStatus.COMPLETED for call in calls)
    assert (house.state(case), house.case(case).attempts_left) == (State.WAITING, 2)
    assert house.case(case).due_at - house.clock() > timedelta(minutes=29)


@pytest.mark.usefixtures("case")
def test_another_person_on_the_same_phone_is_not_rung_meanwhile(house: House) -> None:
    before = len(placed(house))
    house.woman("Ban", BAN)
    other = house.request(secret="58", call="CAother")

    house.at_desk("accept_offer", house.offered())
    house.wait(80)

    assert len(placed(house)) == before
    assert (house.state(other), house.case(other).attempts_left) == (State.WAITING, 3)


def test_nothing_is_rung_while_the_provider_cannot_be_asked_what_became_of_it(house: House, case: CaseId) -> None:
    before = len(placed(house))
    house.woman("Ban", BAN)
    house.network.is_deaf = True
    other = house.request(secret="58", call="CAother")
    house.at_desk("accept_offer", house.offered())

    house.wait(240)

    assert len(placed(house)) == before
    assert (house.state(case), house.state(other)) == (State.DIALLING, State.WAITING)


def in_doubt(house: House) -> Ringing:
    """A call to her, of which the provider never told that it was placed."""
    house.woman("Amal", AMAL)
    house.request()
    house.at_desk("accept_offer", house.offered())
    house.network.failures = [UNCERTAIN]
    house.work()
    (held_back,) = house.network.in_doubt
    return held_back


def given_up(house: House) -> Ringing:
    """An attempt given up because the provider could not be asked for long; the call of it that waits there still."""
    held_back = in_doubt(house)
    house.network.is_deaf = True
    house.wait(400)
    house.client.delete(*house.client.keys("claim:*"))  # it fades by the store's own clock, which no test moves
    (case,) = house.store.all_cases(1)
    assert house.state(case) is State.WAITING
    return held_back


def accepted_again(house: House) -> None:
    """Half an hour later Amal accepts the case once more."""
    house.clock.forward(minutes=31)
    house.sweep.run()
    house.at_desk("accept_offer", house.offered())


def test_before_a_phone_is_rung_again_what_waits_of_an_attempt_that_was_given_up_is_ended(house: House) -> None:
    held_back = given_up(house)
    house.network.is_deaf = False
    accepted_again(house)

    house.work()

    assert house.network.standing[held_back.call] is CallStatus.COMPLETED
    assert len(house.network.rings_of(CALLER)) == 1
    house.records.forget_records()
    assert held_back.call in house.network.forgotten


def test_a_phone_is_not_rung_again_as_long_as_nobody_tells_what_became_of_the_attempt_before(house: House) -> None:
    given_up(house)
    accepted_again(house)

    house.work()

    (case,) = house.store.all_cases(1)
    assert house.network.rings_of(CALLER) == []
    assert (house.state(case), house.case(case).attempts_left) == (State.WAITING, 2)
    assert house.case(case).due_at == house.clock() + timedelta(minutes=1)


def test_for_another_request_of_this_phone_it_is_asked_as_well(house: House) -> None:
    held_back = given_up(house)
    house.network.is_deaf = False
    house.woman("Ban", BAN)
    house.request(secret="58", call="CAother", danger="family")  # who waits for no half hour
    house.at_desk("accept_offer", house.offered())

    house.work()

    assert house.network.standing[held_back.call] is CallStatus.COMPLETED
    assert len(house.network.rings_of(CALLER)) == 1


def test_a_call_of_another_request_is_not_taken_for_one_that_was_given_up(house: House) -> None:
    given_up(house)
    house.network.is_deaf = False
    house.woman("Ban", BAN)
    house.request(secret="58", call="CAother", danger="family")  # who waits for no half hour
    house.at_desk("accept_offer", house.offered())
    house.work()
    (leg,) = house.network.rings_of(CALLER)
    house.at_gate("answer_gate", leg)
    house.at_gate("check_secret", leg, own="58")
    house.network.standing[leg.call] = CallStatus.IN_PROGRESS
    accepted_again(house)

    house.work()

    assert leg.call not in house.network.hung_up
    assert house.network.rings_of(CALLER) == [leg]


def test_a_call_that_comes_to_light_late_is_answered_at_the_gate(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.at_desk("accept_offer", house.offered())
    house.network.failures = [UNCERTAIN]
    house.work()
    leg = house.network.in_doubt[0]
    house.wait(30)

    house.at_gate("answer_gate", leg)

    attempt = house.case(case).attempt
    assert attempt is not None
    assert (attempt.placing, attempt.call, house.state(case)) == (Placing.PLACED, leg.call, State.GATE)


def test_the_late_answer_of_the_provider_does_not_make_a_call_at_the_gate_uncertain_again(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.at_desk("accept_offer", house.offered())
    house.network.while_ringing = lambda: house.at_gate("answer_gate", house.network.rung[-1])
    house.network.late_failures = [UNCERTAIN]

    house.work()

    attempt = house.case(case).attempt
    assert attempt is not None
    assert (attempt.placing, attempt.call) == (Placing.PLACED, house.network.rung[-1].call)


def test_a_call_that_comes_to_light_after_it_was_given_up_says_nothing_and_costs_nothing(
    house: House, case: CaseId
) -> None:
    calls = placed(house)
    house.wait(110)
    left = house.case(case).attempts_left

    answers = [house.at_gate("answer_gate", ringing).name for ringing in calls]
    for ringing in calls:
        house.reports.attempt_ended(ringing.token, ringing.call)

    assert set(answers) <= {"gone"}
    assert (house.state(case), house.case(case).attempts_left) == (State.WAITING, left)


def test_a_call_still_waiting_for_its_turn_counts_as_alive(house: House) -> None:
    """Waiting for the pace, connecting and the provider's answer can take half a minute before her phone rings."""
    house.woman("Amal", AMAL)
    case = house.request()
    house.dialled()

    attempt = house.case(case).attempt

    assert attempt is not None
    assert attempt.over_at - attempt.started_at >= timedelta(seconds=20 + 3 + 10 + 25)


def test_the_record_of_a_call_that_only_the_provider_told_us_of_is_deleted(house: House) -> None:
    leg = in_doubt(house)
    house.wait(120)

    house.records.forget_records()

    assert leg.call in house.network.forgotten


def test_a_phone_that_was_claimed_for_an_attempt_that_is_over_is_left_alone_no_longer_than_that_could_live(
    house: House,
) -> None:
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    house.request()
    leg = house.dialled()
    house.reports.attempt_ended(leg.token, leg.call)
    house.clock.forward(seconds=30)
    urgent = house.urgent(secret="58", call="CAother")
    house.work()
    house.reports.own_call_ended(urgent, CallId("CAother"))

    house.at_desk("accept_offer", house.offered())
    house.work()

    assert house.network.rings_of(CALLER) == [leg]
    assert house.case(urgent).due_at - house.clock() <= timedelta(minutes=2)
