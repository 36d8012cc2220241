"""What Kannel's answers to `sendsms` mean for us. Its own sentence never leaves this file.

Versions before 1.4 and gateways that imitate them answer 200 to everything: there the words decide.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.core.errors import ProviderBusy, ProviderRefused, ProviderUncertain, SanadError

_ACCEPTED_WORDS: Final = ("0:", "3:", "sent")  # `0: Accepted for delivery`, `3: Queued for later delivery`, `Sent.`
_CREDENTIALS: Final = "check KANNEL_USERNAME and KANNEL_PASSWORD against the group sendsms-user in kannel.conf"
_NO_ROUTE: Final = "Kannel has no route for this number; see allowed-prefix and denied-prefix of its smsc groups"
_LATER: Final = "Kannel has no link to the operator, or its queue is full; it is tried again later"
_REQUEST: Final = "Kannel did not take the request; its smsbox log has the reason"
_ADDRESS: Final = "KANNEL_SENDSMS_URL leads to nothing; it ends in /cgi-bin/sendsms at the sendsms-port of smsbox"

_BY_WORDS: Final[Mapping[str, tuple[type[SanadError], str]]] = MappingProxyType(
    {
        "authorization failed": (ProviderRefused, _CREDENTIALS),
        "not routable": (ProviderRefused, _NO_ROUTE),
        "temporal failure": (ProviderBusy, _LATER),
        "user not allowed": (ProviderRefused, _NO_ROUTE),
        "missing": (ProviderRefused, _REQUEST),
        "unknown request": (ProviderRefused, _ADDRESS),
    }
)
_BY_STATUS: Final[Mapping[int, tuple[type[SanadError], str]]] = MappingProxyType(
    {
        401: (ProviderRefused, _CREDENTIALS),
        403: (ProviderRefused, _CREDENTIALS),
        404: (ProviderRefused, _ADDRESS),
        408: (ProviderUncertain, "Kannel gave up waiting, perhaps after it had begun"),
        429: (ProviderBusy, _LATER),
        503: (ProviderBusy, _LATER),
    }
)


def refusal(status: int, words: str) -> SanadError | None:
    """Our error for Kannel's answer, None if it took the message. An unknown 2xx or 5xx is uncertain."""
    said = words.strip().lower()
    if status == 202 or (status == 200 and said.startswith(_ACCEPTED_WORDS)):
        return None
    for begin, (kind, mend) in _BY_WORDS.items():
        if said.startswith(begin):
            return kind(f"Kannel answered {status}: {mend}")
    if status in _BY_STATUS:
        kind, mend = _BY_STATUS[status]
        return kind(f"Kannel answered {status}: {mend}")
    if 300 <= status < 500:
        return ProviderRefused(f"Kannel answered {status}: {_REQUEST}")
    return ProviderUncertain("Kannel failed, perhaps after it had taken the message")
