"""One change of the store: reads are watched, writes and bells are sent together at the end, or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gateway.core import consequences as then
from gateway.core.case import Case
from gateway.core.consequences import Moved
from gateway.core.conversation import BEFORE, CASE, Channel, Reply, Session
from gateway.core.identity import CallId, CaseId, ResponderId
from gateway.core.lanes import Lane, lane_of
from gateway.core.limits import Demand
from gateway.core.messages import MessageId, Record, RecordKind
from gateway.core.pins import KeptPin
from gateway.core.roster import Responder, freed_again
from gateway.core.turns import Forgotten, Turn
from gateway.jobs import OWED, Bell, JobName
from gateway.ports import Index, Knock, Sealed, Withdrawal
from gateway.storage import keys
from gateway.storage.bells import bell_of, mark, ring
from gateway.storage.codec import Codec
from gateway.storage.digests import digest, message_field
from gateway.storage.packet import Packet, Watch
from gateway.storage.phones import from_ring, rung_for_another, under_all_names
from gateway.storage.places import from_index, may_stand_in, places, seconds, to_index
from gateway.storage.presence import count_present, note_presence
from gateway.storage.records import record_name

WISH_AGAIN_AFTER = timedelta(seconds=10)
LINE_QUIET_AFTER = timedelta(seconds=8)  # twice the music between two questions
RECORD_FIRST_TRIED_AFTER = timedelta(minutes=5)
Write = Callable[[Packet], object]


def errand(bell: Bell) -> str:
    """A job as it stands among the wishes: its name and its arguments."""
    return ":".join((bell.job.value, *bell.arguments))


def _life(channel: Channel) -> timedelta:
    return {Channel.VOICE: keys.SESSION_LIFE, Channel.SMS: keys.WRITTEN_LIFE, Channel.USSD: keys.USSD_LIFE}[channel]


def _all_of(responder: ResponderId) -> tuple[str, ...]:
    return (keys.responder(responder), keys.staff(responder), keys.pin(responder), keys.pin_tries(responder))


class StoreTransaction:
    """The port `Transaction` on one watching connection. `now` decides which queue a case stands in."""

    def __init__(self, watch: Watch, *, codec: Codec, now: datetime, unanswered: frozenset[str] = frozenset()) -> None:
        """`unanswered` are the marks of bells that wait for an answer already; they are not rung again."""
        self._watch = watch
        self._unanswered = unanswered
        self._codec = codec
        self._now = now
        self._writes: list[Write] = []
        self._rung: dict[Bell, None] = {}
        self._responders: dict[ResponderId, Responder] = {}
        self._cases: dict[CaseId, Case] = {}  # as they were read, or are to be kept: where each may stand

    # --- reading ---

    def turn(self, name: str, step: int) -> Turn | None:
        """See the port."""
        key = keys.session(name)
        session, replies = self._watch.watch_and_read(key, ("HMGET", key, "s", f"r{step}"))
        if session is None:
            return None
        return Turn(self._codec.to_session(session), None if replies is None else self._codec.to_replies(replies))

    def turn_of_message(self, name: str, message: str) -> Turn | Forgotten | None:
        """See the port. A second look is taken only for a message that comes again."""
        key, field = keys.session(name), message_field(message)
        heard = ("SISMEMBER", keys.heard(name), field)
        self._watch.foresee(heard)
        session, answered = self._watch.watch_and_read(key, ("HMGET", key, "s", field))
        if answered is None and self._watch.ask(heard)[0]:
            return Forgotten()
        if session is None:
            return None
        return Turn(self._codec.to_session(session), None) if answered is None else self.turn(name, int(answered))

    def case(self, case: CaseId) -> Case | None:
        """See the port."""
        kept = self._watched(keys.case(case))
        if kept is None:
            return None
        found = self._codec.to_case(kept)
        self._cases.setdefault(case, found)
        return found

    def case_of(self, token: str) -> CaseId | None:
        """See the port. Not watched: a token belongs to one case for ever."""
        (kept,) = self._watch.ask(("GET", keys.token(token)))
        return None if kept is None else CaseId(kept.decode())

    def responder(self, responder: ResponderId) -> Responder | None:
        """See the port."""
        if responder in self._responders:
            return self._responders[responder]
        kept = self._watched(keys.responder(responder))
        return None if kept is None else self._codec.to_responder(kept)

    def _watched(self, key: str) -> bytes | None:
        kept: bytes | None = self._watch.watch_and_read(key, ("GET", key))
        return kept

    # --- keeping ---

    def keep_turn(
        self, name: str, session: Session, *, step: int, replies: tuple[Reply, ...], message: str | None = None
    ) -> None:
        """See the port."""
        key = keys.session(name)
        kept = {"s": self._codec.from_session(session), f"r{step}": self._codec.from_replies(replies)}
        if message is not None:
            kept[message_field(message)] = str(step).encode()
        self._writes.append(lambda pipe: pipe.hset(key, mapping=kept))
        life = _life(session.channel)
        if session.channel is not Channel.VOICE:
            for case in {session.slots[slot] for slot in (CASE, BEFORE) if slot in session.slots}:
                self._note_talk(name, CaseId(case), life=life)
        if step == 0 or message is not None:  # a call's life counts from its beginning: a command less at every step
            self._writes.append(lambda pipe: pipe.expire(key, life))

    def _note_talk(self, name: str, case: CaseId, *, life: timedelta) -> None:
        self._writes.append(lambda pipe: pipe.sadd(keys.talks(case), name))
        self._writes.append(lambda pipe: pipe.expire(keys.talks(case), life))

    def make_heir(self, heir: CaseId, of: CaseId) -> None:
        """See the port."""
        self._keep_token(digest(of).decode(), heir)
        for talk in self._watch.watch_and_read(keys.talks(of), ("SMEMBERS", keys.talks(of))):
            self._note_talk(talk.decode(), heir, life=keys.WRITTEN_LIFE)
        self._writes.append(lambda pipe: pipe.delete(keys.talks(of)))  # she may still be writing

    def heir_of(self, case: CaseId) -> CaseId | None:
        """See the port."""
        return self.case_of(digest(case).decode())

    def forget_session(self, name: str) -> None:
        """See the port."""
        self._writes.append(lambda pipe: pipe.delete(keys.session(name)))

    def open_case(self, moved: Moved, sealed: Sealed | None) -> None:
        """See the port."""
        case = moved.case
        if sealed is not None:
            self._keep_sealed(keys.sealed(case.id), sealed, life=None)  # `_apply` gives it one
        self._apply(moved, is_new=True)

    def apply(self, moved: Moved) -> None:
        """See the port."""
        self._apply(moved, is_new=False)

    def _apply(self, moved: Moved, *, is_new: bool) -> None:
        case = moved.case
        kept = self._codec.from_case(case)
        self._writes.append(lambda pipe: pipe.set(keys.case(case.id), kept, ex=keys.CASE_LIFE))
        before = None if is_new else self._cases.get(case.id) or self.case(case.id)
        if before is None or before.last_asked_at < case.last_asked_at:  # who asks anew is not forgotten with the old
            self._writes.append(lambda pipe: pipe.zadd(keys.BORN, {case.id: seconds(case.last_asked_at)}))
            self._writes.append(lambda pipe: pipe.expire(keys.sealed(case.id), keys.CASE_LIFE))
        self._line_up(case, before=before)
        for token in (*(offer.token for offer in case.offers), *([case.attempt.token] if case.attempt else [])):
            self._keep_token(token, case.id)
        for consequence in moved.consequences:
            self._follow(consequence, case)

    def keep_responder(self, responder: Responder) -> None:
        """See the port."""
        self._responders[responder.id] = responder
        kept = self._codec.from_responder(responder)
        self._writes.append(lambda pipe: pipe.set(keys.responder(responder.id), kept))
        self._writes.append(lambda pipe: pipe.sadd(keys.ROSTER, responder.id))
        self._writes.append(lambda pipe: note_presence(pipe, responder))

    def remove_responder(self, responder: ResponderId) -> None:
        """See the port."""
        self._writes.append(lambda pipe: pipe.delete(*_all_of(responder)))
        self._writes.append(lambda pipe: pipe.srem(keys.ROSTER, responder))
        self._writes.append(lambda pipe: pipe.zrem(keys.ON_SHIFT, responder))

    def keep_staff_number(self, responder: ResponderId, sealed: Sealed) -> None:
        """See the port."""
        self._keep_sealed(keys.staff(responder), sealed, life=None)

    def keep_withdrawal(self, name: str, withdrawal: Withdrawal, *, life: timedelta) -> None:
        """See the port."""
        self._keep_sealed(keys.wish(name), withdrawal.sealed, life=life, word=withdrawal.secret)
        asked_at = withdrawal.asked_at.isoformat()
        self._writes.append(lambda pipe: pipe.hset(keys.wish(name), mapping={"at": asked_at}))
        self.owe(Bell(JobName.WITHDRAW, (name,)))

    def keep_knock(self, name: str, knock: Knock, *, life: timedelta) -> None:
        """See the port."""
        self._keep_sealed(keys.wish(name), knock.sealed, life=life, word=knock.wish)
        self.owe(Bell(JobName.KNOCK, (name,)))

    def keep_staff_text(self, name: str, sealed: Sealed) -> None:
        """See the port."""
        self._keep_sealed(keys.wish(name), sealed, life=keys.STAFF_TEXT_LIFE, word="")
        self.owe(Bell(JobName.STAFF_TEXT, (name,)))

    def keep_pin(self, responder: ResponderId, pin: KeptPin) -> None:
        """See the port."""
        kept = {"salt": pin.salt, "digest": pin.digest}
        self._writes.append(lambda pipe: pipe.hset(keys.pin(responder), mapping=kept))
        self._writes.append(lambda pipe: pipe.delete(keys.pin_tries(responder)))

    def note_record(self, call: CallId) -> None:
        """See the port. The first try comes when the call is likely over; until then the provider would refuse."""
        self._note(Record(RecordKind.CALL, call))

    def note_message(self, message: MessageId) -> None:
        """See the port."""
        self._note(Record(RecordKind.MESSAGE, message))

    def _note(self, record: Record) -> None:
        name, score = record_name(record), seconds(self._now + RECORD_FIRST_TRIED_AFTER)
        self._writes.append(lambda pipe: pipe.zadd(keys.RECORDS, {name: score}, nx=True))

    def foresee_round(self, name: str) -> None:
        """See the port."""
        self._watch.foresee(("GET", keys.rounds(name)))

    def count_round(self, name: str, *, first: int) -> int:
        """See the port. Not watched, as `count_request`."""
        key = keys.rounds(name)
        (counted,) = self._watch.ask(("GET", key))
        if counted is None:
            self._writes.append(lambda pipe: pipe.set(key, first, ex=keys.ROUNDS_LIFE))
            return first
        self._writes.append(lambda pipe: pipe.incr(key))
        self._writes.append(lambda pipe: pipe.expire(key, keys.ROUNDS_LIFE, nx=True))
        return int(counted) + 1

    def demand(self, name: str) -> Demand:
        """See the port. Not watched: a limit may be passed by one or two, but callers must not make each other wait."""
        reads = ("GET", keys.limit(name)), ("ZCARD", keys.BORN), count_present(self._now)
        hers, everybodys, on_shift = self._watch.ask(*reads)
        return Demand(int(hers or 0), int(everybodys), is_staffed=on_shift > 0)

    def count_request(self, name: str) -> None:
        """See the port."""
        key = keys.limit(name)
        self._writes.append(lambda pipe: pipe.incr(key))
        self._writes.append(lambda pipe: pipe.expire(key, keys.LIMIT_LIFE, nx=True))

    def hold_line(self, case: CaseId) -> None:
        """See the port."""
        quiet_at = str(seconds(self._now + LINE_QUIET_AFTER))
        self._writes.append(lambda pipe: pipe.set(keys.line(case), quiet_at, ex=keys.LINE_LIFE))

    def place(self, case: CaseId, index: Index) -> None:
        """See the port."""
        kept = self._watched(keys.place(case))
        before = None if kept is None else to_index(kept)
        if before is not None and before != index:
            self._writes.append(lambda pipe: pipe.srem(keys.open_cases(before.name), case))
        self._writes.append(lambda pipe: pipe.sadd(keys.open_cases(index.name), case))
        self._writes.append(lambda pipe: pipe.expire(keys.open_cases(index.name), keys.CASE_LIFE))
        self._writes.append(lambda pipe: pipe.set(keys.place(case), from_index(index), ex=keys.CASE_LIFE))

    def is_placed(self, case: CaseId) -> bool:
        """See the port."""
        return self._watched(keys.place(case)) is not None

    def seal_anew(self, case: CaseId, sealed: Sealed) -> None:
        """See the port."""
        key = keys.sealed(case)
        if self._watch.watch_and_read(key, ("EXISTS", key)):
            self._keep_sealed(key, sealed, life=None)  # its life counts from the request

    def claim_phone(self, indexes: Sequence[Index], case: CaseId, *, until: datetime) -> bool:
        """See the port. Under all names: whoever began before a new key was there sees the claim, too."""
        holder, life = digest(case), max(until - self._now, timedelta(seconds=1))
        if any(kept not in {None, holder} for kept in [self._watched(keys.claim(index.name)) for index in indexes]):
            return False
        self._writes += under_all_names(keys.claim, indexes, holder, life=life)
        return True

    def note_ring(self, indexes: Sequence[Index], case: CaseId, *, at: datetime) -> None:
        """See the port. Under all names, as a claim."""
        self._writes += under_all_names(keys.rung, indexes, from_ring(case, at), life=keys.RUNG_LIFE)

    def rung_for_another(self, indexes: Sequence[Index], case: CaseId) -> datetime | None:
        """See the port."""
        return rung_for_another([self._watched(keys.rung(index.name)) for index in indexes], case)

    def ring(self, bell: Bell) -> None:
        """See the port. The same bell is rung once."""
        self._rung[bell] = None

    def first_alarm(self, reason: str, *, again_after: timedelta) -> bool:
        """See the port."""
        key = keys.alarm(reason)
        if self._watched(key) is not None:
            return False
        self._writes.append(lambda pipe: pipe.set(key, b"raised", ex=again_after))
        return True

    def owe(self, bell: Bell, *, at_once: bool = True) -> None:
        """See the port."""
        score = seconds(self._now + WISH_AGAIN_AFTER)
        self._writes.append(lambda pipe: pipe.zadd(keys.WISHES, {errand(bell): score}))
        if at_once:
            self.ring(bell)

    def write(self) -> None:
        """Send all that was gathered. Raises redis' `WatchError` if others came in between."""
        if not self._writes and not self._rung:
            return
        packet = Packet()
        for write in self._writes:
            write(packet)
        for bell in self._rung:
            if mark(bell) not in self._unanswered:
                ring(bell, packet, now=self._now)
        self._watch.write(packet)

    # --- pieces ---

    def _keep_sealed(self, key: str, sealed: Sealed, *, life: timedelta | None, word: str | None = None) -> None:
        kept = {"epoch": sealed.epoch.encode(), "box": sealed.box} | ({} if word is None else {"word": word.encode()})
        self._writes.append(lambda pipe: pipe.hset(key, mapping=kept))
        if life is not None:
            self._writes.append(lambda pipe: pipe.expire(key, life))

    def _keep_token(self, token: str, case: CaseId) -> None:
        self._writes.append(lambda pipe: pipe.set(keys.token(token), case, ex=keys.TOKEN_LIFE))
        self._writes.append(lambda pipe: pipe.sadd(keys.tokens(case), token))
        self._writes.append(lambda pipe: pipe.expire(keys.tokens(case), keys.CASE_LIFE))

    def _line_up(self, case: Case, *, before: Case | None) -> None:
        """Put a case where it stands now, and take it from where it stood `before`; a new one stood nowhere."""
        stands = places(case, now=self._now)
        for key, score in stands.items():
            self._stand(key, case.id, score)
        lane = lane_of(case).name
        if keys.lane(lane) in stands:
            self._writes.append(lambda pipe: pipe.sadd(keys.LANES, lane))
        for key in () if before is None else sorted(may_stand_in(before) - stands.keys()):
            self._leave(key, case.id)
        self._cases[case.id] = case

    def _stand(self, key: str, case: CaseId, score: int) -> None:
        self._writes.append(lambda pipe: pipe.zadd(key, {case: score}))

    def _leave(self, key: str, case: CaseId) -> None:
        self._writes.append(lambda pipe: pipe.zrem(key, case))

    def leave_lane(self, lane: Lane, case: CaseId) -> None:
        """See the port."""
        self._leave(keys.lane(lane.name), case)

    def _follow(self, consequence: then.Consequence, case: Case) -> None:
        match consequence:
            case then.Occupied(responder):
                self._occupy(responder, case)
            case then.Freed():
                self._free(consequence, case)
            case then.NumberForgotten():
                self._writes.append(lambda pipe: pipe.delete(keys.sealed(case.id)))
            case then.Counted(figure):
                self._count(figure)
            case _:
                self._ring_for(consequence, case)

    def _ring_for(self, consequence: then.Consequence, case: Case) -> None:
        bell = bell_of(consequence, case.id)
        if bell is None:
            return
        if bell.job in OWED:
            self.owe(bell, at_once=bell.job is not JobName.RELEASE_CALLER)  # she hears goodbye, and leaves by herself
        else:
            self.ring(bell)

    def _occupy(self, responder_id: ResponderId, case: Case) -> None:
        responder = self.responder(responder_id)
        if responder is not None:
            self.keep_responder(replace(responder, busy_with=case.id, offered_at=self._now))

    def _free(self, freed: then.Freed, case: Case) -> None:
        responder = self.responder(freed.responder)
        if responder is not None and responder.busy_with == case.id:
            rest, missed, talked = freed.rest, freed.missed, freed.talked
            self.keep_responder(freed_again(responder, rest=rest, missed=missed, talked=talked, now=self._now))
            self.ring(Bell(JobName.DISPATCH))

    def _count(self, figure: str) -> None:
        key = keys.counts(self._now.astimezone(UTC).date().isoformat())
        self._writes.append(lambda pipe: pipe.hincrby(key, figure, 1))
        self._writes.append(lambda pipe: pipe.expire(key, keys.COUNTS_LIFE))
