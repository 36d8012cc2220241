"""One call's stay in a conference: music until it begins, then silence of the network, for people are talking."""

import asyncio
from typing import Any, Final
from urllib.parse import urljoin

from gateway.simulator.calls import Call, Callback, Source
from gateway.simulator.conferences import Conference, Conferences, Seat
from gateway.simulator.executor import Executor
from gateway.simulator.grammar import WAITING_VERBS
from gateway.simulator.timing import Pace
from gateway.simulator.twiml import Verb

_BETWEEN_TWO_ROUNDS: Final = 1.0  # of music, so that an empty document does not become a storm of requests
_TWILIOS_OWN_MUSIC: Final = "hold music"


class Meeting:
    """Attends a conference for one call."""

    def __init__(
        self, call: Call, noun: Verb, *, base: str, executor: Executor, conferences: Conferences, pace: Pace
    ) -> None:
        self._call = call
        self._noun = noun
        self._base = base
        self._executor = executor
        self._conferences = conferences
        self._pace = pace
        self._music: asyncio.Task[None] | None = None

    async def attend(self, *, most: int, callback: Callback | None, leaves_on_star: bool) -> None:
        """Stay until sent out, or cancelled. Raises `RoomIsFull`."""
        seat = Seat(
            self._call,
            starts=self._noun.flag("startConferenceOnEnter", default=True),
            ends=self._noun.flag("endConferenceOnExit", default=False),
            muted=self._noun.flag("muted", default=False),
            label=self._noun.get("participantLabel"),
        )
        room = self._conferences.enter(self._noun.text, seat, most=most, callback=callback)
        star = asyncio.ensure_future(self._star()) if leaves_on_star else None
        try:
            await self._stay(room, seat, star)
        finally:
            if star is not None:
                star.cancel()
                self._call.ear = None
            self._conferences.leave(room, seat)
            await self._silence()

    async def _stay(self, room: Conference, seat: Seat, star: "asyncio.Future[None] | None") -> None:
        while not seat.out.is_set() and not (star is not None and star.done()):
            changed = asyncio.ensure_future(room.changed.wait())
            if room.talks(seat):
                await self._silence()
            elif self._music is None:
                self._music = asyncio.create_task(self._play_music())
            out = asyncio.ensure_future(seat.out.wait())
            try:
                waited: set[asyncio.Future[Any]] = {changed, out, *([star] if star else [])}
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            finally:
                changed.cancel()
                out.cancel()

    async def _play_music(self) -> None:
        self._call.waiting = True
        url = self._noun.get("waitUrl")
        if "waitUrl" not in self._noun.attributes:
            self._executor.hum(self._call, _TWILIOS_OWN_MUSIC)
        while url:
            source = Source(urljoin(self._base, url), self._noun.get("waitMethod", "POST"))
            await self._executor.listen_to(self._call, source, allowed=WAITING_VERBS)
            await self._pace.sleep(_BETWEEN_TWO_ROUNDS)

    async def _silence(self) -> None:
        music, self._music = self._music, None
        self._call.waiting = False
        if music is not None:
            music.cancel()
            await asyncio.gather(music, return_exceptions=True)

    async def _star(self) -> None:
        ear = self._call.ear = asyncio.Queue()
        while await ear.get() != "*":
            continue
