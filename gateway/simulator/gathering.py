"""Listening to keys: what ends an entry, and how phones that answer by themselves press theirs."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final, Self

from gateway.simulator.calls import By, Call
from gateway.simulator.hearing import Hearing
from gateway.simulator.timing import Pace
from gateway.simulator.twiml import Verb

HANG_UP: Final = "hangup"
_THINKING_SECONDS: Final = 0.3


@dataclass(frozen=True, slots=True)
class Gathering:
    """When an entry is complete. `most` 0: as many keys as there come."""

    most: int
    timeout: int
    finish: str
    tells_silence: bool

    @classmethod
    def of(cls, verb: Verb) -> Self:
        """Twilio's defaults: any number of keys, 5 seconds, `#` ends."""
        return cls(
            most=verb.number("numDigits", 0),
            timeout=verb.number("timeout", 5),
            finish=verb.get("finishOnKey", "#"),
            tells_silence=verb.flag("actionOnEmptyResult", default=False),
        )


@dataclass(frozen=True, slots=True)
class Keyed:
    """What was entered, and the key that ended it."""

    digits: str
    finished_on: str = ""


async def collect(
    call: Call, rules: Gathering, prompts: Coroutine[Any, Any, object], *, pace: Pace, hearing: Hearing
) -> Keyed:
    """Perform the prompts and listen. The first key stops the prompts (barge-in); each key restarts the time-out."""
    ear: asyncio.Queue[str] = asyncio.Queue()
    call.ear = ear
    speaking = asyncio.ensure_future(prompts)
    pressing = asyncio.ensure_future(_press_alone(call, speaking, pace, hearing))
    try:
        first = await _first_key(ear, speaking, pace.real(rules.timeout))
        speaking.cancel()
        return Keyed("") if first is None else await _rest(first, ear, rules, pace)
    finally:
        call.ear = None
        for task in (pressing, speaking):
            task.cancel()
        await asyncio.gather(speaking, pressing, return_exceptions=True)


async def _first_key(ear: "asyncio.Queue[str]", speaking: "asyncio.Future[object]", timeout: float) -> str | None:
    """During the prompts it may take as long as they do; after them, the time-out runs."""
    key = asyncio.ensure_future(ear.get())
    try:
        waited: set[asyncio.Future[Any]] = {key, speaking}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        if not key.done():
            speaking.result()
            await asyncio.wait({key}, timeout=timeout)
        return key.result() if key.done() else None
    finally:
        key.cancel()


async def _rest(first: str, ear: "asyncio.Queue[str]", rules: Gathering, pace: Pace) -> Keyed:
    digits, key = "", first
    while True:
        if key and key in rules.finish:
            return Keyed(digits, key)
        digits += key
        if rules.most and len(digits) >= rules.most:
            return Keyed(digits)
        try:
            key = await asyncio.wait_for(ear.get(), pace.real(rules.timeout))
        except TimeoutError:
            return Keyed(digits)


async def _press_alone(call: Call, speaking: "asyncio.Future[object]", pace: Pace, hearing: Hearing) -> None:
    """The next entry of a phone that was told beforehand what to press."""
    if not call.keys:
        return
    if call.phone is None or not call.phone.impatient:
        await asyncio.wait({speaking})
    await pace.sleep(_THINKING_SECONDS)
    keys = call.keys.popleft()
    if keys == HANG_UP:
        call.hang_up(By.PHONE)
    elif keys:
        hearing.press(call, keys, by="plan")
