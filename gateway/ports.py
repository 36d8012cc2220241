"""The doors between the services and what stands outside: telephone, vault, store. On one page.

Services know these shapes only; `gateway.bootstrap` puts the real ones in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from gateway.core.calls import CallStatus, LineSign
from gateway.core.case import Case
from gateway.core.consequences import Moved
from gateway.core.conversation import Reply, Session
from gateway.core.identity import CallId, CaseId, ResponderId
from gateway.core.lanes import Lane, Place
from gateway.core.limits import Demand
from gateway.core.messages import MessageId, Record
from gateway.core.phone import PhoneNumber
from gateway.core.pins import KeptPin
from gateway.core.roster import Responder
from gateway.core.troubles import Trouble
from gateway.core.turns import Forgotten, Turn
from gateway.jobs import Bell, JobName


class Telephone(Protocol):
    """Calls placed and changed at a voice provider.

    Every method may raise `ProviderRefused` or `ProviderBusy` (nothing was done), or `ProviderUncertain`.
    Paths are on our own `web`, e.g. `/twilio/voice/offer/abc`; the adapter puts the public address before them.
    """

    def ring(
        self, to: PhoneNumber, *, answer_path: str, status_path: str, ring_for: timedelta, limit: timedelta
    ) -> CallId:
        """Ring a phone from the service number; when it is answered the provider asks `answer_path` what to say."""

    def redirect(self, call: CallId, *, path: str) -> None:
        """Make a call that is going on ask `path` what to say next."""

    def cancel(self, call: CallId) -> bool:
        """End a call that nobody answered; False if it was answered, and nothing was done. Over already is no error."""

    def hang_up(self, call: CallId) -> None:
        """End a call, ringing or answered. A call that is over already is no error."""

    def status(self, call: CallId) -> CallStatus | None:
        """What the provider says of a call; None if it knows none of that id."""

    def placed_since(self, to: PhoneNumber, since: datetime) -> list[CallId]:
        """Calls of ours to a phone that were created at or after `since`: to find out what an uncertain `ring` did."""

    def forget(self, call: CallId) -> None:
        """Delete the provider's record of a call. `ProviderBusy` if it is not final yet. Gone already is no error."""


class Texting(Protocol):
    """Messages sent by a provider, from one number of the service. Errors as of `Telephone`."""

    @property
    def keeps_records(self) -> bool:
        """Whether the provider keeps a record of each message, which `forget` deletes."""

    def send(self, to: PhoneNumber, text: str, *, valid_for: timedelta, token: str) -> MessageId:
        """Send a message that must not arrive later than after `valid_for`. Its reports come under `token`."""

    def forget(self, message: MessageId) -> None:
        """Delete the provider's record of a message, as `Telephone.forget` does."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A number nobody can read without the opening key of `epoch` (a day, `YYYY-MM-DD`)."""

    epoch: str
    box: bytes


class Sealer(Protocol):
    """Seals numbers with a public key; can open nothing."""

    def seal(self, number: PhoneNumber, *, purpose: str, subject: str, note: str = "") -> Sealed:
        """Seal for one purpose and one subject (a case id, a responder id); both are bound to the box.

        A `note` of up to 14 ASCII letters and digits goes into the box with the number.
        """


class Namer(Protocol):
    """Names things for a day, by a key that only `web` has and that is destroyed two days later."""

    def name(self, purpose: str, text: str) -> str:
        """Today's name of a text, letters only."""


@dataclass(frozen=True, slots=True)
class Index:
    """A phone's keyed name, letters only, and the day (`YYYY-MM-DD`) whose key made it. It goes with that key."""

    epoch: str
    name: str


class Opener(Sealer, Protocol):
    """What only the dialler holds: the keys of the day, which open numbers and name phones."""

    def epoch(self) -> str:
        """The day whose key numbers are sealed with and phones are named by now."""

    def open(self, sealed: Sealed, *, purpose: str, subject: str) -> PhoneNumber:
        """Open a box. Raises `CannotOpen`."""

    def open_with_note(self, sealed: Sealed, *, purpose: str, subject: str) -> tuple[PhoneNumber, str]:
        """Open a box that holds a note as well. Raises `CannotOpen`."""

    def reseal(self, sealed: Sealed, *, purpose: str, subject: str) -> Sealed | None:
        """The same number sealed with today's key; None if it is so already. Raises `CannotOpen`."""

    def indexes(self, number: PhoneNumber, *, purpose: str) -> tuple[Index, ...]:
        """The names of a number: today's, then one for each older key that still exists. Never to be had without it.

        What is kept is kept under the first; what was kept before the turn of the day is found under the others.
        """


# --- the store ---------------------------------------------------------------------------------------


EVERYTHING = "*"  # no secret number: every request of the phone


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Somebody's wish to cancel, waiting for the dialler: the sealed number, and the secret number or `EVERYTHING`."""

    sealed: Sealed
    secret: str = field(repr=False)
    asked_at: datetime  # what is asked for later is not meant
    was_right: bool = False  # it matched before, and whoever carried it out died over it


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody called the staff number; the dialler will see who it was and what she wanted."""

    sealed: Sealed
    wish: str


class Transaction(Protocol):
    """One change of the store. What is read is watched; what is kept is written at the end, all or nothing: if anybody
    changed what was read, nothing is written and the work is done again from the start."""

    def turn(self, name: str, step: int) -> Turn | None:
        """A conversation by its session's name, with the replies that were given at `step`."""

    def turn_of_message(self, name: str, message: str) -> Turn | Forgotten | None:
        """A conversation by its name, with the replies to a written message, by its keyed name, if it was answered."""

    def keep_turn(
        self, name: str, session: Session, *, step: int, replies: tuple[Reply, ...], message: str | None = None
    ) -> None:
        """Keep a conversation and the replies given at `step`, to a written message of this keyed name if any."""

    def forget_session(self, name: str) -> None:
        """Forget a conversation with all its replies."""

    def case(self, case: CaseId) -> Case | None:
        """A case, or None if it is erased or never was."""

    def case_of(self, token: str) -> CaseId | None:
        """The case that an offer's or an attempt's token belongs to."""

    def make_heir(self, heir: CaseId, of: CaseId) -> None:
        """Note that a case became part of another one."""

    def heir_of(self, case: CaseId) -> CaseId | None:
        """The case that another one, which is gone, became part of."""

    def open_case(self, moved: Moved, sealed: Sealed | None) -> None:
        """Keep a new case with its sealed number."""

    def apply(self, moved: Moved) -> None:
        """Keep a case after a move, with everything that follows from it."""

    def leave_lane(self, lane: Lane, case: CaseId) -> None:
        """Take a case out of a lane where it does not belong."""

    def responder(self, responder: ResponderId) -> Responder | None:
        """A responder by id."""

    def keep_responder(self, responder: Responder) -> None:
        """Keep a responder's new state, and with it whether a woman is on shift (`demand`)."""

    def remove_responder(self, responder: ResponderId) -> None:
        """Forget a responder and her number."""

    def keep_staff_number(self, responder: ResponderId, sealed: Sealed) -> None:
        """Keep a responder's sealed number."""

    def keep_withdrawal(self, name: str, withdrawal: Withdrawal, *, life: timedelta) -> None:
        """Leave a wish to cancel for the dialler, at most for so long."""

    def keep_knock(self, name: str, knock: Knock, *, life: timedelta) -> None:
        """Leave a call to the staff number for the dialler, at most for so long."""

    def keep_staff_text(self, name: str, sealed: Sealed) -> None:
        """Leave a message to the staff number for the dialler: who wrote it and what, in one box."""

    def keep_pin(self, responder: ResponderId, pin: KeptPin) -> None:
        """Keep a responder's PIN, and forget all wrong tries."""

    def note_record(self, call: CallId) -> None:
        """Note that the provider keeps a record of this call, to be deleted when it is over."""

    def note_message(self, message: MessageId) -> None:
        """Note the same of a message."""

    def foresee_round(self, name: str) -> None:
        """`count_round` will be asked for this name: read it along with what is read next."""

    def count_round(self, name: str, *, first: int) -> int:
        """Messages of the phone of this daily name within a quarter of an hour, counted from `first` on."""

    def demand(self, name: str) -> Demand:
        """What one more request of the phone of this daily name would meet."""

    def count_request(self, name: str) -> None:
        """Count one more request of the phone of this daily name."""

    def hold_line(self, case: CaseId) -> None:
        """Note that the caller is on the line at this moment."""

    def ring(self, bell: Bell) -> None:
        """Ring for a job when the rest is kept."""

    def first_alarm(self, reason: str, *, again_after: timedelta) -> bool:
        """Whether this reason comes up for the first time within `again_after`; from now on it has."""

    def owe(self, bell: Bell, *, at_once: bool = True) -> None:
        """Ring for a job, and have the sweep ring for it every ten seconds until it is done (`errand_done`)."""

    def place(self, case: CaseId, index: Index) -> None:
        """Note under a phone's index that this case is open, and no more under an earlier one. Dialler only."""

    def is_placed(self, case: CaseId) -> bool:
        """Whether this case is noted under its phone's index. Dialler only."""

    def seal_anew(self, case: CaseId, sealed: Sealed) -> None:
        """Put a newly sealed number in the place of an old one, unless that is gone by now. Dialler only."""

    def claim_phone(self, indexes: Sequence[Index], case: CaseId, *, until: datetime) -> bool:
        """Note under all names of a phone that it is rung for this case; False if it is for another. Dialler only."""

    def note_ring(self, indexes: Sequence[Index], case: CaseId, *, at: datetime) -> None:
        """Note under all names of a phone that it is rung for this case, longer than its claim lives. Dialler only."""

    def rung_for_another(self, indexes: Sequence[Index], case: CaseId) -> datetime | None:
        """When this phone was rung last, if that was for another case, within the last half hour. Dialler only."""


Result = TypeVar("Result")


class Store(Protocol):
    """Everything that is kept. Any method may raise `StoreUnavailable`."""

    def transact(self, work: Callable[[Transaction], Result]) -> Result:
        """Do `work` in one transaction, again if others came in between. Raises `StoreBusy` after many tries."""

    def case(self, case: CaseId) -> Case | None:
        """A case as it stands, to look at, not to change."""

    def ready_cases(self, limit: int) -> list[CaseId]:
        """The first cases that somebody could be asked for now, the most urgent first."""

    def lanes(self) -> list[Lane]:
        """Every lane that ever held a case: a handful, since there are few of what cases ask for."""

    def places(self, lane: Lane, *, start: int, limit: int) -> list[Place]:
        """Who stands in a lane, from the one with `start` others before it, in order."""

    def unanswered_cases(self, now: datetime, *, urgent: bool, limit: int) -> list[CaseId]:
        """Cases that somebody should have accepted by now, the latest first: P0 if `urgent`, else all others."""

    def declined_cases(self, now: datetime, limit: int) -> list[CaseId]:
        """Cases that are due, that a woman has declined and nobody accepted, the earliest due first."""

    def overdue_wishes(self, now: datetime, limit: int) -> list[Bell]:
        """Wishes and errands that the dialler has not done in time, to be rung for again; each is due again later."""

    def overdue_cases(self, now: datetime, limit: int) -> list[CaseId]:
        """Waiting cases whose window has opened, and cases in motion that must be looked at."""

    def old_cases(self, before: datetime, limit: int) -> list[CaseId]:
        """Cases that nobody has asked for since this moment."""

    def all_cases(self, limit: int) -> list[CaseId]:
        """All open cases, the oldest first."""

    def responders(self) -> list[Responder]:
        """The whole roster."""

    def wrong_pins(self, responder: ResponderId) -> int | None:
        """Wrong tries since a responder's PIN was last right; None if she has none."""

    def errand_done(self, bell: Bell) -> bool:
        """Forget an errand: it is done, or there is nothing left to do. Whether it was still owed."""

    def line_sign(self, case: CaseId, now: datetime) -> LineSign:
        """What is known of the caller of this case, who waits on the line."""

    def listen(self) -> None:
        """Hear which bells still wait for an answer, not to ring them again: the sweep rings for ever."""

    def ring(self, bell: Bell) -> None:
        """Ring for a job."""


class Strongroom(Store, Protocol):
    """The store as the dialler sees it: with sealed numbers, the index, and what the provider still has to delete."""

    def sealed_number(self, case: CaseId) -> Sealed | None:
        """The sealed number of a case."""

    def numbers_of_other_days(self, epoch: str) -> list[CaseId]:
        """Cases whose number is sealed, or whose phone is named, by the key of another day than this one."""

    def staff_number(self, responder: ResponderId) -> Sealed | None:
        """The sealed number of a responder."""

    def withdrawal(self, name: str) -> Withdrawal | None:
        """A wish to cancel, as long as it is not fulfilled."""

    def knock(self, name: str) -> Knock | None:
        """A call to the staff number, as long as it is not answered."""

    def staff_text(self, name: str) -> Sealed | None:
        """A message to the staff number, as long as it is not answered."""

    def pin(self, responder: ResponderId) -> KeptPin | None:
        """A responder's PIN, as it is kept."""

    def count_pin_try(self, responder: ResponderId, name: str) -> int:
        """Tries since her PIN was last right, the one in this message included. The same message twice is one."""

    def pin_was_right(self, responder: ResponderId) -> None:
        """Forget her wrong tries."""

    def wish_was_right(self, name: str) -> None:
        """Note that a wish to cancel matched, before it is carried out: done again after a crash it is no wrong try."""

    def wish_fulfilled(self, job: JobName, name: str) -> None:
        """Forget a wish."""

    def moving_cases(self, limit: int) -> list[CaseId]:
        """Cases that wait for no window: new ones that are not admitted yet, and those that somebody is at."""

    def cases_of_phone(self, indexes: Sequence[Index]) -> Sequence[CaseId]:
        """The open cases of a phone, by all its names."""

    def wrong_tries(self, indexes: Sequence[Index]) -> int:
        """How many wishes to cancel from this phone were wrong within a day, by all its names."""

    def wrong_try(self, index: Index, wish: str) -> None:
        """Note that this wish was wrong. The same wish twice, after a crash, is one."""

    def erase(self, case: CaseId, *, now: datetime) -> None:
        """Delete everything of a case and note the provider's records for deletion."""

    def due_records(self, now: datetime, limit: int) -> list[Record]:
        """Provider records whose deletion is to be tried now."""

    def record_deleted(self, record: Record) -> None:
        """This record is gone at the provider."""

    def note_record(self, record: Record, *, now: datetime) -> None:
        """Note a provider's record for deletion."""

    def record_given_up(self, record: Record) -> None:
        """This record could not be deleted in two weeks; it is listed for a person to ask for, with its first try."""

    def record_since(self, record: Record) -> datetime | None:
        """Since when the deletion of this record fails; None if it was not tried yet."""

    def record_kept(self, record: Record, *, try_at: datetime) -> None:
        """This record could not be deleted now."""

    def compact(self) -> None:
        """Have the append-only file written anew if it holds what was erased. The next call learns if it succeeded."""

    def first_trouble(self, trouble: Trouble) -> bool:
        """Note that the provider gives this kind of trouble; whether it is the first time in a while."""
