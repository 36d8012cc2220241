"""One call as its phone knows it, and what was heard in it."""

from dataclasses import dataclass, field
from datetime import datetime

from gateway.core.conversation import Ask, Prompt, Reply, Say
from gateway.core.identity import CallId, CaseId, Token
from gateway.services.conversations import Answer, Contact
from tests.services.network import NOON


@dataclass(slots=True)
class Leg:
    """One call as its phone knows it. `number` is None where it is withheld; `step` is of the next webhook."""

    call: CallId
    script: str
    number: str | None
    token: Token | None = None
    step: int | None = None
    replies: tuple[Reply, ...] = ()
    since: datetime = NOON
    sent: list[tuple[Contact, Answer]] = field(default_factory=list)
    case: CaseId | None = None  # the case that it is about, once it is kept or said

    @property
    def last(self) -> Reply | None:
        """What the phone is left with."""
        return self.replies[-1] if self.replies else None

    @property
    def prompts(self) -> list[Prompt]:
        """What was said in the last answer."""
        return [prompt for reply in self.replies if isinstance(reply, Say | Ask) for prompt in reply.prompts]

    @property
    def heard(self) -> set[str]:
        """The names of it."""
        return {prompt.id for prompt in self.prompts}


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer to one webhook: who heard what, when, and with which answers so far."""

    number: str | None
    call: CallId
    script: str
    prompts: tuple[Prompt, ...]
    replies: tuple[Reply, ...]
    at: datetime
    pressed: str | None
    token: Token | None
    case: CaseId | None
    slots: dict[str, str]
    is_message: bool = False
