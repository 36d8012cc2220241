"""Walks a script, one thing heard at a time.

Pure: sends nothing, remembers nothing, knows no clock and no chance. Whatever is pressed, the questions come to an end:
after `PATIENCE` things heard, no question is asked any more and its `lost` way is taken instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.core.conversation import (
    Ask,
    Channel,
    Effect,
    HangUp,
    Heard,
    Hold,
    Join,
    Keys,
    Meant,
    Outcome,
    Prompt,
    Reply,
    Returned,
    Say,
    Session,
    Silence,
    Started,
    Step,
)
from gateway.core.errors import SanadError
from gateway.core.script import (
    DigitsNode,
    DoNode,
    EndNode,
    HoldNode,
    JoinNode,
    MenuNode,
    Node,
    Question,
    SayNode,
    Script,
)

AGAIN = "again"  # the sentence before a question that is asked once more
PATIENCE = 60  # things heard in one conversation
MISUNDERSTANDINGS = 3
REPEATS = 3
EFFECTS_IN_A_ROW = 20  # no honest script does so much between two words
USUAL_SECRET = 2  # digits, where the session has no secret number of its own

_REPEATED = MISUNDERSTANDINGS + 1  # `Session.tries` holds both counts: misunderstandings + _REPEATED * repeats


class UnknownNode(SanadError):
    """A session that outlived its script: it stands at a node, or brings an outcome, that the script does not have."""

    code = "unknown_node"


def begin(script: Script, *, language: str, channel: Channel, slots: Mapping[str, str]) -> Session:
    """A new conversation before its first word. `slots` are values known from the start, e.g. `secret`."""
    return Session(script=script.name, node=script.start, language=language, channel=channel, slots=dict(slots))


def step(script: Script, session: Session, heard: Heard, *, now: datetime) -> Step:
    """Advance one conversation by one thing heard. No rule here asks for the time `now` yet.

    If the step is `pending`, do its effect and step again with the outcome, which gives only the replies that follow.
    Raises `UnknownNode` for a session that outlived its script.
    """
    node = _node(script, session.node)
    if isinstance(heard, Outcome):
        return _after_effect(script, session, node, heard)
    waited = isinstance(node, HoldNode | JoinNode)
    counted = 0 if waited and isinstance(heard, Returned) else 1
    session = replace(session, step=session.step + 1, heard=session.heard + counted)
    if isinstance(node, MenuNode) and isinstance(heard, Keys | Silence | Returned):
        return _menu_heard(script, session, node, heard)
    if isinstance(node, DigitsNode) and isinstance(heard, Keys | Silence | Returned):
        return _digits_heard(script, session, node, heard)
    return _Walk(script, session).enter(_onward_from(script, node, heard))


def _onward_from(script: Script, node: Node, heard: Heard) -> str:
    """Where to go on, at a node that asks nothing or for something that is no answer."""
    if isinstance(heard, Meant):
        return _entry(script, heard.meaning)
    waited = isinstance(node, HoldNode | JoinNode) and not isinstance(heard, Started)
    return node.next if waited and isinstance(node, HoldNode | JoinNode) else node.id


def _node(script: Script, node: str) -> Node:
    found = script.nodes.get(node)
    if found is None:
        raise UnknownNode(f"script {script.name}: there is no node '{node}'; the script changed during a conversation")
    return found


def _entry(script: Script, meaning: str) -> str:
    """Where a written message leads; one whose meaning the script does not know begins the conversation."""
    return script.entries.get(meaning, script.start)


def _after_effect(script: Script, session: Session, node: Node, outcome: Outcome) -> Step:
    ways = node.outcomes if isinstance(node, DoNode) else {}
    to = ways.get(outcome.name, ways.get("*"))
    if to is None:
        raise UnknownNode(f"script {script.name}: node '{node.id}' has no way for the outcome '{outcome.name}'")
    known = replace(session, slots={**session.slots, **outcome.slots})
    return _Walk(script, known, effects=session.tries + 1).enter(to)


# --- answers to questions ----------------------------------------------------------------------------


def _menu_heard(script: Script, session: Session, node: MenuNode, heard: Heard) -> Step:
    if isinstance(heard, Returned) and node.back is not None:
        return _Walk(script, session).enter(node.back)
    pressed = heard.pressed if isinstance(heard, Keys) else None
    if pressed is not None and pressed in node.options:
        option = node.options[pressed]
        chosen = replace(session, slots={**session.slots, **option.sets})
        return _Walk(script, chosen).enter(option.to)
    if pressed is not None and pressed == node.repeat and session.tries // _REPEATED < REPEATS:
        return _ask_again(script, session, node, (node.prompt,), tries=session.tries + _REPEATED)
    return _misunderstood(script, session, node)


def _digits_heard(script: Script, session: Session, node: DigitsNode, heard: Heard) -> Step:
    if not isinstance(heard, Keys):
        return _Walk(script, session).enter(node.silence)
    wanted = _count(node, session)
    if len(heard.pressed) != wanted or not set(heard.pressed) <= set("0123456789"):
        return _misunderstood(script, session, node)
    answered = replace(session, slots={**session.slots, node.slot: heard.pressed})
    return _Walk(script, answered).enter(node.next)


def _misunderstood(script: Script, session: Session, node: Question) -> Step:
    times = session.tries % _REPEATED + 1
    if node.once or times >= MISUNDERSTANDINGS:
        return _Walk(script, session).enter(node.lost)
    shorter = times > 1 and isinstance(node, MenuNode)
    prompts = (node.short,) if shorter and isinstance(node, MenuNode) else (AGAIN, node.prompt)
    return _ask_again(script, session, node, prompts, tries=session.tries + 1)


def _ask_again(script: Script, session: Session, node: Question, prompts: tuple[str, ...], *, tries: int) -> Step:
    if session.heard > PATIENCE:
        return _Walk(script, session).enter(node.lost)
    said = tuple(_prompt(script, session, prompt) for prompt in prompts)
    return Step(replace(session, tries=tries), (_ask(session, node, said),))


# --- speaking ----------------------------------------------------------------------------------------


def _prompt(script: Script, session: Session, prompt: str) -> Prompt:
    wanted = script.placeholders.get(prompt, ())
    return Prompt(prompt, tuple((name, session.slots[name]) for name in wanted if name in session.slots))


def _ask(session: Session, node: Question, prompts: tuple[Prompt, ...]) -> Ask:
    count = 1 if isinstance(node, MenuNode) else _count(node, session)
    return Ask(prompts, count=count, wait=node.wait)


def _count(node: DigitsNode, session: Session) -> int:
    return node.count or len(session.slots.get("secret", "")) or USUAL_SECRET


@dataclass(slots=True)
class _Walk:
    """From one node on to the next that must wait. `effects` counts those done since she last had to be waited for."""

    script: Script
    session: Session
    effects: int = 0
    prompts: list[Prompt] = field(default_factory=list)
    whole: int = 0  # so many of the prompts are heard to their end before any key counts
    passed: set[str] = field(default_factory=set)

    def enter(self, to: str) -> Step:
        """Walk from the node `to`. A ring of nodes without a question ends the call: better than dead air."""
        node = _node(self.script, to)
        while (onward := self._onward(node)) is not None:
            self.passed.add(node.id)
            if onward in self.passed:
                return self._stop(node, HangUp())
            node = _node(self.script, onward)
        return self._wait_at(node)

    def _onward(self, node: Node) -> str | None:
        """Where to go at once, or None if something must be waited for here."""
        match node:
            case SayNode():
                if self.session.channel is Channel.VOICE or node.id not in self.script.voice_only:
                    self._say(node.prompt)
                    self.whole = len(self.prompts) if node.whole else self.whole
                return node.next
            case MenuNode() if node.id in self.script.ussd_only and self.session.channel is not Channel.USSD:
                return next(iter(node.options.values())).to
            case MenuNode() | DigitsNode() if self.session.heard > PATIENCE:
                return node.lost
            case JoinNode() if not self.session.slots.get("room"):
                return node.next  # a room without a name could be anybody's
            case _:
                return None

    def _wait_at(self, node: Node) -> Step:
        match node:
            case MenuNode() | DigitsNode():
                self._say(node.prompt)
                question = _ask(self.session, node, tuple(self.prompts[self.whole :]))
                return Step(self._arrived(node), (*self._said(self.whole), question))
            case DoNode() if self.effects < EFFECTS_IN_A_ROW:
                arrived = replace(self._arrived(node), tries=self.effects)
                return Step(arrived, self._said(), Effect(node.do, dict(self.session.slots)))
            case HoldNode():
                return self._stop(node, Hold(node.length))
            case JoinNode():
                return self._stop(node, Join(self.session.slots["room"], limit=node.limit, waits=node.waits))
            case EndNode() if node.prompt is not None:
                self._say(node.prompt)
        return self._stop(node, HangUp())

    def _say(self, prompt: str) -> None:
        self.prompts.append(_prompt(self.script, self.session, prompt))

    def _said(self, most: int | None = None) -> tuple[Reply, ...]:
        prompts = tuple(self.prompts[:most])
        return (Say(prompts),) if prompts else ()

    def _stop(self, node: Node, last: Reply) -> Step:
        return Step(self._arrived(node), (*self._said(), last))

    def _arrived(self, node: Node) -> Session:
        return replace(self.session, node=node.id, tries=0)
