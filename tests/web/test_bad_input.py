"""What is not the provider's, or not what a provider sends: a clear 4xx or kind words, and nothing changed."""

import base64
import hashlib
import hmac

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway import bootstrap
from gateway.web.apps import webhook_app
from tests.web.conftest import AUTH_TOKEN, PUBLIC_URL, Call, Provider

SID = "CA" + "a" * 32
SIGNED_PATHS = (
    "/twilio/voice",
    "/twilio/voice/music",
    "/twilio/voice/offer/" + "a" * 28,
    "/twilio/voice/gate/" + "a" * 28,
    "/twilio/voice/back",
    "/twilio/voice/offer/back",
    "/twilio/voice/gate/back",
    "/twilio/sms",
    "/twilio/status",
    "/twilio/status/offer/" + "a" * 28,
    "/twilio/status/gate/" + "a" * 28,
)


def snapshot(client: redis.Redis) -> list[bytes]:
    return sorted(client.scan_iter())


@pytest.mark.parametrize("path", SIGNED_PATHS)
@pytest.mark.parametrize("signature", ["", "no", "A" * 5000, "ÿ", "=" * 28])
def test_without_the_providers_signature_nothing_is_answered(
    provider: Provider, store_client: redis.Redis, path: str, signature: str
) -> None:
    response = provider.post(path, {"CallSid": SID, "From": "+9647701234567"}, signature=signature)

    assert response.status_code == 403
    assert not snapshot(store_client)


@pytest.mark.parametrize("path", SIGNED_PATHS)
def test_a_signature_for_another_address_is_refused(provider: Provider, path: str) -> None:
    provider.headers = {"Host": "elsewhere.example", "X-Forwarded-Host": "elsewhere.example"}

    assert provider.post(path + "?bodySHA256=00", {"CallSid": SID}, signature="x").status_code == 403


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE"])
@pytest.mark.parametrize("path", SIGNED_PATHS)
def test_another_method_is_not_allowed(provider: Provider, path: str, method: str) -> None:
    assert provider.client.open(path, method=method).status_code == 405


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"From": "+9647701234567"},
        {"CallSid": ""},
        {"CallSid": "CA\x00"},
        {"CallSid": "../../etc/passwd"},
        {"CallSid": "a" * 65},
        {"CallSid": SID, "From": "1" * 300},
        {"CallSid": SID, "CallStatus": "dancing"},
        {"CallSid": SID, "From": "\x00"},
    ],
)
def test_a_form_that_no_provider_sends_is_a_bad_request(
    provider: Provider, store_client: redis.Redis, form: dict[str, str]
) -> None:
    response = provider.post("/twilio/voice", form)

    assert response.status_code == 400
    assert response.text.strip()
    assert not snapshot(store_client)


@pytest.mark.parametrize("step", ["-1", "x", "1.0", "99999", "", "٣", "1;drop"])
def test_a_step_that_is_no_number_is_a_bad_request(provider: Provider, step: str) -> None:
    from urllib.parse import quote

    call = Call(provider, SID)

    assert provider.post(f"/twilio/voice?step={quote(step)}", call.form({})).status_code == 400


@pytest.mark.parametrize("token", ["A" * 28, "a" * 15, "a" * 65, "a1" * 14, "%2e%2e%2f", "٣" * 20])
def test_a_token_of_another_shape_is_a_bad_request(provider: Provider, token: str) -> None:
    from urllib.parse import quote

    response = provider.post(f"/twilio/voice/offer/{quote(token)}", Call(provider, SID).form({}))

    assert response.status_code in {400, 403, 404}, "a path that the signature cannot be made for is refused too"


@pytest.mark.parametrize("digits", ["*", "#", "##", "w1", "A", "٢", "2" * 33, "2" * 900, " 2", "2 ", "-1", "２"])
def test_any_digits_are_answered_with_words(provider: Provider, digits: str) -> None:
    call = Call(provider, SID).begin().press(digits)

    assert call.verbs == ["Gather", "Redirect"]


def raw(provider: Provider, body: bytes, content_type: str, path: str = "/twilio/voice") -> int:
    """A request with a body that no form can stand for, signed over the address alone."""
    signature = base64.b64encode(hmac.digest(AUTH_TOKEN.encode(), (PUBLIC_URL + path).encode(), hashlib.sha1))
    response = provider.client.post(
        path, data=body, headers={"Content-Type": content_type, "X-Twilio-Signature": signature.decode()}
    )
    return response.status_code


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"x" * 1_000_000, FORM),
        (b"CallSid=%", FORM),
        (b"CallSid=%zz&From=%00", FORM),
        (b"\xff\xfe\x00", FORM),
        (b"CallSid=\xed\xa0\x80", FORM),
        (b"&".join(b"a=b" for _ in range(2000)), FORM),
        (b'{"CallSid": "CA"}', "application/json"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data"),
        (b"<x/>", "text/xml"),
        (b"CallSid=CA", ""),
    ],
)
def test_a_strange_body_is_refused_and_keeps_nothing(
    provider: Provider, store_client: redis.Redis, body: bytes, content_type: str
) -> None:
    assert 400 <= raw(provider, body, content_type) < 500
    assert not snapshot(store_client)


@pytest.mark.parametrize("path", ["/kannel/sms", "/africastalking/ussd"])
def test_a_query_that_is_no_text_is_a_bad_request(web_environment: dict[str, str], path: str) -> None:
    secrets = {"KANNEL_SECRET": "a-long-secret-for-tests", "USSD_SECRET": "a-long-secret-for-tests"}
    app = webhook_app(bootstrap.web({**web_environment, **secrets}))

    with app.test_client() as client:
        response = client.post(path, environ_overrides={"QUERY_STRING": "secret=\xff"})

    assert response.status_code == 400
    assert "UTF-8" in response.text


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=400), content_type=st.sampled_from([FORM, "multipart/form-data; boundary=x", "", "a/b"]))
def test_no_bytes_at_all_make_a_server_error(provider: Provider, body: bytes, content_type: str) -> None:
    assert raw(provider, body, content_type) < 500


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.dictionaries(
        st.sampled_from(["CallSid", "From", "To", "Digits", "CallStatus", "SequenceNumber", "CallDuration", "x"]),
        st.text(max_size=60),
    ),
    path=st.sampled_from(SIGNED_PATHS),
)
def test_no_signed_form_makes_a_server_error(provider: Provider, form: dict[str, str], path: str) -> None:
    from contextlib import suppress

    with suppress(UnicodeEncodeError):  # half a character cannot be sent in a form by this client
        assert provider.post(path, form).status_code < 500


def test_unknown_pages_do_not_exist(provider: Provider) -> None:
    assert provider.client.get("/").status_code == 404
    assert provider.client.get("/audio/../bootstrap.py").status_code == 404
    assert provider.client.get("/audio/extortion/flow.toml").status_code == 404


@pytest.mark.parametrize("path", ["/audio/music//hold.wav", "/audio//music/hold.wav", "//twilio//voice", "/healthz/"])
def test_an_address_with_slashes_too_many_does_not_exist_and_is_not_repeated(provider: Provider, path: str) -> None:
    response = provider.client.get(path, environ_overrides={"PATH_INFO": path}, query_string={"from": "0770"})

    assert response.status_code == 404
    assert "0770" not in f"{response.headers}{response.text}"
