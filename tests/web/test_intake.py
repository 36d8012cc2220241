"""A caller's own call, webhook by webhook, against a real store."""

import json
import re
from datetime import UTC, datetime

import pytest
import redis

from gateway import bootstrap
from gateway.core.identity import ResponderId
from gateway.core.roster import Responder
from gateway.storage.store import RedisStore
from gateway.web.apps import webhook_app
from tests.web.conftest import CALLER, STAFF, Call, Provider

FOUR_KEYS = "2111"


def a_call(provider: Provider, sid: str = "CA" + "a" * 32, **changes: str) -> Call:
    return Call(provider, sid, **changes).begin()


def kept(provider: Provider, keys: str = FOUR_KEYS, **changes: str) -> Call:
    call = a_call(provider, **changes)
    for key in keys:
        call.press(key)
    return call


def cases(client: redis.Redis) -> list[dict[str, object]]:
    return [json.loads(client.get(key)) for key in client.scan_iter("case:*")]  # type: ignore[arg-type]


def contents(client: redis.Redis) -> dict[bytes, object]:
    found: dict[bytes, object] = {}
    for key in sorted(client.scan_iter()):
        kind = client.type(key)
        readers = {b"hash": client.hgetall, b"string": client.get, b"set": client.smembers}
        found[key] = readers[kind](key) if kind in readers else client.dump(key)
    return found


def test_four_keys_after_the_greeting_a_request_is_kept(provider: Provider, store_client: redis.Redis) -> None:
    kept(provider)

    (case,) = cases(store_client)
    assert (case["state"], case["safe_time"], case["attempts_left"]) == ("requested", "now", 3)
    assert store_client.exists(f"sealed:{case['id']}")
    assert store_client.llen("rq:queue:dial") == 1


def test_a_request_is_kept_with_the_language_that_she_is_spoken_to_in(
    web_environment: dict[str, str], store_client: redis.Redis
) -> None:
    app = webhook_app(bootstrap.web(web_environment | {"HOTLINE_LANGUAGE": "en"}))
    with app.test_client() as client:
        kept(Provider(client))
        a_call(Provider(client), "CA" + "b" * 32).press("1")

    assert [case["language"] for case in cases(store_client)] == ["en", "en"]


def test_what_is_kept_holds_the_number_nowhere(provider: Provider, store_client: redis.Redis) -> None:
    kept(provider)

    everything = repr(contents(store_client))
    assert CALLER[1:] not in everything
    assert CALLER[-7:] not in everything


def test_she_is_told_her_secret_number_in_words(provider: Provider, store_client: redis.Redis) -> None:
    call = kept(provider)

    (case,) = cases(store_client)
    digits = ("صفر", "واحد", "اثنين", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة")
    spoken = [digits[int(digit)] for digit in str(case["secret"])]
    assert "، ".join(spoken) in call.words


@pytest.mark.parametrize(
    ("somebody_is_there", "said"),
    [(True, "نتصل بكِ الآن أو بعد قليل"), (False, "نتصل بكِ حالما تكون إحدى نساء فريقنا موجودة")],
)
def test_nobody_is_told_soon_while_nobody_is_there_to_call(
    provider: Provider, store_client: redis.Redis, somebody_is_there: bool, said: str
) -> None:
    amal = Responder(id=ResponderId("amal"), name="Amal", is_woman=True, on_shift=somebody_is_there)
    RedisStore(store_client, clock=lambda: datetime.now(UTC)).transact(lambda change: change.keep_responder(amal))

    assert said in kept(provider).words


def test_the_hours_that_she_chose_are_said_whether_somebody_is_there_by_then_or_not(provider: Provider) -> None:
    assert "نتصل بكِ في المساء" in kept(provider, "2114").words


def test_a_repeated_webhook_gets_the_same_bytes_and_changes_nothing(
    provider: Provider, store_client: redis.Redis
) -> None:
    call = a_call(provider)
    asked: list[tuple[str, dict[str, str]]] = []
    documents = []
    for key in FOUR_KEYS:
        asked.append((call.following, call.form({"Digits": key})))
        documents.append(call.press(key).document)
    before = contents(store_client)

    answers = [provider.post(path, form).text for path, form in asked]

    assert answers == documents
    assert contents(store_client) == before


def test_a_hang_up_keeps_what_was_kept(provider: Provider, store_client: redis.Redis) -> None:
    call = kept(provider)
    (before,) = cases(store_client)

    response = provider.post("/twilio/status", call.form({"CallStatus": "completed"}))

    assert response.status_code == 204
    assert cases(store_client) == [{**before, "own_call": None}]


def test_silence_and_wrong_keys_end_kindly_and_keep_nothing(provider: Provider, store_client: redis.Redis) -> None:
    call = a_call(provider)
    documents = [call.document]
    for heard in ("", "7", ""):
        call = call.press(heard) if heard else call.wait()
        documents.append(call.document)

    assert call.verbs == ["Say", "Hangup"]
    assert len(set(documents)) == len(documents), "each time another way of asking"
    assert not cases(store_client)


def test_a_key_counts_while_the_greeting_is_still_said(provider: Provider) -> None:
    call = a_call(provider)

    assert call.verbs == ["Gather", "Redirect"]
    assert "خط سند" in call.words


def test_a_second_key_in_her_fear_does_not_cut_off_that_she_is_not_alone(provider: Provider) -> None:
    call = a_call(provider).press("1")

    assert call.verbs == ["Say", "Gather", "Redirect"]
    assert "ابقي" in (call.xml[0].text or "")


def test_a_withheld_number_is_told_and_can_stay_on_the_line(provider: Provider, store_client: redis.Redis) -> None:
    call = a_call(provider, caller="anonymous").press("2")
    assert call.verbs == ["Gather", "Redirect"]

    call.press("1")

    (case,) = cases(store_client)
    assert (case["may_ring"], case["line"]) == (False, call.sid)
    assert not store_client.keys("sealed:*")


@pytest.mark.parametrize("number", ["", "RESTRICTED", "+266696687", "sip:x@example.org", "497", "+9647", "whatsapp:+1"])
def test_no_strange_number_is_ever_kept(provider: Provider, store_client: redis.Redis, number: str) -> None:
    call = a_call(provider, caller=number)
    for key in FOUR_KEYS:
        if "Hangup" in call.verbs or "Gather" not in call.verbs:
            break
        call.press(key)

    assert not store_client.keys("sealed:*")


def test_an_urgent_caller_is_kept_first_and_held(provider: Provider, store_client: redis.Redis) -> None:
    call = a_call(provider).press("1")

    (case,) = cases(store_client)
    assert (case["line"], case["answers"]) == (call.sid, {"urgent": "yes"})
    call.wait()
    assert call.verbs[-1] == "Redirect", "she is held, and asked again"


def test_cancelling_sounds_the_same_whether_there_was_a_request_or_not(
    provider: Provider, store_client: redis.Redis
) -> None:
    kept(provider)
    known = a_call(provider, "CA" + "b" * 32).press("4").press("12")
    unknown = a_call(provider, "CA" + "c" * 32, caller="+9647509876543").press("4").press("12")

    assert known.document == unknown.document
    assert len(cases(store_client)) == 1, "the dialler looks, later"
    assert len(store_client.keys("wish:*")) == 2


def test_the_staff_number_does_not_speak_to_callers_of_the_hotline(provider: Provider) -> None:
    staff = a_call(provider, to=STAFF)
    caller = a_call(provider, "CA" + "d" * 32)

    assert staff.words != caller.words


def test_answers_to_the_later_questions_are_kept_one_by_one(provider: Provider, store_client: redis.Redis) -> None:
    call = kept(provider).press("1").press("3")
    assert cases(store_client)[0]["answers"] == {"shared": "no", "danger": "none"}

    call.press("1").press("3")

    assert cases(store_client)[0]["answers"] == {
        "shared": "no", "danger": "none", "deadline": "today", "who": "security",
    }  # fmt: skip


def test_a_secret_number_she_has_already_takes_the_place_of_the_new_one(
    provider: Provider, store_client: redis.Redis
) -> None:
    kept(provider).press("2").press("58")

    assert cases(store_client)[0]["secret"] == "58"


def test_a_follow_up_of_a_call_nobody_knows_is_asked_to_start_again(
    provider: Provider, store_client: redis.Redis
) -> None:
    call = Call(provider, "CA" + "e" * 32, path="/twilio/voice?step=7").begin()

    assert re.fullmatch(r"/twilio/voice", call.following)
    assert not store_client.keys("session:*")


def test_a_question_after_the_end_of_a_call_is_its_end(provider: Provider, store_client: redis.Redis) -> None:
    call = a_call(provider).press("1")
    call.wait()

    response = provider.post(call.following, call.form({"CallStatus": "completed"}))

    assert "Hangup" in response.text
    (case,) = cases(store_client)
    assert case["line"] is None
