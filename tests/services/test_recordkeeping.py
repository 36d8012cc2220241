"""What the provider keeps of calls and messages is deleted there, whoever told us of it, and that is followed up."""

from datetime import timedelta

import pytest

from gateway.core.errors import ProviderBusy
from gateway.core.messages import Record, RecordKind
from gateway.jobs import Bell, JobName
from gateway.storage import keys
from tests.services.house import AMAL, House
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
