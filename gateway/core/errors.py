"""The one family of errors.

Each kind has a stable code, says whether trying again can help, and carries a sentence for a person.
No message may hold a phone number or anything a caller sent: errors end in logs.
"""

from typing import ClassVar, Self

from gateway.core.troubles import Trouble


class SanadError(Exception):
    """Something went wrong in a way we foresaw. `advice` tells a person what to do about it."""

    code: ClassVar[str] = "sanad"
    retryable: ClassVar[bool] = False

    def __init__(self, advice: str) -> None:
        super().__init__(advice)
        self.advice = advice


class NotAPhoneNumber(SanadError):
    """A text that is no valid telephone number. The text itself is never repeated in the message."""

    code = "not_a_phone_number"


class BrokenSetting(SanadError):
    """A setting that is missing or cannot be read; the message names the variable and the mend."""

    code = "broken_setting"


class BrokenScript(SanadError):
    """A script file that cannot be used; the message names the file, the place and the mend."""

    code = "broken_script"


class BrokenKey(SanadError):
    """A key file that is missing, unreadable, malformed or open to others."""

    code = "broken_key"


class CannotOpen(SanadError):
    """A sealed value that no key at hand opens: destroyed key, other purpose, other case, or damage."""

    code = "cannot_open"


class ForbiddenMove(SanadError):
    """A move that the case's table does not allow in its present state. Nothing was changed."""

    code = "forbidden_move"


class StoreUnavailable(SanadError):
    """The store does not answer. Nothing may be promised to a caller until it does."""

    code = "store_unavailable"
    retryable = True


class StoreBusy(SanadError):
    """Others kept changing the same keys; nothing of ours was saved."""

    code = "store_busy"
    retryable = True


class BadRequest(SanadError):
    """A webhook that is not what its provider sends. Answered with 4xx; nothing was changed."""

    code = "bad_request"


class BadSignature(SanadError):
    """A webhook without its provider's signature. Answered with 403; nothing was changed."""

    code = "bad_signature"


class ProviderError(SanadError):
    """A provider did not do what it was asked. `trouble` says why, in a word that can stand in a log."""

    def __init__(self, advice: str, *, trouble: Trouble = Trouble.REFUSED) -> None:
        super().__init__(advice)
        self.trouble = trouble

    def anew(self) -> Self:
        """The same error without traceback, cause and context, which may lead to what was asked."""
        return type(self)(self.advice, trouble=self.trouble)


class ProviderRefused(ProviderError):
    """The provider said no to a request; it certainly did nothing."""

    code = "provider_refused"


class ProviderBusy(ProviderError):
    """The provider did not do it this time: too many requests, no connection, not yet. Trying again harms nobody."""

    code = "provider_busy"
    retryable = True


class ProviderUncertain(ProviderError):
    """The request may or may not have worked: a timeout, a cut connection, a 5xx. Never repeat it blindly."""

    code = "provider_uncertain"
