"""How urgent a case is, from coded answers only, and which waiting case comes first.

Classes and their drivers follow the requirements of the hotline: danger first, then deadlines and coercion. The kind
of violence never changes the service, only the order.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class Urgency(StrEnum):
    """P0 danger now, P1 today, P2 going on, P3 wants information."""

    P0 = "p0"
    P1 = "p1"
    P2 = "p2"
    P3 = "p3"


# answer -> value -> the least urgency that it asks for
DRIVERS: Mapping[str, Mapping[str, Urgency]] = MappingProxyType(
    {
        "urgent": MappingProxyType({"yes": Urgency.P0}),
        "danger": MappingProxyType({"now": Urgency.P0, "family": Urgency.P0}),
        "deadline": MappingProxyType({"today": Urgency.P1}),
        "who": MappingProxyType({"security": Urgency.P1}),
        "forced": MappingProxyType({"yes": Urgency.P1}),
        "age": MappingProxyType({"minor": Urgency.P1}),
    }
)

# How much later a case of this class counts as having come. Waiting makes up for class, so none starves, but nothing
# but another P0 is ever before a P0: no case waits as long as ten years.
HEAD_START: Mapping[Urgency, timedelta] = MappingProxyType(
    {
        Urgency.P0: timedelta(days=-3650),
        Urgency.P1: timedelta(0),
        Urgency.P2: timedelta(hours=2),
        Urgency.P3: timedelta(hours=8),
    }
)


def triage(answers: Mapping[str, str]) -> Urgency:
    """The most urgent class that any answer asks for; P2 if none does: somebody who asks for a call is threatened."""
    asked_for = (DRIVERS[name].get(value) for name, value in answers.items() if name in DRIVERS)
    return min((urgency for urgency in asked_for if urgency is not None), default=Urgency.P2)


def rank(urgency: Urgency, requested_at: datetime) -> int:
    """The place in the queue: the lower the earlier. Seconds since 1970, moved by the class's head start."""
    return int((requested_at + HEAD_START[urgency]).timestamp())
