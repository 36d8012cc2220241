"""When a room ends the responder comes back to her menu by herself; she is led out only where she waits for nobody."""

from tests.services.house import AMAL, House

BACK = "/twilio/voice/offer/back"


def test_a_responder_who_is_back_by_herself_is_left_at_her_menu(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    desk, leg = house.bridged()
    house.clock.forward(seconds=2)

    house.reports.attempt_ended(leg.token, leg.call)
    house.work()
    assert house.at_desk("check_talk", desk).name == "talked"
    house.wait(20)

    assert house.network.redirected == []


def test_a_responder_who_comes_back_before_the_end_is_reported_is_left_at_her_menu(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    desk, leg = house.bridged()
    house.clock.forward(seconds=2)

    assert house.at_desk("check_talk", desk).name == "talked"
    house.reports.attempt_ended(leg.token, leg.call)
    house.wait(20)

    assert house.network.redirected == []


def test_a_responder_who_has_closed_the_case_hears_her_goodbye_to_its_end(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, leg = house.bridged()

    house.reports.attempt_ended(leg.token, leg.call)
    house.at_desk("check_talk", desk)
    house.at_desk("close_case", desk)
    house.wait(20)

    assert house.state(case) is None
    assert house.network.redirected == []


def test_a_responder_who_waits_for_a_caller_who_never_came_in_is_led_out_within_seconds(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    desk, leg = house.bridged()

    house.reports.attempt_ended(leg.token, leg.call)
    house.wait(4)

    assert house.network.redirected == [(desk.call, BACK)]
    assert house.at_desk("check_talk", desk).name == "talked"
