"""A second USSD wire is a table in a file: the same dialogue at web's door, whose requests are counted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from gateway import bootstrap
from gateway.core.lengths import utf16_units
from gateway.web.apps import webhook_app
from tests.providers.aggregator.spellings import SPELLINGS
from tests.stored import stored
from tests.web.conftest import CALLER, Provider
from tests.web.writing import SECRET

NAME = "hubtel"  # it sends what was keyed now, and a counter
OTHER = "+9647509876543"
SESSION = f"{CALLER[1:]}-4"  # an aggregator may build its ids from the number
ASKS_FOR_A_CALL = ("2", "1", "1", "1")


@pytest.fixture
def described(web_environment: dict[str, str], tmp_path: Path) -> Iterator[Provider]:
    file = tmp_path / "aggregators.toml"
    table = SPELLINGS[NAME].replace("[phase]", f"[{NAME}.phase]").replace("[answer]", f"[{NAME}.answer]")
    file.write_text(f"[{NAME}]\n{table}", encoding="utf-8")
    settings = {**web_environment, "USSD_SECRET": SECRET, "USSD_AGGREGATORS": str(file)}
    with webhook_app(bootstrap.web(settings)).test_client() as client:
        yield Provider(client)


def sent(provider: Provider, kind: str, typed: str, *, turn: int, phone: str = CALLER) -> dict[str, object]:
    """One request of a dialogue; the answer with the screen, which always fits."""
    step = {"Type": kind, "Mobile": phone, "SessionId": SESSION, "Message": typed, "Sequence": turn}
    response = provider.client.post(f"/{NAME}/ussd/{SECRET}", json=step)
    assert response.status_code == 200, response.text
    answer: dict[str, object] = json.loads(response.text)
    assert utf16_units(str(answer["Message"])) <= 80
    return answer


def dialled(provider: Provider, *, phone: str = CALLER) -> dict[str, object]:
    return sent(provider, "Initiation", "*726#", turn=1, phone=phone)


def asked_for_a_call(provider: Provider) -> list[dict[str, object]]:
    """The answers to her keys; the last tells the request's number."""
    return [sent(provider, "Response", key, turn=turn) for turn, key in enumerate(ASKS_FOR_A_CALL, start=2)]


def cases(client: redis.Redis) -> list[dict[str, object]]:
    return [json.loads(client.get(key)) for key in client.scan_iter("case:*")]  # type: ignore[arg-type]


def test_a_described_wire_leads_to_a_request(described: Provider, store_client: redis.Redis) -> None:
    dialled(described)
    last = asked_for_a_call(described)[-1]

    (case,) = cases(store_client)
    assert str(case["secret"]) in str(last["Message"])


def test_a_request_that_is_repeated_is_answered_the_same(described: Provider, store_client: redis.Redis) -> None:
    first = [dialled(described), *asked_for_a_call(described)]

    again = asked_for_a_call(described)

    assert again == first[1:]
    assert len(cases(store_client)) == 1


def test_another_phone_with_the_same_session_begins_anew(described: Provider) -> None:
    begun = dialled(described)
    asked_for_a_call(described)

    assert dialled(described, phone=OTHER) == begun


def test_whoever_hangs_up_after_consent_keeps_her_request(described: Provider, store_client: redis.Redis) -> None:
    dialled(described)
    asked_for_a_call(described)

    notice = {"Type": "Release", "Mobile": CALLER, "SessionId": SESSION, "Sequence": 9}
    told = described.client.post(f"/{NAME}/ussd/{SECRET}", json=notice)

    assert told.status_code == 200
    assert len(cases(store_client)) == 1
    assert store_client.keys("session:*") == []


def test_a_dialogue_whose_id_holds_the_number_leaves_nothing_of_it(
    described: Provider, store_client: redis.Redis
) -> None:
    dialled(described)
    asked_for_a_call(described)

    assert CALLER[-6:].encode() not in stored(store_client)
