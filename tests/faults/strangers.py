"""Promise 6: whoever asks `web`, known to the store or not, hears the same bytes, and cannot tell by the time.

Plays the provider itself, with signed requests, so that times are those of `web` and of nothing else.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from typing import Final
from urllib.parse import urlencode

from gateway.cli.stage import ACCOUNT, HOTLINE, Stage
from gateway.simulator.webhooks import signature
from tests.faults.ranks import z_value

VOICE: Final = "/twilio/voice"
MOST_DEVIATIONS: Final = 4.0
WAY: Final = ("", "4", "10")  # the greeting, cancel, a secret number
FORM: Final = {"AccountSid": ACCOUNT, "To": HOTLINE, "Direction": "inbound", "ApiVersion": "2010-04-01"}


@dataclass(slots=True)
class Asker:
    """One connection to `web`."""

    stage: Stage
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def talk(self, number: str) -> tuple[list[bytes], list[float]]:
        """A whole call to cancel: what was answered at each step, and after how many seconds."""
        sid = "CA" + "".join(chr(ord("g") + int(digit)) for digit in f"{next(self._numbers):032d}")
        answers, times = [], []
        link = HTTPConnection("127.0.0.1", self.stage.ports.web, timeout=15)
        try:
            for step, keys in enumerate(WAY):
                begun = time.perf_counter()
                answers.append(self._ask(link, number, sid, step, keys))
                times.append(time.perf_counter() - begun)
        finally:
            link.close()
        return answers, times

    def _ask(self, link: HTTPConnection, number: str, sid: str, step: int, keys: str) -> bytes:
        path = f"{VOICE}?step={step}" if step else VOICE
        form = {**FORM, "CallSid": sid, "From": number, "CallStatus": "in-progress" if step else "ringing"}
        form |= {"Digits": keys} if keys else {}
        signed = signature(self.stage.environ["TWILIO_AUTH_TOKEN"], self.stage.public_url + path, form)
        headers = {"X-Twilio-Signature": signed, "Content-Type": "application/x-www-form-urlencoded"}
        link.request("POST", path, urlencode(form).encode(), headers)
        return link.getresponse().read()


def compare(stage: Stage, known: Sequence[str], unknown: Sequence[str], *, pairs: int) -> Iterator[str]:
    """Ask in turns for so many pairs; what differs. Times are judged from 100 pairs on."""
    asker = Asker(stage)
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(pairs):
        first = turn % 2  # who is asked first takes turns too
        found: dict[int, list[bytes]] = {}
        for side in (first, 1 - first):
            numbers = (known, unknown)[side]
            found[side], seconds = asker.talk(numbers[turn % len(numbers)])
            times[side].append(sum(seconds))
        if found[0] != found[1]:
            step = next(place for place, two in enumerate(zip(found[0], found[1], strict=True)) if two[0] != two[1])
            yield f"step {step} of a call to cancel differs between known and unknown"
            return
    z = z_value(times[0], times[1])
    if pairs >= 100 and abs(z) >= MOST_DEVIATIONS:
        yield f"answer times of {pairs} pairs differ: z = {z:.1f}"
