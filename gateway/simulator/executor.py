"""Walks one call through its documents, verb by verb. Dial is next door, in `dialling`."""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Final, Protocol
from urllib.parse import urljoin

from gateway.simulator.callbacks import call_params
from gateway.simulator.calls import Call, Source, Status
from gateway.simulator.events import EventLog, Kind
from gateway.simulator.gathering import Gathering, collect
from gateway.simulator.hearing import Hearing
from gateway.simulator.lines import Lines
from gateway.simulator.timing import PLAY_SECONDS, Pace, say_seconds
from gateway.simulator.twiml import BadTwiml, Verb, parse
from gateway.simulator.webhooks import WebhookFailed, Webhooks

_MOST_AT_ONCE: Final = 100  # documents in a row in which no time passes: such a flow goes round in circles
_FOREVER: Final = 1_000  # loop="0" means this many times
_TONE_SECONDS: Final = 0.5
_XML_TYPES: Final = frozenset(["text/xml", "application/xml", "text/html", "application/octet-stream", ""])
_APOLOGY: Final = "An application error has occurred. Goodbye."
_BAD_CONTENT_TYPE: Final = 12300


class Ending(Enum):
    """Why a walk is over."""

    NOTHING_LEFT = "nothing left"
    HUNG_UP = "hung up"


Next = Source | Ending | None
"""After a verb: another document, the end, or (None) the next verb."""


class Dials(Protocol):
    """Who performs a Dial."""

    async def dial(self, call: Call, verb: Verb, base: str) -> Next:
        """Connect the call as the verb says, and say how it goes on."""


class Executor:
    """Performs documents on calls."""

    def __init__(self, *, lines: Lines, webhooks: Webhooks, hearing: Hearing, pace: Pace, events: EventLog) -> None:
        self._lines = lines
        self._webhooks = webhooks
        self._hearing = hearing
        self._pace = pace
        self._events = events
        self.dials: Dials | None = None

    async def follow(self, source: Source, call: Call) -> None:
        """Perform a document and all that it leads to; apologise, as Twilio does, for one that cannot be had."""
        try:
            await self.walk(call, source)
        except (WebhookFailed, BadTwiml) as problem:
            if call.fallback is None:
                await self._apologise(call, problem)
                return
            fallback, call.fallback = call.fallback, None
            params = (("ErrorCode", str(problem.code)), ("ErrorUrl", source.url))
            await self.follow(Source(fallback.url, fallback.method, params), call)

    async def walk(self, call: Call, source: Source, *, allowed: frozenset[str] | None = None) -> Ending:
        """The same without the apology. `allowed` narrows the verbs. Raises `WebhookFailed` and `BadTwiml`."""
        hurried = 0
        while hurried < _MOST_AT_ONCE:
            verbs = await self._fetch(call, source, allowed)
            hurried = hurried + 1 if all(_takes_no_time(verb) for verb in verbs) else 0
            following = await self._perform(call, verbs, source.url)
            if isinstance(following, Ending):
                return following
            source = following
        self._events.add(Kind.VIOLATION, message="a call that goes round in circles", call_sid=call.sid, url=source.url)
        return Ending.HUNG_UP

    async def listen_to(self, call: Call, source: Source, *, allowed: frozenset[str]) -> None:
        """What somebody hears who waits: its trouble is told, and then it is silent."""
        try:
            await self.walk(call, source, allowed=allowed)
        except (WebhookFailed, BadTwiml) as problem:
            self.report(call, problem, where="music")

    def hum(self, call: Call, tune: str) -> None:
        """Music of the network's own."""
        self._hearing.note(call, "music", text=tune)

    async def _fetch(self, call: Call, source: Source, allowed: frozenset[str] | None) -> tuple[Verb, ...]:
        try:
            if source.twiml is not None:
                return parse(source.twiml, allowed=allowed)
            params = call_params(call) | dict(source.params)
            answer = await self._webhooks.ask(source.url, method=source.method, params=params)
            if answer.content_type not in _XML_TYPES:
                raise BadTwiml(f"the content type {answer.content_type} is not XML", code=_BAD_CONTENT_TYPE)
            return parse(answer.body, allowed=allowed)
        except BadTwiml as problem:
            self._events.add(
                Kind.VIOLATION,
                message=str(problem),
                code=problem.code,
                forbidden=problem.forbidden,
                call_sid=call.sid,
                url=source.url,
            )
            raise

    async def _perform(self, call: Call, verbs: tuple[Verb, ...], base: str) -> Source | Ending:
        performers: Mapping[str, Callable[[Call, Verb, str], Awaitable[Next]]] = {
            "Say": self._say,
            "Play": self._play,
            "Pause": self._pause,
            "Gather": self._gather,
            "Redirect": self._redirect,
            "Hangup": self._hang_up,
            "Reject": self._reject,
            "Dial": self._dial,
        }
        for verb in verbs:
            if verb.name != "Reject":
                self._lines.answer(call)
            following = await performers[verb.name](call, verb, base)
            if following is not None:
                return following
        return Ending.NOTHING_LEFT

    async def _say(self, call: Call, verb: Verb, base: str) -> None:
        self._hearing.note(call, "say", text=verb.text, language=verb.get("language"), voice=verb.get("voice"))
        await self._pace.sleep(say_seconds(verb.text) * _times(verb))

    async def _play(self, call: Call, verb: Verb, base: str) -> None:
        if "digits" in verb.attributes:
            self._hearing.note(call, "play", text="", digits=verb.get("digits"))
            await self._pace.sleep(_TONE_SECONDS * len(verb.get("digits")) * _times(verb))
        else:
            self._hearing.note(call, "music" if call.waiting else "play", text=urljoin(base, verb.text))
            await self._pace.sleep(PLAY_SECONDS * _times(verb))

    async def _pause(self, call: Call, verb: Verb, base: str) -> None:
        await self._pace.sleep(verb.number("length", 1))

    async def _gather(self, call: Call, verb: Verb, base: str) -> Next:
        rules = Gathering.of(verb)
        self._events.add(
            Kind.GATHER, number=call.far_number, call_sid=call.sid, num_digits=rules.most, timeout=rules.timeout
        )
        keyed = await collect(
            call, rules, self._perform(call, verb.children, base), pace=self._pace, hearing=self._hearing
        )
        if not keyed.digits and not rules.tells_silence:
            return None
        target = urljoin(base, verb.get("action")) if verb.get("action") else base
        params = (("Digits", keyed.digits), ("FinishedOnKey", keyed.finished_on), ("msg", "Gather End"))
        return Source(target, verb.get("method", "POST"), params)

    async def _redirect(self, call: Call, verb: Verb, base: str) -> Next:
        return Source(urljoin(base, verb.text) if verb.text else base, verb.get("method", "POST"))

    async def _hang_up(self, call: Call, verb: Verb, base: str) -> Next:
        return Ending.HUNG_UP

    async def _reject(self, call: Call, verb: Verb, base: str) -> Next:
        if call.answered_at is None:
            self._lines.finish(call, Status.BUSY if verb.get("reason") == "busy" else Status.NO_ANSWER)
        return Ending.HUNG_UP

    async def _dial(self, call: Call, verb: Verb, base: str) -> Next:
        if self.dials is None:
            raise BadTwiml("nobody here performs a Dial")
        return await self.dials.dial(call, verb, base)

    async def _apologise(self, call: Call, problem: WebhookFailed | BadTwiml) -> None:
        self.report(call, problem, where="call")
        self._lines.answer(call)
        self._hearing.note(call, "say", text=_APOLOGY, language="en-US", voice="")
        await self._pace.sleep(say_seconds(_APOLOGY))

    def report(self, call: Call, problem: WebhookFailed | BadTwiml, *, where: str) -> None:
        """Tell what Twilio would write into its debugger."""
        self._events.add(
            Kind.APPLICATION_ERROR,
            number=call.far_number,
            call_sid=call.sid,
            code=problem.code,
            message=str(problem),
            where=where,
        )


def _times(verb: Verb) -> int:
    return verb.number("loop", 1) or _FOREVER


def _takes_no_time(verb: Verb) -> bool:
    """A question that listens to nothing is over before it began."""
    return verb.name == "Redirect" or (verb.name == "Gather" and not verb.children and verb.number("timeout", 5) == 0)
