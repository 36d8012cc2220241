"""Messages that the dialler sends of itself, all of them to responders: the texts of offers, and what came of answers.

A message says nothing of a caller but the alias and the urgency. It must arrive soon or not at all.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from gateway.core.conversation import Channel, Prompt
from gateway.core.identity import ResponderId, Token
from gateway.core.messages import Record, RecordKind
from gateway.core.wording import Wording
from gateway.ports import Opener, Strongroom, Texting
from gateway.services.staffnumbers import number_of

SHORTEST_LIFE = timedelta(minutes=1)


class StaffPost:
    """Sends the sentences of the staff's script, from the staff number."""

    def __init__(
        self,
        store: Strongroom,
        *,
        texting: Texting,
        opener: Opener,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._texting = texting
        self._opener = opener
        self._wording = wording
        self._clock = clock

    def send(
        self,
        responder: ResponderId,
        sentence: str,
        *,
        token: Token,
        valid_for: timedelta,
        values: Mapping[str, str] | None = None,
    ) -> bool:
        """Text a responder; False if her number cannot be opened. Raises as `Texting.send`."""
        number = number_of(responder, self._store, self._opener)
        if number is None:
            return False
        prompt = Prompt(sentence, tuple((values or {}).items()))
        words = self._wording.text(prompt, channel=Channel.SMS)
        message = self._texting.send(number, words, valid_for=max(valid_for, SHORTEST_LIFE), token=token)
        if self._texting.keeps_records:
            self._store.note_record(Record(RecordKind.MESSAGE, message), now=self._clock())
        return True
