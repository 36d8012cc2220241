"""One webhook of a conversation: find the session, step the script, do what it asks, keep all of it at once.

The same webhook again gets the same answer and changes nothing, because the replies of every step are kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gateway.core.conversation import (
    ASKED,
    BEFORE,
    CASE,
    STOPPED,
    TOLD,
    Channel,
    HangUp,
    Heard,
    Hold,
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
from gateway.core.engine import begin, step
from gateway.core.identity import CallId, Token
from gateway.core.messages import MessageId
from gateway.core.phone import PhoneNumber
from gateway.core.script import EndNode, HoldNode, JoinNode, MenuNode, Script
from gateway.core.turns import Forgotten, Turn
from gateway.ports import Store, Transaction
from gateway.services.switchboard import caller_number

LATE: tuple[Reply, ...] = (Say((Prompt("late"),)), Hold(timedelta(seconds=1)))
GONE: tuple[Reply, ...] = (HangUp(),)


@dataclass(frozen=True, slots=True)
class Brake:
    """How many messages are answered within a quarter of an hour, counted under a daily name.

    `first`: where the count begins. `acts`: what is asked for is done all the same, and only the answer left out.
    """

    name: str
    most: int
    first: int
    acts: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """One webhook in neutral words.

    `session` names the conversation: a call's id, or a keyed name for whoever writes. `step` is the one this webhook
    belongs to (None: it begins), `back` says that we ourselves brought a waiting responder back. `caller_text` is who
    the network says it comes from. A written message has a keyed name, `message`, instead of a step, and perhaps a
    `meaning` and a `brake`; `record` is its id where the provider keeps it. No other id of it may be kept: a gateway
    may build its ids from the number of whoever writes.
    """

    script: str
    session: str
    call: CallId | None
    step: int | None
    keys: str | None = field(repr=False)
    channel: Channel = Channel.VOICE
    message: str | None = None
    meaning: str | None = field(default=None, repr=False)
    brake: Brake | None = None
    record: MessageId | None = None
    back: bool = False
    caller_text: str = field(default="", repr=False)
    token: Token | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say, and the number of the next step; None starts the conversation again."""

    replies: tuple[Reply, ...]
    next_step: int | None


SILENT = Answer((), None)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a handler of an effect may know: the webhook, the answers so far, the time, and the language spoken."""

    contact: Contact
    slots: Mapping[str, str]
    now: datetime
    language: str

    @property
    def caller(self) -> PhoneNumber | None:
        """Whoever calls or writes; None if no number can be seen. Read only when an effect asks for it."""
        return caller_number(self.contact.caller_text)

    @property
    def token(self) -> Token | None:
        """The token of the offer or attempt that this call was placed for."""
        token = self.slots.get("token")
        return None if token is None else Token(token)


Handler = Callable[[Transaction, Scene], Outcome]


class Conversations:
    """Steps the scripts. `handlers` has a table for each script: the name of an effect -> what does it."""

    def __init__(
        self,
        store: Store,
        *,
        scripts: Mapping[str, Script],
        handlers: Mapping[str, Mapping[str, Handler]],
        clock: Callable[[], datetime],
        new_secret: Callable[[], str],
        language: str,
    ) -> None:
        self._store = store
        self._scripts = scripts
        self._handlers = handlers
        self._clock = clock
        self._new_secret = new_secret
        self._language = language

    def answer(self, contact: Contact) -> Answer:
        """The answer to one webhook, kept before it is given. Raises `StoreUnavailable`, `StoreBusy`."""
        return self._store.transact(lambda transaction: self._answer(transaction, contact))

    def turn_away(self, record: MessageId | None) -> Answer:
        """No answer to a message of nobody's phone. The provider's record of it is deleted all the same."""
        if record is not None:
            self._store.transact(lambda transaction: transaction.note_message(record))
        return SILENT

    def forget(self, session: str) -> None:
        """Forget a conversation that is over. What came of it stays."""
        self._store.transact(lambda transaction: transaction.forget_session(session))

    def _answer(self, transaction: Transaction, contact: Contact) -> Answer:
        if contact.message is not None:
            return self._answer_message(transaction, contact, contact.message)
        asked = contact.step or 0
        turn = transaction.turn(contact.session, asked)
        if turn is None:
            return self._without_session(transaction, contact)
        if contact.back:
            return self._come_back(transaction, contact, turn.session)
        if turn.replies is not None:
            return Answer(turn.replies, asked + 1)
        if asked != turn.session.step:
            return Answer(LATE, None)
        return self._go_on(transaction, contact, turn)

    def _without_session(self, transaction: Transaction, contact: Contact) -> Answer:
        if not contact.back:
            return Answer(LATE, None) if contact.step else self._go_on(transaction, contact, None)
        if contact.call is not None:  # perhaps nobody has told us of it: it was led out before its first words
            transaction.note_record(contact.call)
        return self._say_gone(contact)

    def _answer_message(self, transaction: Transaction, contact: Contact, message: str) -> Answer:
        """A message carries no step: the same id again gets the same answer, any other goes on where we stand."""
        brake = contact.brake
        if brake is not None:
            transaction.foresee_round(brake.name)
        turn = transaction.turn_of_message(contact.session, message)
        if isinstance(turn, Forgotten):
            return SILENT
        if turn is not None and turn.replies is not None:
            return Answer(turn.replies, turn.session.step)
        if contact.record is not None:
            transaction.note_message(contact.record)
        silent = brake is not None and transaction.count_round(brake.name, first=brake.first) > brake.most
        if silent and brake is not None and not brake.acts:
            return SILENT
        end = self._end_of(contact, turn)
        if turn is not None and end is None:
            return self._go_on(transaction, contact, turn, silent=silent)
        begun, heard = self._begun(contact, turn.session if turn else None), None
        if contact.meaning is None:  # a bare key answers the question with which a conversation begins
            asked = self._play(transaction, contact, self._scripts[contact.script], begun, Started()).session
            is_asked_first = (end is not None and end.quiet) or self._is_danger(contact, asked)
            begun, heard = (begun, Started()) if is_asked_first else (asked, None)
        return self._go_on(transaction, contact, Turn(begun, None), silent=silent, heard=heard)

    def _is_danger(self, contact: Contact, asked: Session) -> bool:
        """Whether a bare key would have her rung at once, where no question stands.

        It may be the answer to a question of ours that is forgotten by then: a yes, who he is. A phone must not ring
        outside her time because of it, so she is asked; a word of danger counts always.
        """
        script = self._scripts[contact.script]
        node = script.nodes.get(asked.node)
        option = node.options.get(contact.keys or "") if isinstance(node, MenuNode) else None
        return option is not None and option.to == script.urgent

    def _end_of(self, contact: Contact, turn: Turn | None) -> EndNode | None:
        """The end that a conversation has come to, if it has."""
        node = None if turn is None else self._scripts[contact.script].nodes.get(turn.session.node)
        return node if isinstance(node, EndNode) else None

    def _begun(self, contact: Contact, ended: Session | None) -> Session:
        """After an end it begins anew, but its steps are counted on: a message answered before must find its answer.

        The request it made is known as the one `BEFORE`: danger written again must not make one more of it. And a stop
        is known, so that what is asked for in the same second is not taken for stopped.
        """
        begun = self._begin(self._scripts[contact.script], contact)
        if ended is None:
            return begun
        known = {name: ended.slots[name] for name in (BEFORE, TOLD, STOPPED, ASKED) if name in ended.slots}
        made = {BEFORE: ended.slots[CASE]} if CASE in ended.slots else {}
        return replace(begun, step=ended.step, slots={**begun.slots, **known, **made})

    def _say_gone(self, contact: Contact) -> Answer:
        """Her case is over and erased: asked again she would come back for ever."""
        script = self._scripts[contact.script]
        if script.gone is None:
            return Answer(GONE, None)
        there = replace(self._begin(script, contact), node=script.gone)
        return Answer(step(script, there, Started(), now=self._clock()).replies, None)

    def _come_back(self, transaction: Transaction, contact: Contact, session: Session) -> Answer:
        turn = transaction.turn(contact.session, session.step - 1)
        node = self._scripts[session.script].nodes[session.node]
        if isinstance(node, JoinNode) or (isinstance(node, MenuNode) and node.back is not None):
            return self._go_on(transaction, contact, Turn(session, None), heard=Returned())
        return Answer(turn.replies if turn and turn.replies else GONE, session.step)

    def _go_on(
        self,
        transaction: Transaction,
        contact: Contact,
        turn: Turn | None,
        *,
        silent: bool = False,
        heard: Heard | None = None,
    ) -> Answer:
        script = self._scripts[contact.script]
        session = turn.session if turn else self._begin(script, contact)
        heard = heard or (self._heard(script, session, contact) if turn else Started())
        if turn is None and contact.call is not None:
            transaction.note_record(contact.call)
        done = self._play(transaction, contact, script, session, heard)
        replies = () if silent else done.replies
        transaction.keep_turn(
            contact.session, done.session, step=session.step, replies=replies, message=contact.message
        )
        return Answer(replies, done.session.step)

    def _begin(self, script: Script, contact: Contact) -> Session:
        slots = {"secret": self._new_secret()} if contact.token is None else {"token": contact.token}
        return begin(script, language=self._language, channel=contact.channel, slots=slots)

    @staticmethod
    def _heard(script: Script, session: Session, contact: Contact) -> Heard:
        if contact.meaning is not None:
            return Meant(contact.meaning)
        if isinstance(script.nodes.get(session.node), HoldNode | JoinNode):
            return Returned()
        return Keys(contact.keys) if contact.keys else Silence()

    def _play(self, transaction: Transaction, contact: Contact, script: Script, session: Session, heard: Heard) -> Step:
        now = self._clock()
        done = step(script, session, heard, now=now)
        replies = done.replies
        while done.pending is not None:
            scene = Scene(contact, done.pending.slots, now, done.session.language)
            outcome = self._handlers[contact.script][done.pending.name](transaction, scene)
            done = step(script, done.session, outcome, now=now)
            replies = (*replies, *done.replies)
        return Step(done.session, replies)
