"""A provider's record as a member of `records` and back: its kind and its id."""

from gateway.core.messages import Record, RecordKind


def record_name(record: Record) -> str:
    """`message:SM9f8b...`, say."""
    return f"{record.kind}:{record.id}"


def record_from(name: str) -> Record:
    """The record of a member."""
    kind, _, found = name.partition(":")
    return Record(RecordKind(kind), found)
