"""A script: the nodes of one conversation. Pure values; `gateway.core.engine` walks them.

A script has no sentences in it, only their ids: sentences live in `gateway.core.wording`, one file per language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from gateway.core.conversation import Channel


@dataclass(frozen=True, slots=True)
class Option:
    """One key of a menu: where it leads, and which answers it sets on the way."""

    to: str
    sets: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class SayNode:
    """Says a sentence, then goes on to `next`.

    A question that follows takes keys from the first word on, unless the sentence must be heard to its end: `whole`.
    """

    id: str
    prompt: str
    next: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class MenuNode:
    """Asks for one key.

    The first misunderstanding repeats the question, the second asks it in the `short` way, the third goes to
    `lost`. `repeat` is the key that repeats it. `once` asks one time only: silence and a wrong key lead to `lost`.
    `back` is where she goes on whom the services bring back while she listens to it: what it asks may be gone.
    """

    id: str
    prompt: str
    short: str
    options: Mapping[str, Option]
    lost: str
    repeat: str | None = None
    wait: timedelta = timedelta(seconds=6)
    once: bool = False
    back: str | None = None


@dataclass(frozen=True, slots=True)
class DigitsNode:
    """Asks for `count` digits, into `slot`; a count of 0 means as many as the session's slot `secret` has.

    `silence` is where no answer leads; a wrong length is a misunderstanding, as in a menu. `once` as in a menu.
    """

    id: str
    prompt: str
    slot: str
    count: int
    next: str
    silence: str
    lost: str
    wait: timedelta = timedelta(seconds=8)
    once: bool = False


@dataclass(frozen=True, slots=True)
class DoNode:
    """Asks the services to do something; its `outcomes` lead on. One outcome `*` stands for any."""

    id: str
    do: str
    outcomes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HoldNode:
    """Keeps the line for a moment, then goes on to `next`."""

    id: str
    length: timedelta
    next: str


@dataclass(frozen=True, slots=True)
class JoinNode:
    """Meets another person in the room named by the slot `room`; then goes on to `next`."""

    id: str
    next: str
    limit: timedelta
    waits: bool


@dataclass(frozen=True, slots=True)
class EndNode:
    """Says a last sentence, if any, and hangs up.

    `quiet`: a lone digit texted after it is answered with the first question and does nothing, for it may have been
    written before: who has said stop must not be rung because of it.
    """

    id: str
    prompt: str | None = None
    quiet: bool = False


Node = SayNode | MenuNode | DigitsNode | DoNode | HoldNode | JoinNode | EndNode


Question = MenuNode | DigitsNode


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a node: a key, an outcome, or what happens (`next`, `lost`, `silence`), and where it leads."""

    label: str
    to: str


def ways(node: Node) -> tuple[Way, ...]:
    """All ways out of a node, keys and outcomes first, in the order of the file. An end has none."""
    match node:
        case MenuNode():
            back = () if node.back is None else (Way("back", node.back),)
            return (*(Way(key, option.to) for key, option in node.options.items()), Way("lost", node.lost), *back)
        case DigitsNode():
            return (Way("next", node.next), Way("silence", node.silence), Way("lost", node.lost))
        case DoNode():
            return tuple(Way(outcome, to) for outcome, to in node.outcomes.items())
        case EndNode():
            return ()
        case _:
            return (Way("next", node.next),)


def sentences_of(node: Node) -> tuple[str, ...]:
    """The ids of the sentences that a node may speak, the ordinary one first."""
    match node:
        case SayNode() | DigitsNode():
            return (node.prompt,)
        case MenuNode():
            return tuple(dict.fromkeys((node.prompt, node.short)))
        case EndNode() if node.prompt is not None:
            return (node.prompt,)
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class Script:
    """One conversation. `urgent` names the node that the first option of the first menu must lead to, if any.

    `entries` names the node that each meaning of a written message leads to, wherever the conversation stands.
    `voice_only` nodes are never come to by text; what such a `say` would say is left out there. A question that is
    `ussd_only` is a page of a text too long for one screen: elsewhere it is passed over, by the way of its first key.
    `gone` names the end that is said to whom the services bring back when nothing is known of her call any more.
    `tells` are sentences that are sent as messages of their own, without a node.
    `placeholders` names, for each sentence that has any, the values it is spoken with, e.g. `confirm` -> `("time",)`.
    """

    name: str
    start: str
    nodes: Mapping[str, Node]
    languages: tuple[str, ...]
    channels: tuple[str, ...]
    urgent: str | None = None
    placeholders: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    entries: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    voice_only: frozenset[str] = frozenset()
    ussd_only: frozenset[str] = frozenset()
    tells: tuple[str, ...] = ()
    gone: str | None = None

    def nodes_on(self, channel: Channel) -> Mapping[str, Node]:
        """The nodes that can be come to on a channel."""
        hidden = self.ussd_only if channel is Channel.VOICE else self.voice_only
        hidden |= self.ussd_only if channel is Channel.SMS else frozenset()
        return {name: node for name, node in self.nodes.items() if name not in hidden}
