"""The last look before a phone is rung or texted: no foreign, premium, short or emergency number, whoever asks for it.

Numbers are looked at when they are taken in as well. This stands in the dialler, before the provider, for all of them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from gateway.core.calls import CallStatus
from gateway.core.errors import ProviderRefused
from gateway.core.identity import CallId
from gateway.core.messages import MessageId
from gateway.core.phone import PhoneNumber, is_callable
from gateway.ports import Telephone, Texting

Rule = Callable[[PhoneNumber], None]
"""Returns if a number may be reached; raises `NotToBeReached` if not."""


class NotToBeReached(ProviderRefused):
    """A number that this service never calls or texts. The provider was not asked."""

    code: ClassVar[str] = "not_to_be_reached"


def only(regions: frozenset[str], *, besides: frozenset[PhoneNumber] = frozenset()) -> Rule:
    """Ordinary mobiles and landlines of these regions, and the numbers that the settings name themselves."""

    def check(number: PhoneNumber) -> None:
        if number not in besides and not is_callable(number, regions):
            raise NotToBeReached("this is no ordinary number of CALLBACK_REGIONS; nobody was called")

    return check


class GuardedTelephone:
    """A telephone that rings nobody else."""

    def __init__(self, telephone: Telephone, *, may_reach: Rule) -> None:
        self._telephone = telephone
        self._may_reach = may_reach

    def ring(
        self, to: PhoneNumber, *, answer_path: str, status_path: str, ring_for: timedelta, limit: timedelta
    ) -> CallId:
        """See `Telephone.ring`. Raises `NotToBeReached`."""
        self._may_reach(to)
        return self._telephone.ring(
            to, answer_path=answer_path, status_path=status_path, ring_for=ring_for, limit=limit
        )

    def redirect(self, call: CallId, *, path: str) -> None:
        """See `Telephone.redirect`."""
        self._telephone.redirect(call, path=path)

    def cancel(self, call: CallId) -> bool:
        """See `Telephone.cancel`."""
        return self._telephone.cancel(call)

    def hang_up(self, call: CallId) -> None:
        """See `Telephone.hang_up`."""
        self._telephone.hang_up(call)

    def status(self, call: CallId) -> CallStatus | None:
        """See `Telephone.status`."""
        return self._telephone.status(call)

    def placed_since(self, to: PhoneNumber, since: datetime) -> list[CallId]:
        """See `Telephone.placed_since`."""
        return self._telephone.placed_since(to, since)

    def forget(self, call: CallId) -> None:
        """See `Telephone.forget`."""
        self._telephone.forget(call)


class GuardedTexting:
    """Messages to nobody else."""

    def __init__(self, texting: Texting, *, may_reach: Rule) -> None:
        self._texting = texting
        self._may_reach = may_reach

    @property
    def keeps_records(self) -> bool:
        """See `Texting.keeps_records`."""
        return self._texting.keeps_records

    def send(self, to: PhoneNumber, text: str, *, valid_for: timedelta, token: str) -> MessageId:
        """See `Texting.send`. Raises `NotToBeReached`."""
        self._may_reach(to)
        return self._texting.send(to, text, valid_for=valid_for, token=token)

    def forget(self, message: MessageId) -> None:
        """See `Texting.forget`."""
        self._texting.forget(message)
