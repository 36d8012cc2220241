"""Rooms in which calls meet: who is in, when it starts, when it ends for all, and what is told about it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from gateway.simulator.bridges import Bridges
from gateway.simulator.calls import Call, Callback, mint
from gateway.simulator.crew import Crew
from gateway.simulator.timing import now, rfc2822
from gateway.simulator.webhooks import WebhookFailed, Webhooks

_REMEMBERED: Final = 5_000
_EVENT_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "start": "conference-start",
        "end": "conference-end",
        "join": "participant-join",
        "leave": "participant-leave",
        "mute": "participant-mute",
        "hold": "participant-hold",
    }
)


class RoomIsFull(Exception):
    """As many are in as were allowed."""


@dataclass(eq=False, slots=True)
class Seat:
    """One call's place in a conference. `out` is set when it has to leave."""

    call: Call
    starts: bool
    ends: bool
    muted: bool = False
    hold: bool = False
    label: str = ""
    joined_at: datetime = field(default_factory=now)
    out: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(eq=False, slots=True)
class Conference:
    """One meeting. Its name can be used again once it has ended; its sid is its own."""

    name: str
    sid: str = field(default_factory=lambda: mint("CF"))
    seats: dict[str, Seat] = field(default_factory=dict)
    status: str = "init"
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    reason: str | None = None
    ended_by: str | None = None
    callback: Callback | None = None
    sequence: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def started(self) -> bool:
        """Whether the people in it hear each other."""
        return self.status == "in-progress"

    def talks(self, seat: Seat) -> bool:
        """Whether this one hears others now, and no music."""
        return self.started and not seat.hold

    def stir(self) -> None:
        """Wake those who wait for a change."""
        self.updated_at = now()
        self.changed.set()
        self.changed = asyncio.Event()


class Conferences:
    """All rooms, open and past."""

    def __init__(self, *, bridges: Bridges, webhooks: Webhooks, crew: Crew) -> None:
        self._bridges = bridges
        self._webhooks = webhooks
        self._crew = crew
        self._open: dict[str, Conference] = {}
        self.known: dict[str, Conference] = {}

    def enter(self, name: str, seat: Seat, *, most: int, callback: Callback | None) -> Conference:
        """Seat a call in the room of this name. Raises `RoomIsFull`."""
        room = self._open.get(name)
        if room is not None and len(room.seats) >= most:
            raise RoomIsFull(name)
        if room is None:
            room = self._open_room(name)
        room.callback = room.callback or callback
        room.seats[seat.call.sid] = seat
        seat.call.room = name
        self._tell(room, "join", seat)
        if room.status == "init" and len(room.seats) > 1 and any(other.starts for other in room.seats.values()):
            room.status = "in-progress"
            self._tell(room, "start", None)
        self.refresh(room)
        return room

    def leave(self, room: Conference, seat: Seat) -> None:
        """The call is gone from the room, for whatever reason. Twice does no harm."""
        if room.seats.pop(seat.call.sid, None) is None:
            return
        seat.call.room = ""
        self._tell(room, "leave", seat)
        self.refresh(room)
        if seat.ends and room.seats:
            self.end(room, "participant-with-end-conference-on-exit-left", by=seat.call.sid)
        elif not room.seats:
            self._close(room, "last-participant-left", by=seat.call.sid)

    def end(self, room: Conference, reason: str, *, by: str | None = None) -> None:
        """Send everybody out."""
        self._close(room, reason, by=by)
        for seat in list(room.seats.values()):
            seat.out.set()
            self.leave(room, seat)

    def refresh(self, room: Conference) -> None:
        """After any change: who hears whom, and who hears music."""
        talking = [seat.call for seat in room.seats.values() if room.talks(seat)]
        self._bridges.change(room.sid, talking)
        room.stir()

    def seat_changed(self, room: Conference, seat: Seat, event: str) -> None:
        """A seat was put on hold or muted."""
        self._tell(room, event, seat)
        self.refresh(room)

    def clear(self) -> None:
        """Forget all."""
        self._open.clear()
        self.known.clear()

    def _open_room(self, name: str) -> Conference:
        room = self._open[name] = Conference(name)
        self.known[room.sid] = room
        while len(self.known) > _REMEMBERED:
            oldest = next(iter(self.known.values()))
            if oldest.seats:
                break
            del self.known[oldest.sid]
        return room

    def _close(self, room: Conference, reason: str, *, by: str | None) -> None:
        if room.status == "completed":
            return
        room.status, room.reason, room.ended_by = "completed", reason, by
        self._open.pop(room.name, None)
        self.refresh(room)
        self._tell(room, "end", None)

    def _tell(self, room: Conference, event: str, seat: Seat | None) -> None:
        if room.callback is None or event not in room.callback.events:
            return
        params = {
            "ConferenceSid": room.sid,
            "FriendlyName": room.name,
            "StatusCallbackEvent": _EVENT_NAMES[event],
            "SequenceNumber": str(room.sequence),
            "Timestamp": rfc2822(now()) or "",
        }
        room.sequence += 1
        if event == "end":
            params["ReasonConferenceEnded"] = room.reason or ""
        if seat is not None:
            params |= {
                "AccountSid": seat.call.account,
                "CallSid": seat.call.sid,
                "Muted": str(seat.muted).lower(),
                "Hold": str(seat.hold).lower(),
                "StartConferenceOnEnter": str(seat.starts).lower(),
                "EndConferenceOnExit": str(seat.ends).lower(),
            }
        self._crew.start(self._send(room.callback, params))

    async def _send(self, callback: Callback, params: Mapping[str, str]) -> None:
        try:
            await self._webhooks.ask(callback.url, method=callback.method, params=params)
        except WebhookFailed:
            return
