"""A step's replies as one text: one SMS, or one USSD screen. Measured, never split.

A voice can go on for a minute, a text has 70 or 80 units: what was said before the question is left out first.
"""

from gateway.core.conversation import Ask, Channel, HangUp, Prompt, Reply, Say
from gateway.core.lengths import excess
from gateway.core.wording import Wording

BETWEEN = {Channel.SMS: " ", Channel.USSD: "\n"}


def compose(replies: tuple[Reply, ...], wording: Wording, *, channel: Channel) -> str:
    """The text of one step, as long as it fits; empty if there is nothing to say on this channel."""
    parts = [text for text in (_text(prompt, wording, channel) for prompt in _prompts(replies)) if text]
    while len(parts) > 1 and excess(BETWEEN[channel].join(parts), channel=channel):
        parts = parts[1:]
    return BETWEEN[channel].join(parts)


def goes_on(replies: tuple[Reply, ...]) -> bool:
    """Whether an answer is awaited; else the dialogue ends here."""
    return bool(replies) and not isinstance(replies[-1], HangUp)


def _prompts(replies: tuple[Reply, ...]) -> list[Prompt]:
    return [prompt for reply in replies if isinstance(reply, Say | Ask) for prompt in reply.prompts]


def _text(prompt: Prompt, wording: Wording, channel: Channel) -> str:
    if channel not in wording.sentences.get(wording.spoken_id(prompt.id, channel=channel), {}):
        return ""
    return wording.text(prompt, channel=channel)
