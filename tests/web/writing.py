"""Hands that write messages and USSD entries to the app, on every wire."""

from urllib.parse import urlencode
from xml.etree import ElementTree

from werkzeug.test import TestResponse

from tests.web.conftest import CALLER, HOTLINE, Provider

SECRET = "a-secret-for-tests"


def twilio(
    provider: Provider, words: str, *, sender: str = CALLER, to: str = HOTLINE, message: str = "one"
) -> TestResponse:
    """A message by Twilio."""
    form = {"MessageSid": f"SM{message}", "AccountSid": "AC" + "0" * 32, "From": sender, "To": to, "Body": words}
    return provider.post("/twilio/sms", form)


def answer_to(provider: Provider, words: str, *, sender: str = CALLER, to: str = HOTLINE, message: str = "one") -> str:
    """What is sent back to a message by Twilio; empty if nothing is."""
    response = twilio(provider, words, sender=sender, to=to, message=message)
    assert response.status_code == 200, response.text
    found = ElementTree.fromstring(response.text).find("Message")
    return "" if found is None else found.text or ""


def kannel(provider: Provider, raw: bytes, *, charset: str = "UTF-8", coding: str = "0", **fields: str) -> TestResponse:
    """A message by Kannel, its text as bytes."""
    everything = {
        "secret": SECRET, "from": CALLER, "to": "7070", "id": "one", "coding": coding, "charset": charset, **fields,
    }  # fmt: skip
    return provider.client.get(f"/kannel/sms?{urlencode(everything)}&{urlencode({'text': raw})}")


def at_ussd(provider: Provider, typed: str, *, session: str = "ATUid_1", phone: str = CALLER) -> str:
    """A step of a USSD dialogue by Africa's Talking; the answer with its first word."""
    form = {"sessionId": session, "phoneNumber": phone, "networkCode": "41820", "serviceCode": "*726#", "text": typed}
    response = provider.client.post(f"/africastalking/ussd/{SECRET}", data=form)
    assert response.status_code == 200, response.text
    return response.text
