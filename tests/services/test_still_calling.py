"""A caller who stays for more questions is on her phone: it is rung when her own call is over, and not before."""

from datetime import timedelta

import pytest

from gateway.core.calls import CallStatus
from gateway.core.case import State
from gateway.core.identity import CallId, CaseId
from tests.services.house import AMAL, BAN, CALLER, House

HERS = CallId("CAhers")


@pytest.fixture
def case(house: House) -> CaseId:
    """A request that a responder has accepted while the caller still answers questions."""
    house.woman("Amal", AMAL)
    case = house.request(hangs_up=False)
    house.on_the_phone()
    house.at_desk("accept_offer", house.offered())
    house.work()
    return case


def test_a_responder_is_asked_while_the_caller_still_answers_questions(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request(hangs_up=False)
    house.on_the_phone()

    house.work()

    assert len(house.network.rings_of(AMAL)) == 1


def test_her_phone_is_not_rung_while_her_own_call_goes_on(house: House, case: CaseId) -> None:
    house.wait(120)

    assert house.network.rings_of(CALLER) == []
    assert (house.state(case), house.case(case).attempts_left) == (State.ACCEPTED, 3)


@pytest.mark.usefixtures("case")
def test_it_is_rung_the_moment_her_call_is_reported_over(house: House) -> None:
    house.reports.own_call_ended(house.store.all_cases(1)[0], HERS)

    house.work()

    assert len(house.network.rings_of(CALLER)) == 1


@pytest.mark.usefixtures("case")
def test_it_is_rung_within_seconds_if_that_report_is_lost(house: House) -> None:
    house.on_the_phone(status=CallStatus.COMPLETED)

    house.wait(8)

    assert len(house.network.rings_of(CALLER)) == 1


@pytest.mark.usefixtures("case")
def test_it_is_rung_though_the_provider_knows_no_such_call_or_does_not_answer(house: House) -> None:
    house.network.is_deaf = True

    house.wait(8)

    assert len(house.network.rings_of(CALLER)) == 1


@pytest.mark.usefixtures("case")
def test_it_is_rung_in_the_end_though_the_provider_says_for_ever_that_she_calls(house: House) -> None:
    house.wait(int(timedelta(minutes=15).total_seconds()) + 10)

    assert len(house.network.rings_of(CALLER)) == 1


def test_a_responder_who_does_not_wait_for_that_costs_the_caller_nothing(house: House, case: CaseId) -> None:
    desk = house.network.rings_of(AMAL)[0]

    house.reports.offer_ended(desk.token, desk.call)
    house.work()

    assert (house.state(case), house.case(case).attempts_left) == (State.WAITING, 3)
    assert house.case(case).due_at <= house.clock()


def test_a_responder_hears_that_the_caller_is_still_on_her_phone(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request(hangs_up=False)
    house.on_the_phone()

    assert house.at_desk("accept_offer", house.offered()).name == "accepted_early"


def test_whoever_hung_up_after_being_kept_is_rung_without_asking_the_provider(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request(hangs_up=False)
    house.reports.own_call_ended(case, HERS)

    house.dialled()

    assert house.network.asked == []


def test_another_person_on_the_same_phone_lets_the_first_ones_call_back_wait(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request(secret="47", shared="yes")
    house.work()
    house.request(secret="58", shared="yes", call="CAsister", hangs_up=False)
    house.on_the_phone("CAsister")
    house.keeping.admit(house.store.all_cases(9)[-1])

    house.at_desk("accept_offer", house.offered())
    house.wait(20)
    before = len(house.network.rings_of(CALLER))
    house.on_the_phone("CAsister", CallStatus.COMPLETED)
    house.wait(8)

    assert (before, len(house.network.rings_of(CALLER))) == (0, 1)


def test_whoever_was_cut_off_and_holds_the_line_again_gets_the_woman_who_accepts_her_first_call(house: House) -> None:
    house.woman("Amal", AMAL)
    first = house.urgent(call="CAcut")
    house.work()
    house.reports.own_call_ended(first, CallId("CAcut"))
    second = house.urgent()
    house.on_the_phone()
    house.work()

    house.at_desk("accept_offer", house.offered())
    house.wait(20)

    assert house.state(first) is State.WAITING
    assert [offer.responder for offer in house.case(second).offers], "nobody waits with music for her who waits herself"
    assert house.network.rings_of(CALLER) == []


def test_she_is_rung_at_once_when_the_line_is_cut_for_which_her_first_call_stepped_back(house: House) -> None:
    house.woman("Amal", AMAL)
    first = house.urgent(call="CAcut")
    house.work()
    house.reports.own_call_ended(first, CallId("CAcut"))
    second = house.urgent()
    house.on_the_phone()
    house.at_desk("accept_offer", house.offered())
    house.work()

    house.reports.own_call_ended(second, HERS)
    house.work()

    assert house.state(second) is None, "both are one"
    assert house.case(first).due_at <= house.clock()


def test_her_phone_is_not_rung_while_she_asks_again_on_a_call_that_goes_on(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request(shared="no")
    desk = house.offered()
    house.clock.forward(minutes=20)
    again = house.request(secret="58", call="CAagain", shared="no", hangs_up=False)
    house.on_the_phone("CAagain")
    house.work()
    accepted = house.at_desk("accept_offer", desk)
    house.wait(10)
    before = len(house.network.rings_of(CALLER))

    house.reports.own_call_ended(again, CallId("CAagain"))
    house.work()

    assert accepted.name == "accepted_early"
    assert (before, len(house.network.rings_of(CALLER))) == (0, 1)


def test_a_caller_on_the_line_who_asks_to_be_called_back_is_rung_when_she_has_hung_up(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.urgent()
    house.on_the_phone()
    desk = house.offered()
    house.ask("urgent_callback", case=case)
    house.at_desk("accept_offer", desk)
    house.wait(10)
    before = len(house.network.rings_of(CALLER))

    house.reports.own_call_ended(case, HERS)
    house.work()

    assert (before, len(house.network.rings_of(CALLER))) == (0, 1)


def test_a_request_by_text_waits_for_no_call_to_end(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request(call="", hangs_up=False)

    house.dialled()

    assert house.case(case).own_call is None
    assert house.network.asked == []


def test_an_urgent_line_is_no_hindrance_to_being_connected_at_once(house: House) -> None:
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    case = house.urgent()
    house.on_the_phone()

    house.at_desk("accept_offer", house.offered())

    assert house.ask("check_line", case=case).name == "ready"
