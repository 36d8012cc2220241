"""Keys of the day turn while cases stay open: yesterday's numbers open today, and old keys are gone in two days."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from gateway.core.case import State
from gateway.core.errors import CannotOpen
from gateway.core.identity import CaseId
from gateway.core.phone import PhoneNumber
from gateway.jobs import JobName
from gateway.services.bridging import CALLER_INDEX
from gateway.storage import keyfiles
from tests.services.house import AMAL, BAN, CALLER, House


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
    for _ in range(2):
        house.sweep.run()
        house.work()
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

    house.store.transact(lambda transaction: transaction.seal_anew(case, old))

    assert house.store.sealed_number(case) is None


def test_a_number_whose_key_is_gone_stops_neither_the_turn_nor_the_others(house: House) -> None:
    lost, kept = house.request("+9647712550111", call="CAone"), house.request("+9647712550112", call="CAtwo")
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


# --- what is kept under a phone's name ---


def names_of_her_phone(house: House) -> list[str]:
    return [index.name for index in house.vault.indexes(PhoneNumber.parse(CALLER), purpose=CALLER_INDEX)]


def cancel(house: House, own: str) -> None:
    house.ask("cancel_request", call="CAcancel", own=own)
    house.work()


def midnight_comes(house: House) -> None:
    """The first moment of the next day: there are new keys, and nothing was sealed or named with them yet."""
    house.clock.now = datetime.combine(house.clock().date() + timedelta(days=1), time(), UTC)
    keyfiles.new_day(house.keys, house.clock().date())


def test_no_name_of_yesterday_is_left_when_the_turn_is_made(house: House) -> None:
    house.request()
    house.work()
    (yesterday,) = names_of_her_phone(house)
    house.clock.forward(days=1)

    house.keykeeping.turn()

    assert yesterday.encode() not in house.everything()
    assert names_of_her_phone(house)[0].encode() in house.everything()


def test_two_days_later_the_key_folder_and_an_old_backup_name_no_phone(house: House) -> None:
    house.request()
    house.work()
    backup = house.everything()

    for _ in range(2):
        house.clock.forward(days=1)
        house.keykeeping.turn()

    assert not [name for name in names_of_her_phone(house) if name.encode() in backup]


@pytest.mark.parametrize("turned", [False, True])
def test_her_secret_number_cancels_a_request_of_yesterday(house: House, turned: bool) -> None:
    case = house.request(secret="47", when="evening")
    house.work()
    midnight_comes(house)
    if turned:
        house.keykeeping.turn()

    cancel(house, "47")

    assert house.state(case) is None
    assert house.client.keys("open:*") == []


@pytest.mark.parametrize("shared", ["yes", "no"])
def test_requests_of_one_phone_are_seen_together_across_midnight(house: House, shared: str) -> None:
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    house.clock.now = house.clock().replace(hour=23, minute=59, second=50)
    house.request(secret="47", call="CAone", shared=shared)
    house.dialled()
    midnight_comes(house)

    house.request(secret="58", call="CAtwo", shared=shared)
    house.work()
    for ringing in [ringing for ringing in house.network.rung if not ringing.is_the_callers]:
        house.at_desk("accept_offer", ringing)
    house.work()

    assert len(house.network.rings_of(CALLER)) == 1


def test_a_claim_made_before_midnight_counts_after_it(house: House) -> None:
    indexes = house.vault.indexes(PhoneNumber.parse(CALLER), purpose=CALLER_INDEX)
    until = house.clock() + timedelta(seconds=55)
    house.store.transact(lambda transaction: transaction.claim_phone(indexes, CaseId("another"), until=until))
    house.woman("Amal", AMAL)
    house.request()
    house.offered()
    keyfiles.new_day(house.keys, house.clock().date() + timedelta(days=1))

    house.at_desk("accept_offer", house.network.rung[-1])
    house.work()

    assert house.network.rings_of(CALLER) == []


def test_wrong_tries_before_midnight_count_after_it(house: House) -> None:
    case = house.request(secret="47", when="evening")
    house.work()
    for guess in ("11", "12"):
        cancel(house, guess)
    midnight_comes(house)
    house.keykeeping.turn()

    for guess in ("13", "47"):
        cancel(house, guess)

    assert house.state(case) is State.WAITING


@pytest.mark.parametrize("done", range(4))
def test_a_turn_that_is_killed_anywhere_loses_nothing_and_is_finished_by_the_next(house: House, done: int) -> None:
    cases = [house.request(f"+96477155501{place}", secret="47", call=f"CA{place}") for place in range(10, 13)]
    house.work()
    midnight_comes(house)
    house.keeping.renew_numbers(done)
    house.keeping.renew_numbers(0)  # killed here

    house.clock.forward(days=1)
    house.keykeeping.turn()
    house.clock.forward(days=1)
    house.keykeeping.turn()

    for place, case in zip(range(10, 13), cases, strict=True):
        house.ask("cancel_request", caller=f"+96477155501{place}", call="CAcancel", own="47")
        house.work()
        assert house.state(case) is None


def test_a_long_queue_is_turned_in_parts_with_others_in_between_and_no_key_goes_before_its_end(house: House) -> None:
    turning = house.turning(at_once=2)
    house.handlers[JobName.TURN_KEYS] = turning.go_on_turning
    for place in range(10, 15):
        house.request(f"+96477155501{place}", call=f"CA{place}")
    house.work()
    first = house.clock().date()
    house.clock.forward(days=2)
    keyfiles.new_day(house.keys, first + timedelta(days=1))

    turning.go_on_turning()
    rung, held = house.bells(), private_days(house)
    house.work()

    assert rung == [("turn_keys",)]
    assert iso(first) in held
    assert private_days(house) == [iso(first + timedelta(days=1)), iso(first + timedelta(days=2))]
    assert house.store.numbers_of_other_days(iso(house.clock().date())) == []


def test_a_number_whose_key_is_gone_does_not_keep_the_turn_from_ending(house: House) -> None:
    lost = house.request()
    house.work()
    house.client.hset(f"sealed:{lost}", "epoch", "2020-01-01")
    house.clock.forward(days=1)

    house.keykeeping.go_on_turning()

    assert house.bells() == []


def test_a_case_whose_number_was_forgotten_is_left_where_it_stands(house: House) -> None:
    case = house.urgent()
    house.work()
    house.ask("no_callback", case=case)
    house.clock.forward(days=1)

    house.keykeeping.turn()

    assert house.store.numbers_of_other_days(iso(house.clock().date())) == []


def test_a_request_admitted_again_on_the_next_day_stands_under_one_name(house: House) -> None:
    case = house.request()
    house.work()
    midnight_comes(house)

    house.keeping.admit(case)
    cancel(house, "47")

    assert house.client.keys("open:*") == []
