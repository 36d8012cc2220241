"""Messages on the whole house: a request by text, an offer by text, machines that answer. Each ends with a search."""

from gateway.cli.stage import HOTLINE, STAFF
from gateway.core.roster import Reach
from tests.whole.conftest import CALLERS, House

PIN = "4821"


def texting_responder(house: House, name: str = "Amal") -> str:
    """A woman on shift who is asked by message; her number."""
    number = house.responder(name, on_shift=False)
    house.rostering.reach(name, Reach.TEXT)
    house.rostering.set_pin(name, PIN)
    house.rostering.set_shift(name, on_shift=True)
    return number


def received(house: House, number: str) -> list[str]:
    """What came to a phone so far."""
    return [message["text"] for message in house.network.messages(number) if message["direction"] == "in"]


def until_texted(house: House, number: str, count: int) -> str:
    """Wait until so many messages have come to a phone; the last one."""
    house.network.until("a message", lambda: len(received(house, number)) >= count)
    return received(house, number)[-1]


def request_by_text(house: House, caller: str) -> str:
    """A request made by messages; the secret number."""
    for count, words in enumerate(("اتصل", "1", "1", "1"), start=1):
        house.network.text(caller, HOTLINE, words)
        until_texted(house, caller, count)
    return str(house.the_case()["secret"])


def test_a_responder_takes_a_case_by_text_and_nothing_is_left(house: House) -> None:
    caller, amal = house.caller(), texting_responder(house)
    secret = request_by_text(house, caller)

    offer = until_texted(house, amal, 1)
    assert house.state(amal) == "idle"
    assert secret not in offer
    house.network.text(amal, STAFF, f"1 {PIN}")
    house.until_ringing(amal)
    house.network.answer(amal)
    house.press_when_asked(amal, "1")
    house.until_ringing(caller)
    house.network.answer(caller)
    house.press_when_asked(caller, secret)
    house.until_talking(amal, caller)
    displays = {house.network.phone(number)["display"] for number in (amal, caller)}
    house.hang_up(caller)
    house.press_when_asked(amal, "1")

    house.until_erased()
    assert displays <= {HOTLINE, STAFF}
    assert {message["with"] for message in house.network.messages(amal) if message["direction"] == "in"} == {STAFF}


def test_a_voicemail_that_answers_after_a_text_is_never_connected(house: House) -> None:
    caller, amal = house.caller(), texting_responder(house)
    house.network.add_phone(amal, on_ring="voicemail")
    request_by_text(house, caller)
    until_texted(house, amal, 1)

    house.network.text(amal, STAFF, f"1 {PIN}")
    house.network.until("the voicemail's end", lambda: house.rings(amal) and house.state(amal) == "idle")
    case = house.until_state("waiting")

    assert house.rings(caller) == 0
    assert case["attempts_left"] == 3


def test_a_stranger_and_a_wrong_pin_read_what_everybody_reads_and_change_nothing(house: House) -> None:
    caller, amal = house.caller(), texting_responder(house)
    stranger = house.caller(CALLERS[1])
    request_by_text(house, caller)
    until_texted(house, amal, 1)

    house.network.text(stranger, STAFF, f"1 {PIN}")
    house.network.text(amal, STAFF, "1 9999")
    answers = {until_texted(house, stranger, 1), until_texted(house, amal, 2)}
    house.settle()

    assert len(answers) == 1
    assert house.the_case()["state"] == "offered"
    assert [house.rings(number) for number in (stranger, amal)] == [0, 0]


def test_words_take_a_responder_on_and_off_shift(house: House) -> None:
    amal = texting_responder(house)
    house.rostering.set_shift("Amal", on_shift=False)

    house.network.text(amal, STAFF, f"دوام {PIN}")
    house.network.until("her shift", lambda: house.rostering.roster()[0].on_shift)
    house.network.text(amal, STAFF, f"{PIN} انهاء")

    house.network.until("its end", lambda: not house.rostering.roster()[0].on_shift)


def test_what_the_provider_keeps_of_messages_in_both_directions_is_noted_for_deletion(house: House) -> None:
    caller = house.caller()
    request_by_text(house, caller)

    house.network.until("records of both directions", lambda: house.client.zcard("records") >= 8)

    noted = house.client.zrange("records", 0, -1)
    assert all(str(name).startswith("b'message:") for name in noted)


def test_two_machines_that_answer_each_other_fall_silent(house: House) -> None:
    machine = house.caller(CALLERS[2], sms_auto="I cannot answer now")

    house.network.text(machine, HOTLINE, "hello")
    house.settle(3.0)
    count = len(received(house, machine))
    house.settle(2.0)

    assert 1 <= count <= 10
    assert len(received(house, machine)) == count
