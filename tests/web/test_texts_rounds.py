"""Machines that answer each other fall silent; stop, danger and the staff number are heard all the same."""

import json
import re
from collections.abc import Callable
from datetime import datetime

import pytest
import redis

from gateway.core.limits import ROUNDS_BLUR
from gateway.services.texts import ALARMS, KEYS, MOST, ORDERS, WORDS
from tests.stored import stored
from tests.web.conftest import CALLER, STAFF, Provider
from tests.web.writing import answer_to

Machine = Callable[[str], str]  # what it is sent -> what it sends back


def rounds(provider: Provider, machine: Machine, *, to: str | None = None, first: str = "hello") -> int:
    """How many answers of ours a machine gets before we are silent; at most 200."""
    said = first
    for number in range(200):
        where = {} if to is None else {"to": to}
        answer = answer_to(provider, said, message=f"{number:04d}", **where)
        if not answer:
            return number
        said = machine(answer)
    return 200


def cases(client: redis.Redis) -> list[dict[str, object]]:
    return [json.loads(client.get(key)) for key in client.scan_iter("case:*")]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("machine", "most"),
    [
        (lambda _: "I am driving and cannot answer now", MOST[WORDS]),
        (lambda _: "انا مشغول الان", MOST[WORDS]),
        (lambda _: "Thank you for your message. Call 0770 or write info", MOST[WORDS]),
        (lambda _: "اتصل بنا على الرقم", MOST[WORDS]),
        (lambda _: "1", MOST[KEYS] + MOST[WORDS]),
        (lambda _: "0", MOST[KEYS] + MOST[WORDS]),
        (lambda _: "reply STOP to end", MOST[ORDERS] + MOST[WORDS]),
        (lambda _: "in an emergency call 911", MOST[ALARMS] + MOST[WORDS]),
        (lambda answer: answer, sum(MOST.values())),
        (lambda answer: f"Auto: {answer}", sum(MOST.values())),
    ],
    ids=["driving", "busy", "receipt", "call us", "one", "zero", "stop", "emergency", "echo", "quote"],
)
def test_two_machines_that_answer_each_other_fall_silent(provider: Provider, machine: Machine, most: int) -> None:
    assert rounds(provider, machine) <= most


def test_two_machines_on_the_staff_number_fall_silent(provider: Provider) -> None:
    assert rounds(provider, lambda answer: answer, to=STAFF) <= 20


def test_a_machine_that_cries_for_help_makes_few_requests(provider: Provider, store_client: redis.Redis) -> None:
    rounds(provider, lambda _: "in an emergency call 911")

    assert len(cases(store_client)) <= 3


def test_a_machine_that_presses_one_makes_few_requests(provider: Provider, store_client: redis.Redis) -> None:
    rounds(provider, lambda _: "1", first="1")

    assert 1 <= len(cases(store_client)) <= 3


@pytest.mark.parametrize("words", ["خطر", "انتحر", "help me, he will kill me"])
def test_danger_written_again_gets_the_same_words_and_makes_no_second_request(
    provider: Provider, store_client: redis.Redis, words: str
) -> None:
    answers = [answer_to(provider, words, message=f"{number}") for number in range(4)]

    assert len({re.sub("[0-9]+", "", answer) for answer in answers}) == 1
    assert len(cases(store_client)) == 1


def test_danger_written_after_a_stop_is_later_than_it_though_both_arrive_in_one_second(
    provider: Provider, store_client: redis.Redis
) -> None:
    for number, words in enumerate(["خطر", "توقف", "خطر"]):
        answer_to(provider, words, message=f"{number}")

    [wish] = store_client.keys("wish:*")
    [case] = cases(store_client)
    stopped_at = (store_client.hget(wish, "at") or b"").decode()  # type: ignore[union-attr]  # the client is no async one
    assert datetime.fromisoformat(str(case["said_again_at"])) > datetime.fromisoformat(stopped_at)


def test_every_secret_number_that_was_told_of_a_danger_written_again_opens(
    provider: Provider, store_client: redis.Redis
) -> None:
    answers = [answer_to(provider, "خطر", message=f"{number}") for number in range(4)]

    [case] = cases(store_client)
    opening = {case["secret"], *case["older_secrets"]}  # type: ignore[misc]  # a list of words
    assert all(any(secret in answer for secret in opening) for answer in answers)


def test_whoever_was_not_understood_is_heard_when_she_says_stop_or_danger(
    provider: Provider, store_client: redis.Redis
) -> None:
    rounds(provider, lambda _: "متحجبةغريبة")

    assert "911" in answer_to(provider, "خطر", message="danger")
    assert answer_to(provider, "توقف", message="stop")
    assert len(cases(store_client)) == 1
    assert len(store_client.keys("wish:*")) == 1


def test_a_stop_is_done_though_it_is_answered_no_more(provider: Provider, store_client: redis.Redis) -> None:
    rounds(provider, lambda _: "stop", first="stop")
    before = len(store_client.keys("wish:*"))

    assert answer_to(provider, "توقف", message="again") == ""
    assert len(store_client.keys("wish:*")) == before + 1


def test_another_phone_is_answered_while_one_is_not(provider: Provider) -> None:
    rounds(provider, lambda _: "hello")

    assert answer_to(provider, "hello", sender="+9647509876543", message="other")


def test_what_was_answered_is_answered_again_though_later_ones_are_not(provider: Provider) -> None:
    first = answer_to(provider, "hello", message="first")
    rounds(provider, lambda _: "hello")

    assert answer_to(provider, "hello", message="first") == first


def test_whoever_counts_until_he_is_refused_does_not_learn_whether_somebody_wrote_before(provider: Provider) -> None:
    def answered(phone: int) -> int:
        answers = [
            answer_to(provider, "stop", sender=f"+96477012345{phone:02d}", message=f"{phone}x{number}")
            for number in range(MOST[ORDERS] + 1)
        ]
        return answers.index("")

    assert {answered(phone) for phone in range(40)} == {MOST[ORDERS] - less for less in range(ROUNDS_BLUR)}


def test_the_count_has_a_life_and_no_number(provider: Provider, store_client: redis.Redis) -> None:
    answer_to(provider, "hello")

    [counted] = store_client.keys("rounds:*")
    assert 0 < store_client.ttl(counted) <= 900
    assert CALLER[4:].encode() not in counted


# --- danger beside a refusal, and stop ---------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["don't call, he will kill me", "لا تتصلوا راح يقتلني", "لا تتصلين اخوي راح يذبحني", "do not call im in danger"],
)
def test_a_refusal_with_words_of_danger_gets_the_emergency_number_and_no_call(
    provider: Provider, store_client: redis.Redis, words: str
) -> None:
    answer = answer_to(provider, words)

    assert "911" in answer
    assert cases(store_client) == []
    assert store_client.keys("wish:*") == []


@pytest.mark.parametrize("words", ["stop, i am in danger", "توقف انا بخطر"])
def test_a_stop_with_words_of_danger_is_a_stop_with_the_emergency_number(
    provider: Provider, store_client: redis.Redis, words: str
) -> None:
    answer = answer_to(provider, words)

    assert "911" in answer
    assert len(store_client.keys("wish:*")) == 1
    assert cases(store_client) == []


def test_saying_yes_to_the_question_after_a_refusal_in_danger_cancels(
    provider: Provider, store_client: redis.Redis
) -> None:
    answer_to(provider, "don't call, he will kill me", message="first")

    assert "911" in answer_to(provider, "1", message="second")
    assert len(store_client.keys("wish:*")) == 1


# --- the staff number --------------------------------------------------------------------------------


@pytest.mark.parametrize("to", [STAFF, STAFF.removeprefix("+")])
@pytest.mark.parametrize("words", ["1 4821", "9 4821", "hello", "", "توقف", "خطر", "4 kB " * 900])
def test_whoever_writes_to_the_staff_number_reads_the_same(
    provider: Provider, store_client: redis.Redis, to: str, words: str
) -> None:
    answers = {
        answer_to(provider, words, to=to, sender=sender, message=sender[-3:]) for sender in (CALLER, "+9647509876543")
    }

    assert len(answers) == 1
    assert cases(store_client) == []


def test_a_message_to_the_staff_number_is_sealed_and_left_to_the_dialler(
    provider: Provider, store_client: redis.Redis
) -> None:
    answer_to(provider, "1 4821", to=STAFF)

    [wish] = store_client.keys("wish:*")
    kept = stored(store_client)
    assert b"4821" not in kept
    assert CALLER[1:].encode() not in kept
    assert 0 < store_client.ttl(wish) <= 600


# --- what the provider keeps -------------------------------------------------------------------------


def test_the_records_of_a_message_and_of_its_reply_are_noted_for_deletion(
    provider: Provider, store_client: redis.Redis
) -> None:
    answer_to(provider, "hello", message="hers")
    report = {"MessageSid": "SMours", "MessageStatus": "sent", "AccountSid": "AC" + "0" * 32}

    response = provider.post("/twilio/status/message", report)

    assert response.status_code == 204
    assert store_client.zrange("records", 0, -1) == [b"message:SMhers", b"message:SMours"]


def test_a_report_without_a_signature_changes_nothing(provider: Provider, store_client: redis.Redis) -> None:
    response = provider.post("/twilio/status/message", {"MessageSid": "SMx", "MessageStatus": "sent"}, signature="x")

    assert response.status_code == 403
    assert store_client.keys("*") == []


@pytest.mark.parametrize("form", [{}, {"MessageSid": "SMx"}, {"MessageSid": "SMx", "MessageStatus": "lost"}])
def test_a_report_that_is_none_is_refused(provider: Provider, form: dict[str, str]) -> None:
    assert provider.post("/twilio/status/message", form).status_code == 400
    assert provider.post("/twilio/status/message/not-a-token", form).status_code == 400
