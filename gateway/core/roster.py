"""Responders: who may be offered a case, and who is asked first.

Women only, fail closed: dispatch accepts a `WomanOnShift` and nothing else, and only `available` makes one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from gateway.core.identity import CaseId, ResponderId

REST_AFTER_A_MISS = timedelta(minutes=2)  # a dead phone must not be rung again and again while others wait
LONGER_REST = timedelta(minutes=15)
MANY_MISSES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    """One member of staff. Her number is sealed elsewhere; `name` is what the supervisor calls her.

    `is_woman` is the supervisor's statement when she was added. `busy_with` is the case she was offered or holds.
    """

    id: ResponderId
    name: str
    is_woman: bool
    languages: frozenset[str] = field(default_factory=lambda: frozenset({"ar"}))
    skills: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    on_shift: bool = False
    busy_with: CaseId | None = None
    offered_at: datetime | None = None
    rest_until: datetime | None = None
    misses: int = 0


@dataclass(frozen=True, slots=True)
class WomanOnShift:
    """A responder who may be offered a case now. Made by `available` only."""

    responder: Responder
    is_woman: Literal[True]


def available(responder: Responder, *, now: datetime) -> WomanOnShift | None:
    """This responder as one who can be offered a case, or None."""
    resting = responder.rest_until is not None and now < responder.rest_until
    if not responder.is_woman or not responder.on_shift or responder.busy_with is not None or resting:
        return None
    return WomanOnShift(responder, True)


def least_recently_asked(
    women: Iterable[WomanOnShift], *, language: str, skills: frozenset[str], declined: frozenset[ResponderId]
) -> list[WomanOnShift]:
    """Those who can take the case, the one whose last offer is longest ago first."""
    fit = [
        woman
        for woman in women
        if woman.responder.id not in declined
        and language in woman.responder.languages
        and skills <= woman.responder.skills
    ]
    return sorted(
        fit, key=lambda woman: (woman.responder.offered_at is not None, woman.responder.offered_at, woman.responder.id)
    )
