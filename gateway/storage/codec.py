"""Values of the core as JSON bytes and back. Times are kept in whole seconds: their digits look like nothing else."""

import json

from pydantic import TypeAdapter

from gateway.core.case import Case
from gateway.core.conversation import Reply, Session
from gateway.core.naming import BrokenName
from gateway.core.roster import Responder


class Codec:
    """Reads and writes what the store holds. Building one is slow; make it once per process."""

    def __init__(self) -> None:
        self._case = TypeAdapter(Case)
        self._session = TypeAdapter(Session)
        self._replies: TypeAdapter[tuple[Reply, ...]] = TypeAdapter(tuple[Reply, ...])
        self._responder = TypeAdapter(Responder)

    def from_case(self, case: Case) -> bytes:
        """A case as bytes."""
        return self._case.dump_json(case)

    def to_case(self, kept: bytes) -> Case:
        """A case from bytes."""
        return self._case.validate_json(kept)

    def from_session(self, session: Session) -> bytes:
        """A session as bytes."""
        return self._session.dump_json(session)

    def to_session(self, kept: bytes) -> Session:
        """A session from bytes."""
        return self._session.validate_json(kept)

    def from_replies(self, replies: tuple[Reply, ...]) -> bytes:
        """Replies as bytes."""
        return self._replies.dump_json(replies)

    def to_replies(self, kept: bytes) -> tuple[Reply, ...]:
        """Replies from bytes."""
        return self._replies.validate_json(kept)

    def from_responder(self, responder: Responder) -> bytes:
        """A responder as bytes."""
        return self._responder.dump_json(responder)

    def to_responder(self, kept: bytes) -> Responder:
        """A responder from bytes.

        One whose name may not stand in clear is called by her id, and so kept at her next change: a roster that could
        not be read would leave every caller waiting.
        """
        try:
            return self._responder.validate_json(kept)
        except BrokenName:
            fields = json.loads(kept)
            return self._responder.validate_json(json.dumps({**fields, "name": fields["id"]}))
