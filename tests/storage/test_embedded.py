"""The embedded store: its folder, its durability and its end."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import redis

from gateway.core.errors import StoreUnavailable
from gateway.storage.embedded import EmbeddedStore, FolderInUse
from gateway.storage.users import operator_environ, operator_url


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "store") as running:
        yield running


def client_of(store: EmbeddedStore) -> redis.Redis:
    return redis.Redis.from_url(store.url)


def test_what_was_acknowledged_survives_a_kill(store: EmbeddedStore) -> None:
    client_of(store).set("case", "waiting")

    store.kill()
    store.start()

    assert client_of(store).get("case") == b"waiting"


def test_what_was_kept_survives_an_ordinary_stop(store: EmbeddedStore) -> None:
    client_of(store).set("case", "waiting")

    store.stop()
    store.start()

    assert client_of(store).get("case") == b"waiting"


def test_another_run_on_the_same_folder_finds_the_same_things(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as first:
        client_of(first).set("case", "waiting")

    with EmbeddedStore(tmp_path) as second:
        found = client_of(second).get("case")

    assert found == b"waiting"


def test_a_folder_in_use_is_refused_and_its_store_goes_on(store: EmbeddedStore) -> None:
    with pytest.raises(FolderInUse, match="Stop it first"):
        EmbeddedStore(store.folder).start()

    assert client_of(store).ping()


def test_nothing_listens_on_the_network_and_only_this_user_reaches_it(store: EmbeddedStore) -> None:
    port = client_of(store).config_get("port")["port"]

    modes = [stat.S_IMODE(os.stat(place).st_mode) for place in (store.folder, store.folder / "store.sock")]

    assert port == "0"
    assert modes == [0o700, 0o700]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("appendonly", "yes"),
        ("appendfsync", "always"),
        ("save", ""),
        ("maxmemory-policy", "noeviction"),
        ("slowlog-log-slower-than", "-1"),
        ("latency-tracking", "no"),
    ],
)
def test_every_write_is_on_disk_and_no_command_is_remembered_elsewhere(
    store: EmbeddedStore, setting: str, value: str
) -> None:
    found = client_of(store).config_get(setting)

    assert found[setting] == value


@pytest.mark.parametrize("name", ["a" * 120, "two words", 'a "quoted" name', "سند"])
def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    with EmbeddedStore(tmp_path / name) as store:
        answered = client_of(store).ping()

    assert answered
    assert not Path(unquote(urlsplit(store.url).path)).exists()


def test_a_stopped_store_can_be_stopped_again(store: EmbeddedStore) -> None:
    store.stop()

    store.stop()

    assert store.pid is None


def test_a_store_that_cannot_start_says_where_to_look(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("no folder")

    with pytest.raises(StoreUnavailable, match=r"store\.log"):
        EmbeddedStore(tmp_path).start()


def test_its_users_are_the_same_after_a_crash_and_others_at_the_next_run(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as first:
        redis.Redis.from_url(first.urls["web"]).set("case:x", "waiting")
        first.kill()
        first.start()
        kept = redis.Redis.from_url(first.urls["web"]).get("case:x")

    with EmbeddedStore(tmp_path) as second:
        found = redis.Redis.from_url(second.urls["web"]).get("case:x")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(first.urls["web"]).ping()

    assert kept == found == b"waiting"


def test_no_password_is_written_but_the_operators_and_that_for_this_user_only(store: EmbeddedStore) -> None:
    passwords = {user: urlsplit(url).password or "" for user, url in store.urls.items()}
    files = [path for path in store.folder.rglob("*") if path.is_file()]

    written = {user for user, word in passwords.items() for path in files if word.encode() in path.read_bytes()}

    assert all(len(word) >= 32 and word.isalpha() for word in passwords.values())
    assert written == {"operator"}
    assert {stat.S_IMODE((store.folder / name).stat().st_mode) for name in ("operator.url", "users.acl")} == {0o600}


def test_a_command_finds_the_store_that_runs_and_no_store_that_has_ended(store: EmbeddedStore) -> None:
    address = operator_url(store.folder)
    found = operator_environ({}, store.folder)["REDIS_URL"]

    store.stop()

    assert found == address == store.urls["operator"]
    assert operator_url(store.folder) is None
    assert operator_environ({}, store.folder) == {}


def test_a_command_takes_the_store_that_is_named(store: EmbeddedStore, tmp_path: Path) -> None:
    named = {"REDIS_URL": "redis://127.0.0.1"}
    one_file = {"REDIS_URL_FILE": str(tmp_path / "one.url")}

    found = [operator_environ(environ, store.folder) for environ in (named, one_file)]

    assert found == [named, one_file]


def test_a_command_takes_the_operators_file_of_a_folder_of_addresses(store: EmbeddedStore, tmp_path: Path) -> None:
    found = operator_environ({"REDIS_URL_FILE": str(tmp_path)}, store.folder)

    assert found == {"REDIS_URL_FILE": str(tmp_path / "operator.url")}
