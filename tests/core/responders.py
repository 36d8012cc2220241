"""Responders for tests, as short as can be, and some drawn by chance."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from gateway.core.identity import CaseId, ResponderId
from gateway.core.roster import Responder
from tests.core.cases import NOW

LANGUAGES, SKILLS, AREAS = ("ar", "ku"), ("child", "self_harm"), ("qayyara", "shura")


def a_woman(name: str = "amal", **changes: Any) -> Responder:
    """A woman on shift who is free."""
    woman = Responder(id=ResponderId(name), name=name.title(), is_woman=True, on_shift=True)
    return replace(woman, **changes)


def some(values: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    """Any of these, or none."""
    return st.frozensets(st.sampled_from(values))


def moments() -> st.SearchStrategy[Any]:
    """None, or a moment of the hour before or after."""
    return st.none() | st.integers(-3600, 3600).map(lambda seconds: NOW + timedelta(seconds=seconds))


def responders(name: str = "amal") -> st.SearchStrategy[Responder]:
    """Somebody on the roster in any state whatever."""
    return st.builds(
        Responder,
        id=st.just(ResponderId(name)),
        name=st.just(name),
        is_woman=st.booleans(),
        languages=some(LANGUAGES).map(lambda known: known | {"ar"}),
        skills=some(SKILLS),
        areas=some(AREAS),
        on_shift=st.booleans(),
        turns_at=moments(),
        load=st.none() | st.integers(1, 3),
        talks=st.integers(0, 3),
        busy_with=st.none() | st.just(CaseId("another")),
        offered_at=moments(),
        rest_until=moments(),
    )


def rosters() -> st.SearchStrategy[list[Responder]]:
    """Up to four of them."""
    everybody = st.tuples(*(responders(name) for name in ("amal", "ban", "dunya", "esra")))
    return st.builds(lambda team, count: list(team[:count]), everybody, st.integers(0, 4))
