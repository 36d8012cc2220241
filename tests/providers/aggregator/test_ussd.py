"""The same dialogue in ten spellings."""

import json
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.errors import BadRequest, BrokenScript
from gateway.core.messages import UssdOver, UssdStep
from gateway.providers.wires import RawRequest
from tests.providers.aggregator.spellings import SPELLINGS, wire

HERS = "9647701234567"
SCREEN = "اختاري:\n1 خطر الآن\n2 اتصلوا بي"


def posted(fields: dict[str, object]) -> RawRequest:
    return RawRequest(body=json.dumps(fields).encode(), content_type="application/json")


def asked(fields: dict[str, str]) -> RawRequest:
    return RawRequest(raw_query=urlencode(fields).encode())


def formed(fields: dict[str, str]) -> RawRequest:
    return RawRequest(body=urlencode(fields).encode(), content_type="application/x-www-form-urlencoded")


DIALLED = {
    "rafidain": posted({"msisdn": HERS, "sessionid": "a1", "input": "*7070#", "type": "1"}),
    "hadba": formed({"sid": "a1", "caller": HERS, "service": "*7070#", "path": ""}),
    "moolre": posted(
        {"sessionid": "a1", "new": True, "msisdn": HERS, "network": 3, "message": "", "extension": "109", "data": "x"}
    ),
    "uzo": posted(
        {
            "ussdString": "*1234#",
            "msisdn": HERS,
            "ussdServiceOp": "1",
            "sessionID": "a1",
            "network": "06",
            "code": "*1234#",
            "country": "GH",
        }
    ),
    "hollatags": asked(
        {
            "session_operation": "begin",
            "session_msisdn": HERS,
            "session_id": "a1",
            "session_msg": "*4441#",
            "session_from": "*4441#",
            "session_type": "1",
            "session_mno": "MTN",
        }
    ),
    "hubtel": posted(
        {
            "Type": "Initiation",
            "Mobile": HERS,
            "SessionId": "a1",
            "ServiceCode": "713",
            "Message": "*713#",
            "Operator": "mtn",
            "Sequence": 1,
            "ClientState": None,
        }
    ),
    "nalo": posted(
        {
            "USERID": "sanad",
            "MSISDN": HERS,
            "USERDATA": "*920*45#",
            "MSGTYPE": True,
            "NETWORK": "MTN",
            "SESSIONID": "a1",
        }
    ),
    "hellio": formed(
        {"sessionId": "a1", "phoneNumber": HERS, "networkCode": "62001", "serviceCode": "*920*9#", "text": ""}
    ),
    "advanta": asked({"SESSIONID": "a1", "USSDCODE": "*415#", "MSISDN": HERS, "INPUT": "*415#"}),
    "plain": formed({"s": "a1", "n": HERS, "t": "*123*4#"}),
}
ANSWERED = {
    "rafidain": (posted({"msisdn": HERS, "sessionid": "a1", "input": "2", "type": 2}), None, "2"),
    "hadba": (formed({"sid": "a1", "caller": HERS, "service": "*7070#", "path": "2*1"}), ("2", "1"), None),
    "moolre": (posted({"sessionid": "a1", "new": False, "msisdn": HERS, "message": "2"}), None, "2"),
    "uzo": (posted({"ussdString": "2", "msisdn": HERS, "ussdServiceOp": 18, "sessionID": "a1"}), None, "2"),
    "hollatags": (
        asked({"session_operation": "continue", "session_msisdn": HERS, "session_id": "a1", "session_msg": "2"}),
        None,
        "2",
    ),
    "hubtel": (
        posted({"Type": "Response", "Mobile": HERS, "SessionId": "a1", "Message": "2", "Sequence": 2}),
        None,
        "2",
    ),
    "nalo": (
        posted({"USERID": "sanad", "MSISDN": HERS, "USERDATA": "2", "MSGTYPE": False, "SESSIONID": "a1"}),
        None,
        "2",
    ),
    "hellio": (
        formed({"sessionId": "a1", "phoneNumber": HERS, "serviceCode": "*920*9#", "text": "2*1"}),
        ("2", "1"),
        None,
    ),
    "advanta": (
        asked({"SESSIONID": "a1", "USSDCODE": "*415#", "MSISDN": HERS, "INPUT": "*415*33*1#"}),
        ("33", "1"),
        None,
    ),
    "plain": (formed({"s": "a1", "n": HERS, "t": "2"}), None, "2"),
}
ENDED = {
    "rafidain": posted({"msisdn": HERS, "sessionid": "a1", "type": 3}),
    "uzo": posted({"ussdString": "", "msisdn": HERS, "ussdServiceOp": "30", "sessionID": "a1"}),
    "hollatags": asked({"session_operation": "end", "session_msisdn": HERS, "session_id": "a1"}),
    "hubtel": posted({"Type": "Timeout", "Mobile": HERS, "SessionId": "a1", "Sequence": 3}),
}


def step(name: str, request: RawRequest) -> UssdStep:
    found = wire(name).read(request)
    assert isinstance(found, UssdStep)
    return found


def test_every_spelling_is_tried() -> None:
    assert SPELLINGS.keys() == DIALLED.keys() == ANSWERED.keys()


@pytest.mark.parametrize("name", SPELLINGS)
def test_dialling_is_a_first_step_whatever_was_dialled(name: str) -> None:
    found = step(name, DIALLED[name])

    assert (found.session, found.from_text, found.first, found.input) == ("a1", HERS, True, None)
    assert found.inputs in {None, ()}


@pytest.mark.parametrize("name", SPELLINGS)
def test_an_answer_is_a_step_with_what_was_keyed(name: str) -> None:
    request, inputs, keyed = ANSWERED[name]

    found = step(name, request)

    assert (found.session, found.from_text, found.first) == ("a1", HERS, False)
    assert (found.inputs, found.input) == (inputs, keyed)


@pytest.mark.parametrize("name", ENDED)
def test_a_dialogue_that_ended_at_the_phone_is_over(name: str) -> None:
    found = wire(name).read(ENDED[name])

    assert found == UssdOver("a1", HERS)
    assert HERS not in repr(found)


def test_the_wires_own_counter_tells_a_retry_from_the_same_key_pressed_again() -> None:
    assert step("hubtel", ANSWERED["hubtel"][0]).turn == 2


@pytest.mark.parametrize(
    ("name", "more", "body"),
    [
        (
            "rafidain",
            True,
            {
                "message": SCREEN,
                "type": "2",
                "sessionid": "a1",
                "msisdn": HERS,
                "encoding": "ucs2",
                "version": 1,
            },
        ),
        ("moolre", True, {"message": SCREEN, "reply": True}),
        ("moolre", False, {"message": SCREEN, "reply": False}),
        ("uzo", True, {"message": SCREEN, "ussdServiceOp": 2}),
        ("uzo", False, {"message": SCREEN, "ussdServiceOp": 17}),
        ("hollatags", False, {"session_msg": SCREEN, "session_operation": "end", "session_id": "a1"}),
        ("hubtel", True, {"Message": SCREEN, "Type": "response", "SessionId": "a1"}),
        ("nalo", True, {"MSG": SCREEN, "MSGTYPE": True, "MSISDN": HERS, "USERDATA": "", "USERID": "sanad"}),
        ("nalo", False, {"MSG": SCREEN, "MSGTYPE": False, "MSISDN": HERS, "USERDATA": "", "USERID": "sanad"}),
    ],
)
def test_a_screen_is_answered_in_the_wires_own_json(name: str, more: bool, body: dict[str, object]) -> None:
    answer = wire(name).show(SCREEN, more=more, step=step(name, DIALLED[name]))

    assert json.loads(answer.body) == body
    assert answer.content_type == "application/json; charset=UTF-8"


@pytest.mark.parametrize(
    ("name", "more", "word"), [("hadba", True, "C;"), ("hadba", False, "E;"), ("advanta", True, "CON ")]
)
def test_a_screen_is_answered_in_plain_text_with_the_wires_own_word(name: str, more: bool, word: str) -> None:
    answer = wire(name).show(SCREEN, more=more, step=step(name, DIALLED[name]))

    assert answer.body.decode() == word + SCREEN
    assert answer.content_type == "text/plain; charset=UTF-8"


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_screen_that_no_phone_can_show_is_refused_on_every_wire(name: str) -> None:
    with pytest.raises(BrokenScript):
        wire(name).show("م" * 81, more=True, step=step(name, DIALLED[name]))


@pytest.mark.parametrize(
    ("name", "request_as_sent", "words"),
    [
        ("moolre", RawRequest(body=b"{"), "not one JSON object"),
        ("moolre", RawRequest(body=b"[" * 100_000), "not one JSON object"),
        ("moolre", RawRequest(body=b"[]"), "not one JSON object"),
        ("moolre", RawRequest(body=b"\xff\xfe"), "not one JSON object"),
        ("moolre", posted({"new": True}), "sessionid is missing"),
        ("moolre", posted({"sessionid": "a1"}), "new is missing"),
        ("moolre", posted({"sessionid": "a1", "new": [HERS]}), "new is neither"),
        ("moolre", posted({"sessionid": "a1", "new": 1.5}), "new is neither"),
        ("moolre", posted({"sessionid": "a1", "new": True, "message": "\ud800"}), "half a character"),
        ("moolre", posted({"sessionid": "a1", "new": True, "message": "1" * 9000}), "message is longer"),
        ("hubtel", posted({"SessionId": "a1", "Type": "response", "Sequence": "x"}), "Sequence must be a whole"),
        ("hollatags", asked({"session_id": "a1"}), "session_operation is missing"),
        ("advanta", asked({"SESSIONID": "a1", "USSDCODE": "*415#", "INPUT": "*4155#"}), "does not begin"),
        ("advanta", asked({"SESSIONID": "a1", "INPUT": "1*2"}), "does not begin"),
    ],
)
def test_what_is_wrong_is_said_in_clear_words(name: str, request_as_sent: RawRequest, words: str) -> None:
    with pytest.raises(BadRequest, match=words) as refusal:
        wire(name).read(request_as_sent)

    assert HERS not in str(refusal.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
names = st.sampled_from(["SessionId", "Mobile", "Message", "Type", "Sequence", "ServiceCode", "sessionid", "new"])


@settings(deadline=None)
@given(st.dictionaries(names, json_values, max_size=6), st.binary(max_size=80))
def test_no_bytes_raise_anything_but_a_bad_request(fields: dict[str, object], raw: bytes) -> None:
    for name in SPELLINGS:
        for request in (posted(fields), RawRequest(raw, raw), RawRequest(b"s=1&sid=1&SESSIONID=1&" + raw)):
            with suppress(BadRequest):
                wire(name).read(request)
