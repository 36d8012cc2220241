"""Calls, conferences, participants and messages as Twilio's JSON."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from gateway.simulator.callbacks import API_VERSION
from gateway.simulator.calls import Call
from gateway.simulator.conferences import Conference, Seat
from gateway.simulator.messages import Message
from gateway.simulator.timing import rfc2822

Json = dict[str, object]

MOST_PER_PAGE: Final = 1_000
BELOW_A_CALL: Final = MappingProxyType(
    {
        "notifications": "Notifications",
        "recordings": "Recordings",
        "payments": "Payments",
        "events": "Events",
        "siprec": "Siprec",
        "streams": "Streams",
        "transcriptions": "Transcriptions",
        "user_defined_messages": "UserDefinedMessages",
        "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    }
)  # whose addresses are more than half of a call's size, and so of a list of calls
PAGING: Final = frozenset(["PageSize", "Page", "PageToken"])


def call_json(call: Call) -> Json:
    """One call."""
    uri = f"/{API_VERSION}/Accounts/{call.account}/Calls/{call.sid}"
    return {
        "sid": call.sid,
        "account_sid": call.account,
        "parent_call_sid": call.parent,
        "to": call.to,
        "to_formatted": call.to,
        "from": call.shown,
        "from_formatted": call.shown,
        "phone_number_sid": None,
        "status": call.status.value,
        "direction": call.direction.value,
        "date_created": rfc2822(call.created_at),
        "date_updated": rfc2822(call.ended_at or call.answered_at or call.created_at),
        "start_time": rfc2822(call.answered_at),
        "end_time": rfc2822(call.ended_at),
        "duration": str(call.duration) if call.status.final else None,
        "price": None,
        "price_unit": "USD",
        "answered_by": None,
        "api_version": API_VERSION,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "annotation": None,
        "uri": f"{uri}.json",
        "subresource_uris": {name: f"{uri}/{path}.json" for name, path in BELOW_A_CALL.items()},
    }


def conference_json(room: Conference, account: str) -> Json:
    """One conference."""
    uri = f"/{API_VERSION}/Accounts/{account}/Conferences/{room.sid}"
    return {
        "sid": room.sid,
        "account_sid": account,
        "friendly_name": room.name,
        "status": room.status,
        "region": "us1",
        "date_created": rfc2822(room.created_at),
        "date_updated": rfc2822(room.updated_at),
        "api_version": API_VERSION,
        "reason_conference_ended": room.reason,
        "call_sid_ending_conference": room.ended_by,
        "uri": f"{uri}.json",
        "subresource_uris": {"participants": f"{uri}/Participants.json"},
    }


def participant_json(room: Conference, seat: Seat) -> Json:
    """One call in a conference."""
    base = f"/{API_VERSION}/Accounts/{seat.call.account}/Conferences/{room.sid}"
    return {
        "account_sid": seat.call.account,
        "call_sid": seat.call.sid,
        "conference_sid": room.sid,
        "label": seat.label or None,
        "call_sid_to_coach": None,
        "coaching": False,
        "muted": seat.muted,
        "hold": seat.hold,
        "status": "connected",
        "start_conference_on_enter": seat.starts,
        "end_conference_on_exit": seat.ends,
        "date_created": rfc2822(seat.joined_at),
        "date_updated": rfc2822(room.updated_at),
        "queue_time": "0",
        "uri": f"{base}/Participants/{seat.call.sid}.json",
    }


def message_json(message: Message) -> Json:
    """One message."""
    uri = f"/{API_VERSION}/Accounts/{message.account}/Messages/{message.sid}"
    return {
        "sid": message.sid,
        "account_sid": message.account,
        "messaging_service_sid": None,
        "to": message.shown_to,
        "from": message.sender,
        "body": message.body,
        "status": message.status.value,
        "direction": message.direction.value,
        "num_segments": str(message.size.parts),
        "num_media": "0",
        "error_code": message.error_code,
        "error_message": None,
        "date_created": rfc2822(message.created_at),
        "date_updated": rfc2822(message.updated_at),
        "date_sent": rfc2822(message.sent_at),
        "price": None,
        "price_unit": "USD",
        "api_version": API_VERSION,
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


def page_json(name: str, items: Iterable[Json], *, path: str, query: dict[str, str]) -> Json:
    """One page of a list; `query` holds the filters, PageSize and Page."""
    size = min(MOST_PER_PAGE, max(1, _whole(query.get("PageSize", ""), 50)))
    number = _whole(query.get("Page", ""), 0)
    every = list(items)
    shown = every[number * size : (number + 1) * size]

    def uri(page: int) -> str:
        return f"{path}?{urlencode({**query, 'PageSize': str(size), 'Page': str(page)})}"

    return {
        name: shown,
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(0, len(shown) - 1),
        "uri": uri(number),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1) if len(every) > (number + 1) * size else None,
        "previous_page_uri": uri(number - 1) if number else None,
    }


def _whole(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default
