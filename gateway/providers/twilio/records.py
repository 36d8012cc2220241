"""What Twilio still holds of calls and messages of our numbers: the ids, by its lists.

    GET /2010-04-01/Accounts/AC32a3.../Calls.json?To=%2B9647...&PageSize=200 HTTP/1.1

    {"calls": [{"sid": "CA9f8b...", "date_created": "Mon, 24 Nov 2025 10:00:00 +0000", ...}], "page_size": 200,
     "next_page_uri": "/2010-04-01/Accounts/AC32a3.../Calls.json?To=...&PageSize=200&Page=1&PageToken=PACA9f8b...", ...}

The newest come first. Not asked by start time: a call that nobody answered has none.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, urlsplit

from twilio.base.values import unset  # type: ignore[import-untyped]  # the SDK ships no py.typed
from twilio.rest import Client  # type: ignore[import-untyped]  # the SDK ships no py.typed

from gateway.core.messages import Record, RecordKind, RecordPage
from gateway.providers.twilio.asking import NO_ENVIRONMENT, ask
from gateway.providers.twilio.transport import Transport
from gateway.providers.twilio.wire import CALL_ID

# A page must fit into the longest answer that is read, 1 MiB: a call takes up to 2.5 kB, a message 1,600 letters of
# twelve bytes each, as JSON writes them, and 1 kB more.
_ON_A_PAGE: Final[Mapping[RecordKind, int]] = MappingProxyType({RecordKind.CALL: 200, RecordKind.MESSAGE: 40})
_MOST: Final = 1000  # of one list in one search; the rest is found by a later one, when these are deleted
_TOKEN: Final = re.compile(r"[A-Z]{4}[0-9a-f]{32}")  # of a page; what stands in one of another shape nobody knows


class _Kept(Protocol):
    """What we use of the SDK's calls and messages, which are untyped. Their numbers are not looked at."""

    sid: str | None
    date_created: datetime | None


@dataclass(frozen=True, slots=True)
class _List:
    kind: RecordKind
    ask_for: Callable[..., Any]
    by: Mapping[str, str]

    @property
    def pages(self) -> int:
        return _MOST // _ON_A_PAGE[self.kind]

    def read(self, number: int, token: str, before: datetime) -> RecordPage:
        """One page, counted from 0, by one request."""
        place = {"page_number": number, "page_token": token or unset} if number else {}
        page = self.ask_for(**self.by, page_size=_ON_A_PAGE[self.kind], **place)
        records = tuple(self._made_before(before, page))
        further = page.next_page_url if number + 1 < self.pages else None
        return RecordPage(records, () if further is None else (str(number + 1), *_token(further)))

    def _made_before(self, moment: datetime, page: Iterable[_Kept]) -> Iterator[Record]:
        for one in page:
            if one.sid and CALL_ID.fullmatch(one.sid) and one.date_created is not None and one.date_created < moment:
                yield Record(self.kind, one.sid)


def _token(address: str) -> Sequence[str]:
    """The token in the address of a page, if it is one of Twilio's; the address itself holds a number."""
    return [token for token in parse_qs(urlsplit(address).query).get("PageToken", []) if _TOKEN.fullmatch(token)][:1]


class TwilioRecords:
    """The `RecordLists` of the services: one list for each number, kind and direction. Only the dialler makes one."""

    def __init__(self, *, account: str, token: str, numbers: Sequence[str], transport: Transport) -> None:
        """Asks nobody anything yet. `numbers` are ours; what the account does with others is not our business."""
        client = Client(account, token, http_client=transport, environment=dict(NO_ENVIRONMENT))
        kinds = {RecordKind.CALL: client.calls.page, RecordKind.MESSAGE: client.messages.page}
        self._lists = {
            f"{kind.value}s-{direction.strip('_')}-{place}": _List(kind, ask_for, {direction: number})
            for place, number in enumerate(dict.fromkeys(numbers), start=1)
            for kind, ask_for in kinds.items()
            for direction in ("to", "from_")
        }

    @property
    def names(self) -> Sequence[str]:
        """`calls-to-1`, `calls-from-1`, `messages-to-1` ...: of our first number, of our second ..."""
        return tuple(self._lists)

    def page(self, name: str, *place: str, before: datetime) -> RecordPage:
        """See `RecordLists.page`. At most a thousand of each list. Raises `ProviderBusy` and `ProviderRefused`."""
        number, token = (*place, "", "")[:2]
        asked, rank = self._lists.get(name), int(number) if number.isascii() and number.isdigit() else 0
        if asked is None or rank >= asked.pages:
            return RecordPage()
        return ask(lambda: asked.read(rank, token, before), repeatable=True) or RecordPage()
