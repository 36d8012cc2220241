"""Cases for tests, as short as can be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.core import events as on
from gateway.core.case import Alias, Case, State
from gateway.core.consequences import Moved
from gateway.core.identity import CallId, CaseId, ResponderId, Token
from gateway.core.moves import move
from gateway.core.windows import SafeTime

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
AMAL, BAN, DUNYA = ResponderId("amal"), ResponderId("ban"), ResponderId("dunya")
OFFER, OTHER_OFFER, DIAL = Token("offer"), Token("otheroffer"), Token("dial")
DESK, LINE, LEG = CallId("CAdesk"), CallId("CAline"), CallId("CAleg")
ROOM = Token("room")


def a_case(**changes: Any) -> Case:
    """A request that waits, due now."""
    case = Case(
        id=CaseId("case"),
        alias=Alias("olive", "silver"),
        state=State.WAITING,
        requested_at=NOW,
        secret="47",
        safe_time=SafeTime.NOW,
        may_ring=True,
        attempts_left=3,
        due_at=NOW,
        closes_at=NOW + timedelta(hours=2),
        look_again_at=NOW,
    )
    return replace(case, **changes)


def after(case: Case, *events: on.Event, now: datetime = NOW) -> Moved:
    """The case after these events, with what followed from the last one."""
    moved = Moved(case)
    for event in events:
        moved = move(moved.case, event, now=now)
    return moved


def offered(**changes: Any) -> Case:
    """A case that is offered to Amal."""
    return after(a_case(**changes), on.Offered(OFFER, AMAL, LATER)).case


def accepted(**changes: Any) -> Case:
    """A case that Amal has accepted."""
    return after(offered(**changes), on.OfferAccepted(OFFER, DESK, ROOM)).case


def dialled(**changes: Any) -> Case:
    """A case whose caller is being rung."""
    return after(accepted(**changes), on.DialIntended(DIAL, LATER), on.DialPlaced(DIAL, LEG)).case


def bridged(**changes: Any) -> Case:
    """A case whose caller has passed the gate."""
    return after(dialled(**changes), on.CallerAnswered(DIAL, LEG), on.GateOpened(DIAL)).case


def talked(minutes: float, case: Case, token: Token = DIAL) -> Case:
    """The case after its caller was rung under a token, talked so long, and was cut off."""
    met = after(case, on.DialIntended(token, LATER), on.CallerAnswered(token, LEG), on.GateOpened(token)).case
    return after(met, on.BridgeEnded(), now=NOW + timedelta(minutes=minutes)).case
