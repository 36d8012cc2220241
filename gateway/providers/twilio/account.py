"""Whether the provider knows us: one question about the account, for a person who looks whether all is well.

It asks for no call and no message, so no number comes back.
"""

from typing import Protocol

from twilio.rest import Client  # type: ignore[import-untyped]  # the SDK ships no py.typed

from gateway.core.errors import ProviderRefused
from gateway.core.troubles import Trouble
from gateway.providers.twilio.asking import NO_ENVIRONMENT, ask
from gateway.providers.twilio.transport import Transport


class _Account(Protocol):
    """What we use of the SDK's account, which is untyped."""

    status: str | None


class TwilioAccount:
    """The account that the settings name."""

    def __init__(self, *, account: str, token: str, transport: Transport) -> None:
        """Asks nobody anything yet."""
        client = Client(account, token, http_client=transport, environment=dict(NO_ENVIRONMENT))
        self._account = client.api.v2010.accounts(account)

    def check(self) -> None:
        """Raises `ProviderError` unless the account is there, active and ours."""
        found: _Account | None = ask(self._account.fetch, repeatable=True)
        if found is None or found.status != "active":
            raise ProviderRefused("the account is not active; see the provider's console", trouble=Trouble.ACCOUNT)
