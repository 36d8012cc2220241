"""What a conversation hears when somebody writes: a meaning, or digits. Her words go no further."""

from gateway.core.conversation import Channel, Heard, Keys, Meant
from gateway.core.keywords import Keywords, Meaning, match

LONGEST_ENTRY = 3  # digits: a key, or a secret number
NO_KEY = "#"  # stands for an entry that no screen asks for


def heard_in(text: str, keywords: Keywords, *, channel: Channel) -> Heard:
    """A message or an answer to a screen. A screen takes keys only; words in it are a key that it does not have."""
    reading = match(text, keywords, digits=LONGEST_ENTRY)
    if reading.meaning is Meaning.KEY:
        return Keys(reading.key)
    return Meant(reading.entry) if channel is Channel.SMS else Keys(NO_KEY)
