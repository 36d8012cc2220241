"""From a document's text to verbs that are known to be sound. Knows no call."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Final

from gateway.simulator.grammar import BOOLEANS, ELEMENTS, NUMBERS, SPEECH_MARKS, WORDS

LONGEST_DOCUMENT: Final = 64 * 1024
LONGEST_SAY: Final = 4096
_PARSE_FAILURE: Final = 12100
_BAD_ATTRIBUTE: Final = 12200
_BAD_ELEMENT: Final = 12200
_MOST_NOUNS: Final = 10
_KEYS = re.compile(r"[0-9*#]*")
_WRITTEN_TONES = re.compile(r"[0-9*#wWA-D]+")


class BadTwiml(Exception):
    """A document that breaks the rules. `code` is Twilio's; `forbidden` marks what this service must never ask for."""

    def __init__(self, message: str, *, code: int = _PARSE_FAILURE, forbidden: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.forbidden = forbidden


@dataclass(frozen=True, slots=True)
class Verb:
    """One element. Its attributes have been checked, so the readers below cannot fail."""

    name: str
    attributes: dict[str, str]
    text: str
    children: tuple["Verb", ...]

    def get(self, attribute: str, default: str = "") -> str:
        """The attribute's text."""
        return self.attributes.get(attribute, default)

    def flag(self, attribute: str, *, default: bool) -> bool:
        """A true or false."""
        return self.attributes[attribute] == "true" if attribute in self.attributes else default

    def number(self, attribute: str, default: int) -> int:
        """A whole number. Twilio's `auto` is its default."""
        value = self.attributes.get(attribute, "auto")
        return default if value == "auto" else int(value)


def parse(text: str, *, allowed: frozenset[str] | None = None) -> tuple[Verb, ...]:
    """The verbs of a document, in order. With `allowed`, only these verbs may stand on its top. Raises `BadTwiml`."""
    verbs = _element(root_of(text), parent=None).children
    for verb in verbs:
        if allowed is not None and verb.name not in allowed:
            raise BadTwiml(f"{verb.name} may not stand here; allowed are {', '.join(sorted(allowed))}", code=13230)
    return verbs


def root_of(text: str) -> ET.Element:
    """A document's Response element, its content not looked at. Raises `BadTwiml`."""
    if len(text.encode("utf-8", "replace")) > LONGEST_DOCUMENT:
        raise BadTwiml("the document is longer than 64 kB", code=11750)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadTwiml("a document type is not part of TwiML")
    try:
        root = ET.fromstring(text.strip())  # entities were refused above
    except (ET.ParseError, ValueError) as error:
        raise BadTwiml(f"not well-formed XML: {type(error).__name__}") from None
    if root.tag != "Response":
        raise BadTwiml("the document's element must be Response")
    return root


def _element(node: ET.Element, *, parent: str | None) -> Verb:
    name = str(node.tag)
    if name == "Record":
        raise BadTwiml("Record: nothing is ever recorded here", code=_BAD_ELEMENT, forbidden=True)
    rules = ELEMENTS.get(name)
    if rules is None or (parent is not None and name not in ELEMENTS[parent].children):
        raise BadTwiml(f"{name} is not known inside {parent or 'a document'}", code=_BAD_ELEMENT)
    if any(child.tail and child.tail.strip() for child in node) and name != "Say":
        raise BadTwiml(f"loose text inside {name}")
    children = () if name == "Say" else tuple(_element(child, parent=name) for child in node)
    verb = Verb(name, {key: _attribute(name, key, value) for key, value in node.attrib.items()}, _text(node), children)
    _check(verb)
    return verb


def _text(node: ET.Element) -> str:
    if node.tag == "Say":
        strange = {str(inner.tag) for inner in node.iter()} - SPEECH_MARKS - {"Say"}
        if strange:
            raise BadTwiml(f"{sorted(strange)[0]} is not known inside Say", code=_BAD_ELEMENT)
        return " ".join("".join(node.itertext()).split())
    text = (node.text or "").strip()
    if text and not ELEMENTS[str(node.tag)].text:
        raise BadTwiml(f"loose text inside {node.tag}")
    return text


def _attribute(element: str, name: str, value: str) -> str:
    if name.startswith(("recording", "transcri")) or (name == "record" and value != "do-not-record"):
        raise BadTwiml(f"{element} {name}: nothing is ever recorded here", code=_BAD_ATTRIBUTE, forbidden=True)
    if name not in ELEMENTS[element].attributes:
        raise BadTwiml(f"{element} has no attribute {name}", code=_BAD_ATTRIBUTE)
    if name in BOOLEANS and value not in {"true", "false"}:
        raise BadTwiml(f"{element} {name} must be true or false", code=_BAD_ATTRIBUTE)
    if name in WORDS and value not in WORDS[name]:
        raise BadTwiml(f"{element} {name} must be one of {', '.join(sorted(WORDS[name]))}", code=_BAD_ATTRIBUTE)
    if name in NUMBERS and not _in_range(value, *NUMBERS[name]):
        raise BadTwiml(f"{element} {name} must be a whole number within {NUMBERS[name]}", code=_BAD_ATTRIBUTE)
    if name == "finishOnKey" and not _KEYS.fullmatch(value):
        raise BadTwiml("Gather finishOnKey must be keys of a telephone", code=_BAD_ATTRIBUTE)
    return value


def _in_range(value: str, least: int, most: int) -> bool:
    return value == "auto" or (value.isascii() and value.isdigit() and len(value) < 9 and least <= int(value) <= most)


def _check(verb: Verb) -> None:
    """Rules that take more than one attribute."""
    if verb.name == "Say" and not 0 < len(verb.text) <= LONGEST_SAY:
        raise BadTwiml("Say has no words, or more than 4,096 characters", code=13520)
    if verb.name == "Play":
        _check_play(verb)
    if verb.name == "Dial":
        _check_dial(verb)
    if verb.name in {"Number", "Conference"} and not verb.text:
        raise BadTwiml(f"{verb.name} is empty", code=13223)


def _check_play(verb: Verb) -> None:
    if "digits" in verb.attributes and not _WRITTEN_TONES.fullmatch(verb.get("digits")):
        raise BadTwiml("Play digits must be keys of a telephone", code=_BAD_ATTRIBUTE)
    if not verb.text and "digits" not in verb.attributes:
        raise BadTwiml("Play names no file", code=13420)


def _check_dial(verb: Verb) -> None:
    kinds = {child.name for child in verb.children}
    if len(kinds) > 1 or len(verb.children) > _MOST_NOUNS or bool(kinds) == bool(verb.text):
        raise BadTwiml("Dial needs numbers, or one conference, and not both", code=13201)
    if "Conference" in kinds and len(verb.children) > 1:
        raise BadTwiml("Dial can lead into one conference only", code=13201)
