"""Promise 3, held against what the phones heard: only when it is safe, and never more often than she was told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from config.settings import RuleSettings
from gateway.cli.stage import HOTLINE
from tests.faults.book import OUTGOING, Bridge, Leg
from tests.faults.broken import Broken
from tests.faults.people import Caller, Opens, Then
from tests.faults.run import Seen
from tests.faults.words import PROMISES

INBOUND: Final = "inbound"
NEUTRAL: Final = ("gate", "cut", "late", "unavailable")  # all that anybody may hear before the secret number
FORBIDDEN: Final = "no_callback_words"
NO_MORE: Final = frozenset(["cancelled", FORBIDDEN])
CARRIED_OUT_WITHIN: Final = timedelta(minutes=1)  # a cancel is left for the dialler, which may be down just then
MOST_TOLD: Final = 3
HALF_AN_HOUR: Final = timedelta(minutes=30)
BAGHDAD: Final = ZoneInfo("Asia/Baghdad")
DANGER: Final = frozenset(["in danger", "urgent, stays", "urgent, hangs up", "urgent, no call back"])
APOLOGY: Final = "An application error has occurred. Goodbye."


def only_when_it_is_safe(seen: Seen) -> Iterator[Broken]:
    """No attempt outside her window, none too early after the last, no more than told, none after she forbade it or
    cancelled, nothing said to a voicemail."""
    attempts = _attempts(seen)
    for place, caller in enumerate(seen.callers):
        legs = seen.book.legs_of(caller.number, OUTGOING)
        for n, at in attempts.get(caller.number, ()):
            if not _in_window(caller, at):
                yield Broken(f"a call to caller {place} ({caller.kind}) was placed outside her window", n)
            if _unwanted(seen, caller, n, at):
                yield Broken(f"a call to caller {place} ({caller.kind}) was placed after she wanted none", n)
        for leg in legs:
            if leg.rang_at is not None and not _in_window(caller, leg.rang_at):
                yield Broken(f"caller {place} ({caller.kind}) was rung outside her window", leg.begun)
            yield from _said_too_much(seen, place, caller, leg)
        if any(leg.display not in {HOTLINE, ""} for leg in legs):
            yield Broken(f"the phone of caller {place} showed another number", legs[0].begun)
        allowed = _attempts_allowed(seen, caller)
        if len(legs) > allowed:
            said = f"caller {place} ({caller.kind}) was tried {len(legs)} times, {allowed} at most were due"
            yield Broken(said, legs[allowed].begun)
        for leg in _rung_too_soon(seen, caller, [leg for leg in legs if leg.rang_at is not None]):
            yield Broken(f"the phone of caller {place} ({caller.kind}) rang again within half an hour", leg.begun)


def _attempts(seen: Seen) -> dict[str, list[tuple[int, datetime]]]:
    """For each phone the calls that were asked for, whether it rang or was taken: (event, when)."""
    found: dict[str, list[tuple[int, datetime]]] = {}
    for n, at, number in seen.book.placed:
        found.setdefault(number, []).append((n, at))
    return found


def _unwanted(seen: Seen, caller: Caller, n: int, at: datetime) -> bool:
    """Whether her last word before this attempt, and well before it, was that she is not to be called."""
    if caller.withheld:
        return True  # nobody can know her number
    heard = [
        (said, prompt, leg.ended_at)
        for leg in seen.book.legs_of(caller.number, INBOUND)
        for said, text in leg.said
        for prompt in seen.words.heard(text)
        if said < n and prompt in PROMISES | NO_MORE
    ]
    _, prompt, ended_at = max(heard, default=(0, "", None), key=lambda one: one[0])
    is_hers = prompt == FORBIDDEN or (prompt in NO_MORE and caller.then is Then.CANCEL)
    return is_hers and ended_at is not None and at - ended_at > CARRIED_OUT_WITHIN


def _in_window(caller: Caller, at: datetime) -> bool:
    part = {"evening": "evening", "morning": "morning"}.get(caller.kind)
    if part is None:
        return True  # "now" holds for hours, and a run is shorter
    hours = RuleSettings.model_fields[part].default
    return bool(hours.opens <= at.astimezone(BAGHDAD).time() < hours.closes)


def _attempts_allowed(seen: Seen, caller: Caller) -> int:
    """As many as she was told for each request, and one more for each time that a responder asked to be connected
    again, agreed on another call with her, or passed her on."""
    asked = [leg for leg in seen.book.legs_of(caller.number, INBOUND) if _has_asked(seen, leg)]
    told = [max((seen.words.attempts_told(text) or 0 for _, text in leg.said), default=0) or MOST_TOLD for leg in asked]
    return sum(told) + sum(_wanted_again(seen, caller, bridge) for bridge in _talks(seen, caller))


def _has_asked(seen: Seen, leg: Leg) -> bool:
    """Whether she was promised a call; or a case came of it, though the words were lost when the store fell."""
    told = any(seen.words.heard(text) & (PROMISES | {"urgent_words"}) for _, text in leg.said)
    return told or any(leg.sid in calls for calls in seen.watcher.calls_of.values())


def _talks(seen: Seen, caller: Caller) -> list[Bridge]:
    return [bridge for bridge in seen.book.bridges if caller.number in bridge.numbers]


def _wanted_again(seen: Seen, caller: Caller, bridge: Bridge) -> int:
    """How many of the keys that ask for another call the woman pressed in the call in which they talked."""
    hers = [leg for number in bridge.numbers if number != caller.number for leg in seen.book.by_number.get(number, [])]
    leg = next((leg for leg in reversed(hers) if leg.begun < bridge.began), None)
    return 0 if leg is None else sum(n > bridge.began and keys in {"2", "3", "4"} for n, keys in leg.pressed)


def _rung_too_soon(seen: Seen, caller: Caller, rings: list[Leg]) -> Iterator[Leg]:
    """Rings less than half an hour after the last one, though neither a talk nor a new request lies between.

    Nor a 3, by which the woman who has her case asks for her again, after her own secret number: she was cut off on the
    way to the room. Nothing of that counts between rings for two requests, unless she is in danger.
    """
    causes = [bridge.began for bridge in _talks(seen, caller)]
    causes += [leg.begun for leg in seen.book.legs_of(caller.number, INBOUND) if _has_asked(seen, leg)]
    causes += [n for leg in rings for n in _asked_for_again(seen, caller, leg)]
    for one, other in pairwise(rings):
        since = (other.rang_at or one.rang_at) - (one.rang_at or other.rang_at)  # type: ignore[operator]
        is_excused = any(one.begun < n < other.begun for n in causes)
        if since < HALF_AN_HOUR and (not is_excused or _are_for_two_requests(seen, caller, one, other)):
            yield other


def _are_for_two_requests(seen: Seen, caller: Caller, one: Leg, other: Leg) -> bool:
    """Whether these rings are known to be for two requests of a phone, neither of which can be danger."""
    first, second = (
        {name for name, calls in seen.watcher.calls_of.items() if leg.sid in calls} for leg in (one, other)
    )
    return caller.kind not in DANGER and bool(first) and bool(second) and first.isdisjoint(second)


def _asked_for_again(seen: Seen, caller: Caller, ring: Leg) -> list[int]:
    """The 3s pressed after her secret number had opened the gate of this call, in calls of the same case."""
    opened = _opened_at(seen, caller, ring)
    same_case = set().union(*(calls for calls in seen.watcher.calls_of.values() if ring.sid in calls))
    hers = {woman.number for woman in seen.women}
    legs = [seen.book.legs[call] for call in same_case if call in seen.book.legs]
    pressed = [n for leg in legs if leg.number in hers for n, keys in leg.pressed if keys == "3"]
    return [] if opened is None else [n for n in pressed if n > opened]


def _opened_at(seen: Seen, caller: Caller, leg: Leg) -> int | None:
    """When she pressed the right number in this call, if she did."""
    secrets = _secrets_of(seen, caller)
    return min((n for n, keys in leg.pressed if keys in secrets and caller.opens is Opens.SECRET), default=None)


def _said_too_much(seen: Seen, place: int, caller: Caller, leg: Leg) -> Iterator[Broken]:
    """Before the right number is pressed: one neutral sentence, whoever it is. Afterwards it is she."""
    opened = _opened_at(seen, caller, leg)
    for n, text in leg.said:
        if (opened is None or n < opened) and text != APOLOGY and not seen.gate.holds_only(text, NEUTRAL):
            yield Broken(f"too much was said on the phone of caller {place} ({caller.kind})", n)


def _secrets_of(seen: Seen, caller: Caller) -> set[str]:
    legs = seen.book.legs_of(caller.number, INBOUND)
    return {secret for leg in legs for _, text in leg.said if (secret := seen.words.secret(text))} | {"47"}
