"""What the provider keeps of calls and messages is deleted there, whoever told us of it, and that is followed up."""

from datetime import timedelta

import pytest

from gateway.core.errors import ProviderBusy, ProviderRefused
from gateway.core.messages import Record, RecordKind
from gateway.jobs import Bell, JobName
from gateway.storage import keys
from tests.services.house import AMAL, House
from tests.services.network import ON_A_PAGE
from tests.services.test_casekeeping import cancel

UNHEARD_CALL = Record(RecordKind.CALL, "CAunheard")
UNHEARD_MESSAGE = Record(RecordKind.MESSAGE, "SMunheard")


def test_every_record_of_a_case_is_deleted_at_the_provider(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request(call="CAhers")
    desk, leg = house.bridged()
    house.clock.forward(minutes=5)
    house.at_desk("close_case", desk)
    house.work()
    house.clock.forward(minutes=1)

    house.records.forget_records()

    assert set(house.network.forgotten) == {"CAhers", desk.call, leg.call}
    assert house.client.zcard(keys.RECORDS) == 0
    assert not house.client.exists("record-since")


def test_a_record_that_the_provider_keeps_is_tried_again_later(house: House) -> None:
    case = house.request(call="CAhers")
    house.work()
    cancel(house, "47")
    house.clock.forward(minutes=1)
    house.network.keeps_records = True
    house.records.forget_records()
    house.network.keeps_records = False

    house.records.forget_records()
    at_once = list(house.network.forgotten)
    house.clock.forward(minutes=10)
    house.records.forget_records()

    assert (at_once, house.network.forgotten, house.state(case)) == ([], ["CAhers"], None)


def test_a_record_that_stays_for_two_weeks_is_listed_for_a_person(house: House) -> None:
    house.request(call="CAhers")
    house.work()
    cancel(house, "47")
    house.network.keeps_records = True

    for _ in range(17):
        house.records.forget_records()
        house.clock.forward(days=1)

    assert house.client.smembers("given-up") == {b"call:CAhers"}
    assert house.client.zcard(keys.RECORDS) == 0


# --- what nobody told us of ---


def an_hour_later(house: House) -> None:
    house.records.find_records()
    house.work()
    house.clock.forward(minutes=5)
    house.records.forget_records()


def test_a_call_and_a_message_of_which_nobody_told_us_are_found_and_deleted(house: House) -> None:
    old = house.clock() - timedelta(hours=3)
    house.network.kept_there = {UNHEARD_CALL: old, UNHEARD_MESSAGE: old}

    an_hour_later(house)

    assert house.network.forgotten == ["CAunheard"]
    assert house.network.texting.forgotten == ["SMunheard"]
    assert house.client.zcard(keys.RECORDS) == 0


def test_a_call_that_may_go_on_is_left_alone(house: House) -> None:
    house.network.kept_there = {UNHEARD_CALL: house.clock() - timedelta(minutes=90)}

    an_hour_later(house)

    assert house.network.forgotten == []
    assert house.client.zcard(keys.RECORDS) == 0


def test_one_that_is_noted_already_is_not_tried_sooner(house: House) -> None:
    house.network.kept_there = {UNHEARD_CALL: house.clock() - timedelta(hours=3)}
    house.network.keeps_records = True
    an_hour_later(house)
    due = house.client.zscore(keys.RECORDS, "call:CAunheard")

    house.records.find_records()

    assert house.client.zscore(keys.RECORDS, "call:CAunheard") == due


def test_one_that_was_given_up_is_tried_again_and_stands_on_the_list_until_it_is_gone(house: House) -> None:
    house.network.kept_there = {UNHEARD_CALL: house.clock() - timedelta(hours=3)}
    house.network.keeps_records = True
    for _ in range(17):
        an_hour_later(house)
        house.clock.forward(days=1)
    given_up = house.client.smembers(keys.GIVEN_UP)
    an_hour_later(house)
    still = house.client.smembers(keys.GIVEN_UP)
    house.network.keeps_records = False

    an_hour_later(house)

    assert (given_up, still) == ({b"call:CAunheard"}, {b"call:CAunheard"})
    assert house.client.keys("given-up") + house.client.keys("record-since") == []
    assert house.network.forgotten == ["CAunheard"]


def test_a_provider_that_cannot_be_asked_changes_nothing(house: House) -> None:
    house.network.is_deaf = True

    with pytest.raises(ProviderBusy):
        house.records.find_records()

    assert house.client.zcard(keys.RECORDS) == 0


def test_it_can_be_rung_for(house: House) -> None:
    house.network.kept_there = {UNHEARD_CALL: house.clock() - timedelta(hours=3)}

    house.store.ring(Bell(JobName.FIND_RECORDS))
    house.work()

    assert house.client.zcard(keys.RECORDS) == 1


def test_each_list_is_read_by_a_job_of_its_own_and_the_next_waits_behind_everybody_elses_work(house: House) -> None:
    house.store.ring(Bell(JobName.FIND_RECORDS))
    house.store.ring(Bell(JobName.COMPACT))

    house.take()
    house.records.find_records()

    assert house.network.read == [("calls",)]
    assert house.bells() == [("compact",), ("find_records", "messages")]


def test_what_is_on_one_page_is_noted_before_the_next_is_asked_for(house: House) -> None:
    calls = [Record(RecordKind.CALL, f"CA{number}") for number in range(2 * ON_A_PAGE + 1)]
    house.network.kept_there = dict.fromkeys(calls, house.clock() - timedelta(hours=3))

    house.records.find_records()
    at_once = house.client.zcard(keys.RECORDS)
    rung_for = house.bells()
    house.work()

    assert (at_once, rung_for) == (ON_A_PAGE, [("find_records", "calls", "3")])
    assert house.network.read == [("calls",), ("calls", "3"), ("calls", "6"), ("messages",)]
    assert house.client.zcard(keys.RECORDS) == len(calls)


def test_a_list_that_is_refused_is_passed_over(house: House) -> None:
    house.network.kept_there = {UNHEARD_MESSAGE: house.clock() - timedelta(hours=3)}
    house.network.refused = {"calls": ProviderRefused("no such list")}

    house.store.ring(Bell(JobName.FIND_RECORDS))
    house.work()

    assert house.client.zrange(keys.RECORDS, 0, -1) == [b"message:SMunheard"]


@pytest.mark.parametrize("why", [ProviderRefused("no such list"), TimeoutError("the job's minute is over")])
def test_whatever_ends_a_job_on_one_list_the_next_is_rung_for(house: House, why: Exception) -> None:
    house.network.refused = {"calls": why}

    with pytest.raises(type(why)):
        house.records.find_records("calls", "3")

    assert house.bells() == [("find_records", "messages")]


def test_a_list_of_a_number_that_is_ours_no_more_is_the_end_of_the_search(house: House) -> None:
    house.records.find_records("calls-of-an-old-number")

    assert house.bells() == []
