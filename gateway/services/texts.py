"""Written messages and USSD screens: who writes, what is meant, and the same conversation as on a call.

What somebody wrote goes no further than this file: a conversation gets a meaning or digits, and nothing of it is kept.
"""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.core.conversation import Channel
from gateway.core.keywords import Keywords, Meaning, Reading, match
from gateway.core.messages import MessageArrived, UssdOver, UssdStep
from gateway.ports import Namer
from gateway.services.chance import Chance
from gateway.services.conversations import Answer, Brake, Contact, Conversations
from gateway.services.switchboard import CALLER_SCRIPT, callable_number

SMS_SESSION, USSD_SESSION = "sms", "ussd"  # what a number is named for while she writes
MESSAGE = "message"  # what an id of a message, or the turn of a dialogue, is named for
LONGEST_ENTRY = 3  # digits: a key, or a secret number
NO_KEY = "#"  # stands for an entry that no screen asks for
# Machines that answer each other go round for ever: after so many messages of one phone in a quarter of an hour, or a
# few fewer (ROUNDS_BLUR), it gets no answer. Each kind is counted apart: whoever was not understood is still answered
# when she says "stop" or "danger".
WORDS, KEYS, ORDERS, ALARMS = "words", "keys", "orders", "alarms"
MOST: Mapping[str, int] = MappingProxyType({WORDS: 8, KEYS: 40, ORDERS: 5, ALARMS: 8})
KIND_OF: Mapping[Meaning, str] = MappingProxyType(
    {Meaning.KEY: KEYS, Meaning.STOP: ORDERS, Meaning.ERASE: ORDERS, Meaning.URGENT: ALARMS}
)
ACTS = frozenset({ORDERS, ALARMS})  # always done, also where no answer is given any more


class Texts:
    """Answers messages and USSD steps."""

    def __init__(
        self,
        conversations: Conversations,
        *,
        keywords: Keywords,
        namer: Namer,
        chance: Chance,
        regions: frozenset[str],
    ) -> None:
        """`regions`: the countries to whose phones messages are sent."""
        self._conversations = conversations
        self._regions = regions
        self._keywords = keywords
        self._namer = namer
        self._chance = chance

    def message(self, arrived: MessageArrived) -> Answer:
        """The answer to a message; none to a sender that is no telephone, or none that we may write to."""
        sender = callable_number(arrived.from_text, self._regions)
        if sender is None:
            return self._conversations.turn_away(arrived.record)
        reading = match(arrived.text, self._keywords, digits=LONGEST_ENTRY)
        pressed = reading.key if reading.meaning is Meaning.KEY else None
        name = self._namer.name(SMS_SESSION, sender.reveal())
        return self._conversations.answer(
            Contact(
                script=CALLER_SCRIPT,
                session=name,
                call=None,
                step=None,
                keys=pressed,
                channel=Channel.SMS,
                message=self._namer.name(MESSAGE, arrived.id),
                meaning=None if pressed else reading.entry,
                brake=self._brake(reading, name),
                record=arrived.record,
                caller_text=arrived.from_text,
            )
        )

    def ussd(self, step: UssdStep) -> Answer:
        """The next screen. A cumulative wire repeats all inputs, so that a retry is known by their number."""
        entry = step.inputs[-1] if step.inputs else step.input
        cumulative = step.inputs is not None
        turn = self._chance.token() if step.turn is None else self._namer.name(MESSAGE, str(step.turn))
        return self._conversations.answer(
            Contact(
                script=CALLER_SCRIPT,
                session=self._namer.name(USSD_SESSION, step.owner),
                call=None,
                step=len(step.inputs) if step.inputs else None,
                keys=None if entry is None else self._pressed(entry),
                channel=Channel.USSD,
                message=None if cumulative or step.first else turn,
                caller_text=step.from_text,
            )
        )

    def ussd_over(self, over: UssdOver) -> None:
        """A dialogue ended, at its end or cut off: what was shown in it is forgotten, and a kept request stays kept."""
        self._conversations.forget(self._namer.name(USSD_SESSION, over.owner))

    def _pressed(self, entry: str) -> str:
        reading = match(entry, self._keywords, digits=LONGEST_ENTRY)
        return reading.key if reading.meaning is Meaning.KEY else NO_KEY

    def _brake(self, reading: Reading, name: str) -> Brake:
        kind = KIND_OF.get(reading.meaning, WORDS)
        return Brake(f"{name}:{kind}", MOST[kind], first=self._chance.first_round(), acts=kind in ACTS)
