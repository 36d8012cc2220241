"""Anything may happen to the house, in any order; after every step the promises must hold.

Jobs are lost, repeated and run in any order; webhooks, too; the network fails in every way it knows; processes die
over a call that they place; the clock runs on for seconds or for days, with the house awake or asleep. What a rule does
in several steps stands in `play`.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from gateway.core.calls import CallStatus
from gateway.core.conversation import Hold
from gateway.jobs import JobName
from gateway.services.switchboard import CALLER_SCRIPT, GATE_SCRIPT, OFFER_SCRIPT, STAFF_SCRIPT
from tests.promises.checks import RETENTION
from tests.promises.exchange import Fate
from tests.promises.play import (
    A_MAN,
    ANSWERED,
    ASLEEP,
    AWAKE,
    NOT_ON_SHIFT,
    OPENINGS,
    PHONES,
    STRANGERS,
    UNANSWERED,
    WOMEN,
    Play,
    pick,
)
from tests.promises.snapshot import Snapshot

any_one = st.integers(0, 9999)  # which of several, counted round
phones = st.sampled_from(PHONES)
houses = st.sampled_from([ANSWERED, AWAKE, ASLEEP])
times = st.sampled_from("1112341")  # now, morning, afternoon, evening
answers = st.sampled_from(["", "11", "13"])  # she stays for no question, is in danger now, or is not
sharing = st.sampled_from("12")  # alone, shared


class Promises(Play):
    """One house, from an empty store on."""

    @initialize(women=st.integers(1, 3), phone=phones, shared=sharing, keys=st.tuples(times, answers),
                opening=st.sampled_from(list(OPENINGS)))  # fmt: skip
    def a_team_and_a_request(
        self, women: int, phone: str, shared: str, keys: Sequence[str], opening: str = "round the clock"
    ) -> None:
        """Some are on shift, one is not; and a man, though nobody could add him, stands on the roster. `keys`: when she
        wants to be called, and what she presses at the questions.
        """
        calendar, begins = OPENINGS[opening]
        self.open_a_house(calendar=calendar, begins=begins)
        for name, number in list(WOMEN.items())[:women]:
            self.town.hire(name, number, on_shift=True)
        self.town.hire("Esra", NOT_ON_SHIFT, on_shift=False)
        self.town.plant_a_man("Adam", A_MAN)
        self.town.dial(phone, "2", "1", shared, *"".join(keys))

    # --- callers ---

    @rule(phone=phones, shared=sharing, when=times, hangs_up=st.booleans(), more=answers)
    def she_asks_for_a_call(self, phone: str, shared: str, when: str, hangs_up: bool, more: str = "") -> None:
        leg = self.town.dial(phone, "2", "1", shared, when, *more)
        if hangs_up:
            self.town.hang_up(leg)

    @rule(phone=st.none() | phones, keys=st.lists(st.sampled_from(["", "*", "1", "2", "3"]), max_size=3))
    def she_is_in_danger(self, phone: str | None, keys: list[str]) -> None:
        first = ["1"] if phone is not None else ["2", "1"]
        self.town.dial(phone, *first, *keys)

    @rule(phone=phones, which=any_one)
    def she_cancels(self, phone: str, which: int) -> None:
        secrets = [secret for one in self.ledger.requests.values() if one.number == phone for secret in one.secrets]
        self.town.hang_up(self.town.dial(phone, "4", pick(sorted({*secrets, "99"}), which)))

    @rule(phone=phones, words=st.sampled_from(["اتصلوا بي", "لا تتصلوا", "stop", "انتحر", "2", "1", "9", "مسح"]))
    def she_writes(self, phone: str, words: str) -> None:
        self.town.write(phone, words)

    @precondition(lambda self: self._asked(CALLER_SCRIPT))
    @rule(which=any_one, key=st.sampled_from(["1", "2", "3", "4", "0", "*", "", "10", "17"]))
    def she_presses(self, which: int, key: str) -> None:
        self.town.press(pick(self._asked(CALLER_SCRIPT), which), key)

    @precondition(lambda self: self._asked(GATE_SCRIPT))
    @rule(which=any_one, right=st.booleans(), silent=st.booleans())
    def somebody_presses_at_the_gate(self, which: int, right: bool, silent: bool) -> None:
        leg = pick(self._asked(GATE_SCRIPT), which)
        self.town.press(leg, self._secret_of(leg) if right else "" if silent else "99")

    # --- responders ---

    @precondition(lambda self: self._asked(OFFER_SCRIPT))
    @rule(which=any_one, key=st.sampled_from(["1", "1", "2", "3", "4", "9", ""]))
    def a_responder_presses(self, which: int, key: str) -> None:
        self.town.press(pick(self._asked(OFFER_SCRIPT), which), key)

    @rule(number=st.sampled_from([*WOMEN.values(), NOT_ON_SHIFT, PHONES[0]]), key=st.sampled_from("12"))
    def somebody_calls_the_staff_number(self, number: str, key: str) -> None:
        self.town.dial(number, key, script=STAFF_SCRIPT)

    # --- phones ---

    @precondition(lambda self: self.network.ringing())
    @rule(which=any_one)
    def a_phone_is_answered(self, which: int) -> None:
        self.town.answer(pick(self.network.ringing(), which))

    @precondition(lambda self: self.network.ringing())
    @rule(which=any_one, how=st.sampled_from(UNANSWERED))
    def a_phone_is_not_answered(self, which: int, how: CallStatus) -> None:
        self.network.end(pick(self.network.ringing(), which).ringing.call, how)

    @precondition(lambda self: self._up())
    @rule(which=any_one)
    def somebody_hangs_up(self, which: int) -> None:
        self.town.hang_up(pick(self._up(), which))

    @precondition(lambda self: self._waiting())
    @rule(which=any_one)
    def music_or_a_talk_ends(self, which: int) -> None:
        leg = pick(self._waiting(), which)
        if isinstance(leg.last, Hold):
            self.town.wait(leg.last.length)
        else:
            self.town.go_on(leg)

    # --- all goes well for a while ---

    @rule(as_far_as=st.sampled_from([2, 3, 4, 4, 5, 6, 6]), talk=st.integers(1, 20), key=st.sampled_from("1234"))
    def all_goes_well(self, as_far_as: int, talk: int, key: str) -> None:
        self.all_goes_well_once(as_far_as=as_far_as, talk=timedelta(minutes=talk), key=key)

    @rule(key=st.sampled_from("134"))
    def they_talk_and_are_cut_off(self, key: str) -> None:
        """Everybody gets through, talks for a moment, and the woman wants her back, passes her on, or is done."""
        self.all_goes_well_once(as_far_as=5, talk=timedelta(seconds=20), key=key)
        for leg in self._asked(OFFER_SCRIPT):
            self.town.press(leg, key)

    # --- what is under way gets lost, comes twice, comes late ---

    @precondition(lambda self: self.house.bells())
    @rule(which=any_one, times=st.sampled_from([0, 1, 1, 2]))
    def a_job_is_run_or_lost(self, which: int, times: int) -> None:
        job = self.house.take(which)
        for _ in range(times):
            self._run(*job)

    @rule(what=st.sampled_from(["run", "answered", "lost"]))
    def every_job_is_run_or_lost(self, what: str) -> None:
        if what == "lost":
            self.house.lose_bells()
            return
        self._work()
        if what == "answered":
            self._everybody(OFFER_SCRIPT, "1")

    @precondition(lambda self: self.network.reports)
    @rule(which=any_one, times=st.sampled_from([0, 1, 1, 2]))
    def a_report_arrives_or_is_lost(self, which: int, times: int) -> None:
        call = self.network.reports.pop(which % len(self.network.reports))
        for _ in range(times):
            self.town.report(call)

    @precondition(lambda self: any(leg.sent for leg in self.town.legs.values()))
    @rule(which=any_one, place=any_one)
    def a_webhook_comes_again(self, which: int, place: int) -> None:
        """1: the same answer, and nothing changes."""
        leg = pick([leg for leg in self.town.legs.values() if leg.sent], which)
        began_anew = any(
            answer.next_step is None for _, answer in leg.sent
        )  # what was said is erased: a new talk to us
        if began_anew or not self.house.client.exists(f"session:{leg.call}"):
            return
        before = Snapshot.of(self.house.client).content

        first, again = self.town.repeat(leg, place)

        assert again == first, "1: a repeated webhook was answered otherwise"
        assert Snapshot.of(self.house.client).content == before, "1: a repeated webhook changed something"

    @rule(fate=st.sampled_from(Fate), deaf=st.booleans(), phone=phones,
          between=st.sampled_from(["nothing", "nothing", "sweep", "reports", "cancel", "time"]))  # fmt: skip
    def the_next_call_goes_wrong(self, fate: Fate, deaf: bool, phone: str, between: str) -> None:
        """It fails, or something else happens between the request and its answer; or what is going on is not told."""
        self.network.fates, self.network.is_deaf = [fate], deaf
        self.network.between = {
            "nothing": None,
            "sweep": self.house.sweep.run,
            "reports": self._deliver_reports,
            "cancel": lambda: self.town.write(phone, "stop"),
            "time": lambda: self.town.wait(timedelta(seconds=70)),
        }[between]

    # --- time, and what is done by the hour ---

    @rule(seconds=st.integers(1, 90), house=houses)
    def seconds_pass(self, seconds: int, house: str) -> None:
        self._let_pass(timedelta(seconds=seconds), steps=3, house=house)

    @rule(minutes=st.integers(2, 60) | st.integers(60, 1800), house=houses)
    def minutes_or_hours_pass(self, minutes: int, house: str) -> None:
        self._nobody_holds()
        self._let_pass(timedelta(minutes=minutes), steps=4, house=house)

    @rule(days=st.integers(1, 3), house=houses)
    def days_pass(self, days: int, house: str) -> None:
        self._nobody_holds()
        for _ in range(days):
            self._let_pass(timedelta(days=1), steps=6, house=house)
            self._run(JobName.TURN_KEYS)

    @rule(job=st.sampled_from([JobName.TURN_KEYS, JobName.FORGET_RECORDS]))
    def what_is_done_by_the_hour(self, job: JobName) -> None:
        self._run(job)

    @rule()
    def the_sweep_runs(self) -> None:
        """8: after it, nothing is held longer than the retention time."""
        self.house.sweep.run()
        for name, case in Snapshot.of(self.house.client).cases.items():
            if self.town.now - case.last_asked_at >= RETENTION and self.ledger.requests[name].talked_at is None:
                assert not self.house.client.exists(f"sealed:{name}"), "8: a number is held longer than three days"

    # --- promise 6 ---

    @precondition(lambda self: len(self.compared) < 3)
    @rule(phone=phones, stranger=st.sampled_from(STRANGERS), keys=st.sampled_from([("4", "10"), ("4", ""), ("4", "99"),
          ("3", "1"), ("7", "", "8"), ("2", "2")]))  # fmt: skip
    def a_phone_that_has_called_sounds_like_one_that_has_not(self, phone: str, stranger: str, keys: Any) -> None:
        """6: the same keys, the same answers."""
        self.compared.append(keys)
        secret = self.town.dice.next_secret
        known = [answer.replies for _, answer in self.town.dial(phone, *keys).sent]
        self.town.dice.next_secret = secret

        unknown = [answer.replies for _, answer in self.town.dial(stranger, *keys).sent]

        assert known == unknown, "6: a phone that has called before hears something else"
