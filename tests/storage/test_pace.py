"""New calls are begun one after another, however many diallers there are; what would come too late is not begun."""

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import redis

from gateway.core.errors import ProviderBusy
from gateway.storage import keys
from gateway.storage.connect import connect
from gateway.storage.pace import LONGEST_WAIT, Pace


def waits(client: redis.Redis, count: int, *, per_second: float) -> list[float]:
    """How long each of so many calls in a row is told to wait."""
    waited: list[float] = []
    pace = Pace(client, per_second=per_second, sleep=waited.append)
    for _ in range(count):
        before = len(waited)
        pace()
        if len(waited) == before:
            waited.append(0.0)
    return waited


def test_the_first_call_begins_at_once_and_each_other_one_an_interval_later(store_client: redis.Redis) -> None:
    first, *others = waits(store_client, 5, per_second=1)

    assert first == 0
    for place, wait in enumerate(others, start=1):
        assert place - 0.5 < wait <= place


def test_calls_are_begun_in_the_order_in_which_they_were_asked_for(store_client: redis.Redis) -> None:
    told = waits(store_client, 8, per_second=2)

    assert told == sorted(told)


def test_a_call_that_would_wait_too_long_is_refused_and_takes_no_place(store_client: redis.Redis) -> None:
    pace = Pace(store_client, per_second=0.1, sleep=lambda _: None)
    for _ in range(3):
        pace()
    taken = store_client.get(keys.PACE)

    with pytest.raises(ProviderBusy):
        pace()

    assert store_client.get(keys.PACE) == taken


def test_nobody_waits_longer_than_the_longest_wait(store_client: redis.Redis) -> None:
    told: list[float] = []
    pace = Pace(store_client, per_second=1, sleep=told.append)

    with contextlib.suppress(ProviderBusy):
        for _ in range(100):
            pace()

    assert max(told) <= LONGEST_WAIT.total_seconds()
    assert LONGEST_WAIT.total_seconds() - 1 <= len(told) < 99


def test_several_diallers_share_one_pace(store_url: str) -> None:
    moments: list[float] = []
    lock = threading.Lock()

    def dialler() -> None:
        pace = Pace(connect(store_url), per_second=20)
        for _ in range(3):
            pace()
            with lock:
                moments.append(time.monotonic())

    _together(dialler, 4)

    assert len(moments) == 12
    assert max(moments) - min(moments) >= 0.05 * 11 - 0.1


def test_a_pace_that_nobody_used_for_long_saves_no_calls_up(store_client: redis.Redis) -> None:
    store_client.set(keys.PACE, "1000")

    told = waits(store_client, 2, per_second=1)

    assert told[0] == 0
    assert told[1] > 0.5


@pytest.mark.parametrize("ahead", [timedelta(minutes=1), timedelta(hours=1), timedelta(days=365)])
def test_a_clock_that_was_set_back_stops_no_call(store_client: redis.Redis, ahead: timedelta) -> None:
    kept = int((time.time() + ahead.total_seconds()) * 1000)
    store_client.set(keys.PACE, str(kept), px=ahead)

    told = waits(store_client, 3, per_second=1)

    assert told[0] == 0
    assert max(told) <= 2


def test_a_line_that_is_as_long_as_it_can_be_is_no_clock_that_was_set_back(store_client: redis.Redis) -> None:
    pace = Pace(store_client, per_second=1, sleep=lambda _: None)
    with contextlib.suppress(ProviderBusy):
        for _ in range(100):
            pace()

    with pytest.raises(ProviderBusy):
        pace()


def test_the_pace_is_forgotten_when_it_is_over(store_client: redis.Redis) -> None:
    waits(store_client, 3, per_second=1)

    assert 0 < store_client.pttl(keys.PACE) <= 63_000


def _together(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
