"""One request through Twilio's SDK, and what its failures mean: for calls and messages alike."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]  # the SDK ships no py.typed

from gateway.core.errors import ProviderBusy, ProviderError, ProviderUncertain
from gateway.core.troubles import Trouble
from gateway.providers.twilio.errors import from_twilio, status_and_code, trouble_of

Refusals = Mapping[int, tuple[type[ProviderError], str]]
Answer = TypeVar("Answer")

UNREADABLE: Final = "the provider's answer could not be read; it may have done what was asked"
NO_ENVIRONMENT: Final[Mapping[str, str]] = MappingProxyType({"": ""})
"""For the SDK's client: or TWILIO_EDGE and TWILIO_REGION would bend the address; empty, it would not be heeded."""
_NO_MORE: Final[Refusals] = MappingProxyType({})


def ask(
    request: Callable[[], Answer],
    *,
    repeatable: bool = False,
    unless: Callable[[int, int | None], bool] = lambda status, code: False,
    later: frozenset[int] = frozenset(),
    also: Refusals = _NO_MORE,
) -> Answer | None:
    """Do one request. None if it failed in a way for which `unless` (HTTP status, code) says that this is fine.

    `later` are HTTP statuses that mean "not yet", `also` are codes that the common table does not know. Our error is
    made anew and raised outside of the handlers: with Twilio's as its context, or with the frames that held the form,
    a number could come into a log by way of a traceback.
    """
    try:
        return request()
    except ProviderError as error:
        problem = error.anew()
    except TwilioException as error:
        status, code = status_and_code(error)
        if unless(status, code):
            return None
        problem = (_among(error, also) if 400 <= status < 500 else None) or from_twilio(error)
        if status in later:
            problem = ProviderBusy(problem.advice, trouble=Trouble.EXPECTED)
    except (ValueError, TypeError, AttributeError, KeyError):  # the SDK, on an answer that is not Twilio's
        problem = ProviderUncertain(UNREADABLE, trouble=Trouble.SILENT)
    if repeatable and isinstance(problem, ProviderUncertain):
        problem = ProviderBusy(problem.advice, trouble=problem.trouble)
    raise problem


def _among(error: TwilioException, refusals: Refusals) -> ProviderError | None:
    code = getattr(error, "code", None)
    if not isinstance(code, int) or code not in refusals:
        return None
    kind, mend = refusals[code]
    return kind(f"the provider answered error {code}: {mend}", trouble=trouble_of(400, code))
