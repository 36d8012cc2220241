"""Everybody with a phone: callers who dial, learn their secret number by ear and answer or not, and the team.

All behaviour hangs on what the network tells of phones. Nobody here looks into the store.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import aiohttp

from gateway.cli.stage import HOTLINE, STAFF
from tests.faults.book import OUTGOING, Book
from tests.faults.people import Caller, Opens, Then, Woman, pressed_by
from tests.faults.words import PROMISES, Words

MOST_AT_ONCE: Final = 30  # callers who dial at the same moment; the others wait until a line is free


@dataclass(slots=True)
class Known:
    """What a caller knows by now."""

    secret: str | None = None
    promised: bool = False
    calls: list[str] = field(default_factory=list)
    followed: bool = False


@dataclass(slots=True)
class Crowd:
    """Drives all phones of a run on the network at `address`."""

    address: str
    callers: list[Caller]
    women: list[Woman]
    book: Book
    words: Words
    known: dict[str, Known] = field(default_factory=dict)
    over: bool = False
    line_is_dead: bool = False  # nobody new dials meanwhile: whoever hears a dead line tries again a little later
    _http: aiohttp.ClientSession = field(init=False)
    _tasks: "set[asyncio.Task[None]]" = field(init=False, default_factory=set)
    _lines: asyncio.Semaphore = field(init=False)
    _dice: dict[str, Random] = field(init=False, default_factory=dict)
    _by_number: dict[str, Caller] = field(init=False, default_factory=dict)
    _team: dict[str, Woman] = field(init=False, default_factory=dict)
    _seen: int = 0

    async def run(self, seconds: float) -> None:
        """Let everybody call within so many seconds; returns when the last has dialled. `listen` runs beside it."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        for caller in self.callers:
            await asyncio.sleep(max(0.0, start + caller.at * seconds - loop.time()))
            while self.line_is_dead:
                await asyncio.sleep(0.1)
            await self._lines.acquire()
            self._begin(self._first_call(caller))

    async def open(self, http: aiohttp.ClientSession) -> None:
        """Put a phone into everybody's hand."""
        self._http, self._lines = http, asyncio.Semaphore(MOST_AT_ONCE)
        self._by_number = {caller.number: caller for caller in self.callers}
        self._team = {woman.number: woman for woman in self.women}
        self.known = {caller.number: Known() for caller in self.callers}
        for caller in self.callers:
            await self._phone(caller.number, on_ring=caller.on_ring, keys=[], impatient=True, name="caller")
        for woman in self.women:
            self._dice[woman.number] = Random(woman.seed)
            await self._ready(woman)

    async def listen(self) -> None:
        """Read events until cancelled, and let everybody react."""
        while True:
            async with self._http.get(f"{self.address}/sim/events", params={"after": self._seen, "wait": 1}) as answer:
                found = await answer.json()
            for event in found["events"]:
                self._seen = int(event["n"])
                self.book.write(event)
                self._react(event)

    async def caught_up(self) -> None:
        """Wait until all events up to now were read."""
        async with self._http.get(f"{self.address}/sim/events", params={"after": 10**9}) as answer:
            last = int((await answer.json())["last"])
        while self._seen < last:
            await asyncio.sleep(0.05)

    async def hang_everything_up(self) -> None:
        """At the end: whoever is still on a line goes."""
        for number in [*self._by_number, *self._team]:
            await self._post(f"phones/{number.replace('+', '%2B')}/hangup", {})

    async def faults(self, plan: dict[str, Any]) -> None:
        """Let the network misbehave, or behave."""
        await self._post("faults", plan)

    # --- reactions ---

    def _react(self, event: dict[str, Any]) -> None:
        number, kind = str(event.get("number", "")), event["kind"]
        if kind == "bridged":
            self._part(event)
        elif number in self._team and kind == "ended":
            self._begin(self._ready(self._team[number]))
        elif number in self._by_number and kind == "heard" and event["what"] == "say":
            self._learn(number, str(event["text"]))
        elif number in self._by_number and kind == "ended" and event.get("direction") != OUTGOING:
            self._begin(self._after_her_call(self._by_number[number], str(event["call_sid"])))

    def _learn(self, number: str, text: str) -> None:
        known = self.known[number]
        known.secret = self.words.secret(text) or known.secret
        known.promised = known.promised or bool(self.words.heard(text) & PROMISES)

    def _part(self, event: dict[str, Any]) -> None:
        hers = [number for number in event["numbers"] if number in self._by_number]
        others = [number for number in event["numbers"] if number not in self._by_number]
        if hers:
            caller = self._by_number[hers[0]]
            who = hers[0] if caller.leaves_first or not others else others[0]
            self._begin(self._hang_up_after(who, caller.talks))

    async def _after_her_call(self, caller: Caller, sid: str) -> None:
        known = self.known[caller.number]
        if sid in known.calls[:1]:
            self._lines.release()
        await self._phone(caller.number, keys=self._gate_keys(caller))
        if known.followed or caller.then is Then.NOTHING or known.secret is None or self.over:
            return
        known.followed = True
        await asyncio.sleep(0.5)
        keys = {
            Then.CANCEL: ["4", known.secret],
            Then.CANCEL_WRONG: ["4", _other(known.secret)],
            Then.AGAIN: ["2", "1", "1", "1", "hangup"],
        }[caller.then]
        await self._dial(caller, keys)

    def _gate_keys(self, caller: Caller) -> list[str]:
        secret = self.known[caller.number].secret or ""
        return {
            Opens.SECRET: [secret],
            Opens.WRONG: [_other(secret)],
            Opens.SILENCE: [""],
            Opens.HANGUP: ["hangup"],
        }[caller.opens]

    # --- doing ---

    async def _first_call(self, caller: Caller) -> None:
        if not await self._dial(caller, list(caller.keys)):
            self._lines.release()
        if "hangup" not in caller.keys:
            await self._hang_up_after(caller.number, caller.stays, only=self.known[caller.number].calls[:1])

    async def _dial(self, caller: Caller, keys: list[str]) -> bool:
        await self._phone(caller.number, impatient=caller.impatient)
        body = {"from": caller.number, "to": HOTLINE, "keys": keys, "withheld": caller.withheld}
        answer = await self._post("calls", body)
        if "call_sid" not in answer:
            return False
        self.known[caller.number].calls.append(str(answer["call_sid"]))
        return True

    async def _hang_up_after(self, number: str, seconds: float, *, only: list[str] | None = None) -> None:
        """Hang up, if the phone is still in the call of this id (or in any, if none is named)."""
        await asyncio.sleep(seconds)
        legs = self.book.by_number.get(number, [])
        if only and not any(leg.sid in only and leg.ended_at is None for leg in legs):
            return
        await self._post(f"phones/{number.replace('+', '%2B')}/hangup", {})

    async def _ready(self, woman: Woman) -> None:
        """Before her next call; and back on shift, if she has ended it."""
        legs = self.book.by_number.get(woman.number, [])
        gone = bool(legs) and any(keys == "9" for _, keys in legs[-1].pressed)
        keys = pressed_by(woman, self._dice[woman.number])
        await self._phone(woman.number, on_ring=woman.on_ring, keys=keys, impatient=True, name=woman.name)
        if gone and legs[-1].direction == OUTGOING:
            await asyncio.sleep(1.0)
            await self._post("calls", {"from": woman.number, "to": STAFF, "keys": ["1"]})

    async def _phone(self, number: str, **behaviour: Any) -> None:
        await self._post("phones", {"number": number, **behaviour})

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the network says; an empty answer where it is not possible (a phone that is idle by now)."""
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with self._http.post(f"{self.address}/sim/{path}", json=body) as answer:
                found: dict[str, Any] = await answer.json()
                return found if answer.status < 300 else {}
        return {}

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _other(secret: str) -> str:
    """A number that is not this one, of as many digits."""
    return "1" * len(secret) if secret != "1" * len(secret) else "2" * len(secret)
