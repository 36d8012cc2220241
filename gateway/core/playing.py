"""What a service could answer in a game: outcomes that lead somewhere on this channel, and the values they bring."""

from collections.abc import Iterator

from gateway.core.conversation import Channel, Session
from gateway.core.script import DoNode, SayNode, Script, sentences_of
from gateway.core.wording import Wording

ANY = "*"
USUAL = "done"  # stands for any outcome, where the script does not tell them apart
MOST = "3"  # attempts, the usual number


def outcomes_on(channel: Channel, script: Script, node: str) -> tuple[str, ...]:
    """The outcomes of an effect that the services give on this channel; all, should none be left."""
    found = script.nodes[node]
    ways = found.outcomes if isinstance(found, DoNode) else {}
    open_ways = tuple(name for name, to in ways.items() if channel is Channel.VOICE or _is_for_text(script, to))
    return open_ways or tuple(ways)


def _is_for_text(script: Script, node: str) -> bool:
    """Whether somebody who writes may come there: past sentences that are only spoken, to something that is for her."""
    passed = set()
    while node in script.voice_only and isinstance(found := script.nodes[node], SayNode) and node not in passed:
        passed.add(node)
        node = found.next
    return node not in script.voice_only


def usual_outcome(known: tuple[str, ...], script: Script, session: Session, wording: Wording) -> str:
    """The first outcome, with the values that the next words want and nothing else gives: `kept attempts=3`."""
    name = known[0] if known and known[0] != ANY else USUAL
    return " ".join([name, *(f"{value}={code}" for value, code in _values(name, script, session, wording))])


def _values(outcome: str, script: Script, session: Session, wording: Wording) -> Iterator[tuple[str, str]]:
    said = _sentences_after(outcome, script, session.node)
    wanted = dict.fromkeys(name for sentence in said for name in script.placeholders.get(sentence, ()))
    for name in wanted:
        codes = wording.codes(name)
        if codes and name not in session.slots:
            yield name, MOST if MOST in codes else next(iter(codes))


def _sentences_after(outcome: str, script: Script, effect: str) -> Iterator[str]:
    """What may be said from an outcome on, until something is waited for."""
    found = script.nodes[effect]
    ways = found.outcomes if isinstance(found, DoNode) else {}
    name, passed = ways.get(outcome, ways.get(ANY, effect)), {effect}
    while name not in passed:
        passed.add(name)
        node = script.nodes[name]
        yield from sentences_of(node)
        name = node.next if isinstance(node, SayNode) else name
