"""How urgent a case is, from coded answers only, and which waiting case comes first.

Classes and their drivers follow the requirements of the hotline: danger first, then deadlines and coercion. The kind
of violence never changes the service, only the order.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class Urgency(StrEnum):
    """P0 danger now, P1 today, P2 going on, P3 wants information."""

    P0 = "p0"
    P1 = "p1"
    P2 = "p2"
    P3 = "p3"


class Skill(StrEnum):
    """What a woman may have learned that some cases ask for."""

    CHILD = "child"
    SELF_HARM = "self_harm"


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

# answer -> value -> what a woman should have learned who takes such a case
SKILLS: Mapping[str, Mapping[str, Skill]] = MappingProxyType(
    {
        "urgent": MappingProxyType({"yes": Skill.SELF_HARM}),  # one key for danger and for thoughts of hurting herself
        "age": MappingProxyType({"minor": Skill.CHILD}),
    }
)

# How long a case waits, since its request, for a woman who has the skill and is on shift, but not free. Nobody in
# danger waits for a skill: then those who have it are only asked first.
PATIENCE: Mapping[Urgency, timedelta] = MappingProxyType(
    {
        Urgency.P0: timedelta(0),
        Urgency.P1: timedelta(minutes=10),
        Urgency.P2: timedelta(hours=1),
        Urgency.P3: timedelta(hours=4),
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
    asked_for = [DRIVERS[name].get(value) for name, value in answers.items() if name in DRIVERS]
    return min(filter(None, asked_for), default=Urgency.P2)


def skills_needed(answers: Mapping[str, str]) -> frozenset[str]:
    """The skills that any answer asks for."""
    asked_for = (SKILLS[name].get(value) for name, value in answers.items() if name in SKILLS)
    return frozenset(skill for skill in asked_for if skill is not None)


def rank(urgency: Urgency, requested_at: datetime) -> int:
    """The place in the queue: the lower the earlier. Seconds since 1970, moved by the class's head start."""
    return int((requested_at + HEAD_START[urgency]).timestamp())


def waiting_since(urgency: Urgency, place: int) -> datetime:
    """When a case of this class and rank was requested, aware UTC."""
    return datetime.fromtimestamp(place, UTC) - HEAD_START[urgency]
