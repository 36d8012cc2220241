"""A caller's request as it is made: when it was asked for, where it stands in line, and her number, sealed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from gateway.core.case import Case, State
from gateway.core.consequences import Moved
from gateway.core.conversation import ASKED, CASE, STOPPED, Outcome
from gateway.core.identity import CaseId
from gateway.core.moves import new_consequences
from gateway.core.phone import PhoneNumber
from gateway.core.rules.pieces import attempts_for
from gateway.core.triage import triage
from gateway.core.windows import Calendar, SafeTime
from gateway.ports import Sealer, Transaction
from gateway.services.chance import Chance
from gateway.services.conversations import Scene
from gateway.services.switchboard import callable_number
from gateway.services.timing import first_window

CASE_NUMBER = "case"  # what a caller's number is sealed for


class Requesting:
    """Makes requests, and opens them. `regions` are the countries whose numbers are called back."""

    def __init__(self, *, sealer: Sealer, chance: Chance, calendar: Calendar, regions: frozenset[str]) -> None:
        self._sealer = sealer
        self._chance = chance
        self._calendar = calendar
        self._regions = regions

    def callable(self, scene: Scene) -> PhoneNumber | None:
        """The caller's number, if it is one that we may call back."""
        return callable_number(scene.contact.caller_text, self._regions)

    def new(self, scene: Scene, caller: PhoneNumber | None, safe_time: SafeTime, answers: Mapping[str, str]) -> Case:
        """A request that nobody knows of yet; without a number it can only be answered on the line."""
        window = first_window(safe_time, self._calendar, now=scene.now, urgency=triage(answers))
        return Case(
            id=self._chance.case_id(),
            alias=self._chance.alias(),
            state=State.REQUESTED,
            requested_at=_asked_at(scene),
            language=scene.language,
            secret=scene.slots["secret"],
            safe_time=safe_time,
            may_ring=caller is not None,
            attempts_left=attempts_for(shared=answers.get("shared") == "yes"),
            answers=dict(answers),
            due_at=window.opens_at,
            closes_at=window.closes_at,
            look_again_at=scene.now + timedelta(seconds=5),
            own_call=scene.contact.call,
            records=() if scene.contact.call is None else (scene.contact.call,),
        )

    def open(self, transaction: Transaction, case: Case, caller: PhoneNumber | None) -> Outcome:
        """Keep a request, together with its number."""
        sealed = None if caller is None else self._sealer.seal(caller, purpose=CASE_NUMBER, subject=case.id)
        transaction.open_case(Moved(case, new_consequences()), sealed)
        return Outcome("kept" if case.may_ring else "line_only", made(case.id, case))


def made(name: CaseId, case: Case) -> dict[str, str]:
    """What a conversation keeps of a request: its case, how often she is told that we try, and in writing when."""
    written = {ASKED: case.requested_at.isoformat()} if case.own_call is None else {}
    return {CASE: name, "attempts": str(case.attempts_left), **written}


def _asked_at(scene: Scene) -> datetime:
    """When this is asked for. Times are whole seconds, and messages that waited for a phone to come up arrive in one
    moment: what follows a stop in the same writing counts as a second later, and a stop that follows that as no sooner.
    """
    return after(scene, STOPPED, by=timedelta(seconds=1))


def after(scene: Scene, slot: str, *, by: timedelta = timedelta(0)) -> datetime:
    """The present, or so long after what this conversation noted, whichever is later."""
    noted = scene.slots.get(slot)
    return scene.now if noted is None else max(scene.now, datetime.fromisoformat(noted) + by)
