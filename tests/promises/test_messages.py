"""Messages that are brought again late, or many at once, over the real conversations."""

from datetime import timedelta
from pathlib import Path

import pytest
import redis

from gateway.core.case import ENDS, Case
from gateway.core.messages import MessageArrived, MessageId
from tests.promises.town import Town
from tests.services.house import CALLER


@pytest.fixture
def town(store_client: redis.Redis, tmp_path: Path) -> Town:
    return Town(store_client, tmp_path / "keys")


def brought(town: Town, words: str, message: str) -> str:
    """A message as the provider brings it; what it is answered with."""
    answer = town.texts.message(MessageArrived(MessageId(message), CALLER, "", words))
    town.house.clock.forward(seconds=2)
    return " ".join(str(reply) for reply in answer.replies)


def open_cases(town: Town) -> list[Case]:
    found = (town.house.store.case(name) for name in town.house.store.all_cases(100))
    return [case for case in found if case is not None and case.state not in ENDS]


def test_a_stop_that_is_brought_again_late_ends_nothing_that_was_asked_for_after_it(town: Town) -> None:
    brought(town, "خطر", "SMone")
    brought(town, "توقف", "SMtwo")
    town.house.work()
    brought(town, "خطر", "SMthree")

    brought(town, "توقف", "SMtwo")
    town.house.work()

    assert len(open_cases(town)) == 1


def test_danger_that_is_brought_again_late_rings_nobody_who_wrote_stop_after_it(town: Town) -> None:
    brought(town, "خطر", "SMone")
    brought(town, "توقف", "SMtwo")
    town.house.work()

    brought(town, "خطر", "SMone")
    town.house.work()

    assert open_cases(town) == []


def secret(town: Town) -> str:
    return town._slots(town.namer.name("sms", CALLER))["secret"]


def test_every_number_that_a_message_tells_opens(town: Town) -> None:
    numbers: list[str] = []
    for number in range(27):
        if brought(town, "خطر", f"SM{number:03d}"):
            numbers.append(secret(town))
        town.wait(timedelta(seconds=61))
    town.house.work()

    (kept,) = open_cases(town)

    assert [number for number in numbers if not kept.opens_to(number)] == [], (numbers, kept.older_secrets)


def test_the_number_that_she_was_told_opens_though_a_machine_wrote_before_and_after(town: Town) -> None:
    for number in range(14):
        brought(town, "خطر", f"SM{number:03d}")
    for number in range(8):
        town.wait(timedelta(minutes=2))
        brought(town, "خطر", f"SN{number:03d}")
    answered = brought(town, "خطر", "SMhers")
    hers = secret(town)
    brought(town, "خطر", "SMlast")
    (kept,) = open_cases(town)

    assert answered
    assert kept.opens_to(hers), kept.older_secrets


def test_a_request_by_call_outlives_stops_that_arrived_together_before_it(town: Town) -> None:
    for number in range(6):
        town.texts.message(MessageArrived(MessageId(f"SM{number}"), CALLER, "", "توقف"))
    town.house.clock.forward(seconds=4)
    case = town.house.request(call="CAlater")

    town.house.work()

    assert town.house.state(case) is not None
