"""Every key in the store, with its type, what it holds and how long it lives. Nothing is kept that is not listed here.

No key is made from a number, but for those named by a keyed index: `open:`, `claim:`, `rung:` and `tries:` by one that
only the dialler computes, `limit:` and the sessions of whoever writes by one of web's. Both keys are new every day.
RQ's own keys begin with `rq:`.
"""

from datetime import timedelta

SESSION_LIFE = timedelta(hours=2)  # the longest that a call of ours may last
USSD_LIFE = timedelta(minutes=4)  # a dialogue lasts three at most; a retry may come a little later
WRITTEN_LIFE = timedelta(minutes=10)  # whoever takes up her phone later must not find himself in her conversation
TOKEN_LIFE = timedelta(hours=12)
TRIES_LIFE = timedelta(days=1)
RUNG_LIFE = timedelta(minutes=31)  # the distance between two rings, and a minute for clocks that differ
LIMIT_LIFE = timedelta(days=1)
COUNTS_LIFE = timedelta(days=400)
TROUBLE_LIFE = timedelta(minutes=30)
UNLISTED_LIFE = timedelta(hours=2)  # the provider's lists are read once an hour: it must stand until they are again
CASE_LIFE = timedelta(days=8)  # a last net under the retention time, should every process of ours be dead
LINE_LIFE = timedelta(seconds=75)  # the longest words that we say to somebody who waits, and a pause to press a key
ROUNDS_LIFE = timedelta(minutes=15)
STAFF_TEXT_LIFE = timedelta(minutes=10)  # later than that she wants something else, and knows it

LANES = "lanes"  # set: names of lanes that ever held a case; what stands in one is in `ready:` and its name
LATER = "later"  # zset: waiting cases, by the second in which their window opens
MOTION = "motion"  # zset: all other cases, by the second in which the sweep must look at them
BORN = "born"  # zset: all cases, by the second in which they were asked for last
URGENT_BY = "urgent-by"  # zset: P0 cases that nobody has accepted, by the second when the supervisor is told
ANSWER_BY = "answer-by"  # zset: the same of all other classes
DECLINED = "declined"  # zset: cases that a woman has declined and nobody accepted, by the second from which one is due
ROSTER = "roster"  # set: ids of responders
WISHES = "wishes"  # zset: what the dialler owes, as `job:argument:...`, by the second in which it is rung for again
RECORDS = "records"  # zset: calls and messages (`kind:id`) to delete at the provider, by the second of the next try
RECORD_SINCE = "record-since"  # hash: since when the deletion of a record fails, or did, if it is given up
GIVEN_UP = "given-up"  # set: records (`kind:id`) that the provider would not delete within two weeks
ERASED = "erased"  # string: how many erasures there ever were
REWRITTEN = "rewritten"  # string: how many of them the append-only file was written anew after
REWRITING = "rewriting"  # string: the rewrite that was begun, as its server's run and `erased` then. Gone when it ended
ON_SHIFT = "on-shift"  # zset: women on shift who may be asked or are busy, by the second in which their plan turns
PACE = "pace"  # string: when the next new call may be placed, in milliseconds


def lane(name: str) -> str:
    """Zset: cases of a lane that are to be offered now, by rank. Gone with the last of them."""
    return f"ready:{name}"


def session(name: str) -> str:
    """Hash: a conversation (`s`), the replies of its steps (`r0`, ...), the steps of messages (`m`, keyed name)."""
    return f"session:{name}"


def heard(name: str) -> str:
    """Set: messages (keyed names) of a conversation that was erased: brought again they are not done again."""
    return f"heard:{name}"


def case(case_id: str) -> str:
    """String: a case as JSON, without any number. CASE_LIFE; gone at erasure."""
    return f"case:{case_id}"


def sealed(case_id: str) -> str:
    """Hash: the sealed number (`epoch`, `box`). Gone the moment the case ends."""
    return f"sealed:{case_id}"


def place(case_id: str) -> str:
    """String: under which index the case stands in `open:` (its day and its name). CASE_LIFE; gone at erasure."""
    return f"place:{case_id}"


def open_cases(index: str) -> str:
    """Set: open cases of one phone, by its keyed index of the day. CASE_LIFE; gone with the last of them."""
    return f"open:{index}"


def claim(index: str) -> str:
    """String: for which case this phone is being rung, as a digest. Lives as long as the attempt can."""
    return f"claim:{index}"


def rung(index: str) -> str:
    """String: for which case this phone was rung last, as a digest, and when. RUNG_LIFE."""
    return f"rung:{index}"


def tries(index: str) -> str:
    """Set: wishes to cancel from this phone that were wrong. TRIES_LIFE, from the last of them on."""
    return f"tries:{index}"


def token(value: str) -> str:
    """String: the case that an offer's or an attempt's token belongs to, or an ended one is part of. TOKEN_LIFE."""
    return f"token:{value}"


def tokens(case_id: str) -> str:
    """Set: the tokens of a case, that they go with it. CASE_LIFE; gone at erasure."""
    return f"tokens:{case_id}"


def talks(case_id: str) -> str:
    """Set: conversations in writing that hold something of a case, that they go with it. As long as they live."""
    return f"talks:{case_id}"


def line(case_id: str) -> str:
    """String: the caller of this case is on the line; the second from which on she counts as quiet. LINE_LIFE."""
    return f"line:{case_id}"


def wish(name: str) -> str:
    """Hash: a wish left for the dialler (`epoch`, `box`, `word`). Retention time or STAFF_TEXT_LIFE; gone when done."""
    return f"wish:{name}"


def responder(responder_id: str) -> str:
    """String: a responder as JSON, without her number."""
    return f"responder:{responder_id}"


def staff(responder_id: str) -> str:
    """Hash: her sealed number (`epoch`, `box`)."""
    return f"staff:{responder_id}"


def pin(responder_id: str) -> str:
    """Hash: a responder's PIN as a slow hash (`salt`, `digest`)."""
    return f"pin:{responder_id}"


def pin_tries(responder_id: str) -> str:
    """Set: messages with a wrong PIN since it was last right, by the names of their wishes. Gone with a new PIN."""
    return f"pin-tries:{responder_id}"


def rounds(name: str) -> str:
    """String: messages of one phone, by a name that `web` makes with a key of the day. ROUNDS_LIFE from the first."""
    return f"rounds:{name}"


def limit(name: str) -> str:
    """String: requests of one phone within a day, by a name that `web` makes with a key of the day. LIMIT_LIFE."""
    return f"limit:{name}"


def alarm(reason: str) -> str:
    """String: the supervisor is told of this reason, or it is owed to her (`wishes`); not again while it lives."""
    return f"alarm:{reason}"


def trouble(kind: str) -> str:
    """String: the second at which the provider began to give this kind of trouble. TROUBLE_LIFE; UNLISTED_LIFE if a
    list of its records cannot be read.
    """
    return f"trouble:{kind}"


def counts(day: str) -> str:
    """Hash: the day's figures. COUNTS_LIFE."""
    return f"counts:{day}"
