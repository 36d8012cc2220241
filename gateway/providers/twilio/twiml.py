"""From neutral replies to TwiML.

Strings are built by hand: the SDK's tree of elements costs some hundred microseconds a document, these take a few.
What a document may hold is checked by tests against Twilio's own grammar. Nothing here ever records.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from math import ceil
from types import MappingProxyType
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from gateway.core.conversation import Ask, Channel, HangUp, Hold, Join, Prompt, Reply, Say
from gateway.core.errors import BrokenSetting
from gateway.core.wording import Fragment, Text, Wording
from gateway.providers.twilio.wire import LONGEST_SAY

_OPEN: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<Response>'
_CLOSE: Final = "</Response>"
_MUSIC_PAUSE: Final = 20  # seconds of silence where no music is configured
_NOT_SPOKEN = re.compile(r"[^ -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")  # what XML 1.0 forbids, and controls


@dataclass(frozen=True, slots=True)
class Voice:
    """A synthetic voice by the provider's name, and the language tag that goes with it."""

    name: str
    language: str


VOICES: Final[Mapping[str, Voice]] = MappingProxyType(
    {
        "ar": Voice("Polly.Zeina", "arb"),  # no cloud voice speaks Iraqi Arabic: recordings come first
        "en": Voice("Polly.Joanna", "en-US"),
    }
)


@dataclass(frozen=True, slots=True)
class Urls:
    """Absolute addresses for one document: what comes `next`, `music` while waiting, and where recordings lie.

    `hold` is a music file of a few seconds. Without it a hold is silence, and Somleng, which knows no Pause, drops
    the call: configure one there.
    """

    next: str
    music: str
    audio_base: str
    hold: str | None = None


def voice_of(language: str, overrides: Mapping[str, Voice] = VOICES) -> Voice:
    """The voice for a script's language; `overrides` come from the settings. Raises `BrokenSetting`."""
    voice = overrides.get(language) or VOICES.get(language)
    if voice is None:
        raise BrokenSetting(f"no voice is set for the language {language}; name one, or record all of its prompts")
    return voice


def render(replies: tuple[Reply, ...], *, speech: Wording, urls: Urls, voice: Voice) -> str:
    """A whole document. What follows a question, a hold, a meeting or a hang-up is not reached and is left out."""
    verbs: list[str] = []
    for reply in replies:
        match reply:
            case Say(prompts):
                verbs.append(_spoken(prompts, speech, urls.audio_base, voice))
                continue
            case Ask():
                verbs.append(_ask(reply, _spoken(reply.prompts, speech, urls.audio_base, voice), urls.next))
            case Hold(length):
                verbs.append(_hold(length, urls))
            case Join():
                verbs.append(_join(reply, urls))
            case HangUp():
                verbs.append("<Hangup/>")
        break
    return _OPEN + "".join(verbs) + _CLOSE


def music(urls: Urls) -> str:
    """What somebody hears who is alone in a conference; asked for again whenever it ends."""
    if urls.hold:
        return f'{_OPEN}<Play loop="0">{escape(urls.hold)}</Play>{_CLOSE}'
    return f'{_OPEN}<Pause length="{_MUSIC_PAUSE}"/>{_redirect(urls.music)}{_CLOSE}'


def unavailable(text: str, *, voice: Voice) -> str:
    """Words that need nothing but themselves, then the end: for when the store or anything else is down."""
    return f"{_OPEN}{_say(text, voice)}<Hangup/>{_CLOSE}"


def nothing() -> str:
    """A document without a verb: to a message, it answers nothing."""
    return f"{_OPEN}{_CLOSE}"


def hang_up() -> str:
    """The end of a call without a word."""
    return f"{_OPEN}<Hangup/>{_CLOSE}"


def _ask(ask: Ask, spoken: str, following: str) -> str:
    """Keys go to `action`; silence falls through to the Redirect. No key ends the entry: `#` is a key like another."""
    return (
        f'<Gather input="dtmf" numDigits="{ask.count}" timeout="{_seconds(ask.wait)}" finishOnKey=""'
        f' action={quoteattr(following)} method="POST">{spoken}</Gather>{_redirect(following)}'
    )


def _hold(length: timedelta, urls: Urls) -> str:
    """The music file as it is, or silence of the given length; then on. The one place where Somleng needs the file."""
    wait = f"<Play>{escape(urls.hold)}</Play>" if urls.hold else f'<Pause length="{_seconds(length)}"/>'
    return wait + _redirect(urls.next)


def _join(join: Join, urls: Urls) -> str:
    """A room for two. It starts when the one who does not wait comes in, and ends when either leaves."""
    return (
        f'<Dial action={quoteattr(urls.next)} method="POST" timeLimit="{_seconds(join.limit)}">'
        f'<Conference beep="false" startConferenceOnEnter="{"false" if join.waits else "true"}"'
        f' endConferenceOnExit="true" waitUrl={quoteattr(urls.music)} waitMethod="POST" maxParticipants="2">'
        f"{escape(join.room)}</Conference></Dial>"
    )


def _redirect(url: str) -> str:
    return f'<Redirect method="POST">{escape(url)}</Redirect>'


def _seconds(length: timedelta) -> int:
    return max(1, ceil(length.total_seconds()))


def _spoken(prompts: tuple[Prompt, ...], speech: Wording, audio_base: str, voice: Voice) -> str:
    return "".join([_prompt(prompt, speech, audio_base, voice) for prompt in prompts])


@lru_cache(maxsize=4096)
def _prompt(prompt: Prompt, speech: Wording, audio_base: str, voice: Voice) -> str:
    """Kept, since the same few hundred are said all day. Values are codes, or the 2 or 3 digits of a secret number."""
    fragments = speech.fragments(prompt, channel=Channel.VOICE)
    return "".join(_fragment(fragment, audio_base, voice) for fragment in fragments)


def _fragment(fragment: Fragment, audio_base: str, voice: Voice) -> str:
    if isinstance(fragment, Text):
        return _say(fragment.words, voice)
    return f"<Play>{escape(f'{audio_base}/{quote(fragment.path)}')}</Play>"


def _say(text: str, voice: Voice) -> str:
    start = f"<Say voice={quoteattr(voice.name)} language={quoteattr(voice.language)}>"
    return "".join(f"{start}{escape(piece)}</Say>" for piece in _pieces(_NOT_SPOKEN.sub(" ", text).strip()))


def _pieces(words: str) -> list[str]:
    """Parts short enough for one Say each, cut between words where there is one; none at all of an empty text."""
    pieces = []
    while len(words) > LONGEST_SAY:
        cut = words.rfind(" ", 0, LONGEST_SAY)
        cut = LONGEST_SAY if cut <= 0 else cut
        pieces.append(words[:cut])
        words = words[cut:].lstrip()
    return [*pieces, words] if words else pieces
