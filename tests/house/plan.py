"""The plan of the house as a table, and the source files read as syntax, for the tests beside this file."""

import ast
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parent.parent.parent
TOP = ("gateway", "workers", "config")

# Imports only point down; rooms on one floor do not touch.
FLOOR_OF = {
    "gateway.wsgi": 5,
    "gateway.cli": 5,
    "gateway.keep": 5,  # a program of its own, started by its name
    "gateway.simulator": 5,
    "workers": 5,
    "gateway.bootstrap": 4,
    "gateway.supervise": 4,
    "gateway.web": 4,
    "gateway.outlets": 3.5,  # puts providers behind the services' rule for bootstrap to join
    "gateway.providers": 3,
    "gateway.services": 3,
    "gateway.storage": 3,
    "gateway.ports": 2,
    "gateway.endings": 2,
    "gateway.logs": 2,
    "gateway.printout": 2,
    "gateway.randomness": 2,
    "gateway.core": 1,
    "gateway.jobs": 1,
    "config": 1,
}


@dataclass(frozen=True)
class Module:
    """One Python file of ours."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        """The room it is in; a file that is in none has its own name, which no table knows."""
        return room_of(self.name)

    def imports(self) -> set[str]:
        """The full names of all modules it imports, anywhere in the file."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                origin = self._origin(node)
                ours = origin.partition(".")[0] in TOP
                # `from gateway import jobs` imports a module; with `gateway.jobs.Bell` the room is found all the same
                found |= {f"{origin}.{alias.name}" for alias in node.names} if ours else {origin}
        return found

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parents = self.name.split(".")[: -node.level]
        return ".".join([*parents, *([node.module] if node.module else [])])


def room_of(name: str) -> str:
    """The room that a module is in: the longest entry of the table that it begins with."""
    rooms = [room for room in FLOOR_OF if name == room or name.startswith(f"{room}.")]
    return max(rooms, key=len, default=name)


def python_files(*tops: str) -> list[Path]:
    """All our Python files below these folders, in a fixed order."""
    return sorted(path for top in tops for path in (PROJECT / top).rglob("*.py"))


def modules() -> list[Module]:
    """Every module that is part of the product, package files left out: they are empty."""
    return [
        Module(".".join(path.relative_to(PROJECT).with_suffix("").parts), path, ast.parse(path.read_text("utf-8")))
        for path in python_files(*TOP)
        if path.name != "__init__.py"
    ]
