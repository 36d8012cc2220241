"""The roster: women only, told apart by name, and forgotten wholly."""

import pytest

from gateway.core.case import State
from gateway.core.errors import NotAPhoneNumber
from gateway.core.phone import PhoneNumber
from gateway.services.rostering import NameTaken, NotOnTheRoster, NumberTaken, WomenOnly
from tests.services.house import AMAL, BAN, House


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


@pytest.mark.parametrize("number", [AMAL, "07715551207", "٠٧٧١٥٥٥١٢٠٧"])
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


@pytest.mark.parametrize("number", ["٠٧٧١٥٥٥١٢٠٧", "07715551207", "00964 771 555 1207", "+964 (0)771 555 1207"])
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
