"""Twilio's REST face: basic authentication, its errors, and the faults; calls, conferences, participants. Messages are
next door, in `messagerest`."""

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from gateway.simulator.callbacks import API_VERSION
from gateway.simulator.calls import By, Call, Status
from gateway.simulator.conferences import Conference, Seat
from gateway.simulator.events import Kind
from gateway.simulator.forms import Form, Refused, change_call, flag, is_within, know, not_found, one, read_call
from gateway.simulator.messagerest import Handler, MessageRest, Reply
from gateway.simulator.network import Network
from gateway.simulator.resources import PAGING, Json, call_json, conference_json, page_json, participant_json

_BASE: Final = f"/{API_VERSION}/Accounts/{{account}}"
_START_FILTERS: Final = ("StartTime", "StartTime<", "StartTime>")
_CALL_FILTERS: Final = PAGING | {"To", "From", "Status", "ParentCallSid", *_START_FILTERS}
_CONFERENCE_FILTERS: Final = PAGING | {"FriendlyName", "Status"}
_PARTICIPANT: Final = frozenset(["Muted", "Hold", "HoldUrl", "HoldMethod", "EndConferenceOnExit"])
_NOT_IN_PROGRESS: Final = 21220


class Rest:
    """Answers what Twilio's SDK asks."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._account = network.settings.account
        credentials = f"{network.settings.account}:{network.settings.token}"
        self._authorization = "Basic " + base64.b64encode(credentials.encode()).decode()

    def routes(self) -> list[web.RouteDef]:
        """All of them."""
        call, room = f"{_BASE}/Calls/{{call}}.json", f"{_BASE}/Conferences/{{room}}.json"
        seats = f"{_BASE}/Conferences/{{room}}/Participants.json"
        seat = f"{_BASE}/Conferences/{{room}}/Participants/{{call}}.json"
        table: list[tuple[str, str, Handler]] = [
            ("GET", f"{_BASE}.json", self._fetch_account),
            ("POST", f"{_BASE}/Calls.json", self._create_call),
            ("GET", f"{_BASE}/Calls.json", self._list_calls),
            ("GET", call, self._fetch_call),
            ("POST", call, self._update_call),
            ("DELETE", call, self._delete_call),
            ("GET", f"{_BASE}/Conferences.json", self._list_conferences),
            ("GET", room, self._fetch_conference),
            ("POST", room, self._update_conference),
            ("GET", seats, self._list_participants),
            ("GET", seat, self._fetch_participant),
            ("POST", seat, self._update_participant),
            ("DELETE", seat, self._remove_participant),
            *MessageRest(self._network).table(_BASE),
            ("*", f"/{API_VERSION}/{{rest:.*}}", self._nothing_here),
        ]
        return [web.route(method, path, self._guarded(handler)) for method, path, handler in table]

    def _guarded(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            form = await _form_of(request)
            faults = self._network.faults
            if faults.strikes("rest_times_out_before"):
                return await self._never_answer(request, form, "rest_times_out_before")
            status, body = await self._reply(request, form, handler)
            if faults.strikes("rest_times_out_after_working"):
                return await self._never_answer(request, form, "rest_times_out_after_working")
            self._note(request, form, status, body)
            if status == 204:
                return web.Response(status=204)
            headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if status == 401 else {}
            return web.json_response(body, status=status, headers=headers)

        return answer

    async def _reply(self, request: web.Request, form: Form, handler: Handler) -> Reply:
        try:
            self._check_credentials(request)
            self._maybe_too_busy()
            return await handler(request, form)
        except Refused as refusal:
            if refusal.forbidden:
                self._network.events.add(
                    Kind.VIOLATION, message=str(refusal), code=refusal.code, forbidden=True, url=request.path
                )
            more = f"https://www.twilio.com/docs/errors/{refusal.code}"
            return refusal.status, {
                "code": refusal.code,
                "message": str(refusal),
                "more_info": more,
                "status": refusal.status,
            }

    def _check_credentials(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._authorization.encode()):
            raise Refused(401, 20003, "Authenticate")
        if request.match_info.get("account", self._account) != self._account:
            raise not_found()

    def _maybe_too_busy(self) -> None:
        if self._network.faults.strikes("rest_503"):
            raise Refused(503, 20503, "Service Unavailable")
        if self._network.faults.strikes("rest_429"):
            raise Refused(429, 20429, "Too Many Requests")

    async def _never_answer(self, request: web.Request, form: Form, fault: str) -> web.StreamResponse:
        """The client sees silence, then a lost connection; it cannot know whether anything was done."""
        self._network.events.add(Kind.FAULT, fault=fault)
        self._note(request, form, 0, None)
        loop = asyncio.get_running_loop()
        until = loop.time() + self._network.faults.plan.rest_hold
        while loop.time() < until and request.transport is not None and not request.transport.is_closing():
            await asyncio.sleep(0.05)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    def _note(self, request: web.Request, form: Form, status: int, body: Json | None) -> None:
        self._network.events.add(
            Kind.REST,
            method=request.method,
            path=request.path,
            params={name: list(values) if len(values) > 1 else values[0] for name, values in form.items()},
            status=status,
            response=body,
        )

    async def _create_call(self, request: web.Request, form: Form) -> Reply:
        call, source = read_call(form, account=self._account, own_numbers=self._network.settings.numbers)
        self._network.place(call, source)
        return 201, call_json(call)

    async def _list_calls(self, request: web.Request, form: Form) -> Reply:
        know(form, _CALL_FILTERS)
        query = {name: values[0] for name, values in form.items()}
        found = [call_json(call) for call in self._network.registry.newest_first() if _matches(call, query)]
        return 200, page_json("calls", found, path=request.path, query=query)

    async def _fetch_call(self, request: web.Request, form: Form) -> Reply:
        return 200, call_json(self._call(request))

    async def _update_call(self, request: web.Request, form: Form) -> Reply:
        call = self._call(request)
        source, status = change_call(call, form), one(form, "Status")
        if call.status.final and (source is not None or status):
            raise Refused(400, _NOT_IN_PROGRESS, "Call is not in-progress. Cannot redirect.")
        if source is not None:
            if call.status is not Status.IN_PROGRESS:
                raise Refused(400, _NOT_IN_PROGRESS, "Call is not in-progress. Cannot redirect.")
            call.redirect(source)
        elif status == "completed" or (status == "canceled" and call.status is not Status.IN_PROGRESS):
            await self._end(call)
        elif status not in {"", "canceled"}:
            raise Refused(400, 20001, "Status can be completed or canceled")
        return 200, call_json(call)

    async def _end(self, call: Call) -> None:
        """The answer shows the call's last status where that is reached at once, as Twilio's usually does."""
        call.hang_up(By.REST)
        try:
            await asyncio.wait_for(call.ended.wait(), 1.0)
        except TimeoutError:
            return

    async def _delete_call(self, request: web.Request, form: Form) -> Reply:
        call = self._call(request)
        if not call.status.final:
            raise Refused(409, 20009, "The call is not final yet and cannot be deleted")
        self._network.registry.forget(call)
        return 204, None

    async def _list_conferences(self, request: web.Request, form: Form) -> Reply:
        know(form, _CONFERENCE_FILTERS)
        query = {name: values[0] for name, values in form.items()}
        found = [
            conference_json(room, self._account)
            for room in reversed(self._network.conferences.known.values())
            if query.get("FriendlyName") in {None, room.name} and query.get("Status") in {None, room.status}
        ]
        return 200, page_json("conferences", found, path=request.path, query=query)

    async def _fetch_conference(self, request: web.Request, form: Form) -> Reply:
        return 200, conference_json(self._room(request), self._account)

    async def _update_conference(self, request: web.Request, form: Form) -> Reply:
        know(form, frozenset(["Status"]))
        room = self._room(request)
        if one(form, "Status") != "completed":
            raise Refused(400, 20001, "Status can be completed")
        self._network.conferences.end(room, "conference-ended-via-api")
        return 200, conference_json(room, self._account)

    async def _list_participants(self, request: web.Request, form: Form) -> Reply:
        know(form, PAGING | {"Muted", "Hold"})
        room = self._room(request)
        query = {name: values[0] for name, values in form.items()}
        muted, hold = flag(form, "Muted"), flag(form, "Hold")
        found = [
            participant_json(room, seat)
            for seat in room.seats.values()
            if muted in {None, seat.muted} and hold in {None, seat.hold}
        ]
        return 200, page_json("participants", found, path=request.path, query=query)

    async def _fetch_participant(self, request: web.Request, form: Form) -> Reply:
        return 200, participant_json(*self._seat(request))

    async def _update_participant(self, request: web.Request, form: Form) -> Reply:
        know(form, _PARTICIPANT)
        room, seat = self._seat(request)
        muted, hold, ends = flag(form, "Muted"), flag(form, "Hold"), flag(form, "EndConferenceOnExit")
        seat.ends = seat.ends if ends is None else ends
        if muted is not None and muted != seat.muted:
            seat.muted = muted
            self._network.conferences.seat_changed(room, seat, "mute")
        if hold is not None and hold != seat.hold:
            seat.hold = hold
            self._network.conferences.seat_changed(room, seat, "hold")
        return 200, participant_json(room, seat)

    async def _remove_participant(self, request: web.Request, form: Form) -> Reply:
        _, seat = self._seat(request)
        seat.out.set()
        return 204, None

    async def _fetch_account(self, request: web.Request, form: Form) -> Reply:
        return 200, {"sid": self._account, "friendly_name": self._account, "status": "active", "type": "Full"}

    async def _nothing_here(self, request: web.Request, form: Form) -> Reply:
        raise not_found()

    def _call(self, request: web.Request) -> Call:
        call = self._network.registry.find(request.match_info["call"])
        if call is None:
            raise not_found()
        return call

    def _room(self, request: web.Request) -> Conference:
        room = self._network.conferences.known.get(request.match_info["room"])
        if room is None:
            raise not_found()
        return room

    def _seat(self, request: web.Request) -> tuple[Conference, Seat]:
        room = self._room(request)
        seat = room.seats.get(request.match_info["call"])
        if seat is None:
            raise not_found()
        return room, seat


async def _form_of(request: web.Request) -> Form:
    """The query of a GET, the body of a POST."""
    fields = request.query if request.method in {"GET", "DELETE"} else await request.post()
    return {name: tuple(str(value) for value in fields.getall(name)) for name in fields}


def _matches(call: Call, query: dict[str, str]) -> bool:
    asked = {"To": call.to, "From": call.shown, "Status": call.status.value, "ParentCallSid": call.parent or ""}
    if any(query[name] != value for name, value in asked.items() if name in query):
        return False
    return all(is_within(name, call.answered_at, query[name]) for name in _START_FILTERS if name in query)
