"""The part of TwiML that answers a message: `<Response>` with any number of `<Message>`, or with nothing."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Final

from gateway.simulator.twiml import BadTwiml, root_of

LONGEST_BODY: Final = 1_600
_ATTRIBUTES: Final = frozenset(["action", "method", "statusCallback"])  # action and method do nothing here
_BAD_ELEMENT: Final = 12200
_NO_WORDS: Final = 14103
_TOO_LONG: Final = 21617


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to send back, and where its progress is told ("" for nowhere)."""

    body: str
    callback: str


def replies_in(document: str) -> tuple[Reply, ...]:
    """What the document wants sent, in order. Raises `BadTwiml`."""
    return tuple(_reply(node) for node in root_of(document))


def _reply(node: ET.Element) -> Reply:
    if node.tag != "Message":
        raise BadTwiml(f"{node.tag} is not known in the answer to a message", code=_BAD_ELEMENT)
    strange = set(node.attrib) - _ATTRIBUTES
    if strange:
        raise BadTwiml(f"Message has no attribute {sorted(strange)[0]} here", code=_BAD_ELEMENT)
    return Reply(_body(node), node.attrib.get("statusCallback", ""))


def _body(node: ET.Element) -> str:
    if any(child.tag != "Body" or len(child) for child in node) or len(node) > 1:
        raise BadTwiml("Message holds its words, or one Body", code=_BAD_ELEMENT)
    words = (node[0].text if len(node) else node.text) or ""
    if not words.strip():
        raise BadTwiml("Message has no words", code=_NO_WORDS)
    if len(words) > LONGEST_BODY:
        raise BadTwiml(f"Message has more than {LONGEST_BODY} characters", code=_TOO_LONG)
    return words.strip()
