"""Everybody with a phone, before the real conversations: dials, presses, is silent, hangs up, and hears replies.

What is written down here is what phones heard and did. The promises are held against it in `checks`.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import redis

from gateway import bootstrap
from gateway.core.calls import CallStatus
from gateway.core.conversation import Ask, HangUp, Hold, Join, Reply
from gateway.core.identity import CallId, CaseId, ResponderId, Token
from gateway.core.messages import MessageArrived, MessageId
from gateway.core.phone import PhoneNumber
from gateway.core.roster import Responder
from gateway.core.triage import Urgency
from gateway.core.windows import Calendar
from gateway.ports import Transaction
from gateway.services.bridging import STAFF_NUMBER
from gateway.services.conversations import Answer, Contact, Conversations
from gateway.services.switchboard import CALLER_SCRIPT, GATE_SCRIPT, OFFER_SCRIPT, STAFF_SCRIPT
from gateway.services.texts import SMS_SESSION, Texts
from gateway.storage.library import Library, load
from tests.promises.ageing import age
from tests.promises.dice import Dice, Names
from tests.promises.exchange import Asked, Exchange, Line
from tests.promises.legs import Heard, Leg
from tests.services.house import CALENDAR, House
from tests.services.network import NOON, Ringing

PATIENCE = timedelta(seconds=20)  # the network's, after the last word of a question
MOST_TURNS = 12


class Town:
    """A house, its network, and the people."""

    def __init__(
        self, client: redis.Redis, folder: Path, *, calendar: Calendar = CALENDAR, begins: datetime = NOON
    ) -> None:
        self.dice = Dice()
        self.calendar = calendar
        self.house = House(client, folder, network=Exchange, chance=self.dice, names=Names, calendar=calendar)
        self.house.clock.now = begins
        assert isinstance(self.house.network, Exchange)
        self.exchange: Exchange = self.house.network
        self.legs: dict[CallId, Leg] = {}
        self.met: set[str] = set()  # rooms in which two have met; such a room ends when either leaves
        self.journal: list[Heard | Asked] = []  # everything that was heard and asked of the network, in order
        library = scripts()
        self.conversations = Conversations(
            self.house.store,
            scripts=library.scripts,
            handlers={
                CALLER_SCRIPT: self.house.intake,
                OFFER_SCRIPT: self.house.desk,
                GATE_SCRIPT: self.house.gate,
                STAFF_SCRIPT: self.house.reception,
            },
            clock=self.house.clock,
            new_secret=self.dice.secret,
            language="ar",
        )
        self.namer = self.house.namer
        self.texts = Texts(
            self.conversations, keywords=library.keywords, namer=self.namer, chance=self.dice, regions=frozenset({"IQ"})
        )
        self.women: dict[str, ResponderId] = {}
        self.exchange.looking, self.exchange.tell = self._look, self.journal.append

    def hire(self, name: str, number: str, *, on_shift: bool) -> None:
        """One more woman on the roster."""
        self.women[PhoneNumber.parse(number).reveal()] = self.house.woman(name, number, on_shift=on_shift)

    def plant_a_man(self, name: str, number: str) -> None:
        """Somebody on the roster, on shift, whom nobody could have added."""
        man = Responder(id=ResponderId(self.dice.case_id()), name=name, is_woman=False, on_shift=True)
        sealed = self.house.sealer.seal(PhoneNumber.parse(number), purpose=STAFF_NUMBER, subject=man.id)

        def work(transaction: Transaction) -> None:
            transaction.keep_responder(man)
            transaction.keep_staff_number(man.id, sealed)

        self.house.store.transact(work)

    def _look(self, ringing: Ringing) -> tuple[CaseId | None, bool, bool]:
        """What a ring is about, whether that is danger, and whether it goes to a woman who is on shift, as the store
        has it in this moment.
        """
        ready = {woman.id for woman in self.house.store.responders() if woman.is_woman and woman.on_shift}
        name = self._case_of(ringing.token)
        case = None if name is None else self.house.store.case(name)
        is_danger = case is not None and case.urgency is Urgency.P0
        return name, is_danger, self.women.get(ringing.to.reveal()) in ready

    @property
    def now(self) -> datetime:
        """The present."""
        return self.house.clock()

    # --- calls ---

    def dial(self, number: str | None, *keys: str, script: str = CALLER_SCRIPT) -> Leg:
        """Call us, and press these keys one after the other, as long as there is a question."""
        self.house.clock.now += timedelta(seconds=1)  # nobody dials and presses four keys in the second of a message
        leg = Leg(CallId(f"CAin{_letters(len(self.legs))}"), script, number)
        self.legs[leg.call] = leg
        self.exchange.begin(leg.call)
        self._ask(leg, None)
        return self.press(leg, *keys)

    def answer(self, line: Line) -> Leg:
        """Pick up a phone that we ring."""
        ringing = line.ringing
        self.exchange.pick_up(ringing.call)
        script = GATE_SCRIPT if ringing.is_the_callers else OFFER_SCRIPT
        leg = Leg(ringing.call, script, ringing.to.reveal(), ringing.token)
        self.legs[leg.call] = leg
        self._ask(leg, None)
        return leg

    def press(self, leg: Leg, *keys: str) -> Leg:
        """Keys at questions; an empty one is silence. What is not asked for is not heard."""
        for key in keys:
            if self.is_up(leg) and isinstance(leg.last, Ask):
                self._ask(leg, key or None)
        return leg

    def go_on(self, leg: Leg) -> None:
        """A hold or a talk ends, and the network asks what comes next."""
        if self.is_up(leg) and isinstance(leg.last, Hold | Join):
            self._ask(leg, None)

    def hang_up(self, leg: Leg) -> None:
        """The phone is put down; the network tells us later."""
        self.exchange.end(leg.call, CallStatus.COMPLETED)

    def repeat(self, leg: Leg, place: int) -> tuple[Answer, Answer]:
        """A webhook that was answered comes once more: what was answered then, and now."""
        contact, first = leg.sent[place % len(leg.sent)]
        return first, self.conversations.answer(contact)

    def is_up(self, leg: Leg) -> bool:
        """Whether a call goes on."""
        return self.exchange.is_alive(leg.call)

    def up(self, *scripts: str) -> list[Leg]:
        """The calls that go on."""
        return [leg for leg in self.legs.values() if leg.script in scripts and self.is_up(leg)]

    def _ask(self, leg: Leg, keys: str | None, *, back: bool = False) -> None:
        self._serve_redirects(but=leg.call if back else None)
        contact = Contact(
            leg.script, leg.call, leg.call, None if back else leg.step, keys, back=back,
            caller_text=(leg.number or "anonymous") if leg.token is None else "", token=None if back else leg.token,
        )  # fmt: skip
        answer = self.conversations.answer(contact)
        leg.sent.append((contact, answer))
        leg.replies, leg.step, leg.since = answer.replies, answer.next_step, self.now
        self._write_down(leg, keys)
        self.exchange.told.add(leg.call)
        if isinstance(leg.last, HangUp):
            self.hang_up(leg)

    def _write_down(self, leg: Leg, keys: str | None) -> None:
        slots = self._slots(leg.call)
        leg.case = CaseId(slots["case"]) if "case" in slots else leg.case
        if leg.token is not None and leg.case is None:
            leg.case = self._case_of(leg.token)
        self.journal.append(
            Heard(leg.number, leg.call, leg.script, tuple(leg.prompts), leg.replies, self.now, keys, leg.token,
                  leg.case, slots)
        )  # fmt: skip

    def _slots(self, session: str) -> dict[str, str]:
        turn = self.house.store.transact(lambda transaction: transaction.turn(session, 0))
        return {} if turn is None else dict(turn.session.slots)

    def _case_of(self, token: Token) -> CaseId | None:
        return self.house.store.transact(lambda transaction: transaction.case_of(token))

    def _serve_redirects(self, *, but: CallId | None) -> None:
        while self.exchange.brought_back:
            leg = self.legs.get(self.exchange.brought_back.pop(0))
            if leg is not None and leg.call != but and self.is_up(leg):
                self._ask(leg, None, back=True)

    def catch_up(self) -> None:
        """Let everybody hear at once what we brought them back for, or what comes next as the other has left."""
        self._serve_redirects(but=None)
        rooms: dict[str, list[Leg]] = {}
        for leg in self.legs.values():
            if self.is_up(leg) and isinstance(leg.last, Join):
                rooms.setdefault(leg.last.room, []).append(leg)
        for room, legs in rooms.items():
            if len(legs) > 1:
                self.met.add(room)
            elif room in self.met:
                self.go_on(legs[0])

    # --- written messages ---

    def write(self, number: str, text: str) -> tuple[Reply, ...]:
        """Send us a message."""
        message = MessageArrived(MessageId(f"SM{_letters(len(self.journal))}"), number, "", text)
        answer = self.texts.message(message)
        sender = PhoneNumber.parse(number)
        slots = self._slots(self.namer.name(SMS_SESSION, sender.reveal()))
        leg = Leg(CallId(message.id), CALLER_SCRIPT, sender.reveal(), replies=answer.replies)
        leg.case = CaseId(slots["case"]) if "case" in slots else None
        self.journal.append(
            Heard(leg.number, leg.call, leg.script, tuple(leg.prompts), leg.replies, self.now, text, None, leg.case,
                  slots, is_message=True)
        )  # fmt: skip
        return answer.replies

    # --- what the network tells ---

    def report(self, call: CallId) -> None:
        """The status report of a call that ended."""
        leg, line = self.legs.get(call), self.exchange.lines.get(call)
        self.exchange.told.add(call)
        if line is not None and line.ringing.is_the_callers:
            self.house.reports.attempt_ended(line.ringing.token, call)
        elif line is not None:
            self.house.reports.offer_ended(line.ringing.token, call)
        elif leg is not None and leg.script == CALLER_SCRIPT:
            self.house.reports.line_ended(call)

    # --- time ---

    def wait(self, length: timedelta) -> None:
        """Let time pass. Questions run out of time, music ends, and phones stop ringing, each when it does."""
        until = self.now + length
        self.catch_up()
        while self.now < until:
            step = min(self._next_moment(), until) - self.now
            self.house.clock.now += step
            age(self.house.client, step)
            self.exchange.let_time_end_calls()
            self._let_legs_go_on()
            self.catch_up()

    def _next_moment(self) -> datetime:
        ends = [line.ends_at() for call, line in self.exchange.lines.items() if self.exchange.is_alive(call)]
        turns = [self._turn_ends_at(leg) for leg in self.legs.values() if self.is_up(leg)]
        soonest = min([*ends, *turns, datetime.max.replace(tzinfo=NOON.tzinfo)])
        return max(soonest, self.now + timedelta(seconds=1))

    @staticmethod
    def _turn_ends_at(leg: Leg) -> datetime:
        match leg.last:
            case Ask(_, _, wait):
                return leg.since + wait + PATIENCE
            case Hold(length):
                return leg.since + length
            case Join(_, limit):
                return leg.since + limit
            case _:
                return datetime.max.replace(tzinfo=NOON.tzinfo)

    def _let_legs_go_on(self) -> None:
        for leg in [leg for leg in self.legs.values() if self.is_up(leg) and self.now >= self._turn_ends_at(leg)]:
            if isinstance(leg.last, Ask):
                self.press(leg, "")
            else:
                self.go_on(leg)


@lru_cache(maxsize=1)
def scripts() -> Library:
    """The real scripts; they are read once."""
    return load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=NOON.date())


def _letters(number: int) -> str:
    letters = ""
    for _ in range(4):
        number, rest = divmod(number, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
