"""A call back, from the first ring to nothing left, and what can go wrong on the way."""

from datetime import UTC, datetime, timedelta

from config.settings import DiallerSettings, read
from gateway import outlets
from gateway.cli.stage import HOTLINE, STAFF
from gateway.core.messages import RecordKind
from tests.whole.conftest import CALLERS, RESPONDERS, House


def accept(house: House, responder: str) -> None:
    house.until_ringing(responder)
    house.network.answer(responder)
    house.press_when_asked(responder, "1")


def answer_gate(house: House, caller: str, secret: str) -> None:
    house.until_ringing(caller)
    house.network.answer(caller)
    house.press_when_asked(caller, secret)


def test_she_is_called_back_and_nothing_of_her_is_left(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal")
    secret = house.ask_for_a_call(caller)

    accept(house, amal)
    answer_gate(house, caller, secret)
    house.until_talking(amal, caller)
    displays = {house.network.phone(number)["display"] for number in (amal, caller)}
    house.hang_up(caller)
    house.press_when_asked(amal, "1")

    house.until_erased()
    assert displays <= {HOTLINE, STAFF}
    assert house.rings(caller) == 1


def test_three_callers_and_three_responders_each_get_one(house: House) -> None:
    women = [house.responder(name) for name in RESPONDERS]
    callers = [house.caller(number) for number in CALLERS]
    secrets = {caller: house.ask_for_a_call(caller) for caller in callers}

    for woman in women:
        accept(house, woman)
    for caller in callers:
        answer_gate(house, caller, secrets[caller])
    house.network.until("three talks", lambda: all(house.talking_with(woman) for woman in women))

    assert sorted(number for woman in women for number in house.talking_with(woman)) == sorted(callers)


def test_a_responder_whose_phone_is_dead_is_passed_over(house: House) -> None:
    caller = house.caller()
    house.responder("Amal", on_ring="no_answer")
    ban = house.responder("Ban", on_shift=False)
    secret = house.ask_for_a_call(caller)
    house.network.until("the dead phone being rung", lambda: house.rings(RESPONDERS["Amal"]))
    house.rostering.set_shift("Ban", on_shift=True)

    accept(house, ban)
    answer_gate(house, caller, secret)

    house.until_talking(ban, caller)


def test_a_responders_phone_that_cannot_be_reached_is_passed_over_at_once(house: House) -> None:
    caller = house.caller()
    house.responder("Amal", on_ring="fail")
    house.responder("Ban", on_ring="busy")
    dunya = house.responder("Dunya")
    secret = house.ask_for_a_call(caller)

    accept(house, dunya)
    answer_gate(house, caller, secret)

    house.until_talking(dunya, caller)


def test_a_responders_voicemail_is_never_connected(house: House) -> None:
    caller = house.caller()
    amal = house.responder("Amal", on_ring="voicemail")
    house.ask_for_a_call(caller)

    house.network.until("the voicemail's end", lambda: house.rings(amal) and house.state(amal) == "idle")
    case = house.until_state("waiting")

    assert house.rings(caller) == 0
    assert case["attempts_left"] == 3


def test_a_wrong_secret_number_ends_the_call_without_a_word_more(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal")
    secret = house.ask_for_a_call(caller)
    accept(house, amal)
    wrong = "10" if secret != "10" else "11"
    house.until_ringing(caller)
    before = len(house.network.heard(caller))

    house.network.answer(caller)
    house.press_when_asked(caller, wrong)
    case = house.until_state("waiting")

    assert case["attempts_left"] == 2
    assert case["due_at"] > case["requested_at"]
    assert len(house.network.heard(caller)) == before + 1, "the neutral sentence and nothing else"
    assert house.talking_with(amal) == []


def test_silence_at_the_gate_ends_the_call(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal")
    house.ask_for_a_call(caller)
    accept(house, amal)
    house.until_ringing(caller)

    house.network.answer(caller)
    case = house.until_state("waiting")

    assert case["attempts_left"] == 2
    house.network.until("the responder being released", lambda: house.state(amal) == "idle")


def test_a_caller_who_does_not_answer_is_tried_in_half_an_hour(house: House) -> None:
    caller, amal = house.caller(on_ring="no_answer"), house.responder("Amal")
    house.ask_for_a_call(caller)

    accept(house, amal)
    case = house.until_state("waiting")

    assert case["attempts_left"] == 2
    assert house.rings(caller) == 1
    house.network.until("the responder being released", lambda: house.state(amal) == "idle")


def test_declining_asks_the_next_woman_and_not_her_again(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal")
    house.ask_for_a_call(caller)
    house.until_ringing(amal)
    house.network.answer(amal)
    house.press_when_asked(amal, "2")
    house.network.until("her phone being idle", lambda: house.state(amal) == "idle")

    ban = house.responder("Ban")
    house.until_ringing(ban)

    assert house.rings(amal) == 1


def test_nine_ends_her_shift(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal")
    house.ask_for_a_call(caller)
    house.until_ringing(amal)

    house.network.answer(amal)
    house.press_when_asked(amal, "9")
    house.until_state("waiting")

    (responder,) = house.rostering.roster()
    assert not responder.on_shift


def test_a_cut_conversation_is_connected_again_by_a_key(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal")
    secret = house.ask_for_a_call(caller)
    accept(house, amal)
    answer_gate(house, caller, secret)
    house.until_talking(amal, caller)
    house.hang_up(caller)

    house.press_when_asked(amal, "3")
    answer_gate(house, caller, secret)

    house.until_talking(amal, caller)
    assert house.the_case()["attempts_left"] == 2


def test_she_can_be_called_again_at_a_time_she_chose(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal")
    secret = house.ask_for_a_call(caller)
    accept(house, amal)
    answer_gate(house, caller, secret)
    house.until_talking(amal, caller)
    house.hang_up(caller)

    house.press_when_asked(amal, "2")
    house.press_when_asked(amal, "4")
    case = house.until_state("waiting")

    assert (case["safe_time"], case["attempts_left"]) == ("evening", 3)


def test_a_case_that_is_passed_on_goes_to_another_woman(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal")
    secret = house.ask_for_a_call(caller)
    accept(house, amal)
    answer_gate(house, caller, secret)
    house.until_talking(amal, caller)
    house.hang_up(caller)
    ban = house.responder("Ban")

    house.press_when_asked(amal, "4")

    house.until_ringing(ban)


def test_cancelling_with_the_secret_number_erases_everything(house: House) -> None:
    caller = house.caller()
    secret = house.ask_for_a_call(caller)
    house.until_state("waiting")

    house.network.call(caller, HOTLINE)
    house.press_when_asked(caller, "4")
    house.press_when_asked(caller, secret)

    house.until_erased()


def test_cancelling_with_another_number_changes_nothing(house: House) -> None:
    caller = house.caller()
    secret = house.ask_for_a_call(caller)
    house.until_state("waiting")

    house.network.call(caller, HOTLINE)
    house.press_when_asked(caller, "4")
    house.press_when_asked(caller, "10" if secret != "10" else "11")
    house.settle()

    assert house.the_case()["state"] == "waiting"


def test_a_caller_who_still_answers_questions_is_rung_when_she_has_hung_up(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal")
    house.network.call(caller, HOTLINE)
    house.press_through(caller, "2111")
    secret = house.until_state("offered")["secret"]
    house.press_when_asked(caller, "1")

    accept(house, amal)
    house.until_state("accepted")
    house.settle()
    before = (house.rings(caller), house.state(caller))
    house.hang_up(caller)
    answer_gate(house, caller, str(secret))

    house.until_talking(amal, caller)
    assert before == (0, "in_call")
    assert house.the_case()["attempts_left"] == 2


def test_a_responder_is_released_though_nobody_reports_that_the_caller_did_not_answer(house: House) -> None:
    caller, amal = house.caller(on_ring="no_answer"), house.responder("Amal")
    house.ask_for_a_call(caller)
    house.until_ringing(amal)
    house.network.faults(drop_status=1.0, seed=5)

    accept(house, amal)
    house.until_state("waiting")

    house.network.until("the responder being released", lambda: house.state(amal) == "idle")
    house.network.faults()


def test_a_case_waits_while_nobody_is_on_shift_and_is_offered_when_somebody_is(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal", on_shift=False)
    secret = house.ask_for_a_call(caller)
    house.until_state("waiting")
    house.settle()
    assert house.rings(amal) == 0

    house.rostering.set_shift("Amal", on_shift=True)
    accept(house, amal)
    answer_gate(house, caller, secret)

    house.until_talking(amal, caller)


def test_repeated_webhooks_change_nothing(house: House) -> None:
    house.network.faults(repeat_webhook=1.0, seed=7)
    caller, amal = house.caller(), house.responder("Amal")
    secret = house.ask_for_a_call(caller)

    accept(house, amal)
    answer_gate(house, caller, secret)
    house.until_talking(amal, caller)
    house.hang_up(caller)
    house.press_when_asked(amal, "1")

    house.until_erased()
    assert house.rings(caller) == 1
    assert house.rings(amal) == 1


def test_a_creation_that_timed_out_after_working_rings_her_once(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal")
    secret = house.ask_for_a_call(caller)
    house.until_ringing(amal)
    house.network.answer(amal)
    house.network.faults(rest_times_out_after_working=1.0, seed=3)
    house.press_when_asked(amal, "1")

    answer_gate(house, caller, secret)
    house.network.faults()

    house.until_talking(amal, caller)
    assert house.rings(caller) == 1


def test_what_the_provider_keeps_is_found_by_its_own_lists(house: House) -> None:
    """As for a call whose first request met a dead server, and the report of whose end was lost."""
    caller = house.caller()
    house.ask_for_a_call(caller)
    records, now = outlets.records(read(DiallerSettings, house.stage.environ)), datetime.now(UTC)

    earlier, later = (
        [record for name in records.names for record in records.page(name, before=now + by).records]
        for by in (-timedelta(hours=1), timedelta(hours=1))
    )

    assert earlier == []
    assert {record.kind for record in later} == {RecordKind.CALL}
