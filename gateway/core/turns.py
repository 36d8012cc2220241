"""What is held of a conversation between two things that are said in it."""

from dataclasses import dataclass

from gateway.core.conversation import Reply, Session


@dataclass(frozen=True, slots=True)
class Turn:
    """What the store holds of one conversation: its session, and the replies given at the step asked for, if any."""

    session: Session
    replies: tuple[Reply, ...] | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What the store holds of a message that was answered in a conversation of which nothing else is left."""
