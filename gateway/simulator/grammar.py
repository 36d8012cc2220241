"""The part of TwiML that the network speaks: verbs, where they may stand, and their attributes. Tables only."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Element:
    """What an element may carry. `text` says whether it has words of its own, as Say, Redirect and Number have."""

    attributes: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    text: bool = False


_CALLBACK: Final = frozenset(["statusCallback", "statusCallbackEvent", "statusCallbackMethod"])

ELEMENTS: Final[Mapping[str, Element]] = MappingProxyType(
    {
        "Response": Element(
            children=frozenset(["Say", "Play", "Gather", "Dial", "Pause", "Redirect", "Hangup", "Reject"])
        ),
        "Say": Element(frozenset(["voice", "language", "loop"]), text=True),
        "Play": Element(frozenset(["loop", "digits"]), text=True),
        "Pause": Element(frozenset(["length"])),
        "Redirect": Element(frozenset(["method"]), text=True),
        "Hangup": Element(),
        "Reject": Element(frozenset(["reason"])),
        "Gather": Element(
            frozenset(
                ["input", "action", "method", "timeout", "finishOnKey", "numDigits", "actionOnEmptyResult", "language"]
            ),
            children=frozenset(["Say", "Play", "Pause"]),
        ),
        "Dial": Element(
            frozenset(
                ["action", "method", "timeout", "timeLimit", "callerId", "hangupOnStar", "answerOnBridge", "record"]
            ),
            children=frozenset(["Conference", "Number"]),
            text=True,
        ),
        "Number": Element(frozenset(["url", "method"]) | _CALLBACK, text=True),
        "Conference": Element(
            frozenset(
                [
                    "beep",
                    "startConferenceOnEnter",
                    "endConferenceOnExit",
                    "waitUrl",
                    "waitMethod",
                    "maxParticipants",
                    "muted",
                    "participantLabel",
                    "record",
                ]
            )
            | _CALLBACK,
            text=True,
        ),
    }
)

# A voice may be told how to speak; what is in these is read as plain words.
SPEECH_MARKS: Final = frozenset(
    ["break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"],
)

# What the one hears who is called, before she is connected, and what the one hears who waits.
WHISPER_VERBS: Final = frozenset(["Say", "Play", "Pause", "Gather", "Redirect", "Hangup"])
WAITING_VERBS: Final = frozenset(["Say", "Play", "Pause", "Redirect"])

BOOLEANS: Final = frozenset(
    [
        "actionOnEmptyResult",
        "answerOnBridge",
        "endConferenceOnExit",
        "hangupOnStar",
        "muted",
        "startConferenceOnEnter",
    ]
)
# Inclusive limits; beyond them Twilio errs or quietly takes its own value, and neither is what the author meant.
NUMBERS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "length": (1, 3600),
        "loop": (0, 1000),
        "maxParticipants": (2, 250),
        "numDigits": (1, 1000),
        "timeLimit": (1, 86400),
        "timeout": (0, 3600),
    }
)
WORDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "beep": frozenset(["true", "false", "onEnter", "onExit"]),
        "input": frozenset(["dtmf"]),
        "method": frozenset(["GET", "POST"]),
        "reason": frozenset(["rejected", "busy"]),
        "record": frozenset(["do-not-record"]),
        "statusCallbackMethod": frozenset(["GET", "POST"]),
        "waitMethod": frozenset(["GET", "POST"]),
    }
)
