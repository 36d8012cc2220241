"""Which woman is asked: free, speaking the language, of no excluded area, with the skill if anybody has it."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.identity import CaseId, ResponderId
from gateway.core.lanes import Lane
from gateway.core.matching import Team, fits
from gateway.core.roster import Responder, available
from gateway.core.triage import PATIENCE, Urgency
from tests.core.cases import NOW
from tests.core.responders import a_woman, rosters
from tests.core.test_lanes import LANES

WAITED = st.integers(0, 20_000).map(lambda seconds: timedelta(seconds=seconds))
CHILD = Lane(urgency=Urgency.P1, language="ar", skills=frozenset({"child"}))
ABLE = frozenset({"child"})
BUSY = CaseId("another")


def asked(lane: Lane, *roster: Responder, waited: timedelta = timedelta(0), not_these: str = "") -> list[str]:
    team = Team.of(roster, now=NOW)
    hidden = frozenset({ResponderId(not_these)})
    order = team.who_may_take(lane, waited=waited, needs=lane.skills, not_these=hidden)
    return [woman.responder.id for woman in order]


def test_whoever_has_the_skill_is_asked_before_all_others_and_then_the_one_asked_longest_ago() -> None:
    lane = Lane(urgency=Urgency.P0, language="ar", skills=frozenset({"self_harm"}))
    able = frozenset({"self_harm"})

    order = asked(
        lane,
        a_woman("lately", offered_at=NOW),
        a_woman("never"),
        a_woman("able", skills=able, offered_at=NOW),
        a_woman("ablelongago", skills=able, offered_at=NOW - timedelta(hours=1)),
    )

    assert order == ["ablelongago", "able", "never", "lately"]


def test_a_case_waits_for_a_busy_woman_with_the_skill_and_not_for_ever() -> None:
    roster = (a_woman("able", skills=ABLE, busy_with=BUSY), a_woman("free"))
    patience = PATIENCE[Urgency.P1]

    assert asked(CHILD, *roster, waited=patience - timedelta(seconds=1)) == []
    assert asked(CHILD, *roster, waited=patience) == ["free"]


def test_nobody_is_waited_for_who_is_not_on_shift_or_may_not_take_the_case_at_all() -> None:
    for absent in (
        {"on_shift": False}, {"is_woman": False}, {"languages": frozenset({"ku"})}, {"load": 1, "talks": 1},
        {"turns_at": NOW},
    ):  # fmt: skip
        able = a_woman("able", skills=ABLE, **absent)
        assert asked(CHILD, able, a_woman("free")) == ["free"]


def test_nobody_in_danger_waits_for_a_woman_with_the_skill() -> None:
    lane = Lane(urgency=Urgency.P0, language="ar", skills=frozenset({"self_harm"}))

    assert asked(lane, a_woman("able", skills=frozenset({"self_harm"}), busy_with=BUSY), a_woman("free")) == ["free"]


def test_a_woman_of_an_excluded_area_is_never_asked_though_nobody_else_is_there() -> None:
    lane = Lane(urgency=Urgency.P0, language="ar", not_areas=frozenset({"shura"}))

    assert asked(lane, a_woman(areas=frozenset({"shura", "qayyara"})), waited=timedelta(days=3)) == []
    assert asked(lane, a_woman("ban", areas=frozenset({"qayyara"}))) == ["ban"]


@given(rosters(), LANES, WAITED)
def test_whoever_is_asked_is_a_free_woman_on_shift_who_fits(
    roster: list[Responder], lane: Lane, waited: timedelta
) -> None:
    for name in asked(lane, *roster, waited=waited):
        woman = next(known for known in roster if known.id == name)
        assert available(woman, now=NOW) is not None
        assert woman.is_woman is True
        assert woman.on_shift
        assert woman.busy_with is None
        assert woman.rest_until is None or woman.rest_until <= NOW
        assert woman.turns_at is None or woman.turns_at > NOW
        assert woman.load is None or woman.talks < woman.load
        assert lane.language in woman.languages
        assert not lane.not_areas & woman.areas


@given(rosters(), LANES, WAITED)
def test_a_free_woman_who_fits_is_passed_over_only_for_the_skill_and_only_for_so_long(
    roster: list[Responder], lane: Lane, waited: timedelta
) -> None:
    order = asked(lane, *roster, waited=waited)

    for woman in Team.of(roster, now=NOW).free:
        if fits(woman.responder, lane) and woman.responder.id not in order:
            assert not lane.skills <= woman.responder.skills
            assert waited < PATIENCE[lane.urgency]
            assert any(fits(other, lane) and lane.skills <= other.skills for other in Team.of(roster, now=NOW).present)


@given(rosters(), LANES, WAITED)
def test_how_long_a_case_must_have_waited_is_told_before_anybody_looks_at_it(
    roster: list[Responder], lane: Lane, waited: timedelta
) -> None:
    must_have_waited = Team.of(roster, now=NOW).must_have_waited(lane)

    assert (must_have_waited is not None and waited >= must_have_waited) == bool(asked(lane, *roster, waited=waited))


@given(rosters(), LANES, WAITED)
def test_whoever_declined_is_not_asked_and_nobody_else_is_passed_over_for_it(
    roster: list[Responder], lane: Lane, waited: timedelta
) -> None:
    order = asked(lane, *roster, waited=waited)
    if order:
        assert asked(lane, *roster, waited=waited, not_these=order[0]) == order[1:]
