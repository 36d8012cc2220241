"""Several requests of one phone: hers is hers, a flood is one case, and whoever holds the phone moves nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from gateway.core.case import Case, State
from gateway.core.identity import CallId, CaseId
from gateway.storage import keys
from tests.services.house import AMAL, CALLER, House


def again(house: House, call: str, **answers: str) -> CaseId:
    """A request of the same phone, admitted, with a number that was told for it. As if there was no limit."""
    house.client.delete(*house.client.keys("limit:*"), "none")
    case = house.request(call=call, hangs_up=True, **answers)
    house.work()
    return case


def key_own(house: House, case: CaseId, own: str) -> None:
    house.ask("keep_secret", case=case, secret="00", own=own)
    house.work()


def open_cases(house: House) -> list[Case]:
    found = (house.store.case(name) for name in house.store.all_cases(100))
    return [case for case in found if case is not None]


def names() -> Iterator[str]:
    yield from (f"CA{first}{second}" for first in "abcdefgh" for second in "abcdefgh")


# --- a flood ---


def test_what_is_asked_for_again_is_held_as_long_as_if_it_were_asked_for_first(house: House) -> None:
    first = again(house, "CAfirst", secret="47", when="evening", shared="no")
    house.clock.forward(hours=40)
    again(house, "CAagain", secret="58", when="evening", shared="no")
    held = []

    for hours in (40, 31, 2):
        house.clock.forward(hours=hours)
        house.sweep.run()
        house.work()
        held.append(house.store.sealed_number(first) is not None)

    assert held == [True, True, False]
    assert open_cases(house) == []
    assert not house.client.exists(keys.BORN)


@pytest.mark.parametrize(("shared", "cases"), [("no", 1), ("yes", 2)])
def test_a_flood_for_the_same_hours_is_one_case_besides_the_first_that_may_be_anothers(
    house: House, shared: str, cases: int
) -> None:
    first = again(house, "CAfirst", secret="47", when="evening", shared=shared)

    for number, call in zip(range(10, 60), names(), strict=False):
        again(house, call, secret=str(number), when="evening", shared=shared)

    assert len(open_cases(house)) == cases
    assert house.case(first).opens_to("47")
    assert house.client.zcard(keys.BORN) == cases


def test_a_flood_from_the_danger_key_is_one_case_when_the_line_is_left(house: House) -> None:
    first = house.urgent(secret="47", call="CAfirst")
    house.work()
    house.ask("urgent_callback", case=first)
    house.work()

    for number, call in zip(range(10, 30), names(), strict=False):
        case = house.urgent(secret=str(number), call=call)
        house.work()
        house.ask("urgent_callback", case=case)
        house.work()

    (kept,) = open_cases(house)
    assert (kept.id, kept.secret) == (first, "47")


def test_a_flood_does_not_stop_the_ringing_of_a_woman_who_is_offered_the_case(house: House) -> None:
    house.woman("Amal", AMAL)
    first = again(house, "CAfirst", secret="47", shared="no")
    desk = house.offered()

    for number, call in zip(range(10, 20), names(), strict=False):
        again(house, call, secret=str(number), shared="no")

    assert house.network.hung_up == []
    assert house.at_desk("accept_offer", desk).name == "accepted"
    assert house.state(first) is State.ACCEPTED


def test_every_number_that_was_told_opens_the_gate(house: House) -> None:
    first = again(house, "CAfirst", secret="47", shared="no")

    for number, call in zip(range(10, 21), names(), strict=False):
        again(house, call, secret=str(number), shared="no")

    opening = [number for number in range(10, 100) if house.case(first).opens_to(str(number))]
    assert opening == [*range(10, 21), 47]


def test_after_too_many_the_first_numbers_and_the_last_open_the_gate(house: House) -> None:
    first = again(house, "CAfirst", secret="47", shared="no")

    for number, call in zip(range(10, 46), names(), strict=False):
        again(house, call, secret=str(number), shared="no")

    assert [house.case(first).opens_to(number) for number in ("47", "10", "45")] == [True, True, True]


# --- whoever holds the phone ---


@pytest.mark.parametrize("shared", ["yes", "no"])
@pytest.mark.parametrize("hour", ["now", "morning", "afternoon", "evening"])
def test_nobody_moves_her_request_who_does_not_know_her_number(house: House, hour: str, shared: str) -> None:
    hers = again(house, "CAhers", secret="47", when="evening", shared="no", danger="now")
    before = house.case(hers)

    for number, call in zip(range(10, 20), names(), strict=False):
        again(house, call, secret=str(number), when=hour, shared=shared, danger="no")

    after = house.case(hers)
    assert (after.safe_time, after.due_at, after.closes_at) == (before.safe_time, before.due_at, before.closes_at)
    assert (after.secret, after.urgency, after.waiting_since) == ("47", before.urgency, before.waiting_since)


def test_a_number_that_was_told_by_chance_moves_nothing(house: House) -> None:
    hers = again(house, "CAhers", secret="47", when="evening", shared="no")

    again(house, "CAhis", secret="47", when="morning", shared="no")

    assert house.case(hers).safe_time.value == "evening"


def test_whoever_tries_numbers_until_one_fits_moves_nothing(house: House) -> None:
    hers = again(house, "CAhers", secret="47", when="evening", shared="no")

    his = again(house, "CAhis", secret="58", when="morning", shared="no")
    for guess in ("11", "12", "13", "47"):
        key_own(house, his, guess)

    assert house.state(hers) is State.WAITING
    assert house.case(hers).safe_time.value == "evening"


def test_forbidding_the_call_back_from_the_danger_key_forbids_no_earlier_one(house: House) -> None:
    hers = house.urgent(secret="47", call="CAhers")
    house.work()
    house.ask("urgent_callback", case=hers)
    house.work()

    his = house.urgent(secret="58", call="CAhis")
    house.work()
    house.ask("no_callback", case=his)
    house.work()

    assert house.case(hers).may_ring
    assert house.store.sealed_number(hers) is not None


# --- herself ---


def test_two_persons_with_one_phone_keep_two_requests(house: House) -> None:
    first = again(house, "CAone", secret="47", shared="yes")
    second = again(house, "CAtwo", secret="58", shared="yes")

    assert (house.state(first), house.state(second)) == (State.WAITING, State.WAITING)


def test_her_request_said_again_keeps_its_place_and_opens_to_both_numbers(house: House) -> None:
    first = again(house, "CAone", secret="47", shared="no")
    since = house.clock()
    house.clock.forward(minutes=10)

    second = again(house, "CAtwo", secret="58", shared="no")

    kept = house.case(first)
    assert house.state(second) is None
    assert (kept.opens_to("47"), kept.opens_to("58"), kept.opens_to("11")) == (True, True, False)
    assert set(kept.records) == {"CAone", "CAtwo"}
    assert kept.waiting_since == since


def test_what_she_answers_after_her_second_request_became_part_of_the_first_counts(house: House) -> None:
    first = again(house, "CAone", secret="47", shared="no")
    second = again(house, "CAtwo", secret="58", shared="no")
    before = house.case(first).urgency

    house.ask("keep_answers", case=second, danger="now")

    assert house.case(first).urgency < before


def test_what_she_keys_and_answers_counts_while_nothing_was_erased_of_her_second_request_yet(house: House) -> None:
    first = again(house, "CAone", secret="47", shared="no")
    second = house.request(secret="58", call="CAtwo", shared="no")
    house.keeping.admit(second)

    house.ask("keep_secret", case=second, secret="58", own="93")
    house.ask("keep_answers", case=second, danger="now")

    assert house.case(first).opens_to("93")
    assert house.case(first).answers["danger"] == "now"


def test_the_number_that_she_keys_opens_though_a_woman_has_accepted_her_first_request_meanwhile(house: House) -> None:
    house.woman("Amal", AMAL)
    first = again(house, "CAone", secret="47", shared="no")
    desk = house.offered()
    second = again(house, "CAtwo", secret="58", shared="no")
    house.at_desk("accept_offer", desk)

    key_own(house, second, "93")

    assert house.case(first).opens_to("93")


def test_whoever_is_cut_off_in_danger_again_waits_no_half_hour_for_an_attempt_that_came_to_nothing(
    house: House,
) -> None:
    house.woman("Amal", AMAL)
    first = house.urgent(call="CAone")
    house.reports.own_call_ended(first, CallId("CAone"))
    leg = house.dialled()
    house.reports.attempt_ended(leg.token, leg.call)
    house.wait(60)

    second = house.urgent(secret="58", call="CAtwo")
    house.work()
    house.reports.own_call_ended(second, CallId("CAtwo"))
    house.work()

    assert house.state(second) is None
    assert house.case(first).due_at <= house.clock()


def test_now_said_again_without_danger_is_rung_half_an_hour_after_an_attempt(house: House) -> None:
    house.woman("Amal", AMAL)
    first = again(house, "CAone", secret="47", shared="no")
    leg = house.dialled()
    house.reports.attempt_ended(leg.token, leg.call)
    house.work()
    before = house.case(first).due_at

    again(house, "CAtwo", secret="58", shared="no")

    assert house.case(first).due_at == before


def test_a_number_of_another_length_is_none_of_ours_and_changes_nothing(house: House) -> None:
    first = again(house, "CAone", secret="47", shared="no")

    outcome = house.ask("keep_secret", case=first, secret="47", own="123")

    assert outcome.name == "unusable"
    assert [house.case(first).opens_to(number) for number in ("47", "123")] == [True, False]


def test_now_said_again_hours_later_is_a_request_of_its_own(house: House) -> None:
    first = again(house, "CAone", secret="47", shared="no")
    house.clock.forward(hours=21)

    second = again(house, "CAtwo", secret="58", shared="no")

    assert None not in {house.state(first), house.state(second)}


def test_with_her_number_she_moves_her_request_to_another_hour(house: House) -> None:
    first = again(house, "CAone", secret="47", when="morning", shared="no")
    house.clock.forward(minutes=10)

    second = again(house, "CAtwo", secret="58", when="evening", shared="no")
    key_own(house, second, "47")

    assert house.state(first) is None
    assert house.case(second).safe_time.value == "evening"
    assert house.case(second).waiting_since == house.clock() - timedelta(minutes=10)


def test_a_request_moved_to_another_hour_is_rung_at_the_new_hour_only(house: House) -> None:
    again(house, "CAone", secret="47", shared="no")  # at noon
    house.clock.forward(hours=21)
    house.woman("Amal", AMAL)
    second = house.request(secret="58", call="CAtwo", shared="no")  # at nine in the morning, the day after
    house.ask("keep_secret", case=second, secret="58", own="47")
    leg = house.dialled()

    house.reports.attempt_ended(leg.token, leg.call)
    house.work()

    hours_later = (house.case(second).due_at - house.clock()) % timedelta(days=1)
    assert hours_later <= timedelta(hours=2)


def test_a_request_whose_admission_came_late_takes_up_those_that_came_before_it(house: House) -> None:
    first = house.request(secret="47", call="CAone", shared="no")
    house.lose_bells()
    house.clock.forward(seconds=1)
    second = again(house, "CAtwo", secret="58", shared="no")

    house.keeping.admit(first)
    house.work()

    assert (house.state(first), house.state(second)) == (State.WAITING, None)


def test_her_number_cancels_her_request_and_whatever_became_part_of_it(house: House) -> None:
    again(house, "CAone", secret="47", shared="no")
    again(house, "CAtwo", secret="58", shared="no")

    house.ask("cancel_request", caller=CALLER, call="CAcancel", own="58")
    house.work()

    assert open_cases(house) == []
    assert b"47" not in b"".join(part for part in house.everything().split(b"\n") if b"secret" in part)
