"""Danger that is written: acted upon each time, one request of a phone, and each number that was told opens."""

import pytest

from gateway.core.identity import CaseId
from gateway.services.casekeeping import Casekeeping
from gateway.storage.store import RedisStrongroom
from tests.services.house import AMAL, CALENDAR, House
from tests.services.test_same_phone import again, open_cases


def write_danger(house: House, known: dict[str, str], *, secret: str) -> dict[str, str]:
    """Danger in the same writing; `known` is what the conversation knows, before and after."""
    told = dict(house.written("request_urgent", secret=secret, **known).slots)
    known.update({"before": told["case"], "told": told["told"], "asked": told["asked"]})
    return told


class WritesMeanwhile(RedisStrongroom):
    """A store in which she writes while the dialler carries her wish out: between its look and its change."""

    house: House
    first: str = ""
    told: str = ""

    def wish_was_right(self, name: str) -> None:
        super().wish_was_right(name)
        outcome = self.house.written("request_urgent", secret="11", before=self.first)
        self.told = outcome.slots["secret"]


def test_a_flood_of_urgent_messages_is_one_case(house: House) -> None:
    for number in range(10, 40):
        house.written("request_urgent", secret=str(number))
        house.work()

    (kept,) = open_cases(house)
    assert (kept.opens_to("10"), kept.opens_to("39")) == (True, True)


def test_danger_written_again_is_part_of_the_request_before_it_at_once(house: House) -> None:
    first = house.written("request_urgent", secret="10").slots["case"]

    told = house.written("request_urgent", secret="11", before=first, told="10")

    assert (told.name, told.slots["case"], told.slots["secret"]) == ("by_text", first, "10")
    assert [case.id for case in open_cases(house)] == [first]
    assert house.case(CaseId(first)).older_secrets == ()


@pytest.mark.parametrize("before", ["nothing", "keyed", "on the line", "accepted", "stopped"])
def test_one_number_is_told_in_one_writing_whatever_was_there_before(house: House, before: str) -> None:
    if before == "on the line":
        house.ask("urgent_callback", case=house.urgent(secret="47"))
    if before == "accepted":
        house.woman("Amal", AMAL)
        house.request(secret="47")
        house.dialled()
    house.work()
    known: dict[str, str] = {}
    told = [write_danger(house, known, secret="10")["secret"]]
    if before == "keyed":
        house.ask("keep_secret", case=known["before"], secret="10", own="93")
    if before == "stopped":
        house.written("stop_all")
    for secret in ("11", "12"):
        house.work()
        told.append(write_danger(house, known, secret=secret)["secret"])
    house.work()

    assert told == ["10", "10", "10"]
    assert house.case(CaseId(known["before"])).opens_to("10")


def test_danger_written_again_rings_her_though_the_first_attempt_came_to_nothing(house: House) -> None:
    house.woman("Amal", AMAL)
    first = house.written("request_urgent", secret="10").slots["case"]
    house.work()
    ringing = house.dialled()
    house.reports.attempt_ended(ringing.token, ringing.call)
    house.work()
    assert house.case(CaseId(first)).due_at > house.clock()
    left = house.case(CaseId(first)).attempts_left

    house.written("request_urgent", secret="11", before=first)

    again = house.case(CaseId(first))
    assert (again.due_at, again.attempts_left) == (house.clock(), max(left, 3))


@pytest.mark.parametrize("became", ["accepted", "over", "hours old", "calm"])
def test_danger_written_again_is_a_request_of_its_own_where_the_one_before_is_no_such(
    house: House, became: str
) -> None:
    first = house.request() if became == "calm" else CaseId(house.written("request_urgent", secret="10").slots["case"])
    if became == "accepted":
        house.woman("Amal", AMAL)
        house.work()
        house.at_desk("accept_offer", house.offered())
    if became == "over":
        house.written("stop_all")
        house.work()
    if became == "hours old":
        house.clock.forward(hours=1)

    told = house.written("request_urgent", secret="11", before=first)

    assert told.slots["case"] != first
    assert house.case(CaseId(told.slots["case"])).answers == {"urgent": "yes"}


def test_danger_written_again_after_stop_stands_however_late_the_stop_is_carried_out(house: House) -> None:
    first = house.written("request_urgent", secret="10").slots["case"]
    stopped = house.written("stop_all").slots["stopped"]

    told = house.written("request_urgent", secret="11", before=first, stopped=stopped)
    house.work()

    assert house.case(CaseId(told.slots["case"])).opens_to(told.slots["secret"])


def test_danger_in_a_message_is_acted_upon_though_all_before_it_were_stopped(house: House) -> None:
    for number in range(10, 30):
        house.written("request_urgent", secret=str(number))
    house.written("stop_all")
    house.work()

    told = house.written("request_urgent", secret="47")

    assert told.name == "by_text"
    assert house.case(CaseId(told.slots["case"])).opens_to("47")


def test_danger_written_after_stop_stands_though_the_stop_is_being_carried_out(house: House) -> None:
    store = WritesMeanwhile(house.client, clock=house.clock)
    store.house = house
    keeping = Casekeeping(
        store, opener=house.vault, clock=house.clock, calendar=CALENDAR,
    )  # fmt: skip
    store.first = house.written("request_urgent", secret="10").slots["case"]
    house.work()
    house.clock.forward(seconds=2)
    house.written("stop_all")
    house.clock.forward(seconds=2)
    (wish,) = [arguments for name, *arguments in house.bells() if name.endswith("withdraw")]

    keeping.withdraw(wish[0])
    house.work()

    standing = [case for case in open_cases(house) if case.opens_to(store.told)]
    assert store.told
    assert len(standing) == 1, "she was told that she is first in line"


def test_a_shared_phones_request_that_danger_joins_has_no_third_attempt(house: House) -> None:
    again(house, "CAone", secret="47", shared="yes")
    house.clock.forward(minutes=1)
    second = again(house, "CAtwo", secret="58", shared="yes")
    house.clock.forward(minutes=1)

    house.written("request_urgent", secret="69")
    house.work()

    joined = house.case(second)
    assert joined.opens_to("69")
    assert joined.answers["shared"] == "yes"
    assert joined.attempts_left <= 2


def test_the_number_told_on_her_call_opens_though_urgent_messages_of_her_phone_follow_it(house: House) -> None:
    """Whoever holds her phone writes a dozen, she presses 1 on a call and leaves the line, he writes once more."""
    known: dict[str, str] = {}
    for number in range(10, 21):
        write_danger(house, known, secret=str(number))
    house.work()
    hers = house.urgent(secret="58", call="CAhers")
    house.work()
    house.ask("urgent_callback", case=hers)
    house.work()

    write_danger(house, known, secret="21")

    (kept,) = open_cases(house)
    assert kept.opens_to("58")


def test_two_writings_that_become_one_request_open_to_both_numbers(house: House) -> None:
    told = []
    for first in (10, 30):
        known: dict[str, str] = {}
        for number in range(first, first + 10):
            told.append(write_danger(house, known, secret=str(number))["secret"])
        house.clock.forward(seconds=1)
    house.work()

    (kept,) = open_cases(house)

    assert set(told) == {"10", "30"}
    assert all(kept.opens_to(number) for number in told)


def test_cancel_with_the_number_told_last_ends_a_joined_request(house: House) -> None:
    first = house.written("request_urgent", secret="10").slots["case"]
    house.work()
    told = house.written("request_urgent", secret="11", before=first).slots["secret"]
    house.clock.forward(seconds=1)
    house.written("cancel_request", own=told)
    house.work()

    assert open_cases(house) == []
