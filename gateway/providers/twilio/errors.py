"""What Twilio's refusals mean for us: which of our errors, and what a person does about it.

Twilio's own sentence never leaves this file: it may hold the number. Codes: https://www.twilio.com/docs/api/errors
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]  # the SDK ships no py.typed

from gateway.core.errors import ProviderBusy, ProviderError, ProviderRefused, ProviderUncertain
from gateway.core.troubles import Trouble

NOT_IN_PROGRESS: Final = 21220
NOT_FINAL: Final = 20009

_FROM: Final = "the provider does not let this account show HOTLINE_NUMBER; buy or verify it there"
_TO: Final = "the provider does not take the number as one that can be called"
_GEO: Final = "allow calls to this country in the provider's console, under Voice, Geographic permissions"
_URL: Final = "the provider cannot use our address; PUBLIC_URL must be a public https address"
_CREDENTIALS: Final = "check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
_SLOWER: Final = "the provider asks us to go slower"

REFUSALS: Final[Mapping[int, tuple[type[ProviderError], str]]] = MappingProxyType(
    {
        10001: (ProviderRefused, "the account is not active; see the provider's console"),
        10002: (ProviderRefused, "a trial account cannot do this; upgrade it"),
        10004: (ProviderBusy, "too many calls at once for this account; an approved customer profile lifts the limit"),
        13223: (ProviderRefused, _TO),
        13224: (ProviderRefused, _TO),
        13227: (ProviderRefused, _GEO),
        20003: (ProviderRefused, _CREDENTIALS),
        20005: (ProviderRefused, "the account is not active; see the provider's console"),
        20008: (ProviderRefused, "these are test credentials; set those of the live account"),
        20009: (ProviderBusy, "the call's record is not final yet; the deletion is tried again later"),
        20404: (ProviderRefused, "the provider knows no such call, or TWILIO_ACCOUNT_SID is another account's"),
        20429: (ProviderBusy, _SLOWER),
        21201: (ProviderRefused, _TO),
        21205: (ProviderRefused, _URL),
        21210: (ProviderRefused, _FROM),
        21211: (ProviderRefused, _TO),
        21212: (ProviderRefused, _FROM),
        21213: (ProviderRefused, _FROM),
        21214: (ProviderRefused, _TO),
        21215: (ProviderRefused, _GEO),
        21216: (ProviderRefused, "the provider does not let this account call the number; ask its support"),
        21217: (ProviderRefused, _TO),
        21219: (ProviderRefused, "a trial account calls verified numbers only; upgrade it"),
        21220: (ProviderRefused, "the call is not going on any more"),
        21609: (ProviderRefused, _URL),
        32205: (ProviderRefused, _GEO),
    }
)
_BY_STATUS: Final[Mapping[int, tuple[type[ProviderError], str]]] = MappingProxyType(
    {
        401: REFUSALS[20003],
        403: (ProviderRefused, "the provider forbids this account to do that; see its console"),
        404: REFUSALS[20404],
        408: (ProviderUncertain, "the provider gave up waiting, perhaps after it had begun"),
        429: REFUSALS[20429],
    }
)
# Twilio's codes of calls and messages, by what is wrong. A code that is not here is a refusal like any other.
_TROUBLES: Final[Mapping[Trouble, frozenset[int]]] = MappingProxyType(
    {
        Trouble.CREDENTIALS: frozenset({20003}),
        Trouble.ACCOUNT: frozenset({10001, 10002, 20005, 20008, 21219, 21608, 30029, 30030}),
        Trouble.TOO_MUCH: frozenset({10004, 14107, 20429, 21611}),
        Trouble.SERVICE_NUMBER: frozenset({21210, 21212, 21213, 21606, 21659, 21660}),
        Trouble.COUNTRY: frozenset({13227, 21215, 21408, 32205}),
        Trouble.OUR_ADDRESS: frozenset({21205, 21609}),
        Trouble.NOT_CALLABLE: frozenset({13223, 13224, 21201, 21211, 21214, 21216, 21217, 21604, 21612, 21614}),
        Trouble.UNKNOWN_RECORD: frozenset({20404}),
        Trouble.EXPECTED: frozenset({NOT_FINAL, NOT_IN_PROGRESS}),
    }
)
_TROUBLE_OF_STATUS: Final[Mapping[int, Trouble]] = MappingProxyType(
    {
        401: Trouble.CREDENTIALS,
        403: Trouble.ACCOUNT,
        404: Trouble.UNKNOWN_RECORD,
        408: Trouble.SILENT,
        429: Trouble.TOO_MUCH,
    }
)


def trouble_of(status: int, code: object) -> Trouble:
    """What is wrong when Twilio answers with this HTTP status (0: none) and this code of its own."""
    if status >= 500 or status == 0:
        return Trouble.FAILING
    by_code = (trouble for trouble, codes in _TROUBLES.items() if code in codes)
    return next(by_code, _TROUBLE_OF_STATUS.get(status, Trouble.REFUSED))


def status_and_code(error: TwilioException) -> tuple[int, int | None]:
    """The HTTP status, 0 if the error has none, and Twilio's code; a code of any other shape counts as none."""
    answer = error.args[1] if len(error.args) > 1 else None  # a list's errors carry the whole answer instead
    status = getattr(error, "status", getattr(answer, "status_code", 0))
    code = getattr(error, "code", None)
    known = isinstance(code, int) and code in REFUSALS
    return (status if isinstance(status, int) else 0), (code if known else None)


def from_twilio(error: TwilioException) -> ProviderError:
    """Our error for Twilio's. A 5xx is uncertain whatever its code says; an unknown refusal is a refusal."""
    status, code = status_and_code(error)
    if status >= 500 or status == 0:
        return ProviderUncertain("the provider failed, perhaps after it had begun", trouble=Trouble.FAILING)
    kind, mend = REFUSALS[code] if code else _BY_STATUS.get(status, (ProviderRefused, "see the provider's debugger"))
    said = f"error {code}" if code else status
    return kind(f"the provider answered {said}: {mend}", trouble=trouble_of(status, code))
