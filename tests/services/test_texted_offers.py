"""Responders who are asked by message: the offer, her answer with the PIN, and the call that follows."""

from datetime import timedelta

import pytest

from gateway.core.case import State
from gateway.core.errors import ProviderBusy, ProviderRefused, ProviderUncertain
from gateway.core.identity import CaseId, ResponderId
from gateway.core.lengths import utf16_units
from gateway.core.limits import ROUNDS_BLUR
from gateway.core.messages import MessageArrived, MessageId, MessageReport, MessageStatus
from gateway.core.phone import PhoneNumber
from gateway.core.roster import Reach
from gateway.services.conversations import SILENT
from gateway.services.reception import MOST_ROUNDS, NOTED
from tests.services.house import AMAL, BAN, CALLER, House
from tests.stored import stored

PIN = "4821"


@pytest.fixture
def amal(house: House) -> ResponderId:
    """On shift, asked by message, with a PIN."""
    return house.woman("Amal", AMAL, by=Reach.TEXT, pin=PIN)


def _arrived(sender: str, text: str) -> MessageArrived:
    return MessageArrived(MessageId("SMone"), sender, "", text)


def asked_by_text(house: House) -> CaseId:
    """A request, offered by message; the case's id."""
    case = house.request()
    house.work()
    assert house.state(case) is State.OFFERED
    return case


def roster(house: House) -> dict[str, tuple[bool, bool]]:
    """Who is on shift, and who is busy."""
    return {woman.name: (woman.on_shift, woman.busy_with is not None) for woman in house.rostering.roster()}


# --- the offer ---------------------------------------------------------------------------------------


def test_an_offer_is_a_message_that_says_nothing_of_the_caller(house: House, amal: ResponderId) -> None:
    case = house.case(asked_by_text(house))

    [message] = house.network.texting.sent
    assert message.to == PhoneNumber.parse(AMAL)
    assert utf16_units(message.text) <= 70
    assert message.valid_for <= timedelta(minutes=3)
    assert case.secret not in message.text
    assert house.network.rung == []


def test_a_woman_without_a_pin_is_rung(house: House) -> None:
    house.woman("Amal", AMAL, by=Reach.TEXT)

    asked_by_text(house)

    assert house.network.texting.sent == []
    assert house.network.rings_of(AMAL)


def test_a_woman_whose_pin_is_locked_is_rung(house: House, amal: ResponderId) -> None:
    for number in range(3):
        house.staff_text(AMAL, f"on 999{number}", message=f"SM{number}")

    asked_by_text(house)

    assert house.network.rings_of(AMAL)


def test_an_offer_that_nobody_answers_goes_to_the_next_woman(house: House, amal: ResponderId) -> None:
    asked_by_text(house)
    house.woman("Ban", BAN)

    house.clock.forward(minutes=4)
    house.sweep.run()
    house.work()

    assert house.network.rings_of(BAN)


@pytest.mark.parametrize("status", [MessageStatus.UNDELIVERED, MessageStatus.FAILED])
def test_an_offer_whose_message_did_not_arrive_goes_to_the_next_woman_at_once(
    house: House, amal: ResponderId, status: MessageStatus
) -> None:
    asked_by_text(house)
    house.woman("Ban", BAN)
    [message] = house.network.texting.sent

    house.message_reports.reported(MessageReport(message.id, status), token=message.token, kept_there=True)
    house.work()

    assert house.network.rings_of(BAN)


@pytest.mark.parametrize("status", [MessageStatus.QUEUED, MessageStatus.SENT, MessageStatus.DELIVERED])
def test_a_message_that_is_on_its_way_or_arrived_changes_nothing(
    house: House, amal: ResponderId, status: MessageStatus
) -> None:
    case = asked_by_text(house)
    [message] = house.network.texting.sent

    house.message_reports.reported(MessageReport(message.id, status), token=message.token, kept_there=True)

    assert house.state(case) is State.OFFERED


def test_a_report_that_comes_after_she_answered_does_not_end_her_offer(house: House, amal: ResponderId) -> None:
    case = asked_by_text(house)
    house.staff_text(AMAL, f"1 {PIN}")
    [message] = house.network.texting.sent

    report = MessageReport(message.id, MessageStatus.UNDELIVERED)
    house.message_reports.reported(report, token=message.token, kept_there=True)

    assert house.state(case) is State.OFFERED


@pytest.mark.parametrize("failure", [ProviderRefused("no"), ProviderBusy("later")])
def test_a_message_that_was_certainly_not_sent_lets_the_next_woman_be_asked(
    house: House, amal: ResponderId, failure: ProviderRefused | ProviderBusy
) -> None:
    house.network.texting.failures.append(failure)
    house.woman("Ban", BAN, on_shift=False)
    house.request()
    house.work()

    house.rostering.set_shift("Ban", on_shift=True)
    house.work()

    assert house.network.rings_of(BAN)


def test_a_message_that_may_have_been_sent_is_not_sent_again(house: House, amal: ResponderId) -> None:
    house.network.texting.failures.append(ProviderUncertain("no answer"))
    case = asked_by_text(house)

    house.asking.ask(house.case(case).id, house.case(case).offers[0].token)

    assert house.network.texting.sent == []
    assert house.network.rung == []


# --- her answer --------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [f"1 {PIN}", f"{PIN} 1", "١ ٤٨٢١", f"1-{PIN}", f" 1\n{PIN} "])
def test_accepting_by_text_rings_her_and_the_key_is_asked_for_there(
    house: House, amal: ResponderId, words: str
) -> None:
    case = asked_by_text(house)

    assert house.staff_text(AMAL, words) == NOTED
    [ringing] = house.network.rings_of(AMAL)

    assert house.state(case) is State.OFFERED, "a voicemail that answers has accepted nothing"
    assert house.network.rings_of(CALLER) == []
    assert house.at_desk("accept_offer", ringing).name == "accepted"
    house.work()
    assert house.network.rings_of(CALLER)


def test_whoever_does_not_pick_up_after_accepting_by_text_loses_the_offer(house: House, amal: ResponderId) -> None:
    case = asked_by_text(house)
    house.staff_text(AMAL, f"1 {PIN}")
    [ringing] = house.network.rings_of(AMAL)

    house.reports.offer_ended(ringing.token, ringing.call)

    assert house.state(case) is State.WAITING


def test_accepting_twice_rings_once(house: House, amal: ResponderId) -> None:
    asked_by_text(house)

    house.staff_text(AMAL, f"1 {PIN}", message="SMone")
    house.staff_text(AMAL, f"1 {PIN}", message="SMone")
    house.staff_text(AMAL, f"1 {PIN}", message="SMtwo")

    assert len(house.network.rings_of(AMAL)) == 1
    assert len(house.network.texting.sent) == 1


def test_declining_by_text_hides_the_case_from_her(house: House, amal: ResponderId) -> None:
    case = asked_by_text(house)

    house.staff_text(AMAL, f"2 {PIN}")

    assert amal in house.case(case).declined
    assert house.state(case) is State.WAITING
    assert roster(house) == {"Amal": (True, False)}


@pytest.mark.parametrize("words", [f"9 {PIN}", f"انهاء {PIN}", f"{PIN} off"])
def test_nine_and_a_word_end_her_shift_and_her_offer(house: House, amal: ResponderId, words: str) -> None:
    case = asked_by_text(house)

    house.staff_text(AMAL, words)

    assert house.state(case) is State.WAITING
    assert roster(house) == {"Amal": (False, False)}


@pytest.mark.parametrize("words", [f"دوام {PIN}", f"on {PIN}", f"{PIN} جاهزة"])
def test_a_word_begins_her_shift_and_whoever_waits_is_offered(house: House, words: str) -> None:
    house.woman("Amal", AMAL, on_shift=False, by=Reach.TEXT, pin=PIN)
    case = house.request()

    house.staff_text(AMAL, words)

    assert house.state(case) is State.OFFERED
    assert len(house.network.texting.texts_to(AMAL)) == 2, "that her shift began, and the offer"


def test_an_answer_that_comes_too_late_says_so_and_changes_nothing(house: House, amal: ResponderId) -> None:
    case = asked_by_text(house)
    house.clock.forward(minutes=4)
    house.sweep.run()
    house.rostering.set_shift("Amal", on_shift=False)
    house.work()

    house.staff_text(AMAL, f"1 {PIN}")

    assert house.state(case) is State.WAITING
    assert len(house.network.texting.texts_to(AMAL)) == 2
    assert house.network.rung == []


# --- who it is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["", "1", PIN, "hello", "1 2 4821", "1 4821 4821", "3 4821", "on", "9", "🙂", "\u202e1", "1" * 4000]
)
def test_a_text_that_is_not_one_wish_and_one_pin_changes_nothing(house: House, amal: ResponderId, words: str) -> None:
    case = asked_by_text(house)

    assert house.staff_text(AMAL, words) == NOTED

    assert house.state(case) is State.OFFERED
    assert house.client.keys("wish:*") == []


def test_a_stranger_reads_the_same_and_changes_nothing(house: House, amal: ResponderId) -> None:
    case = asked_by_text(house)

    answer = house.staff_text(BAN, f"1 {PIN}")

    assert answer == NOTED
    assert house.state(case) is State.OFFERED
    assert house.network.texting.texts_to(BAN) == []
    assert house.network.rings_of(BAN) == []


def test_a_wrong_pin_changes_nothing_and_is_answered_like_a_strangers(house: House, amal: ResponderId) -> None:
    case = asked_by_text(house)

    answer = house.staff_text(AMAL, "1 4822")

    assert answer == NOTED
    assert house.state(case) is State.OFFERED
    assert len(house.network.texting.texts_to(AMAL)) == 1, "the offer and no more"


def test_three_wrong_pins_lock_it_until_the_supervisor_gives_a_new_one(house: House, amal: ResponderId) -> None:
    case = asked_by_text(house)
    for number in range(3):
        house.staff_text(AMAL, f"1 999{number}", message=f"SM{number}")

    house.staff_text(AMAL, f"1 {PIN}", message="SMright")
    assert house.network.rung == []
    house.rostering.set_pin("Amal", "7035")
    house.staff_text(AMAL, "1 7035", message="SMnew")

    assert house.state(case) is State.OFFERED
    assert house.network.rings_of(AMAL)


def test_the_same_wrong_message_told_again_is_one_try(house: House, amal: ResponderId) -> None:
    asked_by_text(house)
    for _ in range(5):
        house.staff_text(AMAL, "1 9990", message="SMsame")

    house.staff_text(AMAL, f"1 {PIN}", message="SMright")

    assert house.network.rings_of(AMAL)


def test_a_right_pin_forgets_the_wrong_tries_before_it(house: House, amal: ResponderId) -> None:
    for number in range(2):
        house.staff_text(AMAL, f"on 999{number}", message=f"SM{number}")
    house.staff_text(AMAL, f"on {PIN}", message="SMright")

    house.staff_text(AMAL, "on 9993", message="SMwrong")
    house.staff_text(AMAL, f"off {PIN}", message="SMlast")

    assert roster(house) == {"Amal": (False, False)}


@pytest.mark.parametrize("sender", ["", "Zain", "anonymous", "497"])
def test_who_is_no_telephone_is_not_answered(house: House, amal: ResponderId, sender: str) -> None:
    assert house.staff_text(sender, f"1 {PIN}") == SILENT


def test_two_machines_on_the_staff_number_fall_silent(house: House) -> None:
    answers = [house.staff_text(BAN, "I am away", message=f"SM{number}") for number in range(MOST_ROUNDS + 3)]

    answered = answers.index(SILENT)
    assert MOST_ROUNDS - ROUNDS_BLUR < answered <= MOST_ROUNDS
    assert answers == [NOTED] * answered + [SILENT] * (len(answers) - answered)


# --- nothing of it is left ---------------------------------------------------------------------------


def test_neither_pin_nor_number_stands_in_the_store_or_in_a_job(house: House, amal: ResponderId) -> None:
    house.letterbox.message(_arrived(AMAL, f"1 {PIN}"))
    written = stored(house.client)

    assert PIN.encode() not in written
    assert AMAL[4:].encode() not in written
    assert len(house.client.keys("wish:*")) == 1


def test_a_message_that_lay_too_long_is_not_acted_on(house: House, amal: ResponderId) -> None:
    house.letterbox.message(_arrived(AMAL, f"off {PIN}"))
    [wish] = house.client.keys("wish:*")

    assert 0 < house.client.ttl(wish) <= 600


def test_messages_are_deleted_at_the_provider_as_calls_are(house: House, amal: ResponderId) -> None:
    asked_by_text(house)
    [message] = house.network.texting.sent
    house.message_reports.reported(MessageReport(MessageId("SMreply"), MessageStatus.SENT), token=None, kept_there=True)

    house.clock.forward(minutes=6)
    house.records.forget_records()

    assert house.network.texting.forgotten == [message.id, "SMreply"]


def test_kannel_keeps_no_record_and_none_is_noted(house: House, amal: ResponderId) -> None:
    house.network.texting.keeps_records = False

    asked_by_text(house)

    assert house.client.zcard("records") == 0


def test_nothing_is_left_of_a_pin_when_she_is_removed(house: House, amal: ResponderId) -> None:
    house.staff_text(AMAL, "on 9990")

    house.rostering.remove("Amal")

    assert house.client.keys(f"*{amal}*") == []
