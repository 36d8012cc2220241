"""The webhooks' app on a real store, with only the keys that `web` may have, and a provider that signs."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # the SDK ships no py.typed
from werkzeug.test import TestResponse

from config.settings import environment_for
from gateway import bootstrap
from gateway.storage import keyfiles
from gateway.web.apps import webhook_app

PUBLIC_URL = "https://sanad.example"
AUTH_TOKEN = "a-token-for-tests"
HOTLINE, STAFF = "+9647300000100", "+9647300000101"
CALLER = "+9647701234567"


@dataclass(slots=True)
class Provider:
    """Posts signed webhooks as Twilio does."""

    client: FlaskClient
    token: str = AUTH_TOKEN
    headers: dict[str, str] = field(default_factory=dict)

    def post(self, path: str, form: dict[str, str], *, signature: str | None = None) -> TestResponse:
        """A signed webhook, or one with another signature."""
        signed = RequestValidator(self.token).compute_signature(PUBLIC_URL + path, form)
        headers = {**self.headers, "X-Twilio-Signature": signed if signature is None else signature}
        return self.client.post(path, data=form, headers=headers)


@dataclass(slots=True)
class Call:
    """One call as the provider sees it: it fetches documents and follows them."""

    provider: Provider
    sid: str
    path: str = "/twilio/voice"
    caller: str = CALLER
    to: str = HOTLINE
    document: str = ""

    def begin(self) -> "Call":
        """The first webhook."""
        return self._take(self.path, {})

    def press(self, keys: str) -> "Call":
        """Keys at a question."""
        return self._take(self.following, {"Digits": keys})

    def wait(self) -> "Call":
        """Silence, or the end of a hold or a conference."""
        return self._take(self.following, {})

    def _take(self, path: str, extra: dict[str, str]) -> "Call":
        response = self.provider.post(path, self.form(extra))
        assert response.status_code == 200, response.text
        self.document = response.text
        return self

    def form(self, extra: dict[str, str]) -> dict[str, str]:
        """The form of a voice webhook."""
        return {
            "CallSid": self.sid,
            "AccountSid": "AC" + "0" * 32,
            "From": self.caller,
            "To": self.to,
            "CallStatus": "in-progress",
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
            **extra,
        }

    @property
    def xml(self) -> ElementTree.Element:
        """The last document."""
        return ElementTree.fromstring(self.document)

    @property
    def words(self) -> str:
        """All that the last document says."""
        return " ".join(say.text or "" for say in self.xml.iter("Say"))

    @property
    def verbs(self) -> list[str]:
        """The verbs of the last document."""
        return [verb.tag for verb in self.xml]

    @property
    def following(self) -> str:
        """Where the last document goes on, as path and query."""
        found = self.xml.find("Gather")
        dial = self.xml.find("Dial")
        redirect = self.xml.find("Redirect")
        if found is not None:
            url = found.attrib["action"]
        elif dial is not None:
            url = dial.attrib["action"]
        else:
            assert redirect is not None, self.document
            url = redirect.text or ""
        parts = urlsplit(url)
        return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.fixture
def web_keys(tmp_path: Path) -> Path:
    """A key folder as `web` sees it: nothing that opens or indexes."""
    folder = tmp_path / "keys"
    keyfiles.initialise(folder, datetime.now(UTC).date())
    shutil.rmtree(folder / "dialler")
    return folder


@pytest.fixture
def web_environment(store_url: str, web_keys: Path) -> dict[str, str]:
    """All that `web` is given."""
    everything = {
        "REDIS_URL": store_url,
        "PUBLIC_URL": PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "HOTLINE_NUMBER": HOTLINE,
        "STAFF_NUMBER": STAFF,
        "SANAD_KEYS": str(web_keys),
        "URGENT_HOLD_SECONDS": "5",
    }
    return environment_for("web", everything)


@pytest.fixture
def provider(web_environment: dict[str, str]) -> Iterator[Provider]:
    """The provider before the running app."""
    app = webhook_app(bootstrap.web(web_environment))
    with app.test_client() as client:
        yield Provider(client)
