"""Who may do what in the store: one user for each process, with the least rights that its work needs.

Two tables say all: which keys a user may read and write, and which commands it may give. Everything else here turns
them into the store's own words (ACL rules of Valkey, and of Redis from 7.0 on). `docs/store-users.md` is for people.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from gateway.jobs import QueueName
from gateway.randomness import random_letters
from gateway.storage import keys

OWNER = "owner"  # all rights; the embedded store's own, and never handed to a process
OPERATOR = "operator"  # the command line beside the processes
USERS = ("web", "console", "worker", "dialler", "clock", OPERATOR)
PASSWORD_LETTERS = 32  # of 26 kinds: 150 bits

_ANY = "*"


class Right(StrEnum):
    """What a user may do with a family of keys. Whoever may write may also delete and set a lifetime."""

    NONE = "-"
    READ = "r"
    WRITE = "w"
    BOTH = "rw"
    DELETE = "d"


# `sealed`: web puts numbers in and cannot take one out; clock, which ends a case that is too old, can only delete.
# A right to write is enough to learn how many members a key has (`born`, which web counts) and whether it is there.
# `counts`: adding one needs both rights, for the sum is the answer.
# `line`, `alarm`: the dialler deletes them in one command with the case, so a right to delete alone would not do.
# The operator reads everything, for the leak search; it writes what `responders`, `keys rotate` and `doctor` change.
# fmt: off
def _table() -> tuple[tuple[str, str], ...]:
    work, dial = QueueName.WORK.value, QueueName.DIAL.value
    return (
        #                           web  console  worker  dialler  clock  operator
        (keys.session(_ANY),       "rw   -        -       rw      -      r"),
        (keys.heard(_ANY),         "r    -        -       w       -      r"),
        (keys.case(_ANY),          "rw   r        rw      rw       rw     r"),
        (keys.sealed(_ANY),        "w    -        -       rw       d      rw"),
        (keys.place(_ANY),         "-    -        -       rw       -      rw"),
        (keys.open_cases(_ANY),    "-    -        -       rw       -      rw"),
        (keys.claim(_ANY),         "-    -        -       rw       -      r"),
        (keys.rung(_ANY),          "-    -        -       rw       -      r"),
        (keys.tries(_ANY),         "-    -        -       rw       -      r"),
        (keys.token(_ANY),         "rw   -        w       w        w      r"),
        (keys.tokens(_ANY),        "w    -        w       rw       w      r"),
        (keys.talks(_ANY),         "w    -        -       rw       -      r"),
        (keys.line(_ANY),          "w    -        -       w        rw     r"),
        (keys.wish(_ANY),          "w    -        -       rw       -      r"),
        (keys.responder(_ANY),     "rw   rw       rw      rw       rw     rw"),
        (keys.staff(_ANY),         "-    w        -       r        -      rw"),
        (keys.pin(_ANY),           "-    w        -       r        -      rw"),
        (keys.pin_tries(_ANY),     "-    w        -       rw       -      rw"),
        (keys.rounds(_ANY),        "rw   -        -       -        -      r"),
        (keys.limit(_ANY),         "rw   -        -       -        -      r"),
        (keys.alarm(_ANY),         "-    -        -       w        rw     r"),
        (keys.trouble(_ANY),       "-    -        -       w        -      r"),
        (keys.counts(_ANY),        "rw   r        rw      rw       rw     r"),
        (keys.lane(_ANY),          "w    r        rw      w        rw     r"),
        (keys.LANES,               "w    r        rw      w        rw     r"),
        (keys.LATER,               "w    r        w       w        rw     r"),
        (keys.MOTION,              "w    r        w        rw       rw     r"),
        (keys.BORN,                "w    r        -       rw       r      r"),
        (keys.WISHES,              "w    -        -       w        rw     r"),
        (keys.URGENT_BY,           "w    -        w       w        rw     r"),
        (keys.ANSWER_BY,           "w    -        w       w        rw     r"),
        (keys.DECLINED,            "w    -        w       w        rw     r"),
        (keys.ROSTER,              "w    rw       rw      rw       rw     rw"),
        (keys.ON_SHIFT,            "rw   w        w       w        w      rw"),
        (keys.RECORDS,             "w    -        -       rw       -      r"),
        (keys.RECORD_SINCE,        "-    -        -       rw       -      rw"),
        (keys.GIVEN_UP,            "-    -        -       w        -      rw"),
        (keys.ERASED,              "-    -        -       rw       r      r"),
        (keys.REWRITTEN,           "-    -        -       rw       r      r"),
        (keys.REWRITING,           "-    -        -       rw       -      r"),
        (keys.PACE,                "-    -        -       rw       -      r"),
        # RQ's own: who rings writes a job and puts it on a queue; only a worker reads jobs, and only its own queue.
        ("rq:queues",              "w    w        w       w        w      rw"),
        ("rq:job:*",               "w    w        rw      rw       w      rw"),
        (f"rq:queue:{work}",       "w    w        rw      w        rw     rw"),  # the clock hears what waits there
        (f"rq:queue:{dial}",       "w    w        w       rw       rw     rw"),
        (f"rq:queue:{work}:*",     "-    -        rw      -        -      r"),
        (f"rq:queue:{dial}:*",     "-    -        -       rw       -      r"),
        (f"rq:*:{work}",           "-    -        rw      -        -      r"),  # registries and locks
        (f"rq:*:{dial}",           "-    -        -       rw       -      r"),
        ("rq:workers",             "-    -        rw      rw       -      r"),
        ("rq:worker:*",            "-    -        rw      rw       -      r"),
        ("rq:execution*",          "-    -        rw      rw       -      r"),
        ("rq:results:*",           "-    -        w       w        -      r"),
        ("rq:group*",              "-    -        r       r        -      r"),
        ("rq:clean_groups",        "-    -        rw      rw       -      r"),
        ("rq:rl-keys",             "-    -        r       r        -      r"),  # rate limits, of which we use none
        ("rq:suspended",           "-    -        r       r        -      r"),
    )
# fmt: on

# No user has a command that lists keys (but the operator), empties the store, watches others or changes settings.
_ANYBODY = "ping info select client|setinfo client|setname watch unwatch multi exec discard"
_MOVE = "get set del expire zadd zrem sadd hincrby hsetnx"  # what a change of a case is made of
_RING = "sadd hset rpush"
_ROSTER = "get mget set del sadd srem smembers zadd zrem zrange hset"
_WORK_ON = (  # what a worker of RQ gives, its maintenance and the ends of broken jobs included
    "subscribe unsubscribe client|info blmove lrem lrange exists hget hgetall hset hdel hexists hincrby hincrbyfloat"
    " get set del expire persist sadd srem smembers scard zadd zrem zrange zrangebyscore zremrangebyscore zcard zscore"
    " xadd mget"
)
_COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "web": f"{_ANYBODY} {_MOVE} {_RING} incrby hget hmget sismember zcard zcount",
        "console": f"{_ANYBODY} {_ROSTER} {_RING} hgetall zrangebyscore zcard scard llen",
        "worker": f"{_ANYBODY} {_MOVE} {_RING} {_WORK_ON}",
        "dialler": f"{_ANYBODY} {_MOVE} {_RING} {_WORK_ON} hmget incrby bgrewriteaof evalsha script|load time",
        "clock": f"{_ANYBODY} {_MOVE} {_RING} mget smembers zrange zrangebyscore lrange",
        OPERATOR: f"{_ANYBODY} {_ROSTER} {_RING} expire hget exists hdel scan type ttl dbsize strlen hmget hgetall"
        " zrangebyscore zcard scard llen lrange xrange config|get bgrewriteaof",
    }
)
_CHANNELS: Mapping[str, str] = MappingProxyType({"worker": "rq:pubsub:*", "dialler": "rq:pubsub:*"})
_BESIDES: Mapping[str, str] = MappingProxyType({OPERATOR: "%R~*"})  # a leak can be where nobody planned a key
_KEY_RULE = {Right.READ: "%R~", Right.WRITE: "%W~", Right.BOTH: "~"}


def rights(user: str) -> dict[str, Right]:
    """What a user may do, by pattern of keys: the user's column. Raises `ValueError` for an unknown user."""
    column = USERS.index(user)
    return {pattern: Right(cells.split()[column]) for pattern, cells in _table()}


def rules(user: str) -> tuple[str, ...]:
    """A user's rights as ACL rules, to follow `ACL SETUSER name`. Raises `ValueError` for an unknown user."""
    granted = rights(user)
    commands = (f"+{command}" for command in dict.fromkeys(_COMMANDS[user].split()))
    patterns = (f"{_KEY_RULE[right]}{pattern}" for pattern, right in granted.items() if right in _KEY_RULE)
    besides = (_BESIDES[user],) if user in _BESIDES else ()
    channels = (f"&{_CHANNELS[user]}",) if user in _CHANNELS else ()
    deleted = " ".join(f"%W~{pattern}" for pattern, right in granted.items() if right is Right.DELETE)
    return ("resetchannels", *channels, *patterns, *besides, *commands, *([f"(+del {deleted})"] if deleted else []))


def new_passwords() -> dict[str, str]:
    """A fresh password for every user and the owner: letters only, so that a search for digits finds none."""
    return {user: random_letters(PASSWORD_LETTERS) for user in (OWNER, *USERS)}


def setuser(user: str, password: str) -> str:
    """The command that makes a user, or makes it anew, in a store of one's own."""
    return f"ACL SETUSER {user} reset on >{password} {' '.join(rules(user))}"


def write_acl_file(path: Path, passwords: Mapping[str, str]) -> None:
    """Write the users of a store as its ACL file, with hashes of the passwords. Who gives no name may do nothing."""
    _write_private(path, "".join(f"{line}\n" for line in _acl_lines(passwords)))


def _acl_lines(passwords: Mapping[str, str]) -> Iterator[str]:
    yield "user default off resetchannels -@all"
    for user, password in passwords.items():
        granted = ("~*", "&*", "+@all") if user == OWNER else rules(user)
        yield f"user {user} on #{hashlib.sha256(password.encode()).hexdigest()} {' '.join(granted)}"


def url(socket: Path, user: str, password: str) -> str:
    """A user's address of a store on a Unix socket."""
    return f"unix://{quote(user)}:{quote(password)}@{quote(str(socket))}"


def keep_operator_url(folder: Path, address: str) -> None:
    """Leave the operator's address in the store's folder, for commands that are given beside the running processes."""
    _write_private(_operator_file(folder), address)


def forget_operator_url(folder: Path) -> None:
    """Take it away: the store has ended."""
    _operator_file(folder).unlink(missing_ok=True)


def operator_url(folder: Path) -> str | None:
    """The operator's address of the store that runs in a folder; None if none does, or not for this user."""
    try:
        return _operator_file(folder).read_text(encoding="utf-8").strip()
    except OSError:
        return None


def operator_environ(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """An environment in which a command finds its store: the one that is named, or else the one running in `folder`.

    A `REDIS_URL_FILE` that names a folder stands for the file `operator.url` in it.
    """
    if environ.get("REDIS_URL"):
        return dict(environ)
    named = environ.get("REDIS_URL_FILE")
    if named:
        return {**environ, "REDIS_URL_FILE": url_file(named, OPERATOR)}
    found = operator_url(folder)
    return dict(environ) if found is None else {**environ, "REDIS_URL": found}


def url_file(named: str, user: str) -> str:
    """The file that holds a user's address: the one named, or in a folder of such files the user's own."""
    return str(Path(named) / f"{user}.url") if Path(named).is_dir() else named


def _operator_file(folder: Path) -> Path:
    return folder / f"{OPERATOR}.url"


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)  # one that is there could be open to others
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
