"""Whatever happens to a case, in whatever order: the promises that the rules alone can keep."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.core import consequences as then
from gateway.core import events as on
from gateway.core.case import ENDS, HELD, Case, State
from gateway.core.errors import ForbiddenMove
from gateway.core.identity import CallId, ResponderId, Token
from gateway.core.moves import move
from gateway.core.windows import SafeTime
from tests.core.cases import NOW, a_case

WOMEN = [ResponderId(name) for name in ("amal", "ban", "dunya")]
CALLS = [CallId(f"CA{letter}") for letter in "abcdef"]
TOKENS = [Token(letter * 4) for letter in "abcdefgh"]

times = st.integers(0, 7200).map(lambda seconds: NOW + timedelta(seconds=seconds))
women, calls, tokens = st.sampled_from(WOMEN), st.sampled_from(CALLS), st.sampled_from(TOKENS)
maybe_calls = st.none() | calls
answers = st.dictionaries(
    st.sampled_from(["danger", "deadline", "who", "shared"]), st.sampled_from(["now", "none", "yes"])
)
window = {"due_at": times, "closes_at": times}

EVENTS = st.one_of(
    st.builds(on.Admitted),
    st.builds(on.AnswersGiven, answers=answers, secret=st.none() | st.just("58")),
    st.builds(on.Rescheduled, **window),
    st.builds(on.Offered, token=tokens, responder=women, expires_at=times),
    st.builds(on.OfferIntended, token=tokens),
    st.builds(on.OfferPlaced, token=tokens, call=maybe_calls),
    st.builds(on.OfferAccepted, token=tokens, call=calls, room=tokens),
    st.builds(on.OfferDeclined, token=tokens),
    st.builds(on.OfferMissed, token=tokens),
    st.builds(on.DialIntended, token=tokens, over_at=times),
    st.builds(on.DialPlaced, token=tokens, call=maybe_calls),
    st.builds(on.DialPostponed, **window),
    st.builds(on.OfferFailed, token=tokens),
    st.builds(on.DialFailed, token=tokens, **window),
    st.builds(on.CallerAnswered, token=tokens, call=calls),
    st.builds(on.GateOpened, token=tokens),
    st.builds(on.AttemptEnded, token=tokens, **window),
    st.builds(on.LineJoined),
    st.builds(on.LineLeft),
    st.builds(on.CallEnded),
    st.builds(on.LineHeld, call=calls),
    st.builds(on.RingingForbidden),
    st.builds(on.BridgeEnded),
    st.builds(on.HolderReturned),
    st.builds(on.BridgeWanted, room=tokens),
    st.builds(on.HolderLost, **window),
    st.builds(on.Finished),
    st.builds(on.CallAgainAgreed, safe_time=st.sampled_from(SafeTime), **window),
    st.builds(on.PassedOn, **window),
    st.builds(on.Withdrawn),
    st.builds(on.Expired),
    st.builds(on.Looked, **window),
)


class LifeOfACase(RuleBasedStateMachine):
    """A case, its responders as the consequences leave them, and what was done to its phone."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOW
        self.case: Case = a_case(state=State.REQUESTED)
        self.busy: set[ResponderId] = set()
        self.told: list[then.Consequence] = []
        self.forgotten = False

    @precondition(lambda self: self.case.state is State.REQUESTED)
    @rule(line=maybe_calls, may_ring=st.booleans())
    def begins_otherwise(self, line: Any, may_ring: bool) -> None:
        """Some wait on the line, some cannot be rung."""
        if not self.told:
            self.case = a_case(state=State.REQUESTED, line=line, may_ring=may_ring or line is None)

    @rule(seconds=st.integers(0, 4000))
    def time_passes(self, seconds: int) -> None:
        """The clock only goes forward."""
        self.now += timedelta(seconds=seconds)

    @rule(event=EVENTS)
    def something_happens(self, event: on.Event) -> None:
        """Anything, at any moment; what is not allowed is refused and changes nothing."""
        if isinstance(event, on.Offered) and (event.responder in self.busy or self.case.offer(event.token)):
            return  # dispatch offers to free women only, under a new token
        before = self.case
        try:
            moved = move(before, event, now=self.now)
        except ForbiddenMove:
            return
        self._follow(before, event, moved.case, moved.consequences)

    def _follow(self, before: Case, event: on.Event, after: Case, effects: tuple[then.Consequence, ...]) -> None:
        self.case = after
        for effect in effects:
            self.told.append(effect)
            if isinstance(effect, then.Occupied):
                self.busy.add(effect.responder)
            if isinstance(effect, then.Freed):
                self.busy.discard(effect.responder)
            self.forgotten |= isinstance(effect, then.NumberForgotten)
        if isinstance(event, on.DialIntended):
            assert before.may_ring, "a phone that must not be rung"
            assert before.attempt is None or before.state is State.ACCEPTED, "one attempt at a time"

    @invariant()
    def one_holder_at_most(self) -> None:
        """Promise 2: whoever is asked or holds it is busy, and nobody else is."""
        engaged = {offer.responder for offer in self.case.offers} | ({self.case.holder} if self.case.holder else set())
        assert engaged == self.busy
        assert (self.case.state in HELD) <= (self.case.holder is not None)
        assert (self.case.state is State.OFFERED) == bool(self.case.offers)

    @invariant()
    def never_more_attempts_than_told(self) -> None:
        """Promise 3."""
        assert self.case.attempts_left >= 0

    @invariant()
    def nobody_is_asked_for_a_call_that_cannot_be_made(self) -> None:
        """Promise 1: whoever accepts such a case would wait for ever, and it with her."""
        if self.case.state in {State.WAITING, State.OFFERED, State.ACCEPTED} and not self.case.on_the_line:
            assert self.case.may_ring
            assert self.case.attempts_left > 0 or self.case.bridges

    @invariant()
    def an_end_leaves_nothing(self) -> None:
        """Promise 8."""
        if self.case.state in ENDS:
            assert self.forgotten
            assert (self.case.secret, dict(self.case.answers), self.case.may_ring) == ("", {}, False)
            assert then.EraseWanted() in self.told
            assert not self.busy

    @invariant()
    def a_living_case_is_never_stuck(self) -> None:
        """Promise 1: if every job and every webhook were lost, the sweep would move it on."""
        if self.case.state in ENDS:
            return
        late = max(self.now, self.case.look_again_at) + timedelta(days=1)
        looked = move(self.case, on.Looked(late, late + timedelta(hours=2)), now=late)
        assert looked.case != self.case or looked.consequences

    @invariant()
    def a_look_puts_the_next_one_off(self) -> None:
        """Or the sweep would ring every two seconds for what the dialler has no time for."""
        now = max(self.now, self.case.look_again_at)
        looked = move(self.case, on.Looked(now, now + timedelta(hours=2)), now=now).case
        assert looked.state is State.WAITING or looked.look_again_at >= now + timedelta(seconds=1)


LifeOfACase.TestCase.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
TestLifeOfACase = LifeOfACase.TestCase
