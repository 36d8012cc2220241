"""Ids as they are kept where they may outlive what they name: the same for the same, and they lead nowhere."""

import hashlib

_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_MESSAGE = "m"  # what the field of a message begins with in the hash of its conversation


def digest(name: str) -> bytes:
    """An id as letters that say nothing of it."""
    return hashlib.sha256(name.encode()).hexdigest().translate(_LETTERS).encode()


def message_field(message: str) -> str:
    """The field of a message, known by its keyed name, in its conversation."""
    return f"{_MESSAGE}{message}"


def is_message_field(field: bytes) -> bool:
    """Whether a field of a conversation is a message's."""
    return field.startswith(_MESSAGE.encode())
