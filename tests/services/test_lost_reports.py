"""Ends that nobody reported: the provider is asked, and within seconds the case goes on as if they had been."""

from gateway.core.calls import CallStatus
from gateway.core.case import State
from gateway.core.identity import CallId, CaseId
from gateway.storage import keys
from tests.services.house import AMAL, BAN, CALLER, House
from tests.services.network import Ringing

HERS = CallId("CAhers")
BACK, GATE_BACK = "/twilio/voice/back", "/twilio/voice/gate/back"


def joined(house: House) -> tuple[CaseId, Ringing]:
    """An urgent caller on her way into the room, and the call of the responder who accepted."""
    house.woman("Amal", AMAL)
    case = house.urgent()
    house.on_the_phone()
    desk = house.offered()
    house.at_desk("accept_offer", desk)
    assert house.ask("check_line", case=case).name == "ready"
    return case, desk


def hangs_up(house: House, call: CallId) -> None:
    """A call ends, and the report of it is lost."""
    house.network.standing[call] = CallStatus.COMPLETED


# --- a caller alone in a room -------------------------------------------------------------------------


def test_a_caller_whose_responder_hung_up_on_the_way_is_brought_back_and_is_first_in_line(house: House) -> None:
    case, desk = joined(house)
    house.clock.forward(seconds=3)

    house.reports.offer_ended(desk.token, desk.call)
    house.wait(10)

    assert (HERS, BACK) in house.network.redirected
    assert house.ask("check_talk", case=case).name == "cut"
    assert house.case(case).on_the_line


def test_a_caller_whose_responder_hung_up_unreported_on_the_way_is_brought_back(house: House) -> None:
    case, desk = joined(house)

    hangs_up(house, desk.call)
    house.wait(14)

    assert (HERS, BACK) in house.network.redirected
    assert house.ask("check_talk", case=case).name == "cut"


def test_the_next_responder_waits_for_a_caller_who_is_still_being_brought_back(house: House) -> None:
    case, desk = joined(house)
    house.woman("Ban", BAN)
    house.clock.forward(seconds=3)
    house.reports.offer_ended(desk.token, desk.call)
    assert house.at_desk("accept_offer", house.offered()).name == "accepted_live"

    house.wait(14)

    assert (HERS, BACK) in house.network.redirected
    assert house.ask("check_talk", case=case).name == "cut"
    assert house.ask("check_line", case=case).name == "ready"
    assert house.state(case) is State.BRIDGED
    assert house.network.rings_of(CALLER) == []


def test_a_caller_who_came_back_by_herself_is_left_where_she_is(house: House) -> None:
    case, desk = joined(house)
    house.clock.forward(seconds=20)
    house.reports.offer_ended(desk.token, desk.call)
    house.ask("check_talk", case=case)

    house.wait(60)

    assert house.network.redirected == []
    assert house.case(case).on_the_line


def test_a_caller_who_talks_is_never_brought_out_of_the_room(house: House) -> None:
    case, desk = joined(house)
    house.network.standing[desk.call] = CallStatus.IN_PROGRESS

    house.wait(300)

    assert house.network.redirected == []
    assert house.state(case) is State.BRIDGED


def test_a_caller_who_was_called_and_stands_alone_behind_the_gate_is_led_out(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, leg = house.bridged()
    house.network.standing[leg.call] = CallStatus.IN_PROGRESS

    hangs_up(house, desk.call)
    house.wait(26)

    assert house.state(case) is State.WAITING
    assert house.network.redirected == [(leg.call, GATE_BACK)]
    assert house.at_gate("check_talk", leg).name == "ended"


def test_a_caller_hears_goodbye_to_its_end_before_she_is_led_out(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    desk, _ = house.bridged()

    house.reports.offer_ended(desk.token, desk.call)
    house.wait(8)

    assert house.network.redirected == []


def test_a_late_errand_takes_nobody_out_of_a_talk(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, leg = house.bridged()

    house.legs.release_caller(case, leg.call)
    house.legs.release_responder(case, desk.call)

    assert house.network.redirected == []


# --- a line that is dead ------------------------------------------------------------------------------


def test_a_line_that_ended_unreported_is_noticed_within_seconds(house: House) -> None:
    case = house.urgent()
    house.work()

    house.on_the_phone(status=CallStatus.COMPLETED)
    house.wait(12)

    assert not house.case(case).on_the_line


def test_a_dead_line_is_noticed_while_three_phones_ring(house: House) -> None:
    for name, number in (("Amal", AMAL), ("Ban", BAN), ("Dunya", "+9647512551249")):
        house.woman(name, number)
    case = house.urgent(None)
    house.work()

    house.on_the_phone(status=CallStatus.COMPLETED)
    house.wait(20)

    assert house.state(case) is None
    assert len(house.network.cancelled) == 3


def test_a_caller_who_hears_long_words_is_not_taken_for_gone_and_the_provider_is_asked_seldom(house: House) -> None:
    case = house.urgent()
    house.on_the_phone()

    house.wait(120)

    assert house.case(case).on_the_line
    assert len(house.network.asked) <= 15


def test_a_caller_who_waits_with_music_is_not_asked_about(house: House) -> None:
    case = house.urgent()
    house.work()

    for _ in range(10):
        house.wait(4)
        house.ask("check_line", case=case)

    assert house.network.asked == []


def test_a_switch_that_cannot_be_asked_lets_her_stay_until_no_words_last_so_long(house: House) -> None:
    case = house.urgent()
    house.work()
    house.wait(30)
    before = house.case(case).on_the_line

    house.client.delete(keys.line(case))  # 75 seconds on the store's own clock
    house.wait(4)

    assert (before, house.case(case).on_the_line) == (True, False)


# --- a talk, its wrapping up, and a call back ---------------------------------------------------------


def test_a_talk_whose_both_ends_were_lost_costs_a_minute_and_not_an_hour(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, leg = house.bridged()
    for call in (desk.call, leg.call):
        house.network.standing[call] = CallStatus.IN_PROGRESS
    house.wait(180)

    hangs_up(house, leg.call)
    hangs_up(house, desk.call)
    house.wait(64)

    assert house.state(case) is None, "they had talked: it is closed"


def test_a_talk_is_asked_about_each_minute_and_no_more(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    desk, leg = house.bridged()
    for call in (desk.call, leg.call):
        house.network.standing[call] = CallStatus.IN_PROGRESS
    house.wait(60)
    house.network.asked.clear()

    house.wait(600)

    assert 18 <= len(house.network.asked) <= 22


def test_a_responder_whose_call_ended_unreported_in_the_wrapping_up_is_free_again(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, leg = house.bridged()
    house.clock.forward(seconds=30)
    house.reports.attempt_ended(leg.token, leg.call)

    hangs_up(house, desk.call)
    house.wait(14)

    (amal,) = house.store.responders()
    assert amal.busy_with is None
    assert house.state(case) is State.WAITING


def test_a_call_back_that_nobody_answered_unreported_releases_the_responder_within_seconds(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    leg = house.dialled()
    desk = house.network.rings_of(AMAL)[0]
    house.network.standing[desk.call] = CallStatus.IN_PROGRESS

    house.network.standing[leg.call] = CallStatus.NO_ANSWER
    house.wait(14)

    assert (house.state(case), house.case(case).attempts_left) == (State.WAITING, 2)
    assert house.network.redirected == [(desk.call, "/twilio/voice/offer/back")]


def test_a_phone_that_rings_its_time_is_not_hung_up_by_being_asked_about(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.dialled()

    house.wait(50)

    assert (house.state(case), house.network.hung_up) == (State.DIALLING, [])


def test_a_holder_who_is_gone_unreported_stops_the_ringing_of_the_callers_phone(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    leg = house.dialled()
    desk = house.network.rings_of(AMAL)[0]

    hangs_up(house, desk.call)
    house.wait(14)

    assert leg.call in house.network.hung_up
    assert house.state(case) is State.WAITING
