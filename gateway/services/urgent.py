"""Danger now: whoever calls waits on the line for a woman, and whoever writes is called back before all others."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.core import events as on
from gateway.core.case import State
from gateway.core.conversation import BEFORE, CASE, TOLD, Channel, Outcome
from gateway.core.identity import CaseId
from gateway.core.moves import move
from gateway.core.rules.pieces import is_a_talk
from gateway.core.sameness import as_a_part, only_says_again
from gateway.core.windows import SafeTime
from gateway.ports import Transaction
from gateway.services.casework import apply_all, open_case, standing
from gateway.services.conversations import Handler, Scene
from gateway.services.requesting import Requesting, made

LONGEST_ON_THE_LINE = timedelta(minutes=20)


class Urgent:
    """The effects of key 1 and of its words. `hold` is how long she waits before she is asked how to go on."""

    def __init__(self, requesting: Requesting, *, hold: timedelta) -> None:
        self._requesting = requesting
        self._hold = hold

    def handlers(self) -> Mapping[str, Handler]:
        """The name of each effect, and what does it."""
        return {
            "request_urgent": self._request_urgent,
            "no_callback": self._no_callback,
            "hold_line": self._hold_line,
            "check_line": self._check_line,
            "urgent_callback": self._urgent_callback,
            "check_talk": self._check_talk,
        }

    def _request_urgent(self, transaction: Transaction, scene: Scene) -> Outcome:
        if scene.contact.channel is not Channel.VOICE:
            return self._urgent_by_text(transaction, scene)
        return self._open_on_the_line(transaction, scene, {"urgent": "yes"})

    def _urgent_by_text(self, transaction: Transaction, scene: Scene) -> Outcome:
        """Nobody can be held on a text: she is called back now, before all others.

        They are not counted, for those before may be over. Said again in one writing it is a part of the request that
        stands, as the dialler would make it: a machine must not fill the store until the dialler has looked. One number
        is told in one writing: a dozen are all that a case can have, and hers must not be pushed out. Whoever saw it
        change, or stay, for what is found here would know what was here before.
        """
        caller = self._requesting.callable(scene)
        if caller is None:
            return Outcome("no_line")
        number = scene.slots.get(TOLD, scene.slots["secret"])
        told = {"secret": number, TOLD: number}
        case = self._requesting.new(
            replace(scene, slots={**scene.slots, **told}), caller, SafeTime.NOW, {"urgent": "yes"}
        )
        before = scene.slots.get(CASE) or scene.slots.get(BEFORE)
        known = None if before is None else standing(transaction, CaseId(before))
        if known is not None and only_says_again(case, known):
            apply_all(transaction, known, as_a_part(case), now=scene.now)
            return Outcome("by_text", {**made(known.id, case), **told})
        return Outcome("by_text", {**self._requesting.open(transaction, case, caller).slots, **told})

    def _open_on_the_line(self, transaction: Transaction, scene: Scene, answers: Mapping[str, str]) -> Outcome:
        caller = self._requesting.callable(scene)
        case = self._requesting.new(scene, caller, SafeTime.NOW, answers)
        held = replace(case, line=scene.contact.call)
        transaction.hold_line(held.id)
        outcome = self._requesting.open(transaction, held, caller)
        return Outcome(outcome.name, {**outcome.slots, **_since(scene.now), "line_since": scene.now.isoformat()})

    def _no_callback(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = open_case(transaction, scene.slots.get(CASE))
        if case is not None:
            apply_all(transaction, case, on.RingingForbidden(), now=scene.now)
        return Outcome("done")

    def _hold_line(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = open_case(transaction, scene.slots.get(CASE))
        if case is None and CASE not in scene.slots:
            return Outcome("kept", self._open_on_the_line(transaction, scene, {}).slots)
        if case is None or _elapsed(scene.slots, "line_since", scene.now) > LONGEST_ON_THE_LINE:
            return Outcome("over")
        transaction.hold_line(case.id)
        return Outcome("kept", _since(scene.now))

    def _check_line(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = open_case(transaction, scene.slots.get(CASE))
        if case is None or not case.on_the_line:
            return Outcome("over")
        transaction.hold_line(case.id)
        if case.state is State.ACCEPTED and case.room is not None:
            transaction.apply(move(case, on.LineJoined(), now=scene.now))
            return Outcome("ready", {"room": case.room})
        nobody = _elapsed(scene.slots, "held_since", scene.now) >= self._hold
        return Outcome("nobody" if nobody else "waiting")

    def _urgent_callback(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = open_case(transaction, scene.slots.get(CASE))
        if case is None:
            return Outcome("line_only")
        apply_all(transaction, case, on.LineLeft(), now=scene.now)
        return Outcome("kept" if case.may_ring else "line_only")

    def _check_talk(self, transaction: Transaction, scene: Scene) -> Outcome:
        """She is back from the room: the responder left it. A short talk was a cut, and she is first in line again."""
        case = open_case(transaction, scene.slots.get(CASE))
        talked = case is None or (case.bridged_at is not None and is_a_talk(case.bridged_at, scene.now))
        if case is None or scene.contact.call is None:
            return Outcome("ended")
        if talked:
            apply_all(transaction, case, on.BridgeEnded(), on.LineLeft(), now=scene.now)
            return Outcome("ended")
        if not apply_all(transaction, case, on.LineHeld(scene.contact.call), now=scene.now):
            return Outcome("ended")
        transaction.hold_line(case.id)
        return Outcome("cut", _since(scene.now))


def _since(now: datetime) -> dict[str, str]:
    return {"held_since": now.isoformat()}


def _elapsed(slots: Mapping[str, str], name: str, now: datetime) -> timedelta:
    since = slots.get(name)
    return timedelta(0) if since is None else now - datetime.fromisoformat(since)
