"""What the caller's own call can ask for: a request, answers to it, cancelling, and waiting on the line.

`web` runs this: it seals the number it hears and hands it on; it reads no number and looks nothing up by one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.core import events as on
from gateway.core.case import ENDS, Case, State
from gateway.core.consequences import Moved
from gateway.core.conversation import Channel, Outcome
from gateway.core.identity import CaseId
from gateway.core.lanes import NOT_AREA
from gateway.core.moves import move, new_consequences
from gateway.core.phone import PhoneNumber, is_callable
from gateway.core.rules.pieces import A_REAL_TALK, attempts_for
from gateway.core.sameness import as_a_part, only_says_again
from gateway.core.triage import triage
from gateway.core.windows import Calendar, SafeTime
from gateway.jobs import Bell, JobName
from gateway.ports import EVERYTHING, Namer, Sealer, Transaction, Withdrawal
from gateway.services.casework import apply_all, standing
from gateway.services.chance import Chance
from gateway.services.conversations import ASKED, BEFORE, CASE, STOPPED, TOLD, Handler, Scene
from gateway.services.timing import first_window

CASE_NUMBER = "case"  # what a caller's number is sealed for
WITHDRAWAL_NUMBER = "withdrawal"
LIMIT = "limit"  # what a number is named for while its requests of the day are counted
STAFFED = "staffed"  # the slot that says whether a woman was on shift when the questions began
WHEN_THERE = "when_there"  # said for "now or in a little while" while nobody is: she would sit by her phone in vain
ANSWERS = ("danger", "deadline", "who", "forced", "age", "shared", NOT_AREA)
LONGEST_ON_THE_LINE = timedelta(minutes=20)


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
        self._regions = regions
        self._hold = hold

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
            "request_urgent": self._request_urgent,
            "no_callback": self._no_callback,
            "hold_line": self._hold_line,
            "check_line": self._check_line,
            "urgent_callback": self._urgent_callback,
            "check_talk": self._check_talk,
        }

    # --- a call back ---

    def _check_number(self, transaction: Transaction, scene: Scene) -> Outcome:
        caller, speaks = self._callable(scene), scene.contact.channel is Channel.VOICE
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

    def _callable(self, scene: Scene) -> PhoneNumber | None:
        """The caller's number, if it is one that we may call back."""
        caller = scene.caller
        return caller if caller is not None and is_callable(caller, self._regions) else None

    def _request_callback(self, transaction: Transaction, scene: Scene) -> Outcome:
        caller = self._callable(scene)
        if caller is None:
            return Outcome("no_number")
        limit = self._limit(caller)
        if scene.contact.channel is not Channel.VOICE and transaction.demand(limit).is_too_much(limit):
            return Outcome("limit_text")
        transaction.count_request(limit)
        case = self._new_case(scene, caller, SafeTime(scene.slots["time"]), _answers(scene.slots))
        kept = self._open(transaction, case, caller)
        waits = case.safe_time is SafeTime.NOW and scene.slots.get(STAFFED) == "no"
        return replace(kept, slots={**kept.slots, "time": WHEN_THERE}) if waits else kept

    def _limit(self, caller: PhoneNumber) -> str:
        """Under what this phone's requests of the day are counted."""
        return self._namer.name(LIMIT, caller.reveal())

    def _new_case(
        self, scene: Scene, caller: PhoneNumber | None, safe_time: SafeTime, answers: Mapping[str, str]
    ) -> Case:
        window = first_window(safe_time, self._calendar, now=scene.now, urgency=triage(answers))
        return Case(
            id=self._chance.case_id(),
            alias=self._chance.alias(),
            state=State.REQUESTED,
            requested_at=_asked_at(scene),
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

    def _open(self, transaction: Transaction, case: Case, caller: PhoneNumber | None) -> Outcome:
        sealed = None if caller is None else self._sealer.seal(caller, purpose=CASE_NUMBER, subject=case.id)
        transaction.open_case(Moved(case, new_consequences()), sealed)
        return Outcome("kept" if case.may_ring else "line_only", _made(case.id, case))

    def _keep_secret(self, transaction: Transaction, scene: Scene) -> Outcome:
        if len(scene.slots["own"]) != len(scene.slots["secret"]):
            return Outcome("unusable")  # none of ours, and the gate would wait for another count of digits
        case = _case(transaction, scene)
        if case is not None:
            apply_all(transaction, case, on.AnswersGiven({}, scene.slots["own"]), now=scene.now)
            transaction.owe(Bell(JobName.ADMIT, (case.id,)))  # it may be a request that is kept already
        else:
            self._say_again(transaction, scene, on.Repeated((scene.slots["own"],), {}))
        return Outcome("done", {"secret": scene.slots["own"]})

    def _keep_answers(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = _case(transaction, scene)
        if case is not None:
            apply_all(transaction, case, on.AnswersGiven(_answers(scene.slots)), now=scene.now)
        else:
            self._say_again(transaction, scene, on.Repeated((), _answers(scene.slots)))
        return Outcome("done")

    @staticmethod
    def _say_again(transaction: Transaction, scene: Scene, event: on.Repeated) -> None:
        """What she adds to a request that became part of an earlier one while she was still speaking."""
        name = scene.slots.get(CASE)
        case = None if name is None else standing(transaction, CaseId(name))
        if case is not None:
            apply_all(transaction, case, event, now=scene.now)

    def _cancel_request(self, transaction: Transaction, scene: Scene) -> Outcome:
        """The same for everybody: whether there is anything to cancel is found out later, by the dialler."""
        done = self._withdraw(transaction, scene, scene.slots.get("own", ""))
        return replace(done, slots={**done.slots, "own": ""})  # her number goes with the wish, and stays nowhere else

    def _stop_all(self, transaction: Transaction, scene: Scene) -> Outcome:
        """Whoever writes a stop word is left alone at once: every open request of this phone ends."""
        return self._withdraw(transaction, scene, EVERYTHING)

    def _withdraw(self, transaction: Transaction, scene: Scene, secret: str) -> Outcome:
        caller, stopped_at = scene.caller, _after(scene, ASKED)
        if caller is not None:
            name = self._chance.token()
            sealed = self._sealer.seal(caller, purpose=WITHDRAWAL_NUMBER, subject=name)
            transaction.keep_withdrawal(name, Withdrawal(sealed, secret, stopped_at))
        return Outcome("done", {STOPPED: stopped_at.isoformat()})

    # --- waiting on the line ---

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
        caller = self._callable(scene)
        if caller is None:
            return Outcome("no_line")
        number = scene.slots.get(TOLD, scene.slots["secret"])
        told = {"secret": number, TOLD: number}
        case = self._new_case(replace(scene, slots={**scene.slots, **told}), caller, SafeTime.NOW, {"urgent": "yes"})
        made = scene.slots.get(CASE) or scene.slots.get(BEFORE)
        known = None if made is None else standing(transaction, CaseId(made))
        if known is not None and only_says_again(case, known):
            apply_all(transaction, known, as_a_part(case), now=scene.now)
            return Outcome("by_text", {**_made(known.id, case), **told})
        return Outcome("by_text", {**self._open(transaction, case, caller).slots, **told})

    def _open_on_the_line(self, transaction: Transaction, scene: Scene, answers: Mapping[str, str]) -> Outcome:
        caller = self._callable(scene)
        case = self._new_case(scene, caller, SafeTime.NOW, answers)
        held = replace(case, line=scene.contact.call)
        transaction.hold_line(held.id)
        outcome = self._open(transaction, held, caller)
        return Outcome(outcome.name, {**outcome.slots, **_since(scene.now), "line_since": scene.now.isoformat()})

    def _no_callback(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = _case(transaction, scene)
        if case is not None:
            apply_all(transaction, case, on.RingingForbidden(), now=scene.now)
        return Outcome("done")

    def _hold_line(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = _case(transaction, scene)
        if case is None and CASE not in scene.slots:
            return Outcome("kept", self._open_on_the_line(transaction, scene, {}).slots)
        if case is None or _elapsed(scene.slots, "line_since", scene.now) > LONGEST_ON_THE_LINE:
            return Outcome("over")
        transaction.hold_line(case.id)
        return Outcome("kept", _since(scene.now))

    def _check_line(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = _case(transaction, scene)
        if case is None or not case.on_the_line:
            return Outcome("over")
        transaction.hold_line(case.id)
        if case.state is State.ACCEPTED and case.room is not None:
            transaction.apply(move(case, on.LineJoined(), now=scene.now))
            return Outcome("ready", {"room": case.room})
        nobody = _elapsed(scene.slots, "held_since", scene.now) >= self._hold
        return Outcome("nobody" if nobody else "waiting")

    def _urgent_callback(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = _case(transaction, scene)
        if case is None:
            return Outcome("line_only")
        apply_all(transaction, case, on.LineLeft(), now=scene.now)
        return Outcome("kept" if case.may_ring else "line_only")

    def _check_talk(self, transaction: Transaction, scene: Scene) -> Outcome:
        """She is back from the room: the responder left it. A short talk was a cut, and she is first in line again."""
        case = _case(transaction, scene)
        talked = case is None or (case.bridged_at is not None and scene.now - case.bridged_at >= A_REAL_TALK)
        if case is None or scene.contact.call is None:
            return Outcome("ended")
        if talked:
            apply_all(transaction, case, on.BridgeEnded(), on.LineLeft(), now=scene.now)
            return Outcome("ended")
        if not apply_all(transaction, case, on.LineHeld(scene.contact.call), now=scene.now):
            return Outcome("ended")
        transaction.hold_line(case.id)
        return Outcome("cut", _since(scene.now))


def _case(transaction: Transaction, scene: Scene) -> Case | None:
    """The request of this conversation; None if there is none, or if it is over, erased already or not."""
    name = scene.slots.get(CASE)
    case = None if name is None else transaction.case(CaseId(name))
    return None if case is None or case.state in ENDS else case


def _made(name: CaseId, case: Case) -> dict[str, str]:
    """What a conversation keeps of a request: its case, how often she is told that we try, and in writing when."""
    written = {ASKED: case.requested_at.isoformat()} if case.own_call is None else {}
    return {CASE: name, "attempts": str(case.attempts_left), **written}


def _asked_at(scene: Scene) -> datetime:
    """When this is asked for. Times are whole seconds, and messages that waited for a phone to come up arrive in one
    moment: what follows a stop in the same writing counts as a second later, and a stop that follows that as no sooner.
    """
    return _after(scene, STOPPED, by=timedelta(seconds=1))


def _after(scene: Scene, slot: str, *, by: timedelta = timedelta(0)) -> datetime:
    noted = scene.slots.get(slot)
    return scene.now if noted is None else max(scene.now, datetime.fromisoformat(noted) + by)


def _answers(slots: Mapping[str, str]) -> dict[str, str]:
    return {name: slots[name] for name in ANSWERS if name in slots}


def _word(so: bool) -> str:
    return "yes" if so else "no"


def _since(now: datetime) -> dict[str, str]:
    return {"held_since": now.isoformat()}


def _elapsed(slots: Mapping[str, str], name: str, now: datetime) -> timedelta:
    since = slots.get(name)
    return timedelta(0) if since is None else now - datetime.fromisoformat(since)
