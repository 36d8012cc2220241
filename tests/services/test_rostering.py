"""The roster: women only, told apart by name, and forgotten wholly."""

import pytest

from gateway.core.case import State
from gateway.core.errors import NotAPhoneNumber
from gateway.core.phone import PhoneNumber
from gateway.services.rostering import NameTaken, NotOnTheRoster, NumberTaken, WomenOnly
from tests.services.house import AMAL, BAN, CALLER, House


def test_whoever_is_added_is_off_shift_until_somebody_says_so(house: House) -> None:
    house.woman("Amal", AMAL, on_shift=False)

    (amal,) = house.rostering.roster()

    assert (amal.name, amal.is_woman, amal.on_shift) == ("Amal", True, False)


def test_nobody_is_added_without_the_statement_that_she_is_a_woman(house: House) -> None:
    with pytest.raises(WomenOnly):
        house.rostering.add("Omar", AMAL, is_woman=False, languages=frozenset({"ar"}))

    assert house.rostering.roster() == []


def test_two_responders_of_one_name_are_refused(house: House) -> None:
    house.woman("Amal", AMAL)

    with pytest.raises(NameTaken, match="sanad responders change Amal"):
        house.woman("Amal", BAN)


@pytest.mark.parametrize("number", [AMAL, "07712551207", "٠٧٧١٢٥٥١٢٠٧"])
def test_one_number_for_two_women_is_refused_and_not_repeated(house: House, number: str) -> None:
    house.woman("Amal", AMAL)

    with pytest.raises(NumberTaken, match="Amal has this number") as refused:
        house.woman("Ban", number)

    assert "1207" not in str(refused.value)
    assert [known.name for known in house.rostering.roster()] == ["Amal"]


def test_a_number_is_free_again_once_whoever_had_it_is_removed(house: House) -> None:
    house.woman("Amal", AMAL)
    house.rostering.remove("Amal")

    house.woman("Ban", AMAL)

    assert [known.name for known in house.rostering.roster()] == ["Ban"]


@pytest.mark.parametrize("number", ["", "497", "112", "+14155550142", "07", "words", "٠٧٧٠"])
def test_a_number_that_we_may_not_ring_is_refused_and_not_repeated(house: House, number: str) -> None:
    with pytest.raises(NotAPhoneNumber) as refused:
        house.woman("Amal", number)

    assert not number or number not in str(refused.value)
    assert house.rostering.roster() == []


@pytest.mark.parametrize("number", ["٠٧٧١٢٥٥١٢٠٧", "07712551207", "00964 771 255 1207", "+964 (0)771 255 1207"])
def test_a_number_is_read_as_people_write_it(house: House, number: str) -> None:
    responder = house.woman("Amal", number)

    sealed = house.store.staff_number(responder)
    assert sealed is not None
    assert house.vault.open(sealed, purpose="staff", subject=responder) == PhoneNumber.parse(AMAL)


def test_a_responder_can_be_named_by_her_id_too(house: House) -> None:
    amal = house.woman("Amal", AMAL, on_shift=False)

    assert house.rostering.set_shift(amal, on_shift=True).on_shift


@pytest.mark.parametrize("who", ["Nobody", ""])
def test_somebody_who_is_not_on_the_roster_is_named_as_such(house: House, who: str) -> None:
    with pytest.raises(NotOnTheRoster):
        house.rostering.set_shift(who, on_shift=True)
    with pytest.raises(NotOnTheRoster):
        house.rostering.remove(who)


def test_nothing_is_left_of_a_responder_who_was_removed(house: House) -> None:
    amal = house.woman("Amal", AMAL)
    house.rostering.remove("Amal")

    assert house.rostering.roster() == []
    assert house.client.keys(f"*{amal}*") == []
    assert amal.encode() not in house.everything()


def test_a_responder_who_was_removed_in_an_offer_does_not_come_back_by_its_end(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    offer = house.offered()
    house.rostering.remove("Amal")

    house.reports.offer_ended(offer.token, offer.call)
    house.work()

    assert house.rostering.roster() == []
    assert house.state(case) is State.WAITING


def test_a_responder_who_was_removed_while_her_phone_rings_can_neither_hear_nor_take_the_case(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    offer = house.offered()
    house.rostering.remove("Amal")

    heard, taken = house.at_desk("describe_offer", offer), house.at_desk("accept_offer", offer)
    house.work()

    assert (heard.name, taken.name) == ("late", "late")
    assert house.case(case).holder is None
    assert house.network.rings_of(CALLER) == []


def test_when_a_responder_is_removed_while_her_phone_rings_it_stops_and_the_next_woman_is_asked(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    offer = house.offered()
    house.woman("Ban", BAN)

    house.rostering.remove("Amal")
    house.work()

    assert offer.call in house.network.cancelled
    assert len(house.network.rings_of(BAN)) == 1


def test_an_offer_to_a_removed_responder_ends_by_itself_if_nobody_took_it_back(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    house.offered()
    house.woman("Ban", BAN)
    house.rostering.remove("Amal")
    house.lose_bells()

    house.wait(80)

    assert len(house.network.rings_of(BAN)) == 1


def test_the_phone_of_a_caller_is_not_dialled_for_a_responder_who_was_removed_after_she_accepted(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    desk = house.offered()
    house.at_desk("accept_offer", desk)
    house.woman("Ban", BAN)

    house.rostering.remove("Amal")
    house.work()

    assert house.network.rings_of(CALLER) == []
    assert (desk.call, "/twilio/voice/offer/back") in house.network.redirected
    assert len(house.network.rings_of(BAN)) == 1


def test_a_responder_who_was_removed_during_a_talk_ends_it_well_but_calls_nobody_again(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, leg = house.bridged()
    house.rostering.remove("Amal")
    house.clock.forward(minutes=2)
    house.reports.attempt_ended(leg.token, leg.call)
    house.at_desk("check_talk", desk)

    again, closed = house.at_desk("bridge_again", desk), house.at_desk("close_case", desk)
    house.work()

    assert (again.name, closed.name) == ("refused", "done")
    assert house.state(case) is None
    assert len(house.network.rings_of(CALLER)) == 1


def test_a_woman_who_presses_9_is_off_shift_and_not_offered_that_case_again(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()

    offer = house.offered()
    house.at_desk("end_shift", offer, **house.at_desk("describe_offer", offer).slots)
    house.work()

    (amal,) = house.rostering.roster()
    assert (amal.on_shift, amal.busy_with, house.state(case)) == (False, None, State.WAITING)
    assert len(house.network.rung) == 1


def test_a_woman_who_presses_9_a_moment_too_late_is_off_shift_all_the_same(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    offer = house.offered()
    heard = house.at_desk("describe_offer", offer)
    house.reports.offer_ended(offer.token, offer.call)  # or the sweep, or another woman was quicker

    house.at_desk("end_shift", offer, **heard.slots)

    (amal,) = house.rostering.roster()
    assert not amal.on_shift
