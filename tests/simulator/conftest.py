"""A service and a network, new for each test."""

from collections.abc import Iterator

import pytest

from tests.simulator.people import MARYAM, ZAHRA, People, network
from tests.simulator.service import Service, serving


@pytest.fixture
def service() -> Iterator[Service]:
    """A service that answers nothing yet."""
    with serving() as service:
        yield service


@pytest.fixture
def people(service: Service) -> Iterator[People]:
    """A network with two phones that are held by hand."""
    with network(service) as people:
        people.phone(ZAHRA)
        people.phone(MARYAM)
        yield people
