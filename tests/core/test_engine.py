"""The engine walks a script as it is written, and always comes to an end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.conversation import (
    Ask,
    Channel,
    HangUp,
    Heard,
    Hold,
    Join,
    Keys,
    Outcome,
    Prompt,
    Returned,
    Say,
    Session,
    Silence,
    Started,
    Step,
)
from gateway.core.engine import EFFECTS_IN_A_ROW, PATIENCE, UnknownNode, begin, step
from gateway.core.script import Script
from gateway.core.scriptfile import parse_flow
from tests.core.small_script import FLOW, small

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def play(*heard: Heard, script: Script | None = None, secret: str = "47") -> Step:
    """The last of the steps that these things heard lead to."""
    walked = script or small()[0]
    done = step(
        walked, begin(walked, language="ar", channel=Channel.VOICE, slots={"secret": secret}), Started(), now=NOW
    )
    for one in heard:
        done = step(walked, done.session, one, now=NOW)
    return done


def ids(done: Step) -> list[list[str]]:
    """The sentences of each reply that has any."""
    return [[prompt.id for prompt in reply.prompts] for reply in done.replies if isinstance(reply, Say | Ask)]


def test_a_sentence_before_a_question_is_said_with_it_so_that_keys_pressed_early_count() -> None:
    done = play()

    assert done.replies == (Ask((Prompt("greeting"), Prompt("menu")), count=1, wait=timedelta(seconds=6)),)


def test_a_key_leads_on_and_sets_its_answers() -> None:
    done = play(Keys("2"))

    assert done.session.node == "own"
    assert done.session.slots == {"secret": "47", "time": "morning"}


def test_an_effect_is_pending_with_the_answers_so_far_and_its_outcome_gives_only_what_follows() -> None:
    asked = play(Keys("1"))
    done = step(small()[0], asked.session, Outcome("kept", {"case": "abc"}), now=NOW)

    assert asked.pending is not None
    assert (asked.pending.name, asked.pending.slots) == ("hold_line", {"secret": "47"})
    assert ids(asked) == [["urgent"]]
    assert done.replies == (Hold(timedelta(seconds=4)),)
    assert done.session.slots["case"] == "abc"


def test_keys_count_from_the_first_word_of_the_greeting_on() -> None:
    (asked,) = play().replies

    assert isinstance(asked, Ask)
    assert ids(play()) == [["greeting", "menu"]]


def test_a_sentence_that_is_heard_whole_comes_before_any_key_counts() -> None:
    flow = FLOW.replace('say = "greeting"', 'say = "greeting"\nwhole = true')

    said, asked = play(script=parse_flow(flow, file="f")).replies

    assert said == Say((Prompt("greeting"),))
    assert isinstance(asked, Ask)
    assert [prompt.id for prompt in asked.prompts] == ["menu"]


def test_a_star_stands_for_any_outcome_that_is_not_named() -> None:
    assert play(Keys("1"), Outcome("whatever")).session.node == "goodbye"


def test_an_outcome_that_nobody_foresaw_is_an_error() -> None:
    flow = FLOW.replace('kept = "confirm"\n"*" = "goodbye"', 'kept = "confirm"')

    with pytest.raises(UnknownNode):
        play(Keys("2"), Keys("47"), Outcome("whatever"), script=parse_flow(flow, file="f"))


def test_a_session_that_outlived_its_script_is_an_error() -> None:
    script, _ = small()
    session = replace(begin(script, language="ar", channel=Channel.VOICE, slots={}), node="gone")

    with pytest.raises(UnknownNode):
        step(script, session, Silence(), now=NOW)


def test_the_step_number_grows_with_everything_heard_but_outcomes() -> None:
    assert play().session.step == 1
    assert play(Keys("2")).session.step == 2
    assert play(Keys("2"), Keys("47")).session.step == 3
    assert play(Keys("2"), Keys("47"), Outcome("kept")).session.step == 3


@pytest.mark.parametrize("unclear", [Silence(), Keys("7"), Keys("12"), Keys("#")])
def test_a_question_is_repeated_then_asked_in_the_short_way_then_given_up(unclear: Heard) -> None:
    assert ids(play(unclear)) == [["again", "menu"]]
    assert ids(play(unclear, unclear)) == [["menu_short"]]
    assert play(unclear, unclear, unclear).replies == (Say((Prompt("goodbye"),)), HangUp())


def test_the_repeat_key_repeats_three_times_without_counting_as_a_misunderstanding() -> None:
    repeats = [Keys("0")] * 3

    assert ids(play(*repeats)) == [["menu"]]
    assert ids(play(*repeats, Keys("0"))) == [["again", "menu"]]
    assert ids(play(Silence(), *repeats, Silence())) == [["menu_short"]]


def test_a_question_that_is_asked_once_takes_the_lost_way_at_once() -> None:
    waiting = (Keys("1"), Outcome("kept"), Returned(), Outcome("waiting"))

    assert ids(play(*waiting)) == [["leave"]]
    assert play(*waiting, Silence()).replies == (Hold(timedelta(seconds=4)),)
    assert play(*waiting, Keys("9")).session.node == "goodbye"


@pytest.mark.parametrize("secret", ["47", "471"])
def test_as_many_digits_are_asked_for_as_the_secret_number_has(secret: str) -> None:
    asked = play(Keys("2"), secret=secret)
    done = play(Keys("2"), Keys("9" * len(secret)), secret=secret)

    assert isinstance(asked.replies[0], Ask)
    assert asked.replies[0].count == len(secret)
    assert done.session.slots["own"] == "9" * len(secret)


@pytest.mark.parametrize("wrong", ["4", "471", "4#", "**"])
def test_digits_of_another_length_are_a_misunderstanding(wrong: str) -> None:
    assert ids(play(Keys("2"), Keys(wrong))) == [["again", "own"]]
    assert ids(play(Keys("2"), Keys(wrong), Keys(wrong))) == [["again", "own"]]
    assert "own" not in play(Keys("2"), *[Keys(wrong)] * 3).session.slots


def test_silence_instead_of_digits_leads_on_at_once() -> None:
    assert play(Keys("2"), Silence()).session.node == "keep"


def test_a_sentence_is_given_just_the_values_that_it_is_spoken_with() -> None:
    done = play(Keys("2"), Keys("11"), Outcome("kept", {"case": "abc"}))

    assert done.replies == (Say((Prompt("confirm", (("time", "morning"), ("secret", "47"))),)), HangUp())


def test_a_conversation_takes_place_in_the_room_that_a_service_named() -> None:
    waiting = (Keys("1"), Outcome("kept"), Returned())

    assert play(*waiting, Outcome("ready", {"room": "xyz"})).replies == (
        Join("xyz", limit=timedelta(minutes=45), waits=False),
    )


@pytest.mark.parametrize("slots", [{}, {"room": ""}])
def test_nobody_is_put_into_a_room_without_a_name(slots: dict[str, str]) -> None:
    done = play(Keys("1"), Outcome("kept"), Returned(), Outcome("ready", slots))

    assert not any(isinstance(reply, Join) for reply in done.replies)
    assert done.session.node == "goodbye"


def test_waiting_on_the_line_does_not_use_up_her_patience() -> None:
    rounds: list[Heard] = [Returned(), Outcome("waiting"), Silence()] * (PATIENCE // 2)

    done = play(Keys("1"), Outcome("kept"), *rounds)

    assert done.session.heard == 2 + PATIENCE // 2
    assert done.replies == (Hold(timedelta(seconds=4)),)


RING = """
[script]
name = "ring"
start = "a"
languages = ["ar"]
channels = ["voice"]
[node.a]
{a}
[node.b]
{b}
"""


def test_a_ring_of_sentences_ends_the_call_instead_of_turning_forever() -> None:
    script = parse_flow(RING.format(a='say = "a"\nnext = "b"', b='say = "b"\nnext = "a"'), file="f")

    assert play(script=script).replies[-1] == HangUp()


def test_a_ring_of_effects_ends_the_call_instead_of_turning_forever() -> None:
    script = parse_flow(
        RING.format(a='do = "x"\noutcomes = {"*" = "b"}', b='do = "x"\noutcomes = {"*" = "a"}'), file="f"
    )

    done = play(*[Outcome("any")] * EFFECTS_IN_A_ROW, script=script)

    assert done.pending is None
    assert done.replies == (HangUp(),)


KEYS = st.text(alphabet="0123456789*#", min_size=1, max_size=3).map(Keys)
CAME = st.one_of(KEYS, st.sampled_from([Silence(), Returned()]), st.sampled_from("0123459").map(Keys))
OUTCOMES = st.sampled_from(
    [Outcome("kept"), Outcome("ready", {"room": "r"}), Outcome("ready"), Outcome("waiting"), Outcome("no_number")]
)


def walk(script: Script, came: list[Heard], outcomes: list[Outcome]) -> tuple[list[Step], Session]:
    """All steps of a conversation in which these things come, in turn and again from the first, until it ends."""
    session = begin(script, language="ar", channel=Channel.VOICE, slots={"secret": "47"})
    steps = [step(script, session, Started(), now=NOW)]
    for turn in range(PATIENCE * 8):
        last = steps[-1]
        if last.replies[-1:] == (HangUp(),):
            break
        heard: Heard = outcomes[turn % len(outcomes)] if last.pending else came[turn % len(came)]
        steps.append(step(script, last.session, heard, now=NOW))
    return steps, steps[-1].session


@given(st.lists(CAME, min_size=1, max_size=8), st.lists(OUTCOMES, min_size=1, max_size=5))
def test_whatever_comes_the_number_of_questions_is_bounded(came: list[Heard], outcomes: list[Outcome]) -> None:
    steps, _ = walk(small()[0], came, outcomes)

    asks = sum(isinstance(reply, Ask) for one in steps for reply in one.replies)
    assert asks <= PATIENCE + 1
    assert all(one.replies or one.pending for one in steps)


ENDLESS = parse_flow(
    """
    [script]
    name = "endless"
    start = "a"
    languages = ["ar"]
    channels = ["voice"]
    [node.a]
    ask = "a"
    repeat = "0"
    lost = "b"
    keys = {1 = "b", 2 = "d"}
    [node.b]
    digits = "b"
    slot = "own"
    count = 2
    next = "a"
    silence = "a"
    lost = "d"
    [node.d]
    do = "x"
    outcomes = {"*" = "a"}
    """,
    file="f",
)


@given(st.lists(CAME, min_size=1, max_size=8), st.lists(OUTCOMES, min_size=1, max_size=5))
def test_even_a_script_without_an_end_comes_to_one(came: list[Heard], outcomes: list[Outcome]) -> None:
    steps, _ = walk(ENDLESS, came, outcomes)

    asks = sum(isinstance(reply, Ask) for one in steps for reply in one.replies)
    assert asks <= PATIENCE + 1
    assert steps[-1].replies[-1:] == (HangUp(),)


@given(st.lists(CAME, min_size=1, max_size=8), st.lists(OUTCOMES, min_size=1, max_size=5))
def test_the_same_things_heard_lead_to_the_same_steps(came: list[Heard], outcomes: list[Outcome]) -> None:
    script, _ = small()

    assert walk(script, came, outcomes) == walk(script, came, outcomes)


@given(st.lists(CAME, min_size=1, max_size=8), st.lists(OUTCOMES, min_size=1, max_size=5))
def test_a_session_remembers_only_answers_that_the_script_or_a_service_named(
    came: list[Heard], outcomes: list[Outcome]
) -> None:
    _, session = walk(small()[0], came, outcomes)

    assert set(session.slots) <= {"secret", "time", "own", "room"}
