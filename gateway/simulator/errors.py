"""What people at the phones are told when something cannot be done."""


class NotPossible(Exception):
    """The phone or the number cannot do that now. Its text says why, and holds no number."""
