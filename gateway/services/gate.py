"""What the caller's leg of a call back can ask for. The gate opens to her secret number and to nothing else."""

from collections.abc import Mapping

from gateway.core import events as on
from gateway.core.case import Case, State
from gateway.core.conversation import Outcome
from gateway.core.windows import Calendar
from gateway.ports import Transaction
from gateway.services.casework import apply_all
from gateway.services.conversations import Handler, Scene
from gateway.services.timing import window_after_attempt


class Gate:
    """The effects of the gate's script, by name in `handlers`."""

    def __init__(self, *, calendar: Calendar) -> None:
        self._calendar = calendar

    def handlers(self) -> Mapping[str, Handler]:
        """The name of each effect, and what does it."""
        return {
            "answer_gate": self._answer,
            "check_secret": self._check_secret,
            "gate_shut": self._shut,
            "check_talk": self._check_talk,
        }

    def _case(self, transaction: Transaction, scene: Scene) -> Case | None:
        """The case of this call's token, while the attempt is the present one and no other call is at its gate."""
        token = scene.token
        name = None if token is None else transaction.case_of(token)
        case = None if name is None else transaction.case(name)
        attempt = None if case is None else case.attempt
        if attempt is None or attempt.token != token or attempt.call not in {None, scene.contact.call}:
            return None
        return case

    def _answer(self, transaction: Transaction, scene: Scene) -> Outcome:
        """A call that rang later than its attempt can last (a provider held it back) finds nobody who expects it."""
        case, token = self._case(transaction, scene), scene.token
        if case is None or case.attempt is None or token is None or scene.contact.call is None:
            return Outcome("gone")
        if case.state is State.DIALLING and scene.now >= case.attempt.over_at:
            self._end(transaction, case, scene)
            return Outcome("gone")
        if apply_all(transaction, case, on.CallerAnswered(token, scene.contact.call), now=scene.now) is None:
            return Outcome("gone")
        # the script must know how many digits to wait for, and nothing else of the secret number
        return Outcome("ask", {"secret": "0" * len(case.secret)})

    def _check_secret(self, transaction: Transaction, scene: Scene) -> Outcome:
        case, token = self._case(transaction, scene), scene.token
        if case is None or token is None or case.state is not State.GATE:
            return Outcome("gone")
        if not case.opens_to(scene.slots.get("own", "")):
            self._end(transaction, case, scene)
            return Outcome("shut")
        apply_all(transaction, case, on.GateOpened(token), now=scene.now)
        return Outcome("open", {"room": case.room or ""})

    def _shut(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = self._case(transaction, scene)
        if case is not None:
            self._end(transaction, case, scene)
        return Outcome("done")

    def _end(self, transaction: Transaction, case: Case, scene: Scene) -> None:
        window = window_after_attempt(case, self._calendar, now=scene.now)
        token = scene.token
        assert token is not None  # `_case` found the case by it
        apply_all(transaction, case, on.AttemptEnded(token, window.opens_at, window.closes_at), now=scene.now)

    def _check_talk(self, transaction: Transaction, scene: Scene) -> Outcome:
        case = self._case(transaction, scene)
        if case is not None:
            apply_all(transaction, case, on.BridgeEnded(), now=scene.now)
        return Outcome("ended")
