"""Text messages through Kannel: `gateway.ports.Texting`. Only the dialler makes one.

Kannel names no message: its reports come to an address with our token in it.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPException
from typing import Final
from urllib.parse import SplitResult, urlencode, urlsplit

from gateway.core.errors import BrokenSetting, ProviderBusy, ProviderUncertain, SanadError
from gateway.core.lengths import is_gsm7
from gateway.core.messages import MessageId
from gateway.core.phone import PhoneNumber
from gateway.providers.kannel.errors import refusal
from gateway.providers.kannel.inbound import minutes
from gateway.providers.kannel.wire import DLR_MASK, UCS2
from gateway.providers.link import ANSWER_WITHIN, CONNECT_WITHIN, Link

_LONGEST_ANSWER: Final = 4096  # bytes; Kannel says one line
# Kannel fills in escapes such as %p, and the number with them, wherever it finds a percent sign.
_PLAIN_SECRET: Final = re.compile(r"[A-Za-z0-9_-]+")

Pace = Callable[[], None]
"""Returns when the next message may be sent."""


class KannelTexting:
    """Sends messages from `service_number`. Safe to share between threads; it keeps nothing between messages."""

    def __init__(
        self,
        sendsms_url: str,
        *,
        username: str,
        password: str,
        service_number: str,
        report_url: str,
        secret: str,
        pace: Pace,
        connect_within: timedelta = CONNECT_WITHIN,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        """Asks nobody anything yet. `report_url` is where reports go, without the token. Raises `BrokenSetting`."""
        self._to = _read_address(sendsms_url)
        if not _PLAIN_SECRET.fullmatch(secret):
            raise BrokenSetting("KANNEL_SECRET may hold only letters, digits, - and _")
        if "%" in report_url:
            raise BrokenSetting("PUBLIC_URL may hold no percent sign")
        self._account = {"username": username, "password": password, "from": service_number}
        self._report_url = report_url.rstrip("/")
        self._secret = secret
        self._pace = pace
        self._link = Link(self._to, connect_within=connect_within, answer_within=answer_within)

    @property
    def keeps_records(self) -> bool:
        """See `Texting.keeps_records`. Beyond its queue it keeps none; its logs are to be kept short."""
        return False

    def send(self, to: PhoneNumber, text: str, *, valid_for: timedelta, token: str) -> MessageId:
        """See `Texting.send`. Waits for its turn first. Kannel may hold it as long as `valid_for`, in whole minutes."""
        self._pace()
        problem = self._try(to, text, valid_for=valid_for, token=token)
        if problem is not None:
            raise problem  # from here, where nothing but `to` holds the number, and hides it
        return MessageId(token)

    def forget(self, message: MessageId) -> None:
        """See `Texting.forget`: there is nothing to delete."""

    def _try(self, to: PhoneNumber, text: str, *, valid_for: timedelta, token: str) -> SanadError | None:
        fields = {
            **self._account,
            "to": to.reveal(),
            "text": text,
            "charset": "UTF-8",
            **({} if is_gsm7(text) else {"coding": UCS2}),
            "validity": str(minutes(valid_for)),
            "dlr-mask": str(DLR_MASK),
            "dlr-url": f"{self._report_url}/{token}?secret={self._secret}&status=%d",
        }
        query = "&".join(filter(None, [self._to.query, urlencode(fields)]))
        connection = self._link.connect()
        if connection is None:
            return ProviderBusy("Kannel cannot be reached; check that smsbox runs, and KANNEL_SENDSMS_URL")
        try:
            connection.request("GET", f"{self._to.path}?{query}", headers={"Connection": "close"})
            answer = connection.getresponse()
            return refusal(answer.status, answer.read(_LONGEST_ANSWER).decode("utf-8", "replace"))
        except (OSError, HTTPException, ValueError):
            return ProviderUncertain("Kannel was asked and no whole answer came; it may have taken the message")
        finally:
            connection.close()


def _read_address(url: str) -> SplitResult:
    refused = BrokenSetting("KANNEL_SENDSMS_URL must be an address such as http://127.0.0.1:13013/cgi-bin/sendsms")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half an IPv6 address, a port that is no number
        parts, usable = urlsplit(""), False
    if not usable or not parts.path.strip("/") or parts.fragment or parts.username or not url.isascii():
        raise refused
    return parts
