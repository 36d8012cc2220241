"""Dial: into a conference, or on to another telephone."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from urllib.parse import urljoin

from gateway.simulator.bridges import Bridges
from gateway.simulator.calls import By, Call, Callback, Direction, Source, Status, mint
from gateway.simulator.conferences import Conferences, RoomIsFull
from gateway.simulator.crew import Crew
from gateway.simulator.executor import Ending, Executor, Next
from gateway.simulator.grammar import WHISPER_VERBS
from gateway.simulator.lines import Lines
from gateway.simulator.meeting import Meeting
from gateway.simulator.registry import Registry
from gateway.simulator.timing import Pace
from gateway.simulator.twiml import BadTwiml, Verb
from gateway.simulator.webhooks import WebhookFailed

_RING_SECONDS: Final = 30
LONGEST_CALL: Final = 14_400
_ROOM_FOR: Final = 250
_STATUS_OF_A_LOST_CALL: Final = "failed"


@dataclass(eq=False, slots=True)
class Race:
    """Several telephones ring; the first that answers (and lets itself be connected) has the call."""

    caller: Call
    bridge: str = field(default_factory=lambda: mint("BR"))
    winner: "asyncio.Future[Call]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Dialling:
    """Performs Dial for the executor."""

    def __init__(
        self,
        *,
        executor: Executor,
        lines: Lines,
        conferences: Conferences,
        bridges: Bridges,
        registry: Registry,
        crew: Crew,
        pace: Pace,
    ) -> None:
        self._executor = executor
        self._lines = lines
        self._conferences = conferences
        self._bridges = bridges
        self._registry = registry
        self._crew = crew
        self._pace = pace

    async def dial(self, call: Call, verb: Verb, base: str) -> Next:
        """Returns when the dialled party is gone: on to the action if there is one, else to the next verb."""
        nouns = verb.children or (Verb("Number", {}, verb.text, ()),)
        if nouns[0].name == "Conference":
            return await self._meet(call, verb, nouns[0], base)
        return await self._reach(call, verb, nouns, base)

    async def _meet(self, call: Call, verb: Verb, noun: Verb, base: str) -> Next:
        meeting = Meeting(
            call, noun, base=base, executor=self._executor, conferences=self._conferences, pace=self._pace
        )
        result = {"DialCallStatus": "answered", "DialBridged": "true"}
        call.farewell = _action(verb, base, result)
        try:
            async with asyncio.timeout(self._pace.real(verb.number("timeLimit", LONGEST_CALL))):
                await meeting.attend(
                    most=noun.number("maxParticipants", _ROOM_FOR),
                    callback=callback_of(noun, base, default="start end join leave"),
                    leaves_on_star=verb.flag("hangupOnStar", default=False),
                )
        except TimeoutError:
            pass
        except RoomIsFull:
            result = {"DialCallStatus": _STATUS_OF_A_LOST_CALL, "DialBridged": "false"}
        call.farewell = None
        return _action(verb, base, result)

    async def _reach(self, call: Call, verb: Verb, nouns: tuple[Verb, ...], base: str) -> Next:
        race = Race(call)
        call.farewell = _action(verb, base, {"DialCallStatus": "completed"})
        legs = [self._leg(call, verb, noun, base) for noun in nouns]
        tasks = [self._start(leg, noun, base, race) for leg, noun in zip(legs, nouns, strict=True)]
        try:
            winner = await self._first(race, tasks)
            if winner is not None:
                for leg in legs:
                    if leg is not winner:
                        leg.hang_up(By.SERVICE)
                await self._talk(race, winner, limit=verb.number("timeLimit", LONGEST_CALL))
        finally:
            self._bridges.change(race.bridge, ())
            race.over.set()
            ours = [leg for leg in legs if not leg.redirected]  # the others have a life of their own by now
            for leg in ours:
                leg.hang_up(By.SERVICE)
        await asyncio.gather(*(leg.ended.wait() for leg in ours))
        call.farewell = None
        return _action(verb, base, _result(winner, legs))

    def _leg(self, call: Call, verb: Verb, noun: Verb, base: str) -> Call:
        leg = Call(
            account=call.account,
            # without a callerId the other side sees who is on this line: the mistake that this network must show
            shown=verb.get("callerId") or (call.shown if call.direction is Direction.INBOUND else call.to),
            to=noun.text,
            direction=Direction.DIAL,
            parent=call.sid,
            ring_limit=verb.number("timeout", _RING_SECONDS),
            callback=callback_of(noun, base, default="completed"),
        )
        self._registry.add(leg)
        return leg

    def _start(self, leg: Call, noun: Verb, base: str, race: Race) -> "asyncio.Task[None]":
        whisper = Source(urljoin(base, noun.get("url")), noun.get("method", "POST")) if noun.get("url") else None
        act = partial(self._join_race, whisper, race)
        phone = self._registry.phones.get(leg.to)
        return self._crew.start(self._lines.outgoing(leg, phone, act=act, follow=self._executor.follow))

    async def _join_race(self, whisper: Source | None, race: Race, leg: Call) -> None:
        """What the dialled leg does: hear the whisper, be connected unless another was faster, stay until it ends."""
        if whisper is not None and await self._whisper(leg, whisper) is Ending.HUNG_UP:
            return
        if race.winner.done():
            return
        race.winner.set_result(leg)
        try:
            await race.over.wait()
        finally:
            race.over.set()

    async def _whisper(self, leg: Call, whisper: Source) -> Ending:
        try:
            return await self._executor.walk(leg, whisper, allowed=WHISPER_VERBS)
        except (WebhookFailed, BadTwiml) as problem:
            self._executor.report(leg, problem, where="whisper")
            return Ending.HUNG_UP

    async def _first(self, race: Race, tasks: "list[asyncio.Task[None]]") -> Call | None:
        """Who is connected; None if all legs ended without."""
        waiting = set(tasks)
        while waiting and not race.winner.done():
            waited: set[asyncio.Future[Any]] = {race.winner, *waiting}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            waiting = {task for task in waiting if not task.done()}
        return race.winner.result() if race.winner.done() else None

    async def _talk(self, race: Race, winner: Call, *, limit: float) -> None:
        self._bridges.change(race.bridge, (race.caller, winner))
        try:
            async with asyncio.timeout(self._pace.real(limit)):
                await race.over.wait()
        except TimeoutError:
            return


def callback_of(noun: Verb, base: str, *, default: str) -> Callback | None:
    """Where the progress of what this noun begins is told; None if it does not say."""
    if not noun.get("statusCallback"):
        return None
    events = frozenset(noun.get("statusCallbackEvent", default).split())
    return Callback(urljoin(base, noun.get("statusCallback")), noun.get("statusCallbackMethod", "POST"), events)


def _action(verb: Verb, base: str, result: dict[str, str]) -> Source | None:
    if not verb.get("action"):
        return None
    return Source(urljoin(base, verb.get("action")), verb.get("method", "POST"), tuple(result.items()))


def _result(winner: Call | None, legs: list[Call]) -> dict[str, str]:
    leg = winner or legs[-1]
    status = Status.COMPLETED if leg.redirected else leg.status
    status = Status.NO_ANSWER if status is Status.CANCELED else status
    result = {
        "DialCallSid": leg.sid,
        "DialCallStatus": status.value,
        "DialBridged": "true" if winner is not None else "false",
    }
    return result | ({"DialCallDuration": str(leg.duration)} if leg.answered_at is not None else {})
