"""Requests to the service: signed as Twilio signs them, bounded in time, tried again where Twilio would, and only to
this machine."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urldefrag, urlencode, urlsplit

import aiohttp
from yarl import URL

from gateway.simulator.calls import mint
from gateway.simulator.events import EventLog, Kind
from gateway.simulator.faults import Faults
from gateway.simulator.timing import Pace

HTTP_RETRIEVAL_FAILURE: Final = 11200
_CONNECT_SECONDS: Final = 10.0
_TOTAL_SECONDS: Final = 15.0
_LONGEST_ANSWER: Final = 128 * 1024
_SHOWN_OF_A_BODY: Final = 4_000
_MOST_RETRIES: Final = 5
_LOOPBACK: Final = frozenset(["127.0.0.1", "localhost", "::1"])


class WebhookFailed(Exception):
    """No usable answer. `reason` is `ct`, `rt`, `4xx` or `5xx`, the words of Twilio's retry policy."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(f"the webhook failed ({reason}, HTTP {status or 'none'})")
        self.reason = reason
        self.code = HTTP_RETRIEVAL_FAILURE


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer."""

    status: int
    body: str
    content_type: str


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """From the address' fragment: `#rc=2&rp=ct,rt,5xx`. By default once, and only if no connection came about."""

    count: int = 1
    reasons: frozenset[str] = frozenset(["ct"])

    @classmethod
    def of(cls, fragment: str) -> "RetryPolicy":
        """Unreadable parts are left at their default, as Twilio does."""
        wanted = parse_qs(fragment)
        count = wanted.get("rc", ["1"])[0]
        reasons = frozenset(wanted.get("rp", ["ct"])[0].split(","))
        return cls(min(_MOST_RETRIES, int(count)) if count.isascii() and count.isdigit() else 1, reasons)

    def covers(self, reason: str) -> bool:
        """Whether to try again after this."""
        return reason in self.reasons or "all" in self.reasons


def signature(token: str, url: str, params: Mapping[str, str]) -> str:
    """What `X-Twilio-Signature` holds: see Twilio, "Validating signatures"."""
    text = url + "".join(key + params[key] for key in sorted(params))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


class Webhooks:
    """The way from the network to the service."""

    def __init__(
        self,
        client: aiohttp.ClientSession,
        *,
        token: str,
        gateway: str,
        public_url: str,
        pace: Pace,
        events: EventLog,
        faults: Faults,
    ) -> None:
        """`public_url` is what documents name and signatures cover, `gateway` where it is found on this machine."""
        self._client = client
        self._token = token
        self._gateway = gateway.rstrip("/")
        self.public_url = public_url.rstrip("/")
        self._pace = pace
        self._events = events
        self._faults = faults
        self._limits = aiohttp.ClientTimeout(
            total=pace.for_the_web(_TOTAL_SECONDS), sock_connect=pace.for_the_web(_CONNECT_SECONDS)
        )

    async def ask(self, url: str, *, method: str, params: Mapping[str, str], signed: bool = True) -> Answer:
        """Send one webhook, again if the policy says so, and give its answer. Without `signed` it carries no word of
        Twilio's. Raises `WebhookFailed`."""
        url, fragment = urldefrag(url)
        policy = RetryPolicy.of(fragment)
        token = mint("") if signed else ""
        await self._misbehave(url, method, params, token)
        for left in range(policy.count, -1, -1):
            try:
                return await self._once(url, method, params, token)
            except WebhookFailed as failure:
                if not left or not policy.covers(failure.reason):
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def _misbehave(self, url: str, method: str, params: Mapping[str, str], token: str) -> None:
        if self._faults.strikes("delay_webhook"):
            self._events.add(Kind.FAULT, fault="delay_webhook", url=url)
            await self._pace.sleep(self._faults.plan.delay_webhook[1])
        if self._faults.strikes("repeat_webhook"):
            self._events.add(Kind.FAULT, fault="repeat_webhook", url=url)
            try:
                await self._once(url, method, params, token)  # the answer is lost; the one that counts is the second
            except WebhookFailed:
                return

    async def _once(self, url: str, method: str, params: Mapping[str, str], token: str) -> Answer:
        signed = url
        if method == "GET":
            signed = f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(params)}"
        headers = self._twilio_headers(signed, {} if method == "GET" else params, token) if token else {}
        begun = time.monotonic()
        status, body, content_type, problem = await self._exchange(signed, method, params, headers)
        self._events.add(
            Kind.WEBHOOK,
            method=method,
            url=signed,
            params=dict(params),
            token=token,
            status=status,
            body=body[:_SHOWN_OF_A_BODY],
            problem=problem,
            ms=round((time.monotonic() - begun) * 1000, 1),
        )
        if problem:
            raise WebhookFailed(problem, status)
        return Answer(status, body, content_type)

    def _twilio_headers(self, url: str, params: Mapping[str, str], token: str) -> dict[str, str]:
        return {
            "X-Twilio-Signature": signature(self._token, url, params),
            "I-Twilio-Idempotency-Token": token,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }

    async def _exchange(
        self, url: str, method: str, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, str, str, str]:
        """Status, body, content type, and what was wrong ("" if nothing)."""
        target = self._on_this_machine(url)
        if target is None:
            self._events.add(Kind.VIOLATION, message="an address that is not on this machine", url=url)
            return 0, "", "", "ct"
        data = None if method == "GET" else urlencode(params).encode()
        form = {} if data is None else {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        try:
            async with self._client.request(
                method, target, data=data, headers={**headers, **form}, timeout=self._limits, allow_redirects=False
            ) as response:
                body = (await response.content.read(_LONGEST_ANSWER)).decode("utf-8", "replace")
                return response.status, body, response.content_type, _problem(response.status)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return 0, "", "", "ct"
        except (TimeoutError, aiohttp.ClientError, OSError):
            return 0, "", "", "rt"

    def _on_this_machine(self, url: str) -> URL | None:
        try:
            if url == self.public_url or url.startswith((f"{self.public_url}/", f"{self.public_url}?")):
                return URL(self._gateway + url.removeprefix(self.public_url), encoded=True)
            target = URL(url, encoded=True)
        except ValueError:
            return None
        return target if target.scheme == "http" and target.host in _LOOPBACK else None


def _problem(status: int) -> str:
    if 200 <= status < 300:
        return ""
    return "5xx" if status >= 500 else "4xx"
