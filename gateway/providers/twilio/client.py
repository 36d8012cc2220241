"""The telephone, by Twilio or a switch compatible with it: `gateway.ports.Telephone`.

Only the dialler makes one. Twilio's calls take no idempotency key, so a creation that got no answer is uncertain
and is never repeated here; `placed_since` helps to find out. Nothing here is ever recorded or transcribed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import Final, Protocol

from twilio.rest import Client  # type: ignore[import-untyped]  # the SDK ships no py.typed

from gateway.core.calls import CallStatus
from gateway.core.errors import BadRequest, ProviderRefused, ProviderUncertain
from gateway.core.identity import CallId
from gateway.core.phone import PhoneNumber
from gateway.core.troubles import Trouble
from gateway.providers.twilio.asking import NO_ENVIRONMENT, UNREADABLE, ask
from gateway.providers.twilio.errors import NOT_IN_PROGRESS
from gateway.providers.twilio.statuses import call_status
from gateway.providers.twilio.transport import Transport
from gateway.providers.twilio.wire import CALL_ID

EVENTS: Final = ("initiated", "ringing", "answered", "completed")
_LONGEST_RING: Final = timedelta(seconds=600)  # Twilio's limit
_PAGE: Final = 50
_CLOCKS_DIFFER: Final = timedelta(seconds=30)

Pace = Callable[[], None]
"""Returns when the next new call may be placed: about one a second, the excess would wait at Twilio for hours."""


class _Call(Protocol):
    """What we use of the SDK's call, which is untyped."""

    sid: str | None
    status: str | None
    date_created: datetime | None


class TwilioTelephone:
    """Places and changes calls. Every call it places shows `service_number`.

    Reading, deleting and ending may be repeated without harm, so what is uncertain there is `ProviderBusy`.
    """

    def __init__(
        self, *, account: str, token: str, service_number: str, public_url: str, pace: Pace, transport: Transport
    ) -> None:
        """Asks nobody anything yet. `public_url` is our own address as the provider reaches it."""
        self._calls = Client(account, token, http_client=transport, environment=dict(NO_ENVIRONMENT)).calls
        self._service_number = service_number
        self._public_url = public_url.rstrip("/")
        self._pace = pace

    def ring(
        self, to: PhoneNumber, *, answer_path: str, status_path: str, ring_for: timedelta, limit: timedelta
    ) -> CallId:
        """See `Telephone.ring`. Waits for its turn first."""
        self._pace()
        call: _Call | None = ask(
            lambda: self._calls.create(
                to=to.reveal(),
                from_=self._service_number,
                url=self._public_url + answer_path,
                method="POST",
                status_callback=self._public_url + status_path,
                status_callback_method="POST",
                status_callback_event=list(EVENTS),
                timeout=_seconds(min(ring_for, _LONGEST_RING)),
                time_limit=_seconds(limit),
            )
        )
        return _call_id(call)

    def redirect(self, call: CallId, *, path: str) -> None:
        """See `Telephone.redirect`. Not repeatable: a second time would begin the document anew."""
        ask(lambda: self._calls(call).update(url=self._public_url + path, method="POST"))

    def cancel(self, call: CallId) -> bool:
        """See `Telephone.cancel`.

        `canceled` does nothing to a call that goes on: Twilio shows it as it is, or refuses. It may refuse in the same
        words for a call that is over; whatever is asked of that one next is refused as well.
        """
        try:
            found: _Call | None = ask(
                lambda: self._calls(call).update(status="canceled"),
                repeatable=True,
                unless=lambda status, code: status == 404,
            )
        except ProviderRefused as refusal:
            if refusal.trouble is not Trouble.EXPECTED:
                raise
            return False
        return found is None or _status(found) is not CallStatus.IN_PROGRESS

    def hang_up(self, call: CallId) -> None:
        """See `Telephone.hang_up`. `completed` ends a call in any state."""
        ask(
            lambda: self._calls(call).update(status="completed"),
            repeatable=True,
            unless=lambda status, code: status == 404 or code == NOT_IN_PROGRESS,
        )

    def status(self, call: CallId) -> CallStatus | None:
        """See `Telephone.status`."""
        found: _Call | None = ask(
            lambda: self._calls(call).fetch(), repeatable=True, unless=lambda status, code: status == 404
        )
        return None if found is None else _status(found)

    def forget(self, call: CallId) -> None:
        """See `Telephone.forget`. Twilio may say `not final` for two weeks after the call."""
        ask(
            lambda: self._calls(call).delete(),
            repeatable=True,
            unless=lambda status, code: status == 404,
            later=frozenset({400, 409}),
        )

    def placed_since(self, to: PhoneNumber, since: datetime) -> list[CallId]:
        """Our calls to this phone created since then, the newest first, at most 50: for an uncertain `ring`.

        An empty answer proves nothing yet: the request may still be on its way. Half a minute more is looked at, for
        clocks differ. Not asked by start time, since a call that waits in Twilio's queue has none and would be missed.
        """
        found: list[_Call] | None = ask(
            lambda: list(self._calls.page(to=to.reveal(), from_=self._service_number, page_size=_PAGE)), repeatable=True
        )
        earliest = since - _CLOCKS_DIFFER
        return [_call_id(call) for call in found or () if call.date_created is None or call.date_created >= earliest]


def _call_id(call: _Call | None) -> CallId:
    sid = None if call is None else call.sid
    if not isinstance(sid, str) or not CALL_ID.fullmatch(sid):
        raise ProviderUncertain(UNREADABLE, trouble=Trouble.SILENT)
    return CallId(sid)


def _status(call: _Call) -> CallStatus:
    try:
        return call_status(call.status or "")
    except BadRequest as unknown:
        advice = unknown.advice
    raise ProviderRefused(advice)


def _seconds(length: timedelta) -> int:
    return max(1, ceil(length.total_seconds()))
