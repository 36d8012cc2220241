"""Whether a webhook comes from Twilio: the only door in front of everything below `/twilio/`.

Twilio signs the address it was told to call. We build that address from our own setting and the raw request line:
a framework's decoded address turns `%D9`, `%2F` and `%27` into something else, and Host is whatever the client says.
Source: https://www.twilio.com/docs/usage/security#validating-requests
"""

import base64
import hashlib
import hmac
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from gateway.core.errors import BadSignature
from gateway.providers.twilio.wire import Form

_DEFAULT_PORTS = {"https": 443, "http": 80}
_FORM = "application/x-www-form-urlencoded"


def verify(
    token: str,
    *,
    public_url: str,
    raw_path: str,
    raw_query: str,
    form: Form,
    body: bytes,
    content_type: str,
    signature: str | None,
) -> None:
    """Raise `BadSignature` unless the request was signed with `token`; raise nothing else, for any bytes at all.

    `raw_path` and `raw_query` are as they stood in the request line, still percent-encoded. `form` is what was
    parsed out of `body`; a body that is no form must be vouched for by `bodySHA256` in the query.
    """
    if not token or not signature:
        raise BadSignature("the request carries no signature, or no auth token is set to check it with")
    if body and _kind(content_type) != _FORM and not _hash_matches(raw_query, body):
        raise BadSignature("the body is not the one that was signed")
    tail = _bytes(raw_path + ("?" + raw_query if raw_query else "") + "".join(k + v for k, v in sorted(set(form))))
    given = _bytes(signature)
    key = _bytes(token)
    for base in _bases(public_url):
        expected = base64.b64encode(hmac.digest(key, base + tail, "sha1"))
        if hmac.compare_digest(expected, given):
            return
    raise BadSignature("the signature is not Twilio's; check PUBLIC_URL and TWILIO_AUTH_TOKEN")


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _hash_matches(raw_query: str, body: bytes) -> bool:
    for pair in raw_query.split("&"):
        name, _, value = pair.partition("=")
        if name == "bodySHA256":
            return hmac.compare_digest(_bytes(value.lower()), hashlib.sha256(body).hexdigest().encode())
    return False


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # an unpaired surrogate must end as a wrong signature, not as a 500


@lru_cache(maxsize=8)
def _bases(public_url: str) -> tuple[bytes, ...]:
    """The public address as configured, then with and without a port: Twilio has signed either way."""
    configured = public_url.rstrip("/")
    try:
        parts = urlsplit(configured)
        spellings = [configured, _with_host(parts, _without_port(parts)), _with_host(parts, _with_port(parts))]
    except ValueError:  # a port that is no number, half an IPv6 address: settings refuse these, we only stay calm
        spellings = [configured]
    return tuple(_bytes(spelling) for spelling in dict.fromkeys(spellings))


def _without_port(parts: SplitResult) -> str:
    """The host with its credentials but without its port; the brackets of an IPv6 address stay."""
    return parts.netloc if parts.port is None else parts.netloc.rpartition(":")[0]


def _with_port(parts: SplitResult) -> str:
    default = _DEFAULT_PORTS.get(parts.scheme)
    return parts.netloc if parts.port is not None or default is None else f"{parts.netloc}:{default}"


def _with_host(parts: SplitResult, netloc: str) -> str:
    return parts._replace(netloc=netloc).geturl()
