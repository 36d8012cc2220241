"""The HTTP beneath Twilio's SDK: time limits, our own API base, no second try, no word in any log.

Made on `gateway.providers.link`, not on the SDK's own client: below that, urllib3 writes each request line to its debug
log, and the list of calls has the number in its query.
"""

import base64
import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from http.client import HTTPException
from typing import Final
from urllib.parse import SplitResult, urlencode, urlsplit

from twilio.http import HttpClient  # type: ignore[import-untyped]  # the SDK ships no py.typed
from twilio.http.response import Response  # type: ignore[import-untyped]

from gateway.core.errors import BrokenSetting, ProviderBusy, ProviderUncertain
from gateway.core.troubles import Trouble
from gateway.providers.link import ANSWER_WITHIN, CONNECT_WITHIN, Link
from gateway.providers.twilio.wire import API_BASE

_LONGEST_ANSWER: Final = 1 << 20  # bytes; fifty calls in a list are about 100 kB
_UNREACHABLE: Final = "the provider cannot be reached; check the network and TWILIO_API_BASE"
_UNSURE: Final = "the provider was asked and no whole answer came; it may have done it"


class Transport(HttpClient):  # type: ignore[misc]  # its base is untyped
    """What the SDK calls instead of its own client. Safe to share between threads; it keeps nothing between calls.

    Raises `ProviderBusy` when no connection came about, `ProviderUncertain` for everything that breaks later.
    Uses no proxy and follows no redirect.
    """

    def __init__(
        self,
        api_base: str = API_BASE,
        *,
        connect_within: timedelta = CONNECT_WITHIN,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        """`api_base` takes the place of `https://api.twilio.com` in every address. Raises `BrokenSetting`."""
        super().__init__(logging.getLogger(__name__), False, answer_within.total_seconds())
        self._base = _read_base(api_base)
        self._link = Link(self._base, connect_within=connect_within, answer_within=answer_within)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request, one answer. `timeout` and `allow_redirects` belong to the SDK's interface and are not used."""
        target = self._base.path + url.removeprefix(API_BASE) + (f"?{urlencode(params, doseq=True)}" if params else "")
        body = urlencode(data, doseq=True).encode() if data else None
        all_headers = {**(headers or {}), **_authorization(auth), "Connection": "close"}
        connection = self._link.connect()
        if connection is None:
            raise ProviderBusy(_UNREACHABLE, trouble=Trouble.UNREACHABLE)
        try:
            connection.request(method.upper(), target, body, all_headers)
            answer = connection.getresponse()
            text = answer.read(_LONGEST_ANSWER).decode("utf-8", "replace")
        except (OSError, HTTPException, ValueError):
            raise ProviderUncertain(_UNSURE, trouble=Trouble.SILENT) from None
        finally:
            connection.close()
        if answer.status in {200, 201} and not _is_object(text):
            # a captive portal, a proxy's page, an answer cut short
            raise ProviderUncertain(_UNSURE, trouble=Trouble.SILENT)
        return Response(answer.status, text, dict(answer.headers))


def _read_base(api_base: str) -> SplitResult:
    refusal = BrokenSetting("TWILIO_API_BASE must be an address such as https://api.twilio.com")
    try:
        parts = urlsplit(api_base.rstrip("/"))
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise refusal from None
    if not usable or parts.query or parts.fragment or parts.username:
        raise refusal
    return parts


def _authorization(auth: tuple[str, str] | None) -> dict[str, str]:
    if auth is None:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(":".join(auth).encode()).decode()}


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
