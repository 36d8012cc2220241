"""Who is asked for which case: the right woman for a lane, the one who was asked longest ago first.

Language and excluded areas are never given up. A skill is waited for while a woman on shift has it, though she may be
busy, and not for longer than the class allows; those who have it always come before those who have not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from gateway.core.identity import ResponderId
from gateway.core.lanes import Lane
from gateway.core.roster import Responder, WomanOnShift, available, is_present
from gateway.core.triage import PATIENCE


@dataclass(frozen=True, slots=True)
class Team:
    """The women on shift at one moment: those who can be asked now, and all of them, busy and resting ones as well."""

    free: tuple[WomanOnShift, ...]
    present: tuple[Responder, ...]

    @classmethod
    def of(cls, roster: Iterable[Responder], *, now: datetime) -> Self:
        """The team of a whole roster."""
        present = tuple(responder for responder in roster if is_present(responder, now=now))
        found = (available(responder, now=now) for responder in present)
        return cls(tuple(woman for woman in found if woman is not None), present)

    def without(self, busy: ResponderId) -> Self:
        """The team when one more is busy: she is present still."""
        return replace(self, free=tuple(woman for woman in self.free if woman.responder.id != busy))

    def must_have_waited(self, lane: Lane) -> timedelta | None:
        """How long a case of this lane must have waited for somebody free to take it; None if nobody free may."""
        fit = [woman.responder for woman in self.free if fits(woman.responder, lane)]
        if not fit:
            return None
        waits = self._has_skills(lane) and not any(lane.skills <= responder.skills for responder in fit)
        return PATIENCE[lane.urgency] if waits else timedelta(0)

    def who_may_take(
        self, lane: Lane, *, waited: timedelta, needs: frozenset[str], not_these: frozenset[ResponderId]
    ) -> list[WomanOnShift]:
        """Those who may be asked, in order, for a case of this lane that has waited so long. `needs`: all its skills.

        `not_these` have declined it, or are being asked.
        """
        fit = [woman for woman in self.free if woman.responder.id not in not_these and fits(woman.responder, lane)]
        if waited < PATIENCE[lane.urgency] and self._has_skills(lane):
            fit = [woman for woman in fit if lane.skills <= woman.responder.skills]
        return sorted(fit, key=lambda woman: _order(woman.responder, needs))

    def _has_skills(self, lane: Lane) -> bool:
        return any(fits(responder, lane) and lane.skills <= responder.skills for responder in self.present)


def fits(responder: Responder, lane: Lane) -> bool:
    """Whether she speaks the language and is of no area that these callers excluded."""
    return lane.language in responder.languages and not responder.areas & lane.not_areas


def _order(responder: Responder, needs: frozenset[str]) -> tuple[bool, bool, datetime | None, ResponderId]:
    asked_at = responder.offered_at
    return (not needs <= responder.skills, asked_at is not None, asked_at, responder.id)
