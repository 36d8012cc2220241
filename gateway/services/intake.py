"""What a caller can ask for: to be called back, to add to that or to take it back, and help at once (`urgent`).

`web` runs this: it seals the number it hears and hands it on; it reads no number and looks nothing up by one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from gateway.core import events as on
from gateway.core.case import Case
from gateway.core.conversation import ASKED, CASE, STOPPED, Channel, Outcome
from gateway.core.identity import CaseId
from gateway.core.lanes import NOT_AREA
from gateway.core.phone import PhoneNumber
from gateway.core.windows import Calendar, SafeTime, Window
from gateway.jobs import Bell, JobName
from gateway.ports import EVERYTHING, Namer, Sealer, Transaction, Withdrawal
from gateway.services.casework import apply_all, open_case, standing
from gateway.services.chance import Chance
from gateway.services.conversations import Handler, Scene
from gateway.services.requesting import Requesting, after
from gateway.services.timing import window_in_danger
from gateway.services.urgent import Urgent

WITHDRAWAL_NUMBER = "withdrawal"  # what the number of whoever takes a request back is sealed for
LIMIT = "limit"  # what a number is named for while its requests of the day are counted
STAFFED = "staffed"  # the slot that says whether a woman was on shift when the questions began
# said for "now or in a little while" while nobody is, or the hotline is closed: she would sit by her phone in vain
WHEN_THERE = "when_there"
ANSWERS = ("danger", "deadline", "who", "forced", "age", "shared", NOT_AREA)


class Intake:
    """The effects of the caller's script, by name in `handlers`."""

    def __init__(
        self,
        *,
        sealer: Sealer,
        namer: Namer,
        chance: Chance,
        calendar: Calendar,
        regions: frozenset[str],
        hold: timedelta,
    ) -> None:
        self._sealer = sealer
        self._namer = namer
        self._chance = chance
        self._calendar = calendar
        self._requesting = Requesting(sealer=sealer, chance=chance, calendar=calendar, regions=regions)
        self._urgent = Urgent(self._requesting, hold=hold)

    def handlers(self) -> Mapping[str, Handler]:
        """The name of each effect, and what does it."""
        return {
            "check_number": self._check_number,
            "request_callback": self._request_callback,
            "keep_secret": self._keep_secret,
            "keep_answers": self._keep_answers,
            "cancel_request": self._cancel_request,
            "stop_all": self._stop_all,
            "erase_all": self._stop_all,
            **self._urgent.handlers(),
        }

    def _check_number(self, transaction: Transaction, scene: Scene) -> Outcome:
        caller, speaks = self._requesting.callable(scene), scene.contact.channel is Channel.VOICE
        if caller is not None:
            return self._invited(transaction, caller) if speaks else Outcome("callable")
        if not speaks:
            return Outcome("no_line")
        return Outcome("withheld" if scene.caller is None else "refused")

    def _invited(self, transaction: Transaction, caller: PhoneNumber) -> Outcome:
        """Whether she is asked on: not if one more request would be a flood, which nobody in danger is ever told, for
        key 1 is open always.

        On a call this is looked at before the questions: she does not answer three for nothing, and the step that keeps
        her request has a look into the store less. In writing it is looked at last: else every first message waits.
        """
        limit = self._limit(caller)
        demand = transaction.demand(limit)
        return Outcome("limit" if demand.is_too_much(limit) else "callable", {STAFFED: _word(demand.is_staffed)})

    def _request_callback(self, transaction: Transaction, scene: Scene) -> Outcome:
        caller = self._requesting.callable(scene)
        if caller is None:
            return Outcome("no_number")
        limit = self._limit(caller)
        if scene.contact.channel is not Channel.VOICE and transaction.demand(limit).is_too_much(limit):
            return Outcome("limit_text")
        transaction.count_request(limit)
        case = self._requesting.new(scene, caller, SafeTime(scene.slots["time"]), _answers(scene.slots))
        kept = self._requesting.open(transaction, case, caller)
        nobody_there = scene.slots.get(STAFFED) == "no" or case.due_at > scene.now
        waits = case.safe_time is SafeTime.NOW and nobody_there
        return replace(kept, slots={**kept.slots, "time": WHEN_THERE}) if waits else kept

    def _limit(self, caller: PhoneNumber) -> str:
        """Under what this phone's requests of the day are counted."""
        return self._namer.name(LIMIT, caller.reveal())

    def _keep_secret(self, transaction: Transaction, scene: Scene) -> Outcome:
        if len(scene.slots["own"]) != len(scene.slots["secret"]):
            return Outcome("unusable")  # none of ours, and the gate would wait for another count of digits
        case = open_case(transaction, scene.slots.get(CASE))
        if case is not None:
            apply_all(transaction, case, on.AnswersGiven({}, scene.slots["own"]), now=scene.now)
            transaction.owe(Bell(JobName.ADMIT, (case.id,)))  # it may be a request that is kept already
        else:
            self._say_again(transaction, scene, on.Repeated((scene.slots["own"],), {}))
        return Outcome("done", {"secret": scene.slots["own"]})

    def _keep_answers(self, transaction: Transaction, scene: Scene) -> Outcome:
        case, answers = open_case(transaction, scene.slots.get(CASE)), _answers(scene.slots)
        if case is not None:
            apply_all(
                transaction, case, on.AnswersGiven(answers, hours=self._hours(case, answers, scene)), now=scene.now
            )
        else:
            self._say_again(transaction, scene, on.Repeated((), answers))
        return Outcome("done")

    def _hours(self, case: Case, answers: Mapping[str, str], scene: Scene) -> Window | None:
        """When to ring her, if with these answers too her case is one that is rung at any hour."""
        return window_in_danger(case, {**case.answers, **answers}, self._calendar, now=scene.now)

    def _say_again(self, transaction: Transaction, scene: Scene, event: on.Repeated) -> None:
        """What she adds to a request that became part of an earlier one while she was still speaking."""
        name = scene.slots.get(CASE)
        case = None if name is None else standing(transaction, CaseId(name))
        if case is not None:
            hours = self._hours(case, event.answers, scene)
            apply_all(transaction, case, replace(event, hours=hours), now=scene.now)

    def _cancel_request(self, transaction: Transaction, scene: Scene) -> Outcome:
        """The same for everybody: whether there is anything to cancel is found out later, by the dialler."""
        done = self._withdraw(transaction, scene, scene.slots.get("own", ""))
        return replace(done, slots={**done.slots, "own": ""})  # her number goes with the wish, and stays nowhere else

    def _stop_all(self, transaction: Transaction, scene: Scene) -> Outcome:
        """Whoever writes a stop word is left alone at once: every open request of this phone ends."""
        return self._withdraw(transaction, scene, EVERYTHING)

    def _withdraw(self, transaction: Transaction, scene: Scene, secret: str) -> Outcome:
        caller, stopped_at = scene.caller, after(scene, ASKED)
        if caller is not None:
            name = self._chance.token()
            sealed = self._sealer.seal(caller, purpose=WITHDRAWAL_NUMBER, subject=name)
            # No request is older than that: then there is nothing left to cancel, though the dialler was away.
            transaction.keep_withdrawal(name, Withdrawal(sealed, secret, stopped_at), life=self._calendar.retention)
        return Outcome("done", {STOPPED: stopped_at.isoformat()})


def _answers(slots: Mapping[str, str]) -> dict[str, str]:
    return {name: slots[name] for name in ANSWERS if name in slots}


def _word(so: bool) -> str:
    return "yes" if so else "no"
