"""Promise 6: whoever asks `web`, known to the store or not, hears the same bytes, and cannot tell by the time.

Plays the provider itself, with signed requests, so that times are those of `web` and of nothing else.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from typing import Final
from urllib.parse import urlencode

from gateway.cli.stage import ACCOUNT, HOTLINE, Stage
from gateway.simulator.webhooks import signature
from tests.faults.ranks import z_value

VOICE: Final = "/twilio/voice"
SMS: Final = "/twilio/sms"
MOST_DEVIATIONS: Final = 4.0
CANCEL: Final = ("", "4", "10")  # the greeting, cancel, a secret number
# Every way that could tell: cancel, forget the secret number, lose one's way, ask for advice, go as far as the consent.
WAYS: Final = (CANCEL, CANCEL, CANCEL, ("", "4", ""), ("", "7", ""), ("", "3", "1"), ("", "2", "0"))
WORDS: Final = ("؟", "مسح", "9")  # asks for the menu, to be erased, and says so
FORM: Final = {"AccountSid": ACCOUNT, "To": HOTLINE, "Direction": "inbound", "ApiVersion": "2010-04-01"}


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered at each step, and after how many seconds in all."""

    answers: list[bytes]
    seconds: float


@dataclass(slots=True)
class Asker:
    """One connection to `web`."""

    stage: Stage
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def call(self, number: str, way: Sequence[str]) -> Told:
        """A whole call with these keys."""
        sid = self._id("CA")
        forms = []
        for step, keys in enumerate(way):
            form = {**FORM, "CallSid": sid, "From": number, "CallStatus": "in-progress" if step else "ringing"}
            forms.append((f"{VOICE}?step={step}" if step else VOICE, form | ({"Digits": keys} if keys else {})))
        return self._all(forms)

    def write(self, number: str) -> Told:
        """Messages, one after the other."""
        texts = [{**FORM, "MessageSid": self._id("SM"), "From": number, "Body": words} for words in WORDS]
        return self._all([(SMS, form) for form in texts])

    def _id(self, kind: str) -> str:
        return kind + "".join(chr(ord("g") + int(digit)) for digit in f"{next(self._numbers):032d}")

    def _all(self, asked: Sequence[tuple[str, dict[str, str]]]) -> Told:
        answers, seconds = [], 0.0
        link = HTTPConnection("127.0.0.1", self.stage.ports.web, timeout=15)
        try:
            for path, form in asked:
                begun = time.perf_counter()
                answers.append(self._ask(link, path, form))
                seconds += time.perf_counter() - begun
        finally:
            link.close()
        return Told(answers, seconds)

    def _ask(self, link: HTTPConnection, path: str, form: dict[str, str]) -> bytes:
        signed = signature(self.stage.environ["TWILIO_AUTH_TOKEN"], self.stage.public_url + path, form)
        headers = {"X-Twilio-Signature": signed, "Content-Type": "application/x-www-form-urlencoded"}
        link.request("POST", path, urlencode(form).encode(), headers)
        return link.getresponse().read()


def compare(stage: Stage, known: Sequence[str], unknown: Sequence[str], *, pairs: int) -> Iterator[str]:
    """Ask in turns for so many pairs of calls, and a quarter as many of messages; what differs.

    Times are judged from 100 pairs on.
    """
    asker = Asker(stage)
    yield from _differences(
        lambda number, turn: asker.call(number, WAYS[turn % len(WAYS)]), known, unknown, pairs=pairs, kind="calls"
    )
    yield from _differences(lambda number, _: asker.write(number), known, unknown, pairs=pairs // 4, kind="messages")


def _differences(
    ask: Callable[[str, int], Told], known: Sequence[str], unknown: Sequence[str], *, pairs: int, kind: str
) -> Iterator[str]:
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(pairs):
        first = turn % 2  # who is asked first takes turns too
        found: dict[int, Told] = {}
        for side in (first, 1 - first):
            numbers = (known, unknown)[side]
            found[side] = ask(numbers[turn % len(numbers)], turn)
            times[side].append(found[side].seconds)
        told, other = found[0].answers, found[1].answers
        if told != other:
            step = next(place for place, two in enumerate(zip(told, other, strict=True)) if two[0] != two[1])
            yield f"step {step} of {kind} differs between known and unknown, in pair {turn}"
            return
    z = z_value(times[0], times[1])
    if pairs >= 100 and abs(z) >= MOST_DEVIATIONS:
        yield f"answer times of {pairs} pairs of {kind} differ: z = {z:.1f}"
