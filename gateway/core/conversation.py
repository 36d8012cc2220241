"""The neutral words between a telephone network and a conversation.

`Heard` is what came in, `Reply` is what goes out, `Effect` is what a script asks the services to do.
No provider's word appears here; translators at the edge map both ways.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

# Slots that the services keep with a conversation.
CASE, BEFORE = "case", "before"  # its request, and that of the one before it in the same writing
TOLD = "told"  # the secret number that this writing was told with danger
STOPPED, ASKED = "stopped", "asked"  # when all that this writing asked for was cancelled, and when it asked the last


class Channel(StrEnum):
    """How a person reaches us."""

    VOICE = "voice"
    SMS = "sms"
    USSD = "ussd"


# --- heard -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """The conversation begins; nothing was said yet."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys pressed (or a lone number texted): ASCII `0-9`, `*`, `#`, at most 32 of them, never empty."""

    pressed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Meant:
    """A written message that was understood: the name of its meaning, e.g. `call`. Its words go no further."""

    meaning: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came in the time given."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A hold or a conversation with another person ended, and she is back with the script."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a service answered to the effect that the last step left pending."""

    name: str
    slots: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)


Heard = Started | Keys | Meant | Silence | Returned | Outcome


# --- replies ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prompt:
    """One sentence by its id, with coded values for its placeholders, e.g. `("time", "morning")`.

    Hashable on purpose: rendering is cached by it.
    """

    id: str
    values: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Say:
    """Speak these sentences and go on."""

    prompts: tuple[Prompt, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Speak these sentences; wait for up to `count` keys, `wait` after the last word or key."""

    prompts: tuple[Prompt, ...]
    count: int
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep the line with soft music for `length`, then come back as `Returned`."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class Join:
    """Meet the other person in the conference `room` for at most `limit`; then come back as `Returned`.

    `waits` is true for the one who may be early and hears music meanwhile. The room ends when either leaves.
    """

    room: str
    limit: timedelta
    waits: bool


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call without a further word."""


Reply = Say | Ask | Hold | Join | HangUp


# --- effects and steps -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Effect:
    """A script's wish, by the name in its `do`; `slots` are the answers collected so far."""

    name: str
    slots: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """Where one conversation stands. `step` grows by one with every webhook answered.

    `tries` counts misunderstandings at the present node, `heard` all things heard since the beginning.
    `slots` also holds values given at the start: `secret`, `case`, `token`.
    """

    script: str
    node: str
    language: str
    channel: Channel
    step: int = 0
    tries: int = 0
    heard: int = 0
    slots: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One step done: the new session, what to say, and, if set, an effect whose `Outcome` the engine awaits.

    While `pending` is set the replies are not complete: do the effect, then step again with its outcome.
    """

    session: Session
    replies: tuple[Reply, ...]
    pending: Effect | None = None
