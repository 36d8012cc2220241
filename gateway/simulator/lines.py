"""The life of one call: it rings, is answered or not, does what it was given to do, takes orders, and ends. Always."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from gateway.simulator.callbacks import StatusCallbacks, call_params
from gateway.simulator.calls import Act, By, Call, HangUp, OnRing, Phone, Redirect, Source, Status
from gateway.simulator.crew import Crew
from gateway.simulator.events import EventLog, Kind
from gateway.simulator.hearing import Hearing
from gateway.simulator.timing import Pace, now
from gateway.simulator.webhooks import WebhookFailed, Webhooks

_NETWORK_SECONDS: Final = 0.1  # until the far phone rings
_VOICEMAIL_SECONDS: Final = 30.0
_GREETING_SECONDS: Final = 4.0

Follow = Callable[[Source, Call], Awaitable[None]]
"""What a call does that was redirected to a document."""


class Lines:
    """Runs calls. Knows nothing of TwiML: what an answered call does is the `Act` it is given."""

    def __init__(
        self,
        *,
        callbacks: StatusCallbacks,
        webhooks: Webhooks,
        hearing: Hearing,
        crew: Crew,
        pace: Pace,
        events: EventLog,
    ) -> None:
        self._callbacks = callbacks
        self._webhooks = webhooks
        self._hearing = hearing
        self._crew = crew
        self._pace = pace
        self._events = events

    async def outgoing(self, call: Call, phone: Phone | None, *, act: Act, follow: Follow) -> None:
        """Ring a telephone and, if it is answered, `act`. `follow` is what a redirected call does."""
        try:
            result = await self._ring(call, phone)
            if result is not Status.IN_PROGRESS:
                self.finish(call, result)
                return
            self.answer(call)
            if call.phone is not None and call.phone.on_ring is OnRing.VOICEMAIL:
                self._crew.start(self._voicemail(call))
            await self._talk(call, act=act, follow=follow)
        finally:
            self.finish(call, Status.COMPLETED if call.answered_at else Status.FAILED)

    async def incoming(self, call: Call, *, act: Act, follow: Follow) -> None:
        """A telephone dialled the service: `act`, which answers the call by itself, or does not."""
        call.status = Status.RINGING
        try:
            await self._talk(call, act=act, follow=follow)
        finally:
            self.finish(call, Status.COMPLETED if call.answered_at else Status.NO_ANSWER)

    def answer(self, call: Call) -> None:
        """From now on the two sides hear each other. Twice does no harm."""
        if call.answered_at is not None or call.status.final:
            return
        call.status = Status.IN_PROGRESS
        call.answered_at = now()
        display = call.phone.display if call.phone is not None else ""
        self._events.add(
            Kind.ANSWER, number=call.far_number, call_sid=call.sid, display=display, direction=call.direction.value
        )
        self._callbacks.tell(call, "answered")

    def finish(self, call: Call, status: Status) -> None:
        """The call is over. Only the first word counts."""
        if call.status.final:
            return
        call.status = status
        call.ended_at = now()
        call.ear = None
        if call.answered_at is not None:
            call.duration = round(self._pace.simulated((call.ended_at - call.answered_at).total_seconds()))
        self._hearing.note(call, "ended", status=status.value)
        self._events.add(
            Kind.ENDED,
            number=call.far_number,
            call_sid=call.sid,
            status=status.value,
            direction=call.direction.value,
            duration=call.duration,
        )
        if call.phone is not None and call.phone.call is call:
            call.phone.call = None
        if call.farewell is not None:
            self._crew.start(self._say_farewell(call, call.farewell))
        self._callbacks.tell(call, "completed")
        call.ended.set()

    async def _ring(self, call: Call, phone: Phone | None) -> Status:
        """How it ends: in-progress if somebody answered, or the call's last status."""
        call.pickup = asyncio.get_running_loop().create_future()
        self._callbacks.tell(call, "initiated")
        await self._pace.sleep(_NETWORK_SECONDS)
        if call.pickup.done():
            return call.pickup.result()
        if phone is None or phone.on_ring is OnRing.FAIL:
            return Status.FAILED
        if phone.call is not None or phone.on_ring is OnRing.BUSY:
            return Status.BUSY
        phone.call, call.phone = call, phone
        if phone.on_ring is not OnRing.VOICEMAIL:  # a machine presses nothing
            call.keys.extend(phone.keys)
        call.status = Status.RINGING
        self._events.add(Kind.RING, number=phone.number, call_sid=call.sid, display=phone.display)
        self._callbacks.tell(call, "ringing")
        if phone.on_ring in {OnRing.ANSWER, OnRing.VOICEMAIL}:
            self._crew.start(self._answer_later(call, phone.answer_after))
        await asyncio.wait({call.pickup}, timeout=self._pace.real(call.ring_limit))
        return call.pickup.result() if call.pickup.done() else Status.NO_ANSWER

    async def _answer_later(self, call: Call, seconds: float) -> None:
        await self._pace.sleep(seconds)
        call.settle(Status.IN_PROGRESS)

    async def _voicemail(self, call: Call) -> None:
        """It speaks, listens to all that is said, and hangs up. It presses nothing."""
        await self._pace.sleep(_GREETING_SECONDS + _VOICEMAIL_SECONDS)
        call.hang_up(By.PHONE)

    async def _talk(self, call: Call, *, act: Act, follow: Follow) -> None:
        """Act, and follow each redirect, until nothing is left to do, somebody hangs up, or the time is over."""
        until = time.monotonic() + self._pace.real(call.time_limit)
        order = await self._until_order(call, act, until)
        while isinstance(order, Redirect):
            call.farewell = None
            order = await self._until_order(call, partial(follow, order.source), until)
        if order is None or order.by is not By.PHONE:
            call.farewell = None

    async def _until_order(self, call: Call, act: Act, until: float) -> HangUp | Redirect | None:
        """What interrupted the act, or None if it came to its end."""
        acting = asyncio.ensure_future(_as_coroutine(act, call))
        ordered = asyncio.ensure_future(call.orders.get())
        try:
            await asyncio.wait(
                {acting, ordered}, timeout=max(0.0, until - time.monotonic()), return_when=asyncio.FIRST_COMPLETED
            )
            if ordered.done():
                return ordered.result()
            if acting.done():
                return acting.result()
            return HangUp(By.LIMIT)
        finally:
            for task in (acting, ordered):
                task.cancel()
            await asyncio.gather(acting, ordered, return_exceptions=True)

    async def _say_farewell(self, call: Call, farewell: Source) -> None:
        """Twilio still posts a Dial's action when the caller hung up in it, and heeds no answer."""
        try:
            params = call_params(call) | dict(farewell.params)
            await self._webhooks.ask(farewell.url, method=farewell.method, params=params)
        except WebhookFailed:
            return


async def _as_coroutine(act: Act, call: Call) -> None:
    await act(call)
