"""Status callbacks: a call's progress, told to the service beside the call. And the fields that every webhook has."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.simulator.calls import Call, Status
from gateway.simulator.crew import Crew
from gateway.simulator.events import EventLog, Kind
from gateway.simulator.faults import Faults
from gateway.simulator.timing import Pace, now, rfc2822
from gateway.simulator.webhooks import WebhookFailed, Webhooks

API_VERSION: Final = "2010-04-01"
_REORDERED_SECONDS: Final = 1.5
_SIP_CODES: Final[Mapping[Status, str]] = MappingProxyType(
    {
        Status.COMPLETED: "200",
        Status.BUSY: "486",
        Status.NO_ANSWER: "480",
        Status.CANCELED: "487",
        Status.FAILED: "404",
    }
)


def call_params(call: Call) -> dict[str, str]:
    """The form fields that tell the service which call this is."""
    params = {
        "CallSid": call.sid,
        "AccountSid": call.account,
        "From": call.shown,
        "To": call.to,
        "Caller": call.shown,
        "Called": call.to,
        "CallStatus": call.status.value,
        "Direction": call.direction.value,
        "ApiVersion": API_VERSION,
        "FromCountry": country(call.shown),
        "ToCountry": country(call.to),
    }
    for side in ("From", "To"):
        params |= {f"{side}{part}": "" for part in ("City", "State", "Zip")}
    if call.parent:
        params["ParentCallSid"] = call.parent
    return params


class StatusCallbacks:
    """Tells each call's events in their order (unless a fault reorders them), never holding up the call itself."""

    def __init__(self, webhooks: Webhooks, *, crew: Crew, pace: Pace, events: EventLog, faults: Faults) -> None:
        self._webhooks = webhooks
        self._crew = crew
        self._pace = pace
        self._events = events
        self._faults = faults

    def tell(self, call: Call, event: str) -> None:
        """`event` is initiated, ringing, answered or completed. Does nothing where nobody asked for it."""
        if call.callback is None or event not in call.callback.events:
            return
        params = call_params(call) | {
            "CallStatus": "initiated" if event == "initiated" else call.status.value,
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(call.sequence),
            "Timestamp": rfc2822(now()) or "",
        }
        if event == "completed":
            params["SipResponseCode"] = _SIP_CODES[call.status]
            if call.status is Status.COMPLETED:
                params |= {"CallDuration": str(call.duration), "Duration": str(-(-call.duration // 60))}
        call.sequence += 1
        if self._faults.strikes("drop_status"):
            self._events.add(Kind.FAULT, fault="drop_status", call_sid=call.sid, event=event)
            return
        late = self._faults.strikes("reorder_status")
        if late:
            self._events.add(Kind.FAULT, fault="reorder_status", call_sid=call.sid, event=event)
        sending = self._crew.start(self._send(call, params, before=None if late else call.told, late=late))
        if not late:
            call.told = sending

    async def _send(
        self, call: Call, params: Mapping[str, str], *, before: asyncio.Task[None] | None, late: bool
    ) -> None:
        if late:
            await self._pace.sleep(_REORDERED_SECONDS)
        if before is not None:
            await asyncio.wait({before})
        if call.callback is None:
            return
        try:
            await self._webhooks.ask(call.callback.url, method=call.callback.method, params=params)
        except WebhookFailed:
            return  # Twilio logs error 15003 and leaves it at that; the webhook event tells it here


def country(number: str) -> str:
    """Two letters, as Twilio tells them; empty where this network does not know."""
    return "IQ" if number.startswith("+964") else ""
