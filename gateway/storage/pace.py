"""The one place that throttles new calls, for all diallers together.

A provider begins about one call a second; the excess would wait there for hours and ring at the worst moment.
"""

import time
from collections.abc import Callable
from datetime import timedelta

import redis

from gateway.core.errors import ProviderBusy
from gateway.storage import keys
from gateway.storage.connect import Client

LONGEST_WAIT = timedelta(seconds=20)  # by then an offer or an attempt has lost its moment; the sweep begins another

# Takes the next free moment and says how many milliseconds are left until then; beyond the longest wait it takes none.
# One kept further ahead than the last wait and its call reach is of a clock that was set back since: as good as none,
# or nobody would be called, whoever is in danger included, until that clock has caught up.
RESERVE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local interval, longest = tonumber(ARGV[1]), tonumber(ARGV[2])
local free = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
if free - now > longest + interval then free = now end
if free - now > longest then return -1 end
redis.call('SET', KEYS[1], string.format('%d', free + interval), 'PX', string.format('%d', free - now + 60000))
return free - now
"""


class Pace:
    """Call it before every new call: it returns when the moment has come. Raises `ProviderBusy`: nothing was placed."""

    def __init__(self, client: Client, *, per_second: float, sleep: Callable[[float], None] = time.sleep) -> None:
        self._reserve = client.register_script(RESERVE)
        self._interval = max(1, round(1000 / per_second))
        self._sleep = sleep

    def __call__(self) -> None:
        """Wait for the next free moment."""
        try:
            wait = int(self._reserve(keys=[keys.PACE], args=[self._interval, int(LONGEST_WAIT.total_seconds() * 1000)]))
        except redis.RedisError:
            raise ProviderBusy("The store does not say when the next call may be placed; this one was not.") from None
        if wait < 0:
            raise ProviderBusy("Too many calls are waiting to be placed; this one is tried again later.")
        if wait:
            self._sleep(wait / 1000)
