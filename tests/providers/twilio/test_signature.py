"""Who may come in: checked against the provider's own validator, and against any bytes at all."""

import hashlib
import string
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # the SDK ships no py.typed

from gateway.core.errors import BadSignature
from gateway.providers.twilio.signature import verify

TOKEN = "an-auth-token-of-nobody"
PUBLIC = "https://hotline.example.org"
FORM = "application/x-www-form-urlencoded"
PATH = "/twilio/voice"
Fields = list[tuple[str, str]]

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
forms = st.lists(st.tuples(words, words), max_size=8)
queries = st.lists(st.tuples(words, words), max_size=3).map(
    lambda pairs: "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in pairs)
)


class Repeated(dict[str, str]):
    """A form with repeated keys, in the shape the provider's validator reads."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self._fields = fields

    def getall(self, name: str) -> list[str]:
        return [value for key, value in self._fields if key == name]


def signed(url: str, fields: Fields) -> str:
    return str(RequestValidator(TOKEN).compute_signature(url, Repeated(fields)))


def accepts(
    signature: str | None,
    fields: Fields | None = None,
    *,
    query: str = "",
    path: str = PATH,
    public: str = PUBLIC,
    body: bytes = b"x",
    kind: str = FORM,
    token: str = TOKEN,
) -> bool:
    try:
        verify(
            token,
            public_url=public,
            raw_path=path,
            raw_query=query,
            form=fields or [],
            body=body,
            content_type=kind,
            signature=signature,
        )
    except BadSignature:
        return False
    return True


def test_the_example_of_the_providers_own_documentation_is_accepted() -> None:
    fields = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+12349013030"),
        ("Digits", "1234"),
        ("From", "+12349013030"),
        ("To", "+18005551212"),
    ]

    genuine = accepts(
        "0/KCTR6DLpKmkAf8muzZqo1nDgQ=",
        fields,
        token="12345",
        public="https://mycompany.com",
        path="/myapp.php",
        query="foo=1&bar=2",
    )

    assert genuine


@settings(deadline=None)
@given(fields=forms, query=queries)
def test_what_the_provider_signs_is_accepted(fields: Fields, query: str) -> None:
    signature = signed(PUBLIC + PATH + ("?" + query if query else ""), fields)

    assert accepts(signature, fields, query=query)


@settings(deadline=None)
@given(fields=forms, other=forms)
def test_a_changed_form_is_judged_as_the_providers_validator_judges_it(fields: Fields, other: Fields) -> None:
    signature = signed(PUBLIC + PATH, fields)

    theirs = RequestValidator(TOKEN).validate(PUBLIC + PATH, Repeated(other), signature)

    assert accepts(signature, other) == theirs


@pytest.mark.parametrize("query", ["step=3&x=%D9%85", "next=%2Ftwilio", "name=%27quoted%27", "a=b+c&a=%20", "%zz=%"])
def test_the_raw_query_counts_not_the_decoded_one(query: str) -> None:
    signature = signed(f"{PUBLIC}{PATH}?{query}", [("CallSid", "CA1")])

    assert accepts(signature, [("CallSid", "CA1")], query=query)


def test_a_repeated_field_counts_once_per_value_in_sorted_order() -> None:
    signature = signed(PUBLIC + PATH, [("Event", "a"), ("Event", "b")])

    assert accepts(signature, [("Event", "b"), ("Event", "a"), ("Event", "b")])


@pytest.mark.parametrize(
    ("public", "signed_for"),
    [
        ("https://h.example", "https://h.example:443"),
        ("http://h.example", "http://h.example:80"),
        ("https://h.example:8443", "https://h.example"),
        ("https://h.example:8443", "https://h.example:8443"),
        ("https://user:secret@h.example:8443", "https://user:secret@h.example"),
        ("https://user:secret@h.example", "https://user:secret@h.example:443"),
        ("http://[2001:db8::1]:8080", "http://[2001:db8::1]"),
        ("http://[2001:db8::1]", "http://[2001:db8::1]:80"),
        ("https://h.example/sanad/", "https://h.example/sanad"),
    ],
)
def test_the_address_is_tried_with_and_without_its_port(public: str, signed_for: str) -> None:
    signature = signed(signed_for + PATH, [])

    assert accepts(signature, public=public)


def test_another_host_another_path_another_token_and_no_signature_are_refused() -> None:
    signature = signed(PUBLIC + PATH, [])

    assert accepts(signature)
    assert not accepts(signature, public="https://elsewhere.example.org")
    assert not accepts(signature, path="/twilio/status")
    assert not accepts(signature, token="another")
    assert not accepts(signature, token="")
    assert not accepts(None)
    assert not accepts("")


def test_json_is_accepted_when_the_query_vouches_for_its_bytes() -> None:
    body = '{"سند": true}'.encode()
    query = f"a=1&bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = signed(f"{PUBLIC}{PATH}?{query}", [])

    assert accepts(signature, query=query, body=body, kind="application/json")
    assert not accepts(signature, query=query, body=body + b" ", kind="application/json")


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_a_body_that_nothing_vouches_for_is_refused(kind: str) -> None:
    signature = signed(PUBLIC + PATH, [])

    assert not accepts(signature, body=b"{}", kind=kind)


def test_fields_out_of_a_body_of_another_kind_are_signed_too() -> None:
    body = b"--x"
    query = f"bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = signed(f"{PUBLIC}{PATH}?{query}", [])

    assert not accepts(signature, [("Digits", "1")], query=query, body=body, kind="multipart/form-data")


anything = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=40)


@settings(deadline=None)
@given(
    token=anything,
    public=anything | st.sampled_from(["http://[", "https://h:no", "https://h:99999", PUBLIC]),
    path=anything,
    query=anything | st.just("bodySHA256=\udcff"),
    fields=st.lists(st.tuples(anything, anything), max_size=4),
    body=st.binary(max_size=40),
    kind=anything | st.sampled_from([FORM, "application/json"]),
    signature=st.none() | anything,
)
def test_no_bytes_raise_anything_but_a_bad_signature(
    *, token: str, public: str, path: str, query: str, fields: Fields, body: bytes, kind: str, signature: str | None
) -> None:
    assert not accepts(
        signature, fields, query=query, path=path, public=public, body=body, kind=kind, token=token or "t"
    )


@settings(deadline=None)
@given(st.text(string.ascii_letters + string.digits + "+/=", max_size=30))
def test_a_refusal_repeats_nothing_of_what_was_sent(secret: str) -> None:
    with pytest.raises(BadSignature) as refusal:
        verify(
            TOKEN,
            public_url=PUBLIC,
            raw_path=PATH,
            raw_query="",
            form=[("From", "+9647701234567")],
            body=b"x",
            content_type=FORM,
            signature="~" + secret,
        )

    assert "770" not in str(refusal.value)
    assert TOKEN not in str(refusal.value)
