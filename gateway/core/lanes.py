"""Lanes: cases that ask for the same of a woman stand in one line, so that no case hides another.

Whether a woman may take a case is known from its lane, but for one thing: who has declined it. Within a lane all cases
are of one class, and the one that waits longest stands first. How a woman is chosen stands in `gateway.core.matching`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from gateway.core.case import Case, State
from gateway.core.identity import CaseId
from gateway.core.triage import Urgency, rank, skills_needed

NOT_AREA = "not_area"  # the answer that names areas, `+` between: women of these are not to be asked
MOST_OFFERS_AT_ONCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What these cases ask for.

    `skills` are those that they wait for; `not_areas` are areas whose women the callers do not want. `asked` is true
    where a phone rings already: somebody in danger waits on the line, and others may be asked beside.
    """

    urgency: Urgency
    language: str
    skills: frozenset[str] = frozenset()
    not_areas: frozenset[str] = frozenset()
    asked: bool = False

    @property
    def name(self) -> str:
        """The lane in letters, e.g. `p1:ar:child:` or `p0+:ar:self_harm:qayyara+shura`."""
        return ":".join(
            (f"{self.urgency}{'+' if self.asked else ''}", self.language, _joined(self.skills), _joined(self.not_areas))
        )

    @classmethod
    def read(cls, name: str) -> Self:
        """The lane of a name. Raises `ValueError` for any other text."""
        urgency, language, skills, not_areas = name.split(":", 3)
        return cls(
            urgency=Urgency(urgency.removesuffix("+")),
            language=language,
            skills=_parts(skills),
            not_areas=_parts(not_areas),
            asked=urgency.endswith("+"),
        )

    @property
    def turn(self) -> int:
        """Lanes of a lower turn come first, whatever the ranks.

        A second phone for one caller in danger comes after the first for another, and before everybody else.
        """
        if self.urgency is not Urgency.P0:
            return 2
        return 1 if self.asked else 0


@dataclass(frozen=True, slots=True)
class Place:
    """A case's place in its lane: the lower the rank, the earlier."""

    rank: int
    case: CaseId


def wants_an_offer(case: Case) -> bool:
    """Whether one more responder could be asked, were it time: an urgent caller on the line is offered to several."""
    if case.state is State.WAITING:
        return True
    urgent = case.state is State.OFFERED and case.on_the_line and case.urgency is Urgency.P0
    return urgent and len(case.offers) < MOST_OFFERS_AT_ONCE


def lane_of(case: Case) -> Lane:
    """Where a case stands when its time has come.

    One that a woman has declined waits for no skill any longer: whoever has it may be the one who declined.
    """
    return Lane(
        urgency=case.urgency,
        language=case.language,
        skills=frozenset() if case.declined else skills_needed(case.answers),
        not_areas=excluded_areas(case.answers),
        asked=case.state is State.OFFERED,
    )


def place_of(case: Case) -> Place:
    """Its place in that lane."""
    return Place(rank(case.urgency, case.waiting_since), case.id)


def excluded_areas(answers: Mapping[str, str]) -> frozenset[str]:
    """The areas that a caller does not want a woman of."""
    return _parts(answers.get(NOT_AREA, ""))


def _joined(codes: frozenset[str]) -> str:
    return "+".join(sorted(codes))


def _parts(text: str) -> frozenset[str]:
    return frozenset(part for part in text.split("+") if part)
