"""What the dialler reaches phones by, made from its settings: calls, messages to responders, deletions at the provider.

Nobody else makes one. Whatever goes out passes the rule that no foreign, premium, short or emergency number is reached.
"""

from collections.abc import Callable

from config.settings import DiallerSettings
from gateway.core.messages import MessageId
from gateway.core.phone import PhoneNumber
from gateway.ports import Telephone, Texting
from gateway.providers.kannel.client import KannelTexting
from gateway.providers.twilio.client import TwilioTelephone
from gateway.providers.twilio.messages import TwilioTexting
from gateway.providers.twilio.records import TwilioRecords
from gateway.providers.twilio.transport import Transport
from gateway.services.outgoing import GuardedTelephone, GuardedTexting, Rule, only
from gateway.storage.connect import Client
from gateway.storage.pace import Pace


def supervisor_number(settings: DiallerSettings) -> PhoneNumber | None:
    """Whom to ring when nobody takes a case."""
    return (
        None if settings.supervisor_number is None else PhoneNumber.parse(settings.supervisor_number.get_secret_value())
    )


def telephone(settings: DiallerSettings, client: Client) -> Telephone:
    """Calls by Twilio, or a switch that speaks as it does."""
    twilio = TwilioTelephone(
        account=settings.twilio_account_sid,
        token=settings.twilio_auth_token.get_secret_value(),
        service_number=settings.hotline_number,
        public_url=settings.public_url,
        pace=Pace(client, per_second=settings.calls_per_second),
        transport=Transport(api_base=settings.twilio_api_base),
    )
    return GuardedTelephone(twilio, may_reach=_reachable(settings))


def staff_texting(settings: DiallerSettings, client: Client) -> Texting | None:
    """Messages from the staff number, by Kannel if its address is given; none without such a number."""
    if settings.staff_number is None:
        return None
    by_kannel = settings.kannel_sendsms_url is not None
    texting = (_kannel if by_kannel else _twilio)(settings, client, settings.staff_number)
    return GuardedTexting(texting, may_reach=_reachable(settings))


def message_deletion(settings: DiallerSettings, client: Client) -> Callable[[MessageId], None]:
    """What deletes the provider's record of a message, of either direction and whichever number it went to."""
    return _twilio(settings, client, settings.hotline_number).forget


def records(settings: DiallerSettings) -> TwilioRecords:
    """What finds the provider's records of our numbers."""
    ours = (settings.hotline_number, settings.staff_number)
    return TwilioRecords(
        account=settings.twilio_account_sid,
        token=settings.twilio_auth_token.get_secret_value(),
        numbers=[number for number in ours if number is not None],
        transport=Transport(api_base=settings.twilio_api_base),
    )


def _reachable(settings: DiallerSettings) -> Rule:
    supervisor = supervisor_number(settings)
    besides = frozenset[PhoneNumber]() if supervisor is None else frozenset({supervisor})
    return only(frozenset(settings.callback_regions), besides=besides)


def _kannel(settings: DiallerSettings, client: Client, number: str) -> Texting:
    return KannelTexting(
        settings.kannel_sendsms_url or "",
        username=settings.kannel_username or "",
        password=settings.kannel_password.get_secret_value() if settings.kannel_password else "",
        service_number=number,
        report_url=f"{settings.public_url}/kannel/status",
        secret=settings.kannel_secret.get_secret_value() if settings.kannel_secret else "",
        pace=Pace(client, per_second=settings.calls_per_second),
    )


def _twilio(settings: DiallerSettings, client: Client, number: str) -> TwilioTexting:
    return TwilioTexting(
        account=settings.twilio_account_sid,
        token=settings.twilio_auth_token.get_secret_value(),
        service_number=number,
        public_url=settings.public_url,
        pace=Pace(client, per_second=settings.calls_per_second),
        transport=Transport(api_base=settings.twilio_api_base),
    )
