"""However a case ends: when it is erased, no key and no value of the store holds its id, its tokens or its number."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from gateway.core.conversation import Channel, Session
from gateway.core.errors import ProviderUncertain
from gateway.core.identity import CaseId
from gateway.storage.inspection import everything
from tests.services.house import AMAL, BAN, CALLER, House

SECRET = "sesameopen"  # in place of digits, which stand in every moment
Story = Callable[[House], CaseId]


def closed_after_a_talk(house: House) -> CaseId:
    house.woman("Amal", AMAL)
    case = house.request(secret=SECRET, shared="no", danger="now")
    desk, leg = house.bridged(secret=SECRET)
    house.clock.forward(minutes=5)
    house.reports.attempt_ended(leg.token, leg.call)
    house.at_desk("close_case", desk)
    return case


def cancelled(house: House) -> CaseId:
    case = house.request(secret=SECRET)
    house.work()
    house.ask("cancel_request", call="CAcancel", own=SECRET)
    return case


def cancelled_while_her_phone_rings(house: House) -> CaseId:
    house.woman("Amal", AMAL)
    case = house.request(secret=SECRET)
    house.dialled()
    house.ask("cancel_request", call="CAcancel", own=SECRET)
    return case


def stopped(house: House) -> CaseId:
    case = house.request(secret=SECRET)
    house.work()
    house.ask("stop_all", call="CAstop")
    return case


def not_reached(house: House) -> CaseId:
    house.woman("Amal", AMAL)
    case = house.request(secret=SECRET)
    for _ in range(3):
        leg = house.dialled()
        house.reports.attempt_ended(leg.token, leg.call)
        house.work()
        if house.store.case(case) is not None:
            house.clock.now = max(house.clock() + timedelta(minutes=3), house.case(case).due_at)
            house.sweep.run()
    return case


def too_old(house: House) -> CaseId:
    case = house.request(secret=SECRET, when="evening")
    house.work()
    house.clock.forward(hours=73)
    house.sweep.run()
    return case


def left_the_line_and_forbade_the_call_back(house: House) -> CaseId:
    house.woman("Amal", AMAL)
    case = house.urgent(secret=SECRET)
    house.offered()
    house.watch.run()
    house.clock.forward(minutes=3)
    house.watch.run()
    house.ask("no_callback", case=case)
    house.ask("urgent_callback", case=case)
    return case


def declined_and_missed_before(house: House) -> CaseId:
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    case = house.request(secret=SECRET)
    house.at_desk("decline_offer", house.offered())
    missed = house.offered()
    house.reports.offer_ended(missed.token, missed.call)
    house.network.failures = [ProviderUncertain("no answer")]
    house.clock.forward(minutes=3)
    house.sweep.run()
    house.work()
    house.ask("cancel_request", call="CAcancel", own=SECRET)
    return case


def said_again(house: House) -> CaseId:
    first = house.request(secret="47", call="CAone", shared="no")
    house.work()
    second = house.request(secret=SECRET, call="CAtwo", shared="no")
    house.work()
    house.ask("cancel_request", call="CAcancel", own="47")
    house.work()
    assert house.store.case(first) is None
    return second


STORIES: tuple[Story, ...] = (
    closed_after_a_talk,
    cancelled,
    cancelled_while_her_phone_rings,
    stopped,
    not_reached,
    too_old,
    left_the_line_and_forbade_the_call_back,
    declined_and_missed_before,
    said_again,
)


@pytest.mark.parametrize("story", STORIES)
def test_nothing_is_left_of_a_case_that_is_over(house: House, story: Story) -> None:
    case = story(house)
    house.work()

    assert house.store.case(case) is None
    words = {case, SECRET, *(ringing.token for ringing in (*house.network.rung, *house.network.in_doubt))}
    left = [(word, key) for key, kept in everything(house.client) for word in words if word.encode() in kept]
    assert left == []


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.USSD])
def test_a_conversation_in_writing_goes_with_its_case(house: House, channel: Channel) -> None:
    case = house.request(secret=SECRET)
    session = Session("extortion", "confirm", "ar", channel, slots={"secret": SECRET, "case": case})
    message = "SMone" if channel is Channel.SMS else None
    house.store.transact(
        lambda transaction: transaction.keep_turn("hername", session, step=0, replies=(), message=message)
    )
    house.work()

    house.ask("cancel_request", call="CAcancel", own=SECRET)
    house.work()

    assert house.client.keys("session:*") + house.client.keys("talks:*") == []


def test_a_conversation_whose_request_became_part_of_another_goes_on_and_goes_with_that(house: House) -> None:
    house.request(secret="47", call="CAone", shared="no")
    house.work()
    second = house.request(secret=SECRET, call="CAtwo", shared="no")
    session = Session("extortion", "confirm", "ar", Channel.SMS, slots={"secret": SECRET, "case": second})
    house.store.transact(
        lambda transaction: transaction.keep_turn("hername", session, step=0, replies=(), message="SMone")
    )
    house.work()
    meanwhile = house.client.keys("session:hername")

    house.ask("cancel_request", caller=CALLER, call="CAcancel", own="47")
    house.work()

    assert meanwhile == [b"session:hername"]
    assert house.client.keys("session:*") == []


def test_the_number_that_somebody_cancels_with_stays_in_no_conversation(house: House) -> None:
    outcome = house.ask("cancel_request", call="CAcancel", own=SECRET)

    assert outcome.slots["own"] == ""


def test_the_end_of_a_call_whose_case_is_erased_still_has_its_record_deleted(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request(secret=SECRET)
    house.network.failures = [ProviderUncertain("no answer")]
    house.work()
    (in_doubt,) = house.network.in_doubt
    house.ask("cancel_request", call="CAcancel", own=SECRET)
    house.work()

    house.reports.offer_ended(in_doubt.token, in_doubt.call)
    house.clock.forward(minutes=6)
    house.records.forget_records()

    assert house.store.case(case) is None
    assert in_doubt.call in house.network.forgotten
