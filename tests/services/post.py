"""What the services' tests need of messages: a post that remembers, and the words of the real scripts."""

import string
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import product

from gateway import bootstrap
from gateway.core.errors import SanadError
from gateway.core.identity import Token
from gateway.core.keywords import Keywords
from gateway.core.messages import MessageId
from gateway.core.phone import PhoneNumber
from gateway.core.wording import Wording
from gateway.services.switchboard import STAFF_SCRIPT
from gateway.storage.library import Library, load


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that was sent."""

    to: PhoneNumber
    text: str
    valid_for: timedelta
    token: Token
    id: MessageId


@dataclass(slots=True)
class Post:
    """The port `Texting`: it remembers what was sent, and fails when a test says so."""

    failures: list[SanadError] = field(default_factory=list)  # one for each of the next messages
    sent: list[Sent] = field(default_factory=list)
    forgotten: list[MessageId] = field(default_factory=list)
    keeps_records: bool = True

    def send(self, to: PhoneNumber, text: str, *, valid_for: timedelta, token: str) -> MessageId:
        if self.failures:
            raise self.failures.pop(0)
        message = MessageId("SM" + letters(len(self.sent)))
        self.sent.append(Sent(to, text, valid_for, Token(token), message))
        return message

    def forget(self, message: MessageId) -> None:
        self.forgotten.append(message)

    def texts_to(self, number: str) -> list[str]:
        """What was sent to this phone, in order."""
        return [message.text for message in self.sent if message.to == PhoneNumber.parse(number)]


@cache
def _library() -> Library:
    return load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=date(2026, 11, 24))


def staff_wording() -> Wording:
    """The Arabic sentences of the staff's script."""
    return _library().wordings("ar")[STAFF_SCRIPT]


def staff_keywords() -> Keywords:
    """The words that people text."""
    return _library().keywords


def letters(number: int) -> str:
    """A short name for the so-manyth thing."""
    words = product(string.ascii_lowercase, repeat=3)
    return "".join(next(word for place, word in enumerate(words) if place == number))
