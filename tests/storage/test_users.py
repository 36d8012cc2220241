"""The store's users: every cell of the table, tried on a real store as that user."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from config.settings import SETTINGS_OF
from gateway import bootstrap
from gateway.jobs import Bell, JobName
from gateway.storage import keys
from gateway.storage.connect import Client
from gateway.storage.embedded import EmbeddedStore
from gateway.storage.store import RedisStore
from gateway.storage.users import OPERATOR, USERS, Right, rights, rules, setuser

PROCESSES = tuple(user for user in USERS if user != OPERATOR)
NUMBERS_AND_INDEX = (
    keys.sealed("x"), keys.staff("x"), keys.place("x"), keys.open_cases("x"), keys.claim("x"), keys.rung("x"),
)  # fmt: skip

# Of each type of key: what reads it and what writes it. A user may read if any of the former is allowed.
READS = {
    "string": ("GET", "MGET"),
    "hash": ("HGETALL", "HMGET", "HGET", "HINCRBY"),  # the last answers with the sum
    "set": ("SMEMBERS",),
    "zset": ("ZRANGE", "ZRANGEBYSCORE", "ZCOUNT"),
    "list": ("LRANGE",),
    "stream": ("XRANGE", "XREVRANGE"),
}
WRITES = {
    "string": ("SET",),
    "hash": ("HSET",),
    "set": ("SADD",),
    "zset": ("ZADD",),
    "list": ("RPUSH",),
    "stream": ("XADD",),
}
MORE = {
    "HMGET": ("f",), "HGET": ("f",),
    "HINCRBY": ("f", "1"), "ZRANGE": ("0", "-1"), "ZRANGEBYSCORE": ("-inf", "+inf"), "ZCOUNT": ("-inf", "+inf"),
    "LRANGE": ("0", "-1"),
    "XRANGE": ("-", "+"), "XREVRANGE": ("+", "-"), "SET": ("v",), "HSET": ("f", "v"), "SADD": ("v",),
    "EXPIRE": ("9",),
    "ZADD": ("1", "v"), "RPUSH": ("v",), "XADD": ("*", "f", "v"),
}  # fmt: skip
KIND_OF = {
    "hash": ("session:*", "sealed:*", "wish:*", "staff:*", "counts:*", "record-since", "rq:job:*", "rq:worker:*"),
    "set": ("open:*", "lanes", "roster", "given-up", "rq:queues", "rq:workers", "rq:group*", "rq:rl-keys"),
    "zset": (
        "ready:*",
        "later",
        "motion",
        "born",
        "urgent-by",
        "answer-by",
        "declined",
        "on-shift",
        "records",
        "rq:*:work",
        "rq:*:dial",
        "rq:execution*",
    ),
    "list": ("rq:queue:*",),
    "stream": ("rq:results:*",),
}


def kind(pattern: str) -> str:
    """The type of a family's keys; strings are not listed."""
    found = (name for name, families in KIND_OF.items() if any(pattern.startswith(f.rstrip("*")) for f in families))
    exact = (name for name, families in KIND_OF.items() if pattern in families)
    return next(exact, None) or next(found, "string")


@pytest.fixture
def owner(store_client: Client) -> Client:
    return store_client


@pytest.fixture
def clients(embedded_store: EmbeddedStore, store_url: str) -> Iterator[dict[str, Client]]:
    """Each user's own client of the empty store."""
    opened = {user: redis.Redis.from_url(url) for user, url in embedded_store.urls.items()}
    yield opened
    for client in opened.values():
        client.close()


def may(owner: Client, user: str, command: str, key: str) -> bool:
    """Whether the store would let a user give this command on this key."""
    answer: bytes = owner.execute_command("ACL", "DRYRUN", user, command, key, *MORE.get(command, ()))
    return answer == b"OK"


def right_found(owner: Client, user: str, family: str) -> Right:
    """What the store lets a user do with a key of a family."""
    key = family.replace("*", "x")
    reads = any(may(owner, user, command, key) for command in READS[kind(family)])
    writes = any(may(owner, user, command, key) for command in WRITES[kind(family)])
    assert may(owner, user, "DEL", key) or not writes, f"{user} can write {family} but not delete it"
    if reads and writes:
        return Right.BOTH
    if not reads and not writes:
        return Right.DELETE if may(owner, user, "DEL", key) else Right.NONE
    return Right.READ if reads else Right.WRITE


def refused(client: Client, command: str) -> bool:
    """Whether the store refuses a command for want of a right; any other answer or error means it does not."""
    try:
        client.execute_command(*command.split())
    except redis.exceptions.NoPermissionError:
        return True
    except redis.RedisError:
        return False
    return False


def test_every_process_has_a_user_and_so_has_the_command_line() -> None:
    assert set(USERS) == {*SETTINGS_OF, OPERATOR}


def test_every_key_of_ours_stands_in_the_table() -> None:
    families = {re.sub(r"(?<=:).+", "*", made("x")) for _, made in inspect.getmembers(keys, inspect.isfunction)}
    names = {value for value in vars(keys).values() if isinstance(value, str) and re.fullmatch(r"[a-z-]+", value)}

    listed = {pattern for pattern in rights("web") if not pattern.startswith("rq:")}

    assert listed == families | names


@pytest.mark.parametrize("user", USERS)
def test_each_user_reads_writes_and_deletes_exactly_as_the_table_says(owner: Client, user: str) -> None:
    granted = rights(user)

    found = {family: right_found(owner, user, family) for family in granted}

    assert found == granted


@pytest.mark.parametrize("user", PROCESSES)
@pytest.mark.parametrize("key", ["x", "sealed", "sealedx", "rq:", "config", "ready2", "xsealed:x"])
def test_no_process_has_a_right_to_a_key_that_is_not_listed(owner: Client, user: str, key: str) -> None:
    commands = ("GET", "SET", "DEL", "HSET", "EXPIRE", "ZADD")

    allowed = [command for command in commands if may(owner, user, command, key)]

    assert allowed == []


# Every way to a value that we can think of; of the other key the user may do what it likes.
WAYS = (
    "GET {key}", "MGET case:x {key}", "HGETALL {key}", "HMGET {key} box", "HGET {key} box", "HVALS {key}",
    "HRANDFIELD {key}", "HSCAN {key} 0", "DUMP {key}", "COPY {key} case:x", "RENAME {key} case:x", "GETDEL {key}",
    "SORT {key}", "SMEMBERS {key}", "SUNIONSTORE roster {key}", "OBJECT ENCODING {key}", "GETEX {key}",
    "SET {key} v GET", "SORT roster BY nosort GET {key}->box", "EVAL return(1) 1 {key}",
    "BITOP OR case:x {key} {key}", "MIGRATE 127.0.0.1 1 {key} 0 10",
)  # fmt: skip


@pytest.mark.parametrize("key", NUMBERS_AND_INDEX)
@pytest.mark.parametrize("user", ["web", "console", "worker", "clock"])
def test_who_does_not_dial_reads_no_sealed_number_and_no_index(clients: dict[str, Client], user: str, key: str) -> None:
    clients["owner"].hset(keys.sealed("x"), "box", "a sealed number")

    let_through = [way for way in WAYS if not refused(clients[user], way.format(key=key))]

    assert let_through == []


@pytest.mark.parametrize("user", ["web", "console", "worker", "clock"])
def test_nor_does_it_in_a_transaction(clients: dict[str, Client], user: str) -> None:
    with clients[user].pipeline() as pipe:
        pipe.hgetall(keys.sealed("x"))

        with pytest.raises((redis.exceptions.NoPermissionError, redis.exceptions.ExecAbortError)):
            pipe.execute()


FORBIDDEN = (
    "KEYS *", "SCAN 0", "RANDOMKEY", "FLUSHALL", "FLUSHDB", "SWAPDB 0 1", "CONFIG GET *", "CONFIG SET save 1",
    "CONFIG REWRITE", "MONITOR", "SLOWLOG GET", "LATENCY LATEST", "SHUTDOWN", "SAVE", "BGSAVE",
    "REPLICAOF no one", "PSYNC x 0", "ACL LIST", "ACL SETUSER web +@all", "ACL WHOAMI", "CLIENT LIST",
    "CLIENT KILL TYPE normal", "SCRIPT FLUSH", "EVAL return(1) 0", "FUNCTION LIST", "MODULE LIST", "MEMORY STATS",
    "PUBLISH rq:pubsub:x y", "CLUSTER INFO", "FAILOVER", "RESTORE case:x 0 x",
)  # fmt: skip


@pytest.mark.parametrize("user", USERS)
def test_nobody_lists_empties_watches_or_changes_the_store(clients: dict[str, Client], user: str) -> None:
    needed = {"SCAN 0", "CONFIG GET *"} if user == OPERATOR else set()  # it looks for leaks and for bad settings

    let_through = {command for command in FORBIDDEN if not refused(clients[user], command)}

    assert let_through == needed


def test_the_web_puts_a_number_in_and_only_the_dialler_takes_it_out(clients: dict[str, Client]) -> None:
    with clients["web"].pipeline() as pipe:
        pipe.hset(keys.sealed("x"), mapping={"epoch": "a day", "box": "sealed"})
        pipe.expire(keys.sealed("x"), keys.CASE_LIFE)
        pipe.execute()

    assert clients["dialler"].hget(keys.sealed("x"), "box") == b"sealed"
    assert clients["web"].delete(keys.sealed("x")) == 1


def test_the_clock_deletes_a_number_and_cannot_put_another_in_its_place(clients: dict[str, Client]) -> None:
    clients["owner"].hset(keys.sealed("x"), "box", "sealed")

    with pytest.raises(redis.exceptions.NoPermissionError):
        clients["clock"].hset(keys.sealed("x"), "box", "another")

    assert clients["clock"].delete(keys.sealed("x")) == 1


@pytest.mark.parametrize("user", USERS)
def test_every_user_can_ring(clients: dict[str, Client], user: str) -> None:
    store = RedisStore(clients[user], clock=bootstrap.utc_now)

    store.ring(Bell(JobName.DISPATCH))
    store.ring(Bell(JobName.ERASE, ("x",)))

    assert [clients["owner"].llen(f"rq:queue:{name}") for name in ("work", "dial")] == [1, 1]


def test_who_gives_no_name_may_do_nothing(embedded_store: EmbeddedStore) -> None:
    path = embedded_store.url.partition("@")[2]

    with redis.Redis.from_url(f"unix://{path}") as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_a_name_without_its_password_may_do_nothing(embedded_store: EmbeddedStore) -> None:
    path = embedded_store.url.partition("@")[2]

    with redis.Redis.from_url(f"unix://web:guess@{path}") as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


@pytest.mark.parametrize("user", USERS)
def test_what_is_told_to_people_with_a_store_of_their_own_is_what_we_do(project: Path, user: str) -> None:
    told = (project / "docs" / "store-users.md").read_text(encoding="utf-8")

    assert setuser(user, f"PASSWORD-OF-{user.upper()}") in told


@pytest.mark.parametrize("user", USERS)
def test_the_line_for_people_makes_the_same_user(clients: dict[str, Client], user: str) -> None:
    owner, word = clients["owner"], "z" * 32

    owner.execute_command(*_words(setuser(f"{user}", word).replace(f"SETUSER {user}", f"SETUSER {user}-by-hand")))
    made, known = (owner.acl_getuser(name) for name in (f"{user}-by-hand", user))
    owner.acl_deluser(f"{user}-by-hand")

    assert {part: made[part] for part in ("commands", "keys", "channels", "selectors")} == {
        part: known[part] for part in ("commands", "keys", "channels", "selectors")
    }


def test_an_unknown_user_has_no_rules() -> None:
    with pytest.raises(ValueError, match="not in"):
        rules("nobody")


def _words(line: str) -> list[str]:
    """A line's words; what stands in parentheses is one."""
    return re.findall(r"\([^)]*\)|\S+", line)
