"""What Twilio still holds of calls and messages of our numbers: the ids, by its lists.

    GET /2010-04-01/Accounts/AC32a3.../Calls.json?To=%2B9647...&PageSize=1000 HTTP/1.1

    {"calls": [{"sid": "CA9f8b...", "date_created": "Mon, 24 Nov 2025 10:00:00 +0000", ...}], "page_size": 1000, ...}

The newest come first. Not asked by start time: a call that nobody answered has none.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from twilio.rest import Client  # type: ignore[import-untyped]  # the SDK ships no py.typed

from gateway.core.messages import Record, RecordKind
from gateway.providers.twilio.asking import NO_ENVIRONMENT, ask
from gateway.providers.twilio.transport import Transport
from gateway.providers.twilio.wire import CALL_ID

_PAGE: Final = 1000  # the most that Twilio gives at once


class _Kept(Protocol):
    """What we use of the SDK's calls and messages, which are untyped. Their numbers are not looked at."""

    sid: str | None
    date_created: datetime | None


class TwilioRecords:
    """Finds records that nobody deleted. Only the dialler makes one."""

    def __init__(self, *, account: str, token: str, numbers: Sequence[str], transport: Transport) -> None:
        """Asks nobody anything yet. `numbers` are ours; what the account does with others is not our business."""
        client = Client(account, token, http_client=transport, environment=dict(NO_ENVIRONMENT))
        self._lists: dict[RecordKind, Any] = {RecordKind.CALL: client.calls, RecordKind.MESSAGE: client.messages}
        self._numbers = tuple(dict.fromkeys(numbers))

    def left_before(self, moment: datetime) -> list[Record]:
        """Records of both directions made before this moment, at most a thousand for each number, kind and direction.

        Raises `ProviderBusy` and `ProviderRefused`.
        """
        found = (
            record
            for number in self._numbers
            for kind, kept in self._lists.items()
            for direction in ("to", "from_")
            for record in self._records(kind, kept.page, {direction: number}, moment)
        )
        return list(dict.fromkeys(found))

    def _records(
        self, kind: RecordKind, page: Callable[..., Any], by: dict[str, str], moment: datetime
    ) -> Iterator[Record]:
        kept: list[_Kept] | None = ask(lambda: list(page(**by, page_size=_PAGE)), repeatable=True)
        for one in kept or ():
            if one.sid and CALL_ID.fullmatch(one.sid) and one.date_created is not None and one.date_created < moment:
                yield Record(kind, one.sid)
