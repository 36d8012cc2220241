"""Shifts as they are written on the command line, and back.

By the week, `sun-thu 09:00-15:00` or `mon,wed 18:00-02:00`; by the day, `2026-12-01 off`, `2026-12-01 off 10:00-12:00`,
`2026-12-02 18:00-22:00` or `2026-12-02 on`. What a line means stands in `gateway.core.shifts`.
"""

import re
from collections.abc import Iterable
from datetime import date, time
from typing import ClassVar

from gateway.core.errors import SanadError
from gateway.core.hours import MIDNIGHT
from gateway.core.shifts import Plan, Shift, ShiftException

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_HOURS = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)", re.ASCII)
_DATE = re.compile(r"2\d{3}-\d\d-\d\d", re.ASCII)
_FORMS = "Write shifts like: sun-thu 09:00-15:00, or 2026-12-01 off, or 2026-12-02 18:00-22:00."


class BrokenShift(SanadError):
    """A shift that cannot be read. The message names the line and the mend, and does not repeat what stood there."""

    code: ClassVar[str] = "broken_shift"


def parse_plan(lines: Iterable[str]) -> Plan:
    """The plan of these lines, blank ones left out. Raises `BrokenShift`, which says the place of the first bad one."""
    weekly: list[Shift] = []
    exceptions: list[ShiftException] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found = parse_line(line)
        except BrokenShift as fault:
            raise BrokenShift(f"shift {number}: {fault.advice}") from None
        if isinstance(found, ShiftException):
            exceptions.append(found)
        else:
            weekly += found
    return Plan(tuple(dict.fromkeys(weekly)), tuple(dict.fromkeys(exceptions)))


def parse_line(line: str) -> tuple[Shift, ...] | ShiftException:
    """One line: shifts by the week, one for each weekday named, or one exception. Raises `BrokenShift`."""
    when, *rest = line.lower().split() or [""]
    if when[:1].isdecimal():
        return _exception(_date(when), rest)
    weekdays = _weekdays(when)
    if len(rest) != 1:
        raise BrokenShift(f"After the weekdays belong hours, and nothing else. {_FORMS}")
    begins, ends = _hours(rest[0])
    return tuple(Shift(weekday, begins, ends) for weekday in weekdays)


def lines_of(plan: Plan) -> tuple[str, ...]:
    """The plan as lines that `parse_plan` reads back, one for each shift."""
    weekly = (f"{WEEKDAYS[shift.weekday]} {_written(shift.begins, shift.ends)}" for shift in plan.weekly)
    return (*weekly, *(_line_of(exception) for exception in plan.exceptions))


def _line_of(exception: ShiftException) -> str:
    if exception.begins is None or exception.ends is None:
        return f"{exception.day} {'on' if exception.on else 'off'}"
    return f"{exception.day} {'' if exception.on else 'off '}{_written(exception.begins, exception.ends)}"


def _written(begins: time, ends: time) -> str:
    return f"{begins:%H:%M}-{'24:00' if ends == MIDNIGHT else f'{ends:%H:%M}'}"


def _exception(day: date, rest: list[str]) -> ShiftException:
    match rest:
        case ["off"]:
            return ShiftException(day, on=False)
        case ["on"]:
            return ShiftException(day, on=True)
        case ["off", hours]:
            return ShiftException(day, False, *_hours(hours))
        case ["on", hours] | [hours]:
            return ShiftException(day, True, *_hours(hours))
        case _:
            raise BrokenShift(f"After a date belongs off, on, or hours. {_FORMS}")


def _date(text: str) -> date:
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise BrokenShift("No calendar has this date. Dates are written year-month-day, like 2026-12-01.") from None
    raise BrokenShift("Dates are written year-month-day, like 2026-12-01.")


def _weekdays(text: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise BrokenShift(f"A line begins with a date or with weekdays: {' '.join(WEEKDAYS)}. {_FORMS}")
        begin = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last) - begin) % 7 if dash else 0
        found += [(begin + passed) % 7 for passed in range(length + 1)]  # sat-mon goes round the end of the week
    return tuple(dict.fromkeys(found))


def _hours(text: str) -> tuple[time, time]:
    match = _HOURS.fullmatch(text)
    if match is None:
        raise BrokenShift("Hours are written like 09:00-15:00, with four digits each and no space.")
    try:
        begins = time.fromisoformat(match[1])
        ends = MIDNIGHT if match[2] == "24:00" else time.fromisoformat(match[2])
    except ValueError:
        raise BrokenShift("No clock shows these hours. They go from 00:00 to 24:00.") from None
    if match[1] == match[2]:
        raise BrokenShift("A shift begins and ends at different hours; the whole day is 00:00-24:00.")
    return begins, ends
