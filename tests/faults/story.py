"""How it came about: what every phone of a case heard and did around an offence, told without a number."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from tests.faults.book import Leg
from tests.faults.run import Seen

MOST_LINES: Final = 60


def told(seen: Seen, event: int) -> list[str]:
    """The calls of the case to which the call with this event belongs, and of that phone, step by step, around it."""
    leg = _leg_of(seen, event)
    if leg is None:
        return []
    cases = [name for name, calls in seen.watcher.calls_of.items() if leg.sid in calls]
    calls = {leg.sid}.union(*(seen.watcher.calls_of[name] for name in cases))
    calls |= {other.sid for other in seen.book.by_number[leg.number]}
    lines = sorted({line for call in calls if call in seen.book.legs for line in _steps(seen, seen.book.legs[call])})
    nearest = sorted(sorted(lines, key=lambda line: abs(line[0] - event))[:MOST_LINES])
    return [f"of {', '.join(cases) or 'no case'}", *(f"{n:>7} {text}" for n, text in nearest)]


def _leg_of(seen: Seen, event: int) -> Leg | None:
    """The call whose event this is."""
    for leg in seen.book.legs.values():
        if event == leg.begun or event in (n for n, _ in (*leg.said, *leg.pressed)):
            return leg
    return None


def _steps(seen: Seen, leg: Leg) -> Iterator[tuple[int, str]]:
    who = _who(seen, leg.number)
    yield leg.begun, f"{who}: {leg.direction} call {leg.sid[-6:]}, {_clock(leg.rang_at)} rings"
    yield from ((n, f"{who}: hears {', '.join(sorted(_prompts(seen, text))) or 'other words'}") for n, text in leg.said)
    yield from ((n, f"{who}: presses {keys!r}") for n, keys in leg.pressed)
    for hook in seen.book.webhooks:
        if hook.call == leg.sid:
            yield hook.n, f"{who}: {_clock(hook.ended_at)} {hook.path} {hook.status} {hook.problem}"
    last = max((n for n, _ in (*leg.said, *leg.pressed)), default=leg.begun)
    yield last, f"{who}: call {leg.sid[-6:]} ended {leg.status} {_clock(leg.ended_at)}"


def _prompts(seen: Seen, text: str) -> frozenset[str]:
    return frozenset().union(*(words.heard(text) for words in (seen.words, seen.gate, seen.offer)))


def _who(seen: Seen, number: str) -> str:
    places = {caller.number: f"caller {place} ({caller.kind})" for place, caller in enumerate(seen.callers)}
    return places.get(number) or next((woman.name for woman in seen.women if woman.number == number), "somebody else")


def _clock(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%H:%M:%S.%f}"[:-4]
