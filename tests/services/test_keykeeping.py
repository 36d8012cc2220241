"""Keys of the day turn while cases stay open: yesterday's numbers open today, and old keys are gone in two days."""

from datetime import date, timedelta

import pytest

from gateway.core.errors import CannotOpen
from gateway.core.phone import PhoneNumber
from gateway.storage import keyfiles
from tests.services.house import AMAL, CALLER, House


def private_days(house: House) -> list[str]:
    return sorted(path.stem.removeprefix("sealing-") for path in (house.keys / "dialler").glob("sealing-*.key"))


def iso(day: date) -> str:
    return day.isoformat()


def test_a_turn_makes_what_the_day_needs_once(house: House) -> None:
    house.clock.forward(days=1)

    first = house.keykeeping.turn()
    second = house.keykeeping.turn()

    assert first[0] > 0
    assert second == (0, 0)


def test_the_key_of_a_day_is_gone_two_days_later_and_not_before(house: House) -> None:
    made_on = house.clock().date()
    house.clock.forward(days=1)
    house.keykeeping.turn()
    next_day = private_days(house)

    house.clock.forward(days=1)
    house.keykeeping.turn()

    assert iso(made_on) in next_day
    assert private_days(house) == [iso(made_on + timedelta(days=1)), iso(made_on + timedelta(days=2))]


def test_an_open_case_can_still_be_dialled_after_its_first_key_is_gone(house: House) -> None:
    case = house.request(when="evening")
    house.work()
    for _ in range(5):
        house.clock.forward(hours=12)
        house.keykeeping.turn()
    house.woman("Amal", AMAL)

    house.clock.now = house.case(case).due_at.replace(hour=17) + timedelta(days=2)
    house.keykeeping.turn()
    house.sweep.run()
    house.dialled()

    assert house.network.rings_of(CALLER)[0].to == PhoneNumber.parse(CALLER)


def test_a_copy_of_a_number_that_was_sealed_two_days_ago_opens_no_more(house: House) -> None:
    case = house.request(when="evening")
    stolen = house.store.sealed_number(case)
    assert stolen is not None

    for _ in range(2):
        house.clock.forward(days=1)
        house.keykeeping.turn()

    with pytest.raises(CannotOpen):
        house.vault.open(stolen, purpose="case", subject=case)


def test_a_number_that_was_forgotten_meanwhile_does_not_come_back_by_sealing_it_anew(house: House) -> None:
    case = house.request()
    old = house.store.sealed_number(case)
    assert old is not None
    house.client.delete(f"sealed:{case}")

    house.store.keep_sealed_number(case, old)

    assert house.store.sealed_number(case) is None


def test_a_number_whose_key_is_gone_stops_neither_the_turn_nor_the_others(house: House) -> None:
    lost, kept = house.request("+9647715550111", call="CAone"), house.request("+9647715550112", call="CAtwo")
    house.client.hset(f"sealed:{lost}", "epoch", "2020-01-01")
    house.clock.forward(days=1)

    house.keykeeping.turn()

    sealed = house.store.sealed_number(kept)
    assert sealed is not None
    assert sealed.epoch == iso(house.clock().date())


def test_a_missed_day_loses_no_open_number(house: House) -> None:
    case = house.request(when="evening")
    house.clock.forward(days=2, hours=12)  # the machine was off

    house.keykeeping.turn()

    sealed = house.store.sealed_number(case)
    assert sealed is not None
    assert house.vault.open(sealed, purpose="case", subject=case) == PhoneNumber.parse(CALLER)


def test_staff_numbers_have_a_key_without_a_day(house: House) -> None:
    amal = house.woman("Amal", AMAL)
    for _ in range(5):
        house.clock.forward(days=1)
        house.keykeeping.turn()

    sealed = house.store.staff_number(amal)

    assert sealed is not None
    assert house.vault.open(sealed, purpose=keyfiles.STAFF, subject=amal) == PhoneNumber.parse(AMAL)
