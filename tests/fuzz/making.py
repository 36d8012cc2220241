"""Makes requests: real ones with odd content, real ones with broken bytes, forged ones, and plain noise."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tests.fuzz.door import Asked, signature
from tests.fuzz.nonsense import BYTES, KEYS, MARK, STATUSES, Dice, encoded
from tests.providers.aggregator.spellings import SPELLINGS

SECRET: Final = "a-long-secret-for-tests"
FORM: Final = "application/x-www-form-urlencoded"
CONTENT_TYPES: Final = (
    FORM, f"{FORM}; charset=UTF-8", f"{FORM}; charset=utf-16", f"{FORM};charset={MARK}", "", None, "text/plain",
    "application/json", "multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary=",
    "a/b", "\xff", f"{MARK}/x", "text/xml", 'multipart/form-data; boundary="x"; charset=ebcdic',
)  # fmt: skip
METHODS: Final = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "CONNECT", MARK, "get", "")
SIGNED: Final = (
    "/twilio/voice", "/twilio/voice/back", "/twilio/voice/offer/{}", "/twilio/voice/gate/{}", "/twilio/voice/alarm",
    "/twilio/voice/music", "/twilio/sms", "/twilio/status", "/twilio/status/offer/{}", "/twilio/status/gate/{}",
    "/twilio/status/alarm", "/twilio/status/message", "/twilio/status/message/{}",
)  # fmt: skip
PLAIN: Final = (
    "/healthz",
    "/readyz",
    "/",
    "/audio/music/hold.wav",
    "/audio/extortion/x.mp3",
    "/audio/{}/{}",
    "/twilio",
    "/twilio/{}",
)
HEADERS: Final = (
    "Host", "Cookie", "Range", "If-None-Match", "X-Forwarded-For", "X-Forwarded-Host", "Accept-Encoding",
    "Transfer-Encoding", "Content-Encoding", "Expect", "If-Modified-Since", "I-Twilio-Idempotency-Token",
)  # fmt: skip
CHARSETS: Final = ("UTF-8", "UTF-16BE", "", "GSM", MARK, "ebcdic", "undefined", "idna", "hex", "rot13", "zlib")
AGGREGATED: Final = (
    "sessionid", "msisdn", "input", "type", "sid", "caller", "path", "message", "new", "sessionID", "ussdString",
    "ussdServiceOp", "session_id", "session_msisdn", "session_msg", "session_operation", "SessionId", "Mobile",
    "Message", "Type", "Sequence", "SESSIONID", "MSISDN", "INPUT", "USSDCODE", "s", "n", "t", "code", "extension",
)  # fmt: skip
LENGTHS: Final = ("", "-1", "x", "99999999999", "0", "1", " 5", "1e3", "٣")
A_MEGABYTE: Final = 1 << 20


def request(dice: Dice) -> Asked:
    """The next request."""
    kinds: list[tuple[Callable[[Dice], Asked], int]] = [
        (_twilio, 60), (_kannel, 10), (_africas_talking, 8), (_aggregator, 8), (_plain, 4), (_noise, 10),
    ]  # fmt: skip
    make = dice.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
    asked = make(dice)
    return _with_odd_headers(dice, asked) if dice.one_in(10) else asked


# --- what is signed ----------------------------------------------------------------------------------


def _twilio(dice: Dice) -> Asked:
    path = dice.choice(SIGNED).format(dice.token()).encode()
    query = dice.choice([b"", b"", *[b"step=%d" % dice.randrange(6)] * 4, b"step=" + _odd(dice), b"x=" + _odd(dice)])
    body = encoded(dice, _fields(dice, message=path == b"/twilio/sms" or b"/message" in path))
    asked = Asked("POST", path, query, body, dice.choice([FORM] * 60 + list(CONTENT_TYPES)))
    if dice.one_in(6):
        asked = replace(asked, body=dice.mutated(asked.body))
    if dice.one_in(600):
        asked = replace(asked, body=asked.body + b"&x=" + b"a" * A_MEGABYTE)
    if asked.content_type != FORM and dice.one_in(2):
        vouched = b"bodySHA256=" + hashlib.sha256(asked.body).hexdigest().encode()
        asked = replace(asked, query=asked.query + b"&" + vouched)
    return _signed(dice, asked)


def _signed(dice: Dice, asked: Asked) -> Asked:
    """Mostly rightly; otherwise not at all, wrongly, or for something else."""
    if dice.random() < 0.75:
        return replace(asked, headers={"X-Twilio-Signature": signature(asked)}, is_trusted=True)
    right = signature(asked)
    other = dice.choice([None, "", "no", right[:-2], right.swapcase(), "A" * 5000, "\xff" * 28, right + right, "=" * 28,
                         signature(replace(asked, path=asked.path + b"x"))])  # fmt: skip
    return replace(asked, headers={} if other is None else {"X-Twilio-Signature": other})


def _fields(dice: Dice, *, message: bool) -> list[tuple[str, str]]:
    if message:
        fields = [("MessageSid", dice.call_id()), ("From", dice.number()), ("To", dice.number()), ("Body", dice.text()),
                  ("MessageStatus", dice.choice(["sent", "delivered", "failed", "", "dancing"]))]  # fmt: skip
        return _tangled(dice, fields)
    return _tangled(dice, [
        ("CallSid", dice.call_id()), ("From", dice.number()), ("To", dice.choice(["+9647300000100", dice.number()])),
        ("CallStatus", dice.choice([*["in-progress"] * 12, *STATUSES])),
        ("Digits", dice.choice([*"1234" * 4, *KEYS, dice.text()])),
        ("SequenceNumber", dice.choice([*"0123456", "", "", "x", "9" * 9, "9" * 10, "-1"])),
        ("CallDuration", dice.choice(["", "0", "41", "300", "", "41", "x", "9" * 9])),
    ])  # fmt: skip


def _tangled(dice: Dice, fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Some left out, some twice, some nobody knows."""
    kept = [field for field in fields if not dice.one_in(25)]
    if dice.one_in(8):
        kept += dice.choices(kept or fields, k=dice.randrange(3))
    if dice.one_in(20):
        name = dice.choice(fields)[0]
        kept.append((name, dice.text()))
    if dice.one_in(6):
        kept.append((dice.text(), dice.text()))
    if dice.one_in(60):
        kept += [(f"x{place}", "y") for place in range(dice.choice([90, 101, 199, 201, 1500]))]
    dice.shuffle(kept)
    return kept


# --- what carries a secret ---------------------------------------------------------------------------


def _secret(dice: Dice) -> tuple[str, bool]:
    wrong = ["", MARK, SECRET[:-1], SECRET.upper(), SECRET + "x", "\xe9", "%00"]
    return (SECRET, True) if dice.random() < 0.75 else (dice.choice(wrong), False)


def _kannel(dice: Dice) -> Asked:
    secret, is_right = _secret(dice)
    fields = _tangled(dice, [
        ("from", dice.number()), ("to", "7070"), ("id", dice.call_id()), ("text", dice.text()),
        ("coding", dice.choice(["0", "1", "2", "", "x"])),
        ("charset", dice.choice(CHARSETS)),
    ])  # fmt: skip
    told = encoded(dice, fields)
    in_path = dice.one_in(2) and bool(secret)
    path = f"/kannel/sms/{secret}".encode("latin-1") if in_path else b"/kannel/sms"
    query = b"" if in_path else encoded(dice, [("secret", secret)])
    if dice.one_in(3):
        told = dice.mutated(told)
    if dice.one_in(5):
        path, query = f"/kannel/status/{dice.token()}".encode(), encoded(dice, [("secret", secret)]) + b"&status=8"
    method = dice.choice(["GET", "POST"])
    in_body = method == "POST" and dice.one_in(2)
    return Asked(method, path, query if in_body else query + b"&" + told, told if in_body else b"",
                 dice.choice(CONTENT_TYPES), is_trusted=is_right)  # fmt: skip


def _africas_talking(dice: Dice) -> Asked:
    secret, is_right = _secret(dice)
    inputs = "*".join(dice.choice(KEYS) for _ in range(dice.choice([0, 0, 1, 2, 3, 4, 5, 120])))
    body = encoded(dice, _tangled(dice, [
        ("sessionId", dice.call_id()), ("phoneNumber", dice.number()), ("serviceCode", "*384*123#"),
        ("text", dice.choice([inputs, inputs, dice.text()])),
    ]))  # fmt: skip
    body = dice.mutated(body) if dice.one_in(3) else body
    path = f"/africastalking/ussd/{secret}".encode("latin-1")
    return Asked("POST", path, b"", body, dice.choice([FORM, FORM, *CONTENT_TYPES]), is_trusted=is_right)


def _aggregator(dice: Dice) -> Asked:
    secret, is_right = _secret(dice)
    name = dice.choice(list(SPELLINGS))
    words: list[object] = [
        dice.call_id(), dice.number(), dice.text(), "1", "2", "*123#", "begin", "Initiation", True, 1, None, {}, [],
        1.5, 10**30, "response", "",
    ]  # fmt: skip
    told = {key: dice.choice(words) for key in AGGREGATED if not dice.one_in(5)}
    form = encoded(dice, [(key, str(value)) for key, value in told.items()])
    document = json.dumps(told, ensure_ascii=dice.one_in(2)).encode("utf-8", "surrogatepass")
    body = dice.choice([form, document, document, b"[" * 100_000 if dice.one_in(50) else b"[]", b'{"a":'])
    body = dice.mutated(body) if dice.one_in(3) else body
    return Asked(
        dice.choice(["GET", "POST", "POST"]), f"/{name}/ussd/{secret}".encode("latin-1"), dice.choice([b"", form]),
        body, dice.choice([FORM, "application/json", *CONTENT_TYPES]), is_trusted=is_right,
    )  # fmt: skip


# --- anything else -----------------------------------------------------------------------------------


def _plain(dice: Dice) -> Asked:
    path = dice.choice(PLAIN).format(dice.token(), dice.token()).encode()
    return Asked(dice.choice(METHODS), path, _odd(dice), b"", None)


def _noise(dice: Dice) -> Asked:
    whole = dice.choice([*SIGNED, "/kannel/sms", "/africastalking/ussd", *PLAIN]).format(*["a" * 28] * 2).encode()
    path = b"/" + dice.mutated(whole).lstrip(b"/")
    body = dice.choice([b"", dice.randbytes(dice.randrange(400)), MARK.encode() * 20])
    return Asked(dice.choice(METHODS), path.replace(b"?", b""), _odd(dice), body, dice.choice(CONTENT_TYPES),
                 {"X-Twilio-Signature": dice.choice(["", MARK, "\xff"])})  # fmt: skip


def _odd(dice: Dice) -> bytes:
    return dice.choice(
        [b"", b"", MARK.encode(), dice.choice(BYTES), dice.randbytes(dice.randrange(20)), b"secret=" + MARK.encode()]
    )


def _with_odd_headers(dice: Dice, asked: Asked) -> Asked:
    """What else a client may say of itself. A request that is told otherwise of its own length is not vouched for."""
    odd = {dice.choice(HEADERS): dice.choice([MARK, "", "\xff", "a" * 9000, "chunked", "bytes=0-", "*", "gzip", "\t"])}
    if dice.one_in(3):
        return replace(asked, headers={**asked.headers, "CONTENT_LENGTH": dice.choice(LENGTHS)})
    return replace(asked, headers={**asked.headers, **odd})
