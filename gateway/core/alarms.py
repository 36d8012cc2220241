"""When the supervisor is told, and of what. She is told that she is needed, never a word about a caller."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from gateway.core.case import Case, State
from gateway.core.identity import CaseId
from gateway.core.lanes import lane_of
from gateway.core.matching import fits
from gateway.core.roster import Responder
from gateway.core.triage import Urgency

# From when a case is due until somebody should have accepted it.
TARGETS: Mapping[Urgency, timedelta] = MappingProxyType(
    {
        Urgency.P0: timedelta(minutes=2),
        Urgency.P1: timedelta(minutes=30),
        Urgency.P2: timedelta(hours=4),
        Urgency.P3: timedelta(hours=24),
    }
)
URGENT_AGAIN_AFTER = timedelta(minutes=5)
AGAIN_AFTER = timedelta(minutes=30)
UNACCEPTED = frozenset({State.REQUESTED, State.WAITING, State.OFFERED})


def due_from(case: Case) -> datetime:
    """From when on somebody should be asked for it."""
    return max(case.due_at, case.requested_at)


def answer_by(case: Case) -> datetime:
    """When somebody should have accepted it at the latest."""
    return due_from(case) + TARGETS[case.urgency]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One reason to tell the supervisor; the same reason again only after `again_after`."""

    reason: str
    again_after: timedelta


def urgent_reason(case: CaseId) -> str:
    """The reason that somebody in danger waits too long."""
    return f"urgent-{case}"


def alarms(cases: Iterable[Case], *, present: Collection[Responder], now: datetime) -> Iterator[Alarm]:
    """The reasons there are now, for these open cases. `present`: the women on shift and below their load."""
    waiting = [case for case in cases if case.state in UNACCEPTED and due_from(case) <= now]
    if waiting and not present:
        yield Alarm("nobody", AGAIN_AFTER)
    if present and any(case.state is State.WAITING and not may_be_taken(case, present) for case in waiting):
        yield Alarm("unmatched", AGAIN_AFTER)
    late = [case for case in waiting if answer_by(case) <= now]
    yield from (Alarm(urgent_reason(case.id), URGENT_AGAIN_AFTER) for case in late if case.urgency is Urgency.P0)
    if any(case.urgency is not Urgency.P0 for case in late):
        yield Alarm("late", AGAIN_AFTER)


def may_be_taken(case: Case, present: Iterable[Responder]) -> bool:
    """Whether one of these, busy or not, speaks the language of a case, is of no area it excludes, and may have it."""
    lane = lane_of(case)
    return any(fits(responder, lane) and responder.id not in case.declined for responder in present)
