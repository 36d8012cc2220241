"""A caller in danger: she waits on the line, and whoever is first is with her."""

from gateway.cli.stage import HOTLINE
from tests.whole.conftest import CALLERS, RESPONDERS, House

TOO_LATE, GOODBYE = "لم تعد تنتظر", "مع السلامة."


def urgent_call(house: House, caller: str) -> None:
    house.network.call(caller, HOTLINE)
    house.press_when_asked(caller, "1")


def test_up_to_three_phones_ring_and_the_first_who_accepts_is_with_her(house: House) -> None:
    caller = house.caller()
    women = [house.responder(name) for name in RESPONDERS]
    urgent_call(house, caller)
    house.network.until("three phones ringing", lambda: len(house.ringing(*women)) == 3)

    house.network.answer(women[1])
    house.press_when_asked(women[1], "1")

    house.until_talking(women[1], caller)
    house.network.until("the other phones being silent", lambda: not house.ringing(*women))
    assert house.rings(caller) == 0, "she was never called: she is on the line"


def test_a_key_in_the_middle_of_the_greeting_counts(house: House) -> None:
    caller = house.caller()
    house.network.call(caller, HOTLINE)
    house.network.until_asked(caller)

    house.network.press(caller, "1")

    house.until_state("waiting")
    greeting, answer, *_ = house.network.heard(caller)
    assert "خط سند" in greeting
    assert "ابقي معنا" in answer, "she did not have to hear the menu"


def test_a_woman_who_listens_when_another_accepts_hears_that_the_task_is_gone(house: House) -> None:
    caller = house.caller()
    women = [house.responder(name) for name in RESPONDERS]
    urgent_call(house, caller)
    house.network.until("three phones ringing", lambda: len(house.ringing(*women)) == 3)
    listening, quicker, ringing = women
    house.network.answer(listening)
    house.network.until_asked(listening, after=0)

    house.network.answer(quicker)
    house.press_when_asked(quicker, "1")

    house.until_talking(quicker, caller)
    house.network.until("her being told", lambda: TOO_LATE in house.network.heard(listening)[-1])
    house.network.until("two idle phones", lambda: {house.state(listening), house.state(ringing)} == {"idle"})
    assert house.network.heard(ringing) == [], "her phone only stopped ringing"
    assert house.network.heard(listening)[-1].endswith(GOODBYE)


def test_if_nobody_can_she_hears_what_to_do_and_keeps_the_first_place(house: House) -> None:
    first, urgent = house.caller(CALLERS[1]), house.caller()
    house.ask_for_a_call(first)
    urgent_call(house, urgent)
    house.network.until(
        "the emergency number", lambda: any("تسعة، واحد، واحد" in words for words in house.network.heard(urgent))
    )
    house.hang_up(urgent)
    house.network.until("her call's end being noticed", lambda: all(case["line"] is None for case in house.cases()))

    amal = house.responder("Amal")
    house.until_ringing(amal)
    house.network.answer(amal)
    house.press_when_asked(amal, "1")

    assert house.until_ringing(urgent, first) == urgent


def test_a_caller_in_danger_who_hangs_up_is_called_back_through_the_gate(house: House) -> None:
    caller = house.caller()
    urgent_call(house, caller)
    case = house.until_state("waiting")
    house.hang_up(caller)
    house.network.until("her call's end being noticed", lambda: house.the_case()["line"] is None)

    amal = house.responder("Amal")
    house.until_ringing(amal)
    house.network.answer(amal)
    house.press_when_asked(amal, "1")
    house.until_ringing(caller)
    house.network.answer(caller)
    house.press_when_asked(caller, str(case["secret"]))

    house.until_talking(amal, caller)


def test_a_caller_in_danger_can_forbid_the_call_back(house: House) -> None:
    caller = house.caller()
    urgent_call(house, caller)
    house.press_when_asked(caller, "*")
    house.network.until("the number being forgotten", lambda: not list(house.client.scan_iter("sealed:*")))

    house.hang_up(caller)

    house.until_erased()


def test_a_withheld_number_is_connected_while_she_stays_on_the_line(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal")
    house.network.call(caller, HOTLINE, withheld=True)
    house.press_through(caller, "21")

    house.until_ringing(amal)
    house.network.answer(amal)
    house.press_when_asked(amal, "1")

    house.until_talking(amal, caller)


def test_a_responder_who_hangs_up_on_the_way_leaves_nobody_alone_in_the_room(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal")
    urgent_call(house, caller)
    house.until_ringing(amal)
    house.network.answer(amal)
    house.press_when_asked(amal, "1")
    house.until_state("bridged")
    house.hang_up(amal)

    ban = house.responder("Ban")
    house.until_ringing(ban)
    house.network.answer(ban)
    house.press_when_asked(ban, "1")

    house.until_talking(ban, caller)
    assert house.rings(caller) == 0, "she was on the line all the time"


def test_a_line_that_ended_is_noticed_though_nobody_reports_it(house: House) -> None:
    house.network.faults(drop_status=1.0, seed=5)
    caller = house.caller()
    urgent_call(house, caller)
    house.until_state("waiting")

    house.hang_up(caller)

    house.network.until("her call's end being noticed", lambda: house.the_case()["line"] is None)
    house.network.faults()


def test_a_talk_that_was_cut_puts_her_first_in_line_again(house: House) -> None:
    caller, amal = house.caller(), house.responder("Amal")
    urgent_call(house, caller)
    house.until_ringing(amal)
    house.network.answer(amal)
    house.press_when_asked(amal, "1")
    house.until_talking(amal, caller)
    ban = house.responder("Ban")

    house.hang_up(amal)

    house.until_ringing(ban)
    house.network.answer(ban)
    house.press_when_asked(ban, "1")
    house.until_talking(ban, caller)
