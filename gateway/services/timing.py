"""When a case may be rung next. Joins a case with the hotline's calendar."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from gateway.core.case import Case
from gateway.core.rules.pieces import attempts
from gateway.core.triage import Urgency
from gateway.core.windows import Calendar, SafeTime, Window, next_try, next_window


def first_window(choice: SafeTime, calendar: Calendar, *, now: datetime, urgency: Urgency = Urgency.P0) -> Window:
    """The window of a request made now.

    A class that is not told counts as the most urgent: nobody who said "now" waits for the morning by mistake.
    """
    return next_window(choice, calendar, requested_at=now, not_before=now, any_hour=_any_hour(choice, urgency))


def window_again(case: Case, choice: SafeTime, calendar: Calendar, *, now: datetime) -> Window:
    """The window of another call that is agreed on now. It may open when her number is `forgotten_at` already."""
    return next_window(
        choice,
        calendar,
        requested_at=now,
        not_before=now,
        any_hour=_any_hour(choice, case.urgency),
        asked_at=case.last_asked_at,
    )


def forgotten_at(case: Case, calendar: Calendar) -> datetime:
    """When her number is forgotten at the latest: whatever is to come must begin before."""
    return case.last_asked_at + calendar.retention


def open_window(case: Case, calendar: Calendar, *, now: datetime) -> Window:
    """The window that is open now, or the next one to open: where something that was cut may go on."""
    return next_window(
        case.safe_time,
        calendar,
        requested_at=case.requested_at,
        not_before=now,
        any_hour=_any_hour(case.safe_time, case.urgency),
        asked_at=case.last_asked_at,
    )


def window_in_danger(case: Case, answers: Mapping[str, str], calendar: Calendar, *, now: datetime) -> Window | None:
    """Where a case belongs that with these answers, all that are known, is one of danger now: nobody who says so only
    when her request is kept waits for the hotline to open.

    None for any other, and for one that was rung before: its attempts keep their distance.
    """
    told = replace(case, answers=answers)
    if not _any_hour(told.safe_time, told.urgency) or case.attempts_left < attempts(case):
        return None
    return open_window(told, calendar, now=now)


def window_after_attempt(case: Case, calendar: Calendar, *, now: datetime) -> Window:
    """The window of the next attempt."""
    return next_try(
        case.safe_time,
        calendar,
        requested_at=case.requested_at,
        closes_at=case.closes_at,
        shared=case.answers.get("shared") == "yes",
        now=now,
        any_hour=_any_hour(case.safe_time, case.urgency),
        asked_at=case.last_asked_at,
    )


def window_without_holder(case: Case, calendar: Calendar, *, now: datetime) -> Window:
    """The window of a case whose holder is gone: at once for who waits on the line."""
    return (open_window if case.on_the_line else window_after_attempt)(case, calendar, now=now)


def window_of_a_colleague(case: Case, calendar: Calendar, *, now: datetime) -> Window:
    """The window of a case that is passed on: at once for who waits on the line, or was just there and expects us.

    After a reconnection in vain it is as after every attempt: half an hour, and another window on a shared phone.
    """
    is_expected = case.on_the_line or case.again_until is None
    return (open_window if is_expected else window_after_attempt)(case, calendar, now=now)


def _any_hour(choice: SafeTime, urgency: Urgency) -> bool:
    """Somebody in danger who said "now" is rung while it lasts, whether the hotline is open or not."""
    return choice is SafeTime.NOW and urgency is Urgency.P0
