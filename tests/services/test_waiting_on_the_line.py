"""A caller who waits on the line is held until a responder is there, and is kept when she is gone."""

from gateway.core.case import State
from gateway.core.identity import CaseId
from gateway.storage import keys
from tests.services.house import AMAL, BAN, CALLER, House


def joined(house: House) -> CaseId:
    """An urgent caller and a responder who talk."""
    house.woman("Amal", AMAL)
    case = house.urgent()
    house.at_desk("accept_offer", house.offered())
    assert house.ask("check_line", case=case).name == "ready"
    return case


def test_an_urgent_caller_meets_the_responder_who_accepted_without_being_rung(house: House) -> None:
    case = joined(house)

    house.work()

    assert house.case(case).state is State.BRIDGED
    assert house.network.rings_of(CALLER) == []


def test_a_caller_who_left_the_line_is_rung_back_if_she_allowed_it(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.urgent()
    house.at_desk("accept_offer", house.offered())
    house.client.delete(keys.line(case))
    house.clock.forward(seconds=11)

    house.sweep.run()
    house.work()

    assert len(house.network.rings_of(CALLER)) == 1


def test_a_caller_without_a_number_who_left_the_line_leaves_nothing(house: House) -> None:
    case = house.urgent(None)
    house.work()
    house.client.delete(keys.line(case))

    house.sweep.run()
    house.work()

    assert house.state(case) is None


def test_a_caller_who_was_cut_off_after_seconds_is_first_in_line_again(house: House) -> None:
    case = joined(house)
    house.clock.forward(seconds=20)

    again = house.ask("check_talk", case=case)

    assert again.name == "cut"
    assert house.case(case).on_the_line


def test_a_caller_on_the_line_is_not_held_again_after_a_talk_during_which_the_clock_was_set_back(house: House) -> None:
    case = joined(house)
    house.clock.forward(minutes=-30)

    assert house.ask("check_talk", case=case).name == "ended"


def test_a_caller_in_danger_is_not_hung_up_on_when_another_woman_is_asked_already(house: House) -> None:
    case = joined(house)
    house.woman("Ban", BAN)
    house.clock.forward(seconds=20)
    desk = house.network.rung[0]
    house.reports.offer_ended(desk.token, desk.call)  # the responder's phone died; the next woman is asked at once
    house.work()
    assert house.case(case).state is State.OFFERED

    again = house.ask("check_talk", case=case)

    assert again.name == "cut"


def test_after_a_real_talk_nobody_is_held_on_the_line(house: House) -> None:
    case = joined(house)
    house.clock.forward(minutes=5)

    over = house.ask("check_talk", case=case)

    assert over.name == "ended"
    assert house.case(case).state is State.WRAP_UP


def test_a_caller_who_asked_not_to_be_rung_has_no_number_in_the_store(house: House) -> None:
    case = house.urgent()
    house.work()

    house.ask("no_callback", case=case)

    assert house.store.sealed_number(house.case(case).id) is None
