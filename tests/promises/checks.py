"""The eight promises as checks of one moment. Each has its promise's number and says what is wrong, without a number.

What is judged when a phone is asked for (windows, distances, who is rung) stands in `ledger`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from gateway.core.case import ENDS, HELD, Case, State
from gateway.core.conversation import Ask, HangUp, Hold, Join
from gateway.core.errors import CannotOpen
from gateway.core.identity import CaseId
from gateway.core.leaks import Needles, find
from gateway.core.limits import ROUNDS_BLUR
from gateway.core.phone import PhoneNumber
from gateway.core.triage import Urgency
from gateway.core.windows import BETWEEN_ATTEMPTS
from gateway.ports import Sealed
from gateway.services.requesting import CASE_NUMBER
from gateway.services.switchboard import CALLER_SCRIPT, GATE_SCRIPT
from gateway.services.texts import MOST
from gateway.services.timing import open_window
from gateway.storage import keys
from tests.promises.exchange import Fate
from tests.promises.ledger import Ledger
from tests.promises.legs import Heard
from tests.promises.snapshot import Snapshot
from tests.promises.town import Town

CERTAIN = frozenset({Fate.WORKS, Fate.IS_REFUSED, Fate.FINDS_IT_BUSY})
# What may name a case that is gone: a token leads nowhere, a job and an errand at a call of its do nothing to it.
ENDING = frozenset({"token", "claim", "rq", "wishes"})
RETENTION = timedelta(hours=72)
A_DAY = timedelta(days=1)
A_QUARTER = timedelta(minutes=15)
FEWEST_ANSWERS = min(MOST.values()) - ROUNDS_BLUR + 1
NEUTRAL = frozenset({"gate", "cut", "late"})  # all that a phone may hear before the secret number
LINES = (keys.LATER, keys.MOTION)
LANE = keys.lane("")  # what the name of every lane begins with


@dataclass(frozen=True, slots=True)
class Scene:
    """One moment: the people, what they were told, and the whole store."""

    town: Town
    ledger: Ledger
    store: Snapshot
    needles: Needles
    errors: list[str]  # what jobs failed with


def heard_means_kept(scene: Scene) -> Iterator[str]:
    """1: whoever was promised a call has a case with her number, in exactly one line; or it is settled why not."""
    standing = {name: case for name, case in scene.store.cases.items() if case.state not in ENDS}
    for request in scene.ledger.requests.values():
        promised = request.promised_at is not None and request.number is not None
        is_open = not promised or scene.ledger.heirs(request, standing)
        if not is_open and not scene.ledger.is_settled(request, scene.town.now, RETENTION):
            yield f"1: the call promised in {request.call} is lost, tried {request.had} times of {request.told}"
    for case in standing.values():
        yield from _stands_rightly(scene, case)
        yield from _is_due_rightly(scene, case)
    for name in scene.store.cases.keys() - scene.ledger.requests.keys():
        yield f"1: there is a case that nobody asked for: {scene.store.cases[name].state}"


def _stands_rightly(scene: Scene, case: Case) -> Iterator[str]:
    lanes = [key for key in scene.store.content if key.startswith(LANE)]
    lines = [line for line in (*LINES, *lanes) if scene.store.stands_in(line, case.id)]
    is_asked_for_more = case.state is State.OFFERED and case.on_the_line and case.urgency is Urgency.P0
    if len(lines) != 1 and not (is_asked_for_more and len(lines) == 2 and keys.MOTION in lines):
        yield f"1: a case that is {case.state} stands in {len(lines)} lines"
    if (case.state is State.WAITING) != (keys.MOTION not in lines):
        yield f"1: a case that is {case.state} stands in the wrong line"
    if not scene.store.stands_in(keys.BORN, case.id):
        yield "1: a case that no retention would find"
    if case.may_ring and _number_of(scene, case.id) != scene.ledger.requests[case.id].number:
        yield f"1: a case that is {case.state} has not the number of whoever asked"


def _is_due_rightly(scene: Scene, case: Case) -> Iterator[str]:
    """Her first window is her next one, but for half an hour in which her phone may be engaged, and it opens before
    her number is forgotten.
    """
    waits = case.state in {State.REQUESTED, State.WAITING} and case.may_ring and not case.on_the_line
    if not waits or scene.ledger.was_rung_or_talked_with(case.id):
        return
    now = scene.town.now
    if case.due_at > open_window(case, scene.town.calendar, now=now + BETWEEN_ATTEMPTS).opens_at:
        yield f"1: a case that is {case.urgency} waits for later hours than her next"
    if now - case.last_asked_at < A_DAY and case.due_at >= case.last_asked_at + RETENTION:
        yield "1: a call is promised for when her number is forgotten"


def _number_of(scene: Scene, case: CaseId) -> str | None:
    sealed: dict[bytes, bytes] | None = scene.store.content.get(keys.sealed(case))
    if not sealed:
        return None
    box = Sealed(sealed[b"epoch"].decode(), sealed[b"box"])
    try:
        return scene.town.house.vault.open(box, purpose=CASE_NUMBER, subject=case).reveal()
    except CannotOpen:
        return None


def one_at_a_time(scene: Scene) -> Iterator[str]:
    """2: a responder is with one case, and that case has her; in a room there are at most two, one of each."""
    engaged: dict[str, CaseId] = {}
    for case in scene.store.cases.values():
        for name in [*(offer.responder for offer in case.offers), *([case.holder] if case.holder else [])]:
            if engaged.setdefault(name, case.id) != case.id:
                yield "2: a responder has two cases"
        if (case.state in HELD) != (case.holder is not None):
            yield f"2: a case that is {case.state}, and whether it has a holder, do not fit"
    for woman in scene.store.women.values():
        if woman.busy_with != engaged.get(woman.id):
            yield "2: a responder is taken to be with a case that she does not have, or the other way round"
    rooms: dict[str, list[str]] = {}
    for leg in scene.town.legs.values():
        if scene.town.is_up(leg) and isinstance(leg.last, Join):
            rooms.setdefault(leg.last.room, []).append("caller" if leg.script != "offer" else "responder")
    if any(len(people) > len(set(people)) for people in rooms.values()):
        yield "2: two callers or two responders are in one room"


def only_when_it_is_safe(scene: Scene) -> Iterator[str]:
    """3: no ring that she did not agree to (see `ledger`); whoever picks up hears one neutral sentence first."""
    yield from (offence for offence in scene.ledger.offences if offence.startswith("3"))
    for leg in scene.town.legs.values():
        if leg.script == GATE_SCRIPT and leg.step is not None and leg.step <= 2 and not leg.heard <= NEUTRAL:
            yield "3: a phone said more than the neutral sentence before the secret number"


def the_number_is_nowhere(scene: Scene) -> Iterator[str]:
    """4: in no key, no value, no job and no error."""
    everything = b"\n".join((*map(scene.store.bytes_of, scene.store.content), *map(str.encode, scene.errors)))
    yield from (f"4: {leak.form} in the store or an error" for leak in find(scene.needles, "store", everything))


def women_only(scene: Scene) -> Iterator[str]:
    """5: judged at every ring."""
    yield from (offence for offence in scene.ledger.offences if offence.startswith("5"))


def never_dead_air(scene: Scene) -> Iterator[str]:
    """7: every answer leads on or says goodbye in words; only a phone that we rang may be hung up on in silence.

    A message may stay unanswered once this phone was answered as often as two machines would be.
    """
    written = [one for one in scene.town.journal if isinstance(one, Heard) and one.is_message]
    for one in scene.town.journal[-20:]:
        if isinstance(one, Heard) and _is_dead(one) and not (one.is_message and _had_its_answers(one, written)):
            yield "7: a call was left with nothing"


def _had_its_answers(one: Heard, written: Sequence[Heard]) -> bool:
    lately = [other for other in written if other.number == one.number and other.replies]
    return sum(timedelta(0) <= one.at - other.at <= A_QUARTER for other in lately) >= FEWEST_ANSWERS


def _is_dead(one: Heard) -> bool:
    if not one.replies or not isinstance(one.replies[-1], Ask | Hold | Join | HangUp):
        return not one.prompts
    return one.script == CALLER_SCRIPT and isinstance(one.replies[-1], HangUp) and not one.prompts


def forgotten_means_gone(scene: Scene) -> Iterator[str]:
    """8: the number goes with the end of a case, or with her leave to ring; of what is erased nothing is left."""
    for case in scene.store.cases.values():
        sealed = scene.store.has(keys.sealed(case.id))
        if sealed and (case.state in ENDS or not case.may_ring):
            yield f"8: the number is kept of a case that is {case.state} or must not be rung"
        if case.state in ENDS and (case.secret or case.answers or case.older_secrets or case.line):
            yield f"8: answers are kept of a case that is {case.state}"
    for kind in ("sealed:", "place:", "line:"):
        for name in scene.store.keys(kind):
            if name not in scene.store.cases and not (kind == "line:" and name not in scene.ledger.requests):
                yield f"8: {kind} is left of a case that is gone"
    gone = [name for name in scene.ledger.requests if name not in scene.store.cases]
    yield from (f"8: {place} still names a case that is gone" for place in _places_naming(scene, gone))


def _places_naming(scene: Scene, gone: list[CaseId]) -> Iterator[str]:
    for key in scene.store.content:
        kind = key.partition(":")[0]
        if kind in ENDING:
            continue
        if kind == "session" and _may_stay(key.removeprefix("session:"), scene):
            continue
        content = scene.store.bytes_of(key)
        yield from (kind for name in gone if name.encode() in content)


def _may_stay(session: str, scene: Scene) -> bool:
    """A call that a later request of hers has taken over goes with that. What she wrote with us lives ten minutes."""
    taken_over = any(session in case.records for case in scene.store.cases.values())
    # What a responder's call left whose placing timed out is not deleted with the case: nobody noted the call in it.
    unknown = {asked.ringing.call for asked in scene.town.exchange.requests if asked.fate not in CERTAIN}
    return taken_over or session not in scene.town.legs or session in unknown


def needles_for(numbers: list[str]) -> Needles:
    """What must be nowhere."""
    return Needles.for_numbers([PhoneNumber.parse(number) for number in numbers])


CHECKS = (
    heard_means_kept,
    one_at_a_time,
    only_when_it_is_safe,
    the_number_is_nowhere,
    women_only,
    never_dead_air,
    forgotten_means_gone,
)
