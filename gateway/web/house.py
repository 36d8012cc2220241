"""What the webhooks' face needs, handed to its views. Made by `gateway.bootstrap`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gateway.core.wording import Wording
from gateway.providers.twilio.twiml import Voice
from gateway.providers.wires import SmsWire, UssdWire
from gateway.services.callreports import CallReports
from gateway.services.conversations import Conversations
from gateway.services.messagereports import MessageReports
from gateway.services.reception import Letterbox
from gateway.services.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class WebHouse:
    """The services and settings of `web`. `check` raises what keeps it from being ready."""

    conversations: Conversations
    reports: CallReports
    wordings: Mapping[str, Wording]
    voice: Voice
    public_url: str
    auth_token: str = field(repr=False)
    numbers: Mapping[str, str]
    recordings: Path
    texts: Texts
    letterbox: Letterbox
    message_reports: MessageReports
    sms_wires: Mapping[str, SmsWire]
    ussd_wires: Mapping[str, UssdWire]
    kannel_secret: str | None = field(repr=False)
    ussd_secret: str | None = field(repr=False)
    check: Callable[[], None]
