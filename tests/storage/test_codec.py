"""Responders as they are kept: a name that could be a number does not come out of the store, nor stop the house."""

from gateway.core.naming import check_name
from gateway.storage.codec import Codec
from tests.core.responders import a_woman

HERS = b"+9647705550011"


def test_a_responder_comes_back_as_she_was_kept() -> None:
    codec, woman = Codec(), a_woman(areas=frozenset({"qayyara"}), load=2)

    assert codec.to_responder(codec.from_responder(woman)) == woman


def test_a_number_in_the_place_of_a_name_is_read_as_her_id_and_not_kept_again() -> None:
    codec, woman = Codec(), a_woman(areas=frozenset({"qayyara"}), load=2)
    kept = codec.from_responder(woman).replace(woman.name.encode(), HERS)

    read = codec.to_responder(kept)

    check_name(read.name)
    assert (read.name, read.id, read.areas, read.load) == (woman.id, woman.id, woman.areas, 2)
    assert HERS not in codec.from_responder(read)
