"""Requests are admitted once, cancelled by their secret number only, and leave nothing when they are over."""

from datetime import timedelta

import pytest

from gateway.core.case import State
from gateway.core.identity import CaseId
from gateway.core.leaks import Needles, find
from gateway.core.phone import PhoneNumber
from gateway.storage import keys
from gateway.storage.erasure import ANYWHERE
from gateway.storage.inspection import everything
from tests.services.house import AMAL, BAN, CALLER, OTHER_CALLER, House


def cancel(house: House, own: str, *, number: str = CALLER) -> None:
    assert house.ask("cancel_request", caller=number, call="CAcancel", own=own).name == "done"
    house.work()


def on_shift(house: House) -> list[bool]:
    return [responder.on_shift for responder in house.store.responders()]


def knock(house: House, wish: str, number: str | None) -> None:
    assert house.knock(wish, number).name == "done"
    house.work()


# --- admitting ---


def test_an_admitted_request_waits_and_can_be_found_by_its_phone_only_through_the_index(house: House) -> None:
    case = house.request()

    house.work()

    indexes = house.vault.indexes(PhoneNumber.parse(CALLER), purpose="caller")
    assert house.state(case) is State.WAITING
    assert list(house.store.cases_of_phone(indexes)) == [case]


def test_a_request_admitted_twice_waits_once(house: House) -> None:
    case = house.request()
    house.work()
    before = house.case(case)

    house.keeping.admit(case)

    assert house.case(case) == before
    assert house.store.ready_cases(9) == [case]


# --- cancelling ---


def test_her_secret_number_cancels_her_request_and_nothing_of_it_is_left(house: House) -> None:
    case = house.request(secret="47")
    house.work()

    cancel(house, "47")

    assert house.state(case) is None
    assert case.encode() not in house.everything()


def test_a_wrong_number_cancels_nothing(house: House) -> None:
    case = house.request(secret="47")
    house.work()

    cancel(house, "11")

    assert house.state(case) is State.WAITING


def test_another_phone_cancels_nothing_even_with_the_right_number(house: House) -> None:
    case = house.request(secret="47")
    house.work()

    cancel(house, "47", number=OTHER_CALLER)

    assert house.state(case) is State.WAITING


def test_after_too_many_wrong_tries_the_right_number_cancels_nothing_on_that_day(house: House) -> None:
    case = house.request(secret="47")
    house.work()

    for guess in ("11", "12", "13", "14"):
        cancel(house, guess)
    cancel(house, "47")

    assert house.state(case) is State.WAITING


def test_nobody_has_more_than_three_guesses_a_day(house: House) -> None:
    case = house.request(secret="47")
    house.work()

    for guess in ("11", "12", "13", "47"):
        cancel(house, guess)

    assert house.state(case) is State.WAITING


def test_cancelling_before_anybody_was_admitted_still_cancels(house: House) -> None:
    case = house.request(secret="47")

    cancel(house, "47")

    assert house.state(case) is None


def test_cancelling_while_her_phone_rings_ends_the_ringing(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request(secret="47")
    leg = house.dialled()

    cancel(house, "47")

    assert leg.call in house.network.hung_up
    assert house.state(case) is None


def test_cancelling_while_they_talk_cuts_nobody_off(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request(secret="47")
    desk, leg = house.bridged()

    cancel(house, "47")

    assert not {desk.call, leg.call} & set(house.network.hung_up)


def test_a_wish_to_cancel_whose_job_was_lost_is_fulfilled_by_the_sweep(house: House) -> None:
    case = house.request(secret="47")
    house.work()
    house.ask("cancel_request", call="CAcancel", own="47")
    house.lose_bells()
    house.clock.forward(seconds=30)

    house.sweep.run()
    house.work()

    assert house.state(case) is None


def test_a_wish_to_cancel_outlives_a_dialler_that_died_over_it(house: House) -> None:
    case = house.request(secret="47")
    house.work()
    house.ask("cancel_request", call="CAcancel", own="47")
    name = house.bells()[-1][1]
    house.store.withdrawal(name)  # the dialler reads it, and is killed

    house.keeping.withdraw(name)  # its job comes back
    house.work()

    assert house.state(case) is None


def test_a_wish_to_cancel_lives_as_long_as_the_request_that_it_cancels(house: House) -> None:
    case = house.request(secret="47")
    house.work()

    house.ask("cancel_request", call="CAcancel", own="47")

    (wish,) = house.client.keys("wish:*")
    retention = timedelta(hours=72)
    assert house.client.ttl(wish) >= min(house.client.ttl(keys.sealed(case)), retention.total_seconds())


def test_a_wish_that_is_fulfilled_again_after_a_crash_is_no_wrong_try(house: House) -> None:
    house.request(secret="47")
    house.work()
    house.ask("cancel_request", call="CAcancel", own="47")
    name = house.bells()[-1][1]
    (wish,) = house.client.keys("wish:*")
    house.store.wish_was_right(name)
    kept = house.client.dump(wish)
    assert kept is not None
    house.keeping.withdraw(name)
    house.client.restore(wish, 0, kept)  # as if the dialler had died before the wish was put away

    house.keeping.withdraw(name)

    indexes = house.vault.indexes(PhoneNumber.parse(CALLER), purpose="caller")
    assert house.store.wrong_tries(indexes) == 0


# --- the staff number ---


def test_a_responder_who_calls_the_staff_number_comes_on_and_goes_off_shift(house: House) -> None:
    house.woman("Amal", AMAL, on_shift=False)

    knock(house, "shift_on", AMAL)
    on = on_shift(house)
    knock(house, "shift_off", AMAL)

    assert (on, on_shift(house)) == ([True], [False])


@pytest.mark.parametrize("number", [BAN, None])
def test_a_stranger_who_calls_the_staff_number_changes_nothing(house: House, number: str | None) -> None:
    house.woman("Amal", AMAL, on_shift=False)

    knock(house, "shift_on", number)

    assert on_shift(house) == [False]


def test_a_knock_leaves_no_trace_of_whoever_knocked(house: House) -> None:
    knock(house, "shift_on", BAN)

    assert house.client.keys("wish:*") == []


# --- nothing left ---


def test_a_case_that_is_over_leaves_nothing_but_counts_and_records_to_delete(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request(shared="no", danger="now")
    desk, _ = house.bridged()
    house.clock.forward(minutes=5)
    house.at_desk("check_talk", desk)
    house.at_desk("close_case", desk)

    house.work()

    assert house.client.keys(f"*{case}*") == []
    for kept in (*house.client.keys(keys.lane("*")), *ANYWHERE):
        assert house.client.zcard(kept) == 0
    assert house.client.keys("open:*") + house.client.keys("place:*") + house.client.keys("sealed:*") == []


def test_a_token_of_an_erased_case_leads_nowhere(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    desk, leg = house.bridged()
    house.clock.forward(minutes=5)
    house.at_desk("close_case", desk)

    house.work()

    assert house.at_gate("answer_gate", leg).name == "gone"
    assert house.at_desk("describe_offer", desk).name == "late"


def test_a_living_case_cannot_be_erased(house: House) -> None:
    case = house.request()
    house.work()

    house.keeping.erase(case)

    assert house.state(case) is State.WAITING


def test_no_byte_of_the_store_holds_a_number_at_any_moment_of_a_whole_case(house: House) -> None:
    needles = Needles.for_numbers(map(PhoneNumber.parse, (CALLER, AMAL)), shortest_tail=7)

    def search() -> None:
        for key, kept in everything(house.client):
            assert find(needles, key, kept) == []

    house.woman("Amal", AMAL)
    house.request()
    search()
    desk, leg = house.bridged()
    search()
    house.ask("cancel_request", call="CAcancel", own="11")
    search()
    house.clock.forward(minutes=5)
    house.reports.attempt_ended(leg.token, leg.call)
    house.at_desk("close_case", desk)
    house.work()
    search()


# --- sealing anew ---


def test_every_open_number_is_sealed_anew_with_the_key_of_the_day(house: House) -> None:
    case = house.request()
    house.clock.forward(days=1)

    house.keykeeping.turn()

    sealed = house.store.sealed_number(case)
    assert sealed is not None
    assert sealed.epoch == house.clock().date().isoformat()


def test_a_long_queue_is_sealed_anew_to_its_end(house: House) -> None:
    house.client.zadd(keys.BORN, {f"other{place}": 0 for place in range(500)})
    case = house.request()
    house.clock.forward(days=1)

    house.keykeeping.turn()

    sealed = house.store.sealed_number(CaseId(case))
    assert sealed is not None
    assert sealed.epoch == house.clock().date().isoformat()
