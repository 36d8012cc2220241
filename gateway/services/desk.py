"""What a responder's call can ask for: hear the offer, take it, leave it, wrap it up.

She is told an alias, the urgency and the waiting time; nothing here knows a number.
"""

from collections.abc import Mapping
from datetime import timedelta

from gateway.core import events as on
from gateway.core.case import ENDS, Case, State
from gateway.core.conversation import Outcome
from gateway.core.identity import ResponderId
from gateway.core.roster import taken_by_hand
from gateway.core.windows import Calendar, SafeTime
from gateway.ports import Transaction
from gateway.services.casework import apply_all
from gateway.services.chance import Chance
from gateway.services.conversations import Handler, Scene
from gateway.services.timing import (
    forgotten_at,
    window_after_attempt,
    window_again,
    window_of_a_colleague,
    window_without_holder,
)

# how long a case has waited, in words that a person can take in on the telephone
WAITED: tuple[tuple[timedelta, str], ...] = (
    (timedelta(minutes=2), "now"),
    (timedelta(minutes=45), "minutes"),
    (timedelta(minutes=90), "hour"),
    (timedelta(hours=20), "hours"),
)


class Desk:
    """The effects of the responder's script, by name in `handlers`."""

    def __init__(self, *, chance: Chance, calendar: Calendar) -> None:
        self._chance = chance
        self._calendar = calendar

    def handlers(self) -> Mapping[str, Handler]:
        """The name of each effect, and what does it."""
        return {
            "describe_offer": self._describe,
            "accept_offer": self._accept,
            "decline_offer": self._decline,
            "end_shift": self._end_shift,
            "check_talk": self._check_talk,
            "close_case": self._close,
            "leave_case": self._leave,
            "call_again": self._call_again,
            "bridge_again": self._bridge_again,
            "pass_on": self._pass_on,
        }

    def _describe(self, transaction: Transaction, scene: Scene) -> Outcome:
        case, token = self._offered_case(transaction, scene), scene.token
        offer = None if case is None or token is None else case.offer(token)
        if case is None or offer is None:
            return Outcome("late")
        return Outcome(
            "open",
            {
                "case": case.id,
                "responder": offer.responder,
                "alias_first": case.alias.first,
                "alias_second": case.alias.second,
                "class": case.urgency.value,
                "waited": waited(scene.now - case.waiting_since),
            },
        )

    def _offered_case(self, transaction: Transaction, scene: Scene) -> Case | None:
        """The case of this call's token, while the offer is open to a woman who is on the roster still."""
        token = scene.token
        name = None if token is None else transaction.case_of(token)
        case = None if name is None else transaction.case(name)
        offer = None if case is None or token is None else case.offer(token)
        return case if offer is not None and transaction.responder(offer.responder) is not None else None

    def _accept(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = self._offered_case(transaction, scene)
        token, room = scene.token, self._chance.token()
        if case is None or token is None or scene.contact.call is None:
            return Outcome("late")
        held = apply_all(transaction, case, on.OfferAccepted(token, scene.contact.call, room), now=scene.now)
        if held is None:
            return Outcome("late")
        return Outcome(_how_she_comes(held), {"room": room})

    def _decline(self, transaction: Transaction, scene: Scene) -> Outcome:
        case, token = self._offered_case(transaction, scene), scene.token
        if case is not None and token is not None:
            apply_all(transaction, case, on.OfferDeclined(token), now=scene.now)
        return Outcome("done")

    def _end_shift(self, transaction: Transaction, scene: Scene) -> Outcome:
        """Off shift, also when the offer is over by now: she hears that her shift has ended."""
        case, token = self._offered_case(transaction, scene), scene.token
        offer = None if case is None or token is None else case.offer(token)
        if case is not None and offer is not None:
            apply_all(transaction, case, on.OfferDeclined(offer.token), now=scene.now)
        name = offer.responder if offer is not None else ResponderId(scene.slots.get("responder", ""))
        responder = transaction.responder(name)
        if responder is not None:
            zone = self._calendar.zone
            transaction.keep_responder(taken_by_hand(responder, on=False, now=scene.now, zone=zone))
        return Outcome("done")

    # --- after the talk ---

    def _held_case(self, transaction: Transaction, scene: Scene) -> Case | None:
        """The case, as long as it is held by the call that asks."""
        token = scene.token
        name = None if token is None else transaction.case_of(token)
        case = None if name is None else transaction.case(name)
        return case if case is not None and case.desk == scene.contact.call and case.holder is not None else None

    def _check_talk(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = self._held_case(transaction, scene)
        if case is None:
            return Outcome("unreached")
        if case.state in {State.ACCEPTED, State.DIALLING, State.GATE}:
            return Outcome("dialling", {"room": case.room or ""})
        apply_all(transaction, case, on.HolderReturned(), on.BridgeEnded(), now=scene.now)
        return Outcome("talked")

    def _close(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = self._held_case(transaction, scene)
        if case is not None:
            apply_all(transaction, case, on.Finished(), now=scene.now)
        return Outcome("done")

    def _leave(self, transaction: Transaction, scene: Scene) -> Outcome:
        """She says nothing, and her call ends: what follows from that is done here, so that she can be told of it."""
        case = self._held_case(transaction, scene)
        if case is None:
            return Outcome("gone")
        window = window_without_holder(case, self._calendar, now=scene.now)
        lost = on.HolderLost(window.opens_at, window.closes_at)
        left = apply_all(transaction, case, lost, now=scene.now)
        return Outcome("over" if left is None or left.state in ENDS else "kept")

    def _call_again(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = self._held_case(transaction, scene)
        if case is None:
            return Outcome("refused")
        if "time" in scene.slots:
            choice = SafeTime(scene.slots["time"])
            window = window_again(case, choice, self._calendar, now=scene.now)
        else:  # another time, but nobody said which: as she asked for it herself, and not today's hour again
            choice = case.safe_time
            window = window_after_attempt(case, self._calendar, now=scene.now)
        if window.opens_at >= forgotten_at(case, self._calendar):
            return Outcome("refused")
        agreed = on.CallAgainAgreed(choice, window.opens_at, window.closes_at)
        return Outcome("refused" if apply_all(transaction, case, agreed, now=scene.now) is None else "done")

    def _bridge_again(self, transaction: Transaction, scene: Scene) -> Outcome:
        """Not for somebody who was removed from the roster meanwhile: she may end what she began, and calls nobody."""
        case, room = self._held_case(transaction, scene), self._chance.token()
        if case is None or case.holder is None or transaction.responder(case.holder) is None:
            return Outcome("refused")
        if apply_all(transaction, case, on.BridgeWanted(room), now=scene.now) is None:
            return Outcome("refused")
        return Outcome("dialling", {"room": room})

    def _pass_on(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = self._held_case(transaction, scene)
        if case is None:
            return Outcome("refused")
        window = window_of_a_colleague(case, self._calendar, now=scene.now)
        passed = on.PassedOn(window.opens_at, window.closes_at)
        return Outcome("no_try" if apply_all(transaction, case, passed, now=scene.now) is None else "done")


def _how_she_comes(case: Case) -> str:
    if case.on_the_line:
        return "accepted_live"
    return "accepted" if case.own_call is None else "accepted_early"


def waited(length: timedelta) -> str:
    """The code of a waiting time: now, minutes, hour, hours or day."""
    return next((code for limit, code in WAITED if length < limit), "day")
