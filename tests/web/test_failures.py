"""Never dead air: whatever is broken, a caller gets words with the emergency number; a phone we rang gets none."""

from pathlib import Path

import pytest
import redis

from gateway import bootstrap
from gateway.core.errors import BrokenKey
from gateway.web.apps import webhook_app
from tests.web.conftest import STAFF, Call, Provider

SID = "CA" + "a" * 32
TOKEN = "a" * 28
NINE_ONE_ONE = "تسعة، واحد، واحد"


@pytest.fixture
def without_store(web_environment: dict[str, str], tmp_path: Path) -> Provider:
    """The app, with no store behind it."""
    environment = {**web_environment, "REDIS_URL": f"unix://{tmp_path}/nobody-listens"}
    return Provider(webhook_app(bootstrap.web(environment)).test_client())


def test_without_a_store_the_caller_hears_words_and_the_emergency_number(without_store: Provider) -> None:
    call = Call(without_store, SID).begin()

    assert NINE_ONE_ONE in call.words
    assert call.verbs == ["Say", "Hangup"]


def test_without_a_store_the_phone_that_we_rang_hears_nothing_of_a_hotline(without_store: Provider) -> None:
    gate = Call(without_store, SID, path=f"/twilio/voice/gate/{TOKEN}").begin()

    assert NINE_ONE_ONE not in gate.words
    assert gate.verbs[-1] == "Hangup"


def test_without_a_store_the_team_hears_its_own_words(without_store: Provider) -> None:
    call = Call(without_store, SID, to=STAFF).begin()

    assert "خط الفريق" in call.words
    assert NINE_ONE_ONE not in call.words


def test_the_record_of_a_call_that_came_while_nothing_worked_is_deleted_after_its_end(
    without_store: Provider, provider: Provider, store_client: redis.Redis
) -> None:
    call = Call(without_store, SID).begin()

    provider.post("/twilio/status", call.form({"CallStatus": "completed"}))

    assert store_client.zrange("records", 0, -1) == [f"call:{SID}".encode()]


def test_a_status_that_cannot_be_kept_is_not_answered_as_if_it_were(without_store: Provider) -> None:
    call = Call(without_store, SID)

    assert without_store.post("/twilio/status", call.form({"CallStatus": "completed"})).status_code == 503


def test_the_process_lives_without_a_store_but_is_not_ready(without_store: Provider) -> None:
    assert without_store.client.get("/healthz").status_code == 200
    assert without_store.client.get("/readyz").status_code == 503


def test_with_store_and_keys_it_is_ready(provider: Provider) -> None:
    assert provider.client.get("/readyz").status_code == 200


def test_web_does_not_start_without_a_sealing_key(web_environment: dict[str, str], web_keys: Path) -> None:
    for key in (web_keys / "public").glob("sealing-*.pub"):
        key.unlink()

    with pytest.raises(BrokenKey, match="sanad keys new"):
        bootstrap.web(web_environment)
