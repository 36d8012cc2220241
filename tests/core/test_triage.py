"""Who comes first: classes from coded answers, the longest waiting first, and nobody waits for ever."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.triage import DRIVERS, PATIENCE, Urgency, rank, skills_needed, triage, waiting_since
from tests.core.cases import NOW

MOMENTS = st.integers(-10_000_000, 10_000_000).map(lambda seconds: NOW + timedelta(seconds=seconds))
CLASSES = st.sampled_from(Urgency)
ANSWERS = st.dictionaries(st.sampled_from([*DRIVERS, "shared", "other"]), st.sampled_from(["yes", "now", "today", "x"]))


@pytest.mark.parametrize(
    ("answers", "urgency", "skills"),
    [
        ({"urgent": "yes"}, Urgency.P0, {"self_harm"}),
        ({"danger": "now"}, Urgency.P0, set()),
        ({"danger": "family"}, Urgency.P0, set()),
        ({"deadline": "today"}, Urgency.P1, set()),
        ({"who": "security"}, Urgency.P1, set()),
        ({"forced": "yes"}, Urgency.P1, set()),
        ({"age": "minor"}, Urgency.P1, {"child"}),
        ({"age": "minor", "urgent": "yes"}, Urgency.P0, {"child", "self_harm"}),
        ({"danger": "none", "deadline": "days", "who": "known"}, Urgency.P2, set()),
        ({}, Urgency.P2, set()),
        ({"danger": "no such answer"}, Urgency.P2, set()),
    ],
)
def test_the_class_and_the_skills_follow_from_the_answers(
    answers: dict[str, str], urgency: Urgency, skills: set[str]
) -> None:
    assert triage(answers) is urgency
    assert set(skills_needed(answers)) == skills


@given(ANSWERS, ANSWERS)
def test_one_answer_more_never_makes_a_case_less_urgent(first: dict[str, str], more: dict[str, str]) -> None:
    assert triage({**more, **first}) <= triage(first)


@given(CLASSES, MOMENTS)
def test_a_rank_tells_since_when_a_case_waits(urgency: Urgency, asked_at: datetime) -> None:
    assert waiting_since(urgency, rank(urgency, asked_at)) == asked_at


@given(MOMENTS, CLASSES, MOMENTS)
def test_danger_comes_before_everybody_else_whoever_waits_how_long(
    danger: datetime, other: Urgency, at: datetime
) -> None:
    if other is not Urgency.P0:
        assert rank(Urgency.P0, danger) < rank(other, at)


@given(CLASSES, CLASSES, MOMENTS, st.timedeltas(timedelta(hours=8, seconds=1), timedelta(days=300)))
def test_no_case_is_overtaken_by_one_that_came_eight_hours_later_unless_that_is_in_danger(
    hers: Urgency, theirs: Urgency, asked_at: datetime, later: timedelta
) -> None:
    if theirs is not Urgency.P0:
        assert rank(hers, asked_at) < rank(theirs, asked_at + later)


def test_nobody_in_danger_waits_for_a_skill_and_a_calmer_case_waits_no_shorter() -> None:
    assert PATIENCE[Urgency.P0] == timedelta(0)
    assert list(PATIENCE.values()) == sorted(PATIENCE.values())
