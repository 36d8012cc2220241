"""When a case may be rung next. Joins a case with the hotline's calendar."""

from datetime import datetime

from gateway.core.case import Case
from gateway.core.windows import Calendar, SafeTime, Window, next_try, next_window


def first_window(choice: SafeTime, calendar: Calendar, *, now: datetime) -> Window:
    """The window of a request made now."""
    return next_window(choice, calendar, requested_at=now, not_before=now)


def open_window(case: Case, calendar: Calendar, *, now: datetime) -> Window:
    """The window that is open now, or the next one to open: where something that was cut may go on."""
    return next_window(case.safe_time, calendar, requested_at=case.requested_at, not_before=now)


def window_after_attempt(case: Case, calendar: Calendar, *, now: datetime) -> Window:
    """The window of the next attempt."""
    return next_try(
        case.safe_time,
        calendar,
        requested_at=case.requested_at,
        closes_at=case.closes_at,
        shared=case.answers.get("shared") == "yes",
        now=now,
    )
