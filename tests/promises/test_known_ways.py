"""Ways on which the machine over the promises once found one broken, walked again by name."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis

from gateway.core.calls import CallStatus
from tests.promises.machine import Promises
from tests.promises.play import ANSWERED, AWAKE
from tests.services.house import CALLER


@pytest.fixture
def way(store_client: redis.Redis, tmp_path: Path) -> Promises:
    def folders() -> Iterator[Path]:
        yield tmp_path / "keys"

    return Promises(store_client, folders())


def test_a_woman_who_still_hears_her_menu_is_not_rung_for_the_caller_who_went_back_into_the_line(
    way: Promises,
) -> None:
    way.a_team_and_a_request(women=3, phone=CALLER, shared="1", keys="1")
    way.she_is_in_danger(phone=None, keys=[])
    way.music_or_a_talk_ends(which=0)
    way.seconds_pass(seconds=1, house="answered")
    way.music_or_a_talk_ends(which=0)

    way.seconds_pass(seconds=70, house=AWAKE)

    way.every_promise_holds()
    way.teardown()


def test_who_asks_again_is_not_forgotten_with_her_first_request(way: Promises) -> None:
    way.a_team_and_a_request(women=1, phone=CALLER, shared="1", keys="4")
    way.town.wait(timedelta(hours=40))
    way.she_asks_for_a_call(phone=CALLER, shared="1", when="4", hangs_up=True)
    way._work()

    way.town.wait(timedelta(hours=34))
    way.the_sweep_runs()

    way.every_promise_holds()
    way.teardown()


def test_a_phone_is_not_heard_twice_in_two_minutes_because_two_requests_are_due(way: Promises) -> None:
    way.a_team_and_a_request(women=2, phone=CALLER, shared="2", keys="1")
    way.somebody_hangs_up(which=0)
    way.all_goes_well(as_far_as=2, talk=1, key="1")
    way.a_phone_is_not_answered(which=0, how=CallStatus.NO_ANSWER)
    way.she_asks_for_a_call(phone=CALLER, shared="2", when="1", hangs_up=True)
    way.every_job_is_run_or_lost(what="run")
    way.seconds_pass(seconds=90, house=AWAKE)

    for _ in range(2):
        way.seconds_pass(seconds=30, house=ANSWERED)

    way.every_promise_holds()
    way.teardown()


def test_who_says_danger_once_her_request_is_kept_is_rung_though_the_hotline_sleeps(way: Promises) -> None:
    way.a_team_and_a_request(women=1, phone=CALLER, shared="1", keys="111", opening="by day, in the night")
    way.every_promise_holds()

    way.somebody_hangs_up(which=0)
    way.seconds_pass(seconds=20, house=AWAKE)

    assert [line.ringing.is_the_callers for line in way.network.ringing()] == [False]
    way.every_promise_holds()
    way.teardown()


@pytest.mark.parametrize("when", "1234")
def test_who_asks_as_a_long_feast_begins_is_promised_no_call_that_cannot_come(way: Promises, when: str) -> None:
    way.a_team_and_a_request(women=1, phone=CALLER, shared="1", keys=when, opening="a feast, in the night")
    way.somebody_hangs_up(which=0)

    way.every_promise_holds()
    way.teardown()
