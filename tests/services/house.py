"""The services on a real store and real keys. Only the telephone network and the clock are ours to move."""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from gateway.core.calls import CallStatus
from gateway.core.case import Case, State
from gateway.core.conversation import Channel, Outcome
from gateway.core.errors import SanadError
from gateway.core.identity import CallId, CaseId, ResponderId
from gateway.core.messages import MessageArrived, MessageId
from gateway.core.phone import PhoneNumber
from gateway.core.roster import Reach
from gateway.core.windows import Calendar, Hours, SafeTime
from gateway.jobs import JobName, QueueName
from gateway.ports import Namer
from gateway.services.alarming import Supervisor, Watch
from gateway.services.asking import Asking
from gateway.services.bridging import Bridging, RingTimes
from gateway.services.callreports import CallReports
from gateway.services.casekeeping import Casekeeping
from gateway.services.chance import Chance
from gateway.services.conversations import Answer, Contact, Handler, Scene
from gateway.services.desk import Desk
from gateway.services.dispatch import Dispatcher
from gateway.services.gate import Gate
from gateway.services.intake import Intake
from gateway.services.keykeeping import Keykeeping
from gateway.services.legs import Legs
from gateway.services.messagereports import MessageReports
from gateway.services.reception import Letterbox, Reception
from gateway.services.recordkeeping import Recordkeeping
from gateway.services.rostering import Rostering
from gateway.services.sending import StaffPost
from gateway.services.shifts import Shifts
from gateway.services.staffnumbers import responder_of
from gateway.services.staffroom import Staffroom
from gateway.services.sweep import Sweep
from gateway.storage import keyfiles
from gateway.storage.inspection import everything
from gateway.storage.store import RedisStore, RedisStrongroom
from gateway.storage.vault import OpeningVault, PublicVault, SessionNamer
from tests.services.network import Hands, Network, Ringing
from tests.services.post import staff_keywords, staff_wording

CALLER, OTHER_CALLER = "+9647712550142", "+9647812550163"
AMAL, BAN, DUNYA, ESRA = "+9647712551207", "+9647812551228", "+9647512551249", "+9647712551270"
SUPERVISOR = "+9647512551261"
RING_FOR = timedelta(seconds=25)
ZONE = ZoneInfo("Asia/Baghdad")
FIRST_NAMES, SECOND_NAMES = ("olive", "river"), ("silver", "stone")
CALENDAR = Calendar(
    zone=ZONE,
    parts={
        SafeTime.MORNING: Hours(time(9), time(12)),
        SafeTime.AFTERNOON: Hours(time(13), time(17)),
        SafeTime.EVENING: Hours(time(19), time(22)),
    },
    now_lasts=timedelta(hours=2),
)
RETENTION = CALENDAR.retention


class House:
    """Everything that works on cases, in one process, with its bells rung by hand."""

    def __init__(
        self,
        client: redis.Redis,
        keys: Path,
        *,
        network: Callable[[Hands], Network] = Network,
        chance: Chance | None = None,
        names: Callable[[Callable[[], date]], Namer] | None = None,
        language: str = "ar",
        calendar: Calendar = CALENDAR,
    ) -> None:
        self.client = client
        self.language = language
        self.keys = keys
        self.clock = Hands()
        keyfiles.initialise(keys, self.clock().date())
        self.network = network(self.clock)
        self.store = RedisStrongroom(client, clock=self.clock)
        self.vault = OpeningVault(keys, monotonic=self.clock.monotonic)
        self.sealer = PublicVault(keys, monotonic=self.clock.monotonic)
        self.chance = chance or Chance(first_names=FIRST_NAMES, second_names=SECOND_NAMES, secret_digits=2)
        self.bridging = Bridging(
            self.store,
            telephone=self.network,
            opener=self.vault,
            chance=self.chance,
            calendar=calendar,
            times=RingTimes(responder=RING_FOR, caller=RING_FOR),
            clock=self.clock,
        )
        self.post = StaffPost(
            self.store, texting=self.network.texting, opener=self.vault, wording=staff_wording(), clock=self.clock
        )
        self.asking = Asking(self.store, bridging=self.bridging, post=self.post, clock=self.clock)
        self.staffroom = Staffroom(
            self.store,
            opener=self.vault,
            post=self.post,
            chance=self.chance,
            ring_for=RING_FOR,
            clock=self.clock,
            zone=ZONE,
        )
        self.keeping = Casekeeping(
            self.store,
            opener=self.vault,
            clock=self.clock,
            calendar=calendar,
        )
        self.records = Recordkeeping(
            self.store,
            telephone=self.network,
            forget_message=self.network.texting.forget,
            lists=self.network,
            clock=self.clock,
        )
        self.dispatcher = Dispatcher(
            self.store, chance=self.chance, calendar=calendar, clock=self.clock, ring_for=RING_FOR
        )
        self.reports = CallReports(self.store, calendar=calendar, clock=self.clock)
        self.legs = Legs(self.store, telephone=self.network, opener=self.vault, reports=self.reports, clock=self.clock)
        self.clocks_store = RedisStore(client, clock=self.clock)
        self.sweep = Sweep(self.clocks_store, calendar=calendar, clock=self.clock)
        self.watch = Watch(self.clocks_store, clock=self.clock)
        self.shifts = Shifts(self.store, clock=self.clock, zone=ZONE)
        self.rostering = Rostering(
            self.store, sealer=self.sealer, holder_of=partial(responder_of, store=self.store, opener=self.vault),
            chance=self.chance, regions=frozenset({"IQ"}), languages=frozenset({"ar", "en"}),
            clock=self.clock, zone=ZONE,
        )  # fmt: skip
        self.message_reports = MessageReports(self.store, clock=self.clock)
        self.keykeeping = self.turning()
        self.namer = self._namer(names)
        self.intake = Intake(
            sealer=self.sealer, namer=self.namer, chance=self.chance, calendar=calendar, regions=frozenset({"IQ"}),
            hold=timedelta(seconds=60),
        ).handlers()  # fmt: skip
        self.desk = Desk(chance=self.chance, calendar=calendar).handlers()
        self.gate = Gate(calendar=calendar).handlers()
        self.reception = Reception(sealer=self.sealer, chance=self.chance, retention=calendar.retention).handlers()
        self.letterbox = Letterbox(
            self.store, keywords=staff_keywords(), sealer=self.sealer, namer=self.namer, chance=self.chance,
            regions=frozenset({"IQ"}),
        )  # fmt: skip
        self.handlers: dict[JobName, Callable[..., object]] = {
            JobName.DISPATCH: self.dispatcher.dispatch,
            JobName.ADMIT: self.keeping.admit,
            JobName.WITHDRAW: self.keeping.withdraw,
            JobName.RING_RESPONDER: self.asking.ask,
            JobName.DIAL_CALLER: self.bridging.dial_caller,
            JobName.CHECK_CALLS: self.legs.check,
            JobName.RELEASE_RESPONDER: self.legs.release_responder,
            JobName.RELEASE_CALLER: self.legs.release_caller,
            JobName.HANG_UP: self.legs.hang_up,
            JobName.CALL_OFF: self.legs.call_off,
            JobName.ERASE: self.keeping.erase,
            JobName.FORGET_RECORDS: self.records.forget_records,
            JobName.FIND_RECORDS: self.records.find_records,
            JobName.TURN_KEYS: self.keykeeping.go_on_turning,
            JobName.KNOCK: self.keeping.answer_knock,
            JobName.STAFF_TEXT: self.staffroom.hear,
            JobName.COMPACT: self.keeping.compact,
            JobName.ALARM: Supervisor(
                self.store, self.network, number=PhoneNumber.parse(SUPERVISOR), clock=self.clock
            ).tell,
        }
        self._queues = [Queue(name.value, connection=client, serializer=JSONSerializer) for name in QueueName]

    def _namer(self, names: Callable[[Callable[[], date]], Namer] | None) -> Namer:
        def today() -> date:
            return self.clock().date()

        return names(today) if names else SessionNamer(self.keys, today=today, monotonic=self.clock.monotonic)

    def turning(self, *, at_once: int = 1000) -> Keykeeping:
        """The turn of the keys, with so many numbers in one job."""
        return Keykeeping(
            self.keeping,
            self.store,
            renew=lambda day: len(keyfiles.new_day(self.keys, day)),
            destroy=lambda day: len(keyfiles.destroy_old(self.keys, day)),
            clock=self.clock,
            at_once=at_once,
        )

    # --- bells ---

    def bells(self) -> list[tuple[str, ...]]:
        """What is rung for and not done yet: the job's name and its arguments."""
        return [(job.func_name or "", *job.args) for queue in self._queues for job in queue.jobs]

    def lose_bells(self) -> int:
        """Lose every job that is rung for, as a store without its queues would."""
        lost = len(self.bells())
        for queue in self._queues:
            queue.empty()  # type: ignore[no-untyped-call]  # RQ types it half
        return lost

    def take(self, which: int = 0) -> tuple[str, ...]:
        """Take a job away, as a worker does, or as a loss: the first, or any other, counted round."""
        jobs = [job for queue in self._queues for job in queue.jobs]
        return self._take(jobs[which % len(jobs)])

    def _take(self, job: Job) -> tuple[str, ...]:
        for queue in self._queues:
            queue.remove(job)
        job.delete()
        return (job.func_name or "", *job.args)

    def work(self, *, only: QueueName | None = None, most: int = 200) -> None:
        """Do every job, and those that come of it, until none is left; `only` one queue's, without the other worker."""
        queues = [queue for queue in self._queues if only is None or queue.name == only]
        while jobs := [job for queue in queues for job in queue.jobs]:
            for job in jobs:
                name, *arguments = self._take(job)
                self._do(JobName(name), *arguments)
                most -= 1
                assert most > 0, "the jobs ring for each other without end"

    def _do(self, name: JobName, *arguments: str) -> None:
        try:
            self.handlers[name](*arguments)
        except SanadError:
            return  # as the worker does: the sweep rings again

    # --- people ---

    def woman(
        self,
        name: str,
        number: str,
        *,
        on_shift: bool = True,
        by: Reach = Reach.CALL,
        pin: str | None = None,
        speaks: str = "ar",
    ) -> ResponderId:
        """A responder on the roster."""
        responder = self.rostering.add(name, number, is_woman=True, languages=frozenset({speaks}), by=by)
        if pin is not None:
            self.rostering.set_pin(name, pin)
        if on_shift:
            self.rostering.set_shift(name, on_shift=True)
        return responder.id

    def ask(self, effect: str, *, caller: str | None = CALLER, call: str = "CAhers", **slots: str) -> Outcome:
        """One effect of the caller's script, done as `web` does it."""
        return self._ask(effect, caller=caller, call=call, handlers=self.intake, slots=slots)

    def written(self, effect: str, *, caller: str = CALLER, **slots: str) -> Outcome:
        """One effect of the caller's script, asked for by a message."""
        contact = Contact("script", "writes", None, None, None, channel=Channel.SMS, caller_text=caller)
        scene = Scene(contact, slots, self.clock(), self.language)
        return self.store.transact(lambda transaction: self.intake[effect](transaction, scene))

    def at_desk(self, effect: str, ringing: Ringing, **slots: str) -> Outcome:
        """One effect of a responder's call."""
        token = {"token": ringing.token}
        return self._ask(effect, caller=None, call=ringing.call, handlers=self.desk, slots={**slots, **token})

    def at_gate(self, effect: str, ringing: Ringing, **slots: str) -> Outcome:
        """One effect of the call back."""
        token = {"token": ringing.token}
        return self._ask(effect, caller=None, call=ringing.call, handlers=self.gate, slots={**slots, **token})

    def knock(self, effect: str, caller: str | None) -> Outcome:
        """One effect of the staff number's script."""
        return self._ask(effect, caller=caller, call="CAstaff", handlers=self.reception, slots={})

    def staff_text(self, sender: str, text: str, *, message: str = "SMone") -> Answer:
        """A message to the staff number, and all that comes of it."""
        answer = self.letterbox.message(MessageArrived(MessageId(message), sender, "", text))
        self.work()
        return answer

    def _ask(
        self, effect: str, *, caller: str | None, call: str, handlers: Mapping[str, Handler], slots: Mapping[str, str]
    ) -> Outcome:
        contact = Contact("script", call, CallId(call) if call else None, 1, None, caller_text=caller or "")
        scene = Scene(contact, slots, self.clock(), self.language)
        return self.store.transact(lambda transaction: handlers[effect](transaction, scene))

    def request(
        self,
        number: str = CALLER,
        *,
        secret: str = "47",
        when: str = "now",
        call: str = "CAhers",
        hangs_up: bool = True,
        **answers: str,
    ) -> CaseId:
        """A request for a call back, kept but not yet admitted; she hangs up when it is kept."""
        slots = {"secret": secret, "time": when, **answers}
        outcome = self._ask("request_callback", caller=number, call=call, handlers=self.intake, slots=slots)
        case = CaseId(outcome.slots["case"])
        if hangs_up:
            self.reports.own_call_ended(case, CallId(call))
        return case

    def urgent(self, number: str | None = CALLER, *, secret: str = "47", call: str = "CAhers") -> CaseId:
        """A caller in danger, who waits on the line."""
        return CaseId(self.ask("request_urgent", caller=number, call=call, secret=secret).slots["case"])

    # --- the story, told on ---

    def on_the_phone(self, call: str = "CAhers", status: CallStatus = CallStatus.IN_PROGRESS) -> None:
        """From now on the provider says this of the caller's own call."""
        self.network.standing[CallId(call)] = status

    def wait(self, seconds: int) -> None:
        """Time passes; the clock sweeps every two seconds and all work is done."""
        for _ in range(0, seconds, 2):
            self.clock.forward(seconds=2)
            self.sweep.run()
            self.work()

    def case(self, name: CaseId) -> Case:
        """The case as it stands."""
        case = self.store.case(name)
        assert case is not None, "it is erased"
        return case

    def state(self, name: CaseId) -> State | None:
        """Where a case stands; None if it is erased."""
        case = self.store.case(name)
        return None if case is None else case.state

    def offered(self) -> Ringing:
        """Do the work; the last responder's phone that rings."""
        self.work()
        return [ringing for ringing in self.network.rung if not ringing.is_the_callers][-1]

    def dialled(self) -> Ringing:
        """Let the responder accept whose phone rings; the caller's ringing phone."""
        assert self.at_desk("accept_offer", self.offered()).name == "accepted"
        self.work()
        return [ringing for ringing in self.network.rung if ringing.is_the_callers][-1]

    def bridged(self, *, secret: str = "47") -> tuple[Ringing, Ringing]:
        """Let both meet; the responder's call and the caller's."""
        desk = self.offered()
        leg = self.dialled()
        self.at_gate("answer_gate", leg)
        assert self.at_gate("check_secret", leg, own=secret).name == "open"
        return desk, leg

    def everything(self) -> bytes:
        """Every byte of the store, without RQ's own keys."""
        return b"\n".join(kept for key, kept in everything(self.client) if not key.startswith("rq:"))
