"""Lanes: what a case asks of a woman, in a name that can be read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.case import Offer, State
from gateway.core.identity import Token
from gateway.core.lanes import Lane, lane_of, wants_an_offer
from gateway.core.triage import Urgency
from tests.core.cases import AMAL, BAN, DUNYA, LATER, LINE, a_case, offered
from tests.core.responders import AREAS, LANGUAGES, SKILLS, some

LANES = st.builds(
    Lane,
    urgency=st.sampled_from(Urgency),
    language=st.sampled_from(LANGUAGES),
    skills=some(SKILLS),
    not_areas=some((*AREAS, "odd:one")),
    asked=st.booleans(),
)


@given(LANES)
def test_a_lane_is_read_back_from_its_name(lane: Lane) -> None:
    assert Lane.read(lane.name) == lane


@given(LANES, LANES)
def test_two_lanes_have_two_names(one: Lane, other: Lane) -> None:
    assert (one == other) == (one.name == other.name)


@pytest.mark.parametrize("name", ["", "p2", "p9:ar::", "ar:p2::"])
def test_what_is_no_lane_is_not_read(name: str) -> None:
    with pytest.raises(ValueError, match=r"value|valid"):
        Lane.read(name)


def test_a_case_asks_for_its_language_its_skills_and_not_these_areas() -> None:
    case = a_case(language="ku", answers={"age": "minor", "not_area": "qayyara+shura"})

    lane = lane_of(case)

    assert lane == Lane(
        urgency=Urgency.P1, language="ku", skills=frozenset({"child"}), not_areas=frozenset({"qayyara", "shura"})
    )


def test_a_case_that_was_declined_waits_for_no_skill_and_still_keeps_to_its_areas() -> None:
    case = a_case(answers={"age": "minor", "not_area": "shura"}, declined=frozenset({AMAL}))

    assert lane_of(case) == Lane(urgency=Urgency.P1, language="ar", not_areas=frozenset({"shura"}))


def test_only_danger_on_the_line_is_offered_to_a_second_and_a_third() -> None:
    live = offered(line=LINE, answers={"urgent": "yes"})
    more = (*live.offers, *(Offer(token=Token(who), responder=who, expires_at=LATER) for who in (BAN, DUNYA)))

    assert wants_an_offer(live)
    assert lane_of(live).turn > lane_of(a_case(answers={"urgent": "yes"})).turn
    assert lane_of(live).turn < lane_of(a_case()).turn
    assert not wants_an_offer(offered(line=LINE))
    assert not wants_an_offer(offered(answers={"urgent": "yes"}))
    assert not wants_an_offer(a_case(state=State.OFFERED, line=LINE, answers={"urgent": "yes"}, offers=more))
