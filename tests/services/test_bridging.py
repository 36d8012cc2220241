"""Ringing phones: never twice, never at the wrong time, and never again while it is not known what became of it."""

from datetime import timedelta
from itertools import pairwise

import pytest

from gateway.core.calls import CallStatus
from gateway.core.case import Placing, State
from gateway.core.errors import ProviderBusy, ProviderRefused, ProviderUncertain, SanadError
from gateway.core.phone import PhoneNumber
from gateway.jobs import JobName
from gateway.storage import keys
from tests.services.house import AMAL, BAN, CALLER, DUNYA, House

REFUSED, BUSY, UNCERTAIN = ProviderRefused("no"), ProviderBusy("not now"), ProviderUncertain("who knows")


def test_a_request_becomes_one_ringing_of_one_responder_and_after_her_yes_one_of_the_caller(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()

    house.dialled()

    assert [len(house.network.rings_of(number)) for number in (AMAL, CALLER)] == [1, 1]


def test_an_offer_that_is_intended_is_not_rung_a_second_time(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    offer = house.offered()

    house.bridging.ring_responder(case, offer.token)
    house.bridging.ring_responder(case, offer.token)

    assert len(house.network.rings_of(AMAL)) == 1


def test_a_caller_whose_ringing_is_intended_is_not_rung_a_second_time(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.dialled()

    house.bridging.dial_caller(case)
    house.bridging.dial_caller(case)

    assert len(house.network.rings_of(CALLER)) == 1


def test_a_window_that_closes_between_the_acceptance_and_the_dialling_leaves_her_phone_silent(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    offer = house.offered()
    house.at_desk("accept_offer", offer)
    house.clock.forward(hours=2)

    house.work()

    assert house.network.rings_of(CALLER) == []
    assert house.state(case) is State.WAITING
    assert house.case(case).due_at == house.clock() + timedelta(hours=22)
    assert house.case(case).attempts_left == 3
    assert house.network.redirected == [(offer.call, "/twilio/voice/offer/back")]


def test_two_persons_with_one_phone_are_never_rung_at_the_same_time(house: House) -> None:
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    first = house.request(secret="47", shared="yes")
    house.dialled()
    second = house.request(secret="58", shared="yes")

    house.at_desk("accept_offer", house.offered())
    house.work()

    assert len(house.network.rings_of(CALLER)) == 1
    assert (house.state(first), house.state(second)) == (State.DIALLING, State.WAITING)
    assert house.case(second).attempts_left == 2


def test_a_phone_in_a_talk_is_not_rung_for_another_person(house: House) -> None:
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    house.request(secret="47", shared="yes")
    house.bridged()
    house.clock.forward(minutes=10)
    house.client.delete(*house.client.keys(f"{keys.claim('')}*"))  # ten minutes on the store's own clock
    house.request(secret="58", shared="yes")

    house.at_desk("accept_offer", house.offered())
    house.work()

    assert len(house.network.rings_of(CALLER)) == 1


@pytest.mark.parametrize("failure", [REFUSED, BUSY])
def test_an_offer_that_the_provider_did_not_place_goes_to_the_next_woman(house: House, failure: SanadError) -> None:
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    case = house.request()
    house.network.failures = [failure]

    house.work()

    assert len(house.network.rung) == 1
    assert house.state(case) is State.OFFERED


def test_a_busy_provider_is_no_fault_of_the_women_on_shift(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    house.network.failures = [BUSY]
    house.work()
    house.clock.forward(seconds=10)

    house.sweep.run()
    house.work()

    assert len(house.network.rings_of(AMAL)) == 1


def test_an_uncertain_offer_is_not_rung_again_and_can_still_be_accepted(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.network.failures = [UNCERTAIN]
    house.work()
    offer = house.network.in_doubt[0]

    taken = house.at_desk("accept_offer", offer)

    assert taken.name == "accepted"
    assert (house.state(case), house.network.rings_of(AMAL)) == (State.ACCEPTED, [])


def test_the_record_of_an_uncertain_call_is_deleted_too(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    desk = house.offered()
    house.network.failures = [UNCERTAIN]
    house.at_desk("accept_offer", desk)
    house.work()
    leg = house.network.in_doubt[0]
    house.at_gate("answer_gate", leg)
    house.at_gate("check_secret", leg, own="47")
    house.clock.forward(minutes=5)
    house.at_desk("check_talk", desk)
    house.at_desk("close_case", desk)

    house.work()
    house.clock.forward(minutes=1)
    house.records.forget_records()

    assert leg.call in house.network.forgotten


@pytest.mark.parametrize(("failure", "rest"), [(REFUSED, timedelta(minutes=30)), (BUSY, timedelta(minutes=1))])
def test_a_caller_whom_the_provider_did_not_ring_waits_for_another_attempt(
    house: House, failure: SanadError, rest: timedelta
) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.at_desk("accept_offer", house.offered())
    house.network.failures = [failure]

    house.work()

    assert house.state(case) is State.WAITING
    assert house.case(case).due_at == house.clock() + rest


def test_an_outage_of_the_provider_costs_her_no_attempt(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.at_desk("accept_offer", house.offered())
    house.network.failures = [BUSY]

    house.work()

    assert house.case(case).attempts_left == 3


def test_a_phone_is_not_rung_again_while_the_attempt_before_is_uncertain(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.at_desk("accept_offer", house.offered())
    house.network.failures = [UNCERTAIN]
    house.work()

    house.clock.forward(seconds=20)
    house.sweep.run()
    house.work()

    attempt = house.case(case).attempt
    assert attempt is not None
    assert attempt.placing is Placing.UNCERTAIN
    assert house.network.rings_of(CALLER) == []


def test_a_call_that_was_created_in_doubt_and_still_waits_is_ended_before_the_next_attempt(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.at_desk("accept_offer", house.offered())
    house.network.failures = [UNCERTAIN]
    house.work()
    leg = house.network.in_doubt[0]
    house.clock.forward(minutes=2)

    house.sweep.run()
    house.work()

    assert house.network.standing[leg.call] is CallStatus.COMPLETED
    assert (house.state(case), house.case(case).attempts_left) == (State.WAITING, 2)


def test_an_attempt_that_nothing_is_heard_of_is_asked_for_and_one_in_progress_is_left_alone(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    leg = house.dialled()
    house.network.standing[leg.call] = CallStatus.IN_PROGRESS
    house.clock.forward(minutes=2)

    house.sweep.run()
    house.work()

    assert (house.state(case), house.network.hung_up) == (State.DIALLING, [])


def test_a_caller_number_that_cannot_be_opened_ends_the_case_and_frees_the_responder(house: House) -> None:
    amal = house.woman("Amal", AMAL)
    case = house.request()
    offer = house.offered()
    for key in (house.keys / "dialler").glob("sealing-*"):
        key.unlink()
    house.at_desk("accept_offer", offer)

    house.work()

    assert house.state(case) is None
    assert house.network.rings_of(CALLER) == []
    responder = next(known for known in house.store.responders() if known.id == amal)
    assert responder.busy_with is None
    assert house.network.redirected


def test_a_responder_whose_number_is_gone_is_passed_over(house: House) -> None:
    amal = house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    house.client.delete(keys.staff(amal))
    house.request()

    offer = house.offered()

    assert offer.to == PhoneNumber.parse(BAN)


def test_a_case_that_ended_while_the_provider_was_asked_has_its_call_hung_up_and_its_record_deleted(
    house: House,
) -> None:
    house.woman("Amal", AMAL)
    house.request()
    house.at_desk("accept_offer", house.offered())
    house.lose_bells()
    case = next(iter(house.store.all_cases(1)))

    def she_cancels() -> None:
        house.ask("cancel_request", own="47")
        house.keeping.withdraw(house.bells()[-1][1])
        house.keeping.erase(case)

    house.network.while_ringing = she_cancels
    house.bridging.dial_caller(case)
    house.network.while_ringing = None
    house.work()
    house.clock.forward(minutes=1)
    house.records.forget_records()

    leg = house.network.rings_of(CALLER)[0]
    assert leg.call in house.network.hung_up
    assert leg.call in house.network.forgotten


def test_after_a_talk_that_broke_off_with_its_responder_her_phone_is_rung_no_more_than_she_was_told(
    house: House,
) -> None:
    for name, number in (("Amal", AMAL), ("Ban", BAN), ("Dunya", DUNYA)):
        house.woman(name, number)
    house.request()
    desk, _ = house.bridged()
    house.clock.forward(seconds=30)
    house.reports.offer_ended(desk.token, desk.call)  # her battery is empty

    for _ in range(8):
        house.sweep.run()
        house.work()
        offers = [ringing for ringing in house.network.rung if not ringing.is_the_callers]
        house.at_desk("accept_offer", offers[-1])
        house.work()
        leg = house.network.rings_of(CALLER)[-1]
        house.reports.attempt_ended(leg.token, leg.call)  # nobody answers
        house.reports.offer_ended(offers[-1].token, offers[-1].call)
        house.clock.forward(minutes=3)

    rings = house.network.rings_of(CALLER)
    assert len(rings) <= 4
    assert all(later.at - earlier.at >= timedelta(minutes=30) for earlier, later in pairwise(rings[1:]))


def test_a_case_that_was_talked_about_once_is_still_rung_in_its_window_only(house: House) -> None:
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    house.request()
    desk, _ = house.bridged()
    house.clock.forward(seconds=30)
    house.reports.offer_ended(desk.token, desk.call)
    offer = house.offered()
    house.at_desk("accept_offer", offer)
    house.clock.forward(hours=9)  # the clock's process was down

    house.work()

    assert len(house.network.rings_of(CALLER)) == 1


def test_a_holder_cannot_ring_a_phone_that_does_not_answer_without_end(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    desk, leg = house.bridged()
    house.clock.forward(seconds=70)
    house.reports.attempt_ended(leg.token, leg.call)

    for _ in range(10):
        house.at_desk("bridge_again", desk)
        house.work()
        last = house.network.rings_of(CALLER)[-1]
        house.reports.attempt_ended(last.token, last.call)
        house.clock.forward(seconds=40)

    assert len(house.network.rings_of(CALLER)) <= 5


def test_a_responder_who_goes_on_waiting_hears_when_nobody_answered(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk = house.offered()
    leg = house.dialled()

    house.reports.attempt_ended(leg.token, leg.call)
    house.work()

    assert house.network.redirected == [(desk.call, "/twilio/voice/offer/back")]
    assert house.at_desk("check_talk", desk).name == "unreached"
    assert house.case(case).attempts_left == 2


def test_after_the_last_attempt_the_case_is_unreached_and_nothing_of_it_is_left(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()

    for _ in range(3):
        desk = house.offered()
        leg = house.dialled()
        house.reports.attempt_ended(leg.token, leg.call)
        house.reports.offer_ended(desk.token, desk.call)
        house.clock.forward(minutes=31)
        house.sweep.run()
    house.work()

    assert house.state(case) is None
    assert len(house.network.rings_of(CALLER)) == 3
    assert house.store.figures(house.clock().date().isoformat())["unreached"] == 1


def test_no_call_is_placed_for_a_case_that_forbids_it(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.urgent()
    house.work()
    house.ask("no_callback", case=case)
    house.at_desk("accept_offer", house.network.rung[-1])

    house.bridging.dial_caller(case)

    assert house.network.rings_of(CALLER) == []
    assert (JobName.DIAL_CALLER.value, case) not in house.bells()
