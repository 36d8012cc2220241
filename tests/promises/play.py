"""The cast of the machine, what its rules do in several steps, the checks after each step, and the calm at the end."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

import redis
from hypothesis import note
from hypothesis.stateful import RuleBasedStateMachine, invariant

from gateway.core.calls import CallStatus
from gateway.core.case import State
from gateway.core.conversation import Ask, Hold, Join
from gateway.core.errors import SanadError
from gateway.core.hours import Hours
from gateway.core.matching import Team
from gateway.core.windows import LAST_MOMENT, Calendar
from gateway.jobs import JobName
from gateway.services.switchboard import CALLER_SCRIPT, GATE_SCRIPT, OFFER_SCRIPT, STAFF_SCRIPT
from tests.promises import checks
from tests.promises.checks import Scene, needles_for
from tests.promises.exchange import Died
from tests.promises.ledger import Ledger
from tests.promises.legs import Leg
from tests.promises.snapshot import Snapshot
from tests.promises.town import Town
from tests.services.house import AMAL, BAN, CALENDAR, DUNYA, ESRA
from tests.services.network import NOON

# The last seven digits of all of them are those of no second in which the machine can be: its times are in the store.
PHONES = ("+9647712550142", "+9647812550163", "+9647512550184")
STRANGERS = ("+9647702550415", "+9647802550436")  # who have never called
WOMEN = {"Amal": AMAL, "Ban": BAN, "Dunya": DUNYA}
NOT_ON_SHIFT, A_MAN = ESRA, "+9647712551291"
UNANSWERED = (CallStatus.NO_ANSWER, CallStatus.BUSY, CallStatus.FAILED)

# Round the clock; by day; by day but for the four days from the beginning on: longer than a number is held.
BY_DAY = replace(CALENDAR, opening=Hours(time(8), time(22)))
A_FEAST = replace(
    BY_DAY, closed_weekdays=frozenset({1, 2}), closed_dates=frozenset({date(2026, 11, 26), date(2026, 11, 27)})
)
ROUND_THE_CLOCK = (CALENDAR, NOON)
OPENINGS = {  # a hotline's hours, and the hour at which all begins
    "round the clock": ROUND_THE_CLOCK,
    "by day, in the night": (BY_DAY, NOON - timedelta(hours=9)),
    "by day, at closing": (BY_DAY, NOON + timedelta(hours=9, minutes=45)),
    "a feast, at noon": (A_FEAST, NOON),
    "a feast, in the night": (A_FEAST, NOON - timedelta(hours=9)),
}

# What may be left of everything: the team, the day's figures, and what is still to be deleted at the provider.
OF_THE_TEAM = frozenset({"responder", "staff", "roster", "on-shift"})
KEPT = OF_THE_TEAM | {
    "counts",
    "given-up",
    "records",
    "record-since",
    "rq",
    "lanes",
    "erased",
    "rewritten",
    "rewriting",
}

# The processes are down; they run; and whoever is rung answers, accepts, and presses the secret number.
ASLEEP, AWAKE, ANSWERED = "asleep", "awake", "answered"


REPORTED_FOR = timedelta(hours=1)

Thing = TypeVar("Thing")


def pick(things: Sequence[Thing], which: int) -> Thing:
    """One of several, counted round."""
    return things[which % len(things)]


class Play(RuleBasedStateMachine):
    """A house and its people. The rules stand in `machine`."""

    def __init__(self, client: redis.Redis, folders: Iterator[Path]) -> None:
        super().__init__()
        self._client, self._folders = client, folders
        self.errors: list[str] = []
        self.compared: list[tuple[str, ...]] = []
        self.needles = needles_for([*PHONES, *STRANGERS, *WOMEN.values(), NOT_ON_SHIFT, A_MAN])

    def open_a_house(self, *, calendar: Calendar, begins: datetime) -> None:
        """The first thing to do: an empty one, with these hours; nothing is left of what was there."""
        self._client.flushall()
        self.town = Town(self._client, next(self._folders), calendar=calendar, begins=begins)
        self.house, self.network = self.town.house, self.town.exchange
        self.ledger = Ledger(calendar)

    # --- people ---

    def _secret_of(self, leg: Leg) -> str:
        request = self.ledger.requests.get(leg.case) if leg.case is not None else None
        return sorted(request.secrets)[-1] if request is not None and request.secrets else "99"

    def all_goes_well_once(self, *, as_far_as: int, talk: timedelta, key: str) -> None:
        """Jobs are done; the woman accepts; the caller opens the gate; they talk; she hangs up; it is wrapped up."""
        stages: list[Callable[[], object]] = [
            self._work,
            lambda: self._everybody(OFFER_SCRIPT, "1"),
            lambda: self._everybody(GATE_SCRIPT, None),
            lambda: self._talk(talk),
            self._end_talks,
            lambda: [self.town.press(leg, key, "4") for leg in self._asked(OFFER_SCRIPT)],
        ]
        for stage in stages[:as_far_as]:
            stage()
            self._work()

    def _everybody(self, script: str, key: str | None) -> None:
        for line in self.network.ringing():
            if line.ringing.is_the_callers == (script == GATE_SCRIPT) and self.network.is_alive(line.ringing.call):
                leg = self.town.answer(line)
                self.town.press(leg, key or self._secret_of(leg))

    def _talk(self, length: timedelta) -> None:
        self._nobody_holds()
        self.town.wait(length)

    def _end_talks(self) -> None:
        """Every caller hangs up."""
        for leg in self.town.up(GATE_SCRIPT):
            self.town.hang_up(leg)
        self.town.catch_up()

    # --- time ---

    def _let_pass(self, length: timedelta, *, steps: int, house: str) -> None:
        """The network does not report for hours to a house that does not answer."""
        for _ in range(steps):
            self.town.wait(timedelta(seconds=max(1, int(length.total_seconds()) // steps)))
            if house == ASLEEP and length > REPORTED_FOR:
                self.network.reports.clear()
            if house != ASLEEP:
                self._deliver_reports()
                self.house.sweep.run()
                self._work()
            if house == ANSWERED:
                self._everybody(OFFER_SCRIPT, "1")
                self._work()
                self._everybody(GATE_SCRIPT, None)

    def _nobody_holds(self) -> None:
        """Nobody stays on a line for so long; a webhook every three seconds would only take time."""
        for leg in self.town.legs.values():
            if self.town.is_up(leg) and isinstance(leg.last, Hold):
                self.town.hang_up(leg)

    # --- pieces ---

    def _asked(self, script: str) -> list[Leg]:
        return [leg for leg in self.town.up(script) if isinstance(leg.last, Ask)]

    def _up(self) -> list[Leg]:
        return self.town.up(CALLER_SCRIPT, GATE_SCRIPT, OFFER_SCRIPT, STAFF_SCRIPT)

    def _waiting(self) -> list[Leg]:
        return [leg for leg in self._up() if isinstance(leg.last, Hold | Join)]

    def _deliver_reports(self) -> None:
        while self.network.reports:
            self.town.report(self.network.reports.pop(0))

    def _work(self, most: int = 1000) -> None:
        while self.house.bells():
            self._run(*self.house.take(0))
            most -= 1
            assert most > 0, "the jobs ring for each other without end"

    def _run(self, name: str, *arguments: str) -> None:
        """Run a job as a worker does: what fails is logged by its code, and the sweep rings again."""
        try:
            self.house.handlers[JobName(name)](*arguments)
        except SanadError as error:
            note(f"{name}: {error.code}")
            self.errors.append(str(error))
        except Died:
            note(f"{name}: died")
        self.town.catch_up()

    # --- after every step ---

    @invariant()
    def every_promise_holds(self) -> None:
        self.town.catch_up()
        self.ledger.read(self.town.journal)
        scene = Scene(self.town, self.ledger, Snapshot.of(self.house.client), self.needles, self.errors)
        self.ledger.notice_unions(scene.store.cases)
        broken = [*self.ledger.offences, *(what for check in checks.CHECKS for what in check(scene))]
        assert not broken, sorted(set(broken))

    def teardown(self) -> None:
        """When all is calm again every case comes on; and after three days nothing is left of anybody."""
        if sys.exception() is not None:
            return  # a promise broke already, and is told
        self._calm()
        for case in Snapshot.of(self.house.client).cases.values():
            assert case.state in {State.WAITING, State.OFFERED}, f"1: a case is stuck that is {case.state}"
        self._every_window_is_used()
        for _ in range(4):
            self.town.wait(timedelta(hours=25))
            self._run(JobName.TURN_KEYS)
            for _ in range(2):
                self.house.sweep.run()
                self._work()
            self.every_promise_holds()
        self._delete_records()
        left = {key.partition(":")[0] for key in Snapshot.of(self.house.client).content}
        assert left <= KEPT, f"8: after four days there is still {sorted(left - KEPT)}"

    def _calm(self) -> None:
        """The network is well, everybody hangs up, nobody answers, and the house is awake for half an hour."""
        self.network.fates, self.network.between, self.network.is_deaf = [], None, False
        for leg in self._up():
            self.town.hang_up(leg)
        for _ in range(4):
            self._let_pass(timedelta(minutes=8), steps=5, house=AWAKE)
            self.every_promise_holds()

    def _every_window_is_used(self, most: int = 3) -> None:
        """1: when the next windows open, a woman who is free is asked; and once all have answered it is done."""
        for _ in range(most):
            waiting = [case for case in Snapshot.of(self.house.client).cases.values() if case.state is State.WAITING]
            if not waiting:
                return
            self.town.wait(max(min(case.due_at for case in waiting) - self.town.now, timedelta(seconds=1)))
            self._run(JobName.TURN_KEYS)
            for name in WOMEN.keys() & {woman.name for woman in self.house.store.responders()}:
                self.house.rostering.set_shift(name, on_shift=True)
            self.house.sweep.run()
            self._work()
            self._nobody_free_is_left_unasked()
            self.all_goes_well_once(as_far_as=6, talk=timedelta(minutes=2), key="1")
            self._let_pass(timedelta(minutes=2), steps=2, house=AWAKE)
            self.every_promise_holds()

    def _nobody_free_is_left_unasked(self) -> None:
        store, now = Snapshot.of(self.house.client), self.town.now
        free = {woman.responder.id for woman in Team.of(store.women.values(), now=now).free}
        for case in store.cases.values():
            if case.state is State.WAITING and case.due_at <= now < case.closes_at - LAST_MOMENT:
                assert free <= case.declined, "1: her window is open, a woman is free, and nobody is asked"

    def _delete_records(self) -> None:
        """Those that we were told of, and then all others, which only the provider's own lists tell of."""
        self._run_until_deleted()
        left = self.network.told - {*self.network.forgotten}
        assert not left, f"8: the provider keeps records that nobody deletes: {sorted(left)}"
        self._run(JobName.FIND_RECORDS)
        self._work()
        self.town.wait(timedelta(minutes=5))
        self._run_until_deleted()
        assert not self.network.kept_there, "8: the provider keeps records of which nobody told us"

    def _run_until_deleted(self) -> None:
        for _ in range(len(self.network.standing) // 5 + 2):
            self._run(JobName.FORGET_RECORDS)
