"""Importing a module creates nothing: it only says what things are."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.plan import TOP, Module, modules

# Calls that only make a constant.
CONSTANTS = frozenset(
    [
        "AfterValidator",
        "BeforeValidator",
        "Decimal",
        "Field",
        "MappingProxyType",
        "NewType",
        "ParamSpec",
        "Path",
        "TypeVar",
        "ZoneInfo",
        "bytes",
        "chr",
        "compile",
        "date",
        "datetime",
        "escape",
        "frozenset",
        "getLogger",
        "items",
        "get_logger",
        "join",
        "len",
        "maketrans",
        "map",
        "ord",
        "range",
        "resolve",
        "sorted",
        "time",
        "timedelta",
        "translate",
        "tuple",
    ]
)
HARMLESS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Pass)


def values_of_ours(module: Module) -> set[str]:
    """Names of classes from this file or another of ours: frozen values may stand in tables."""
    names = {node.name for node in module.tree.body if isinstance(node, ast.ClassDef)}
    for node in module.tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in TOP:
            names |= {alias.asname or alias.name for alias in node.names}
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and called(node.value) == "NewType":
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {name for name in names if name.lstrip("_")[:1].isupper()}


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "?")


def doings(module: Module) -> Iterator[str]:
    allowed = CONSTANTS | values_of_ours(module)
    for node in module.tree.body:
        if isinstance(node, HARMLESS) or is_docstring(node) or is_guard(node) or is_command(node):
            continue
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            yield f"line {node.lineno}: {type(node).__name__}"
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and called(inner) not in allowed:
                yield f"line {inner.lineno}: {called(inner)}(...)"


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_command(node: ast.stmt) -> bool:
    """The table of commands, which click wants spelled out line by line."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and called(node.value) == "add_command"


def is_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and any(
        isinstance(inner, ast.Name) and inner.id in {"__name__", "TYPE_CHECKING"} for inner in ast.walk(node.test)
    )


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_a_module_holds_imports_definitions_and_constants_only(module: Module) -> None:
    done = list(doings(module))

    assert done == []


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_nothing_is_global(module: Module) -> None:
    statements = [node.lineno for node in ast.walk(module.tree) if isinstance(node, ast.Global)]

    assert statements == []
