"""Responders: who they are, when they are on shift, and who may be offered a case now.

Women only, fail closed: dispatch accepts a `WomanOnShift` and nothing else, and only `available` makes one.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from gateway.core.identity import CaseId, ResponderId
from gateway.core.naming import check_codes, check_name
from gateway.core.shifts import Manual, Plan, effective, next_change, next_start

REST_AFTER_A_MISS = timedelta(minutes=2)  # a dead phone must not be rung again and again while others wait
LONGER_REST = timedelta(minutes=15)
MANY_MISSES = 3


class Reach(StrEnum):
    """How a responder is asked for a case."""

    CALL = "call"
    TEXT = "sms"  # the offer is a message; her phone is rung when she answered it


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    """One member of staff. Her number is sealed elsewhere; `name` is what the supervisor calls her.

    No responder can be made of whom words in clear could be a number: raises `BrokenName`, `BrokenCode`.

    `is_woman` is the supervisor's statement when she was added. `areas` are where she is known. `busy_with` is the case
    she was offered or holds. `on_shift` follows from `plan` and `by_hand`, and holds until `turns_at`. Of her shift she
    has had `talks`, counted anew from `talks_until` on, and `load` is how many she takes at most. `by` is how she wants
    to be asked.
    """

    id: ResponderId
    name: str
    is_woman: bool
    languages: frozenset[str] = field(default_factory=lambda: frozenset({"ar"}))
    skills: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    plan: Plan = field(default_factory=Plan)
    by_hand: Manual | None = None
    on_shift: bool = False
    turns_at: datetime | None = None
    load: int | None = None
    talks: int = 0
    talks_until: datetime | None = None
    busy_with: CaseId | None = None
    offered_at: datetime | None = None
    rest_until: datetime | None = None
    misses: int = 0
    by: Reach = Reach.CALL

    def __post_init__(self) -> None:
        check_name(self.name)
        check_codes((*self.languages, *self.skills, *self.areas))


@dataclass(frozen=True, slots=True)
class WomanOnShift:
    """A responder who may be offered a case now. Made by `available` only."""

    responder: Responder
    is_woman: Literal[True]


def available(responder: Responder, *, now: datetime) -> WomanOnShift | None:
    """This responder as one who can be offered a case, or None."""
    if not is_present(responder, now=now) or responder.busy_with is not None or is_resting(responder, now=now):
        return None
    return WomanOnShift(responder, True)


def is_present(responder: Responder, *, now: datetime) -> bool:
    """Whether she is a woman on shift and below her load, busy or not.

    Past `turns_at` nothing is known of her shift until somebody looks (`seen_at`), and then she is not asked.
    """
    return is_on_duty(responder) and (responder.turns_at is None or now < responder.turns_at)


def is_on_duty(responder: Responder) -> bool:
    """Whether she is a woman on shift and below her load, as it was when somebody last looked at her plan."""
    below = responder.load is None or responder.talks < responder.load
    return responder.is_woman and responder.on_shift and below


def is_resting(responder: Responder, *, now: datetime) -> bool:
    """Whether she has a break: after a talk, or because she could not be reached."""
    return responder.rest_until is not None and now < responder.rest_until


def freed_again(responder: Responder, *, rest: timedelta, missed: bool, talked: bool, now: datetime) -> Responder:
    """The responder after an offer or a case: with a break, and a longer one if she could not be reached again."""
    misses = responder.misses + 1 if missed else 0
    if missed:
        rest = LONGER_REST if misses >= MANY_MISSES else REST_AFTER_A_MISS
    return replace(
        responder,
        busy_with=None,
        rest_until=now + rest if rest else None,
        misses=misses,
        talks=responder.talks + talked,
    )


# --- shifts ---


def seen_at(responder: Responder, *, now: datetime, zone: ZoneInfo) -> Responder:
    """The responder as her plan has her now, if it has turned since somebody looked; else as she is."""
    return as_planned(responder, now=now, zone=zone) if has_turned(responder, now=now) else responder


def has_turned(responder: Responder, *, now: datetime) -> bool:
    """Whether her plan has turned, or another shift of hers has begun, since somebody looked."""
    return _is_past(responder.turns_at, now) or _is_past(responder.talks_until, now)


def taken_by_hand(responder: Responder, *, on: bool, now: datetime, zone: ZoneInfo) -> Responder:
    """On or off shift from now on, until her plan next turns. Whoever comes on says so herself: her break is over."""
    rested = replace(responder, by_hand=Manual(on, now), misses=0, rest_until=None if on else responder.rest_until)
    return as_planned(rested, now=now, zone=zone)


def with_plan(responder: Responder, plan: Plan, *, now: datetime, zone: ZoneInfo) -> Responder:
    """The responder with another plan, and on or off shift by it, if nothing was said by hand since it last turned."""
    return as_planned(replace(responder, plan=plan), now=now, zone=zone)


def as_planned(responder: Responder, *, now: datetime, zone: ZoneInfo) -> Responder:
    """The responder as her plan and the last word by hand have her now, whatever was known of her before."""
    on = effective(responder.plan, responder.by_hand, now, zone)
    begins = on and (not responder.on_shift or _is_past(responder.talks_until, now))
    return replace(
        responder,
        on_shift=on,
        turns_at=next_change(responder.plan, now, zone),
        talks=0 if begins else responder.talks,
        talks_until=next_start(responder.plan, now, zone) if on else None,
        misses=0 if begins else responder.misses,
    )


def _is_past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now
