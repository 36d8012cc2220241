"""Whether a woman is on shift, as a caller's step sees it: right from the moment of each change on.

No clock looks round here: what the step reads is kept together with the change.
"""

import pytest

from gateway.core.shifttext import parse_plan
from gateway.storage import keys
from tests.services.house import AMAL, BAN, House

PIN = "4821"
SOON, WHEN_THERE = "now", "when_there"


def is_staffed(house: House) -> bool:
    return house.store.transact(lambda transaction: transaction.demand("name").is_staffed)


def told(house: House) -> str:
    """When we call, as it is told to whoever asks for a call now."""
    found = house.ask("check_number").slots
    kept = house.ask("request_callback", secret="47", **found, time="now").slots
    return kept.get("time", SOON)


@pytest.mark.parametrize(("on_shift", "when"), [(True, SOON), (False, WHEN_THERE)])
def test_the_first_caller_after_the_shift_began_is_told_that_we_call_soon(
    house: House, on_shift: bool, when: str
) -> None:
    house.woman("Amal", AMAL, on_shift=on_shift)

    assert told(house) == when


def test_whoever_comes_on_and_goes_off_by_command_is_there_and_gone_at_once(house: House) -> None:
    house.woman("Amal", AMAL, on_shift=False)
    found = [is_staffed(house)]
    for wish in (True, False):
        house.rostering.set_shift("Amal", on_shift=wish)
        found.append(is_staffed(house))

    assert found == [False, True, False]


def test_the_last_of_several_takes_it_with_her(house: House) -> None:
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    found = []
    for name in ("Amal", "Ban"):
        house.rostering.set_shift(name, on_shift=False)
        found.append(is_staffed(house))

    assert found == [True, False]


def test_key_9_in_an_offer_counts_at_once(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    offer = house.offered()
    before = is_staffed(house)

    house.at_desk("end_shift", offer, **house.at_desk("describe_offer", offer).slots)

    assert (before, is_staffed(house)) == (True, False)


def test_a_call_to_the_staff_number_counts_at_once(house: House) -> None:
    house.woman("Amal", AMAL, on_shift=False)
    found = []
    for wish in ("shift_on", "shift_off"):
        house.knock(wish, AMAL)
        house.work()
        found.append(is_staffed(house))

    assert found == [True, False]


def test_a_message_to_the_staff_number_counts_at_once(house: House) -> None:
    house.woman("Amal", AMAL, pin=PIN)

    house.staff_text(AMAL, f"9 {PIN}")

    assert not is_staffed(house)


def test_a_shift_by_the_week_counts_when_it_begins_and_ends_by_itself(house: House) -> None:
    house.woman("Amal", AMAL, on_shift=False)
    house.rostering.revise_plan("Amal", parse_plan(["tue 13:00-16:00"]))  # it is noon in Baghdad, on a Tuesday
    before = is_staffed(house)
    house.clock.forward(hours=1)
    house.shifts.turn()
    begun = is_staffed(house)
    house.clock.forward(hours=2, minutes=59, seconds=59)
    last_second = is_staffed(house)

    house.clock.forward(seconds=1)  # and the clock's process is down

    assert (before, begun, last_second, is_staffed(house)) == (False, True, True, False)


def test_a_plan_that_takes_her_on_at_this_hour_counts_at_once(house: House) -> None:
    house.woman("Amal", AMAL, on_shift=False)

    house.rostering.revise_plan("Amal", parse_plan(["tue 09:00-16:00"]))

    assert is_staffed(house)


def test_a_busy_woman_is_there_and_one_who_has_had_all_her_talks_is_not(house: House) -> None:
    house.woman("Amal", AMAL)
    house.rostering.change("Amal", load=1)
    house.request()
    desk, _ = house.bridged()
    house.clock.forward(minutes=5)
    busy = is_staffed(house)

    house.at_desk("check_talk", desk)
    house.at_desk("close_case", desk)

    assert busy
    assert house.rostering.find("Amal").talks == 1
    assert not is_staffed(house)


def test_whoever_is_removed_is_not_there_and_leaves_nothing(house: House) -> None:
    house.woman("Amal", AMAL)

    house.rostering.remove("Amal")

    assert not is_staffed(house)
    assert house.client.exists(keys.ON_SHIFT) == 0
