"""What must be true of a flow before a caller may walk it. No sentence is looked at here.

Four options at most, the urgent one first, a key to repeat, a way out of everywhere: see the requirements for menus.
"""

from collections.abc import Iterator, Mapping

from gateway.core.findings import Finding, error
from gateway.core.script import DigitsNode, DoNode, EndNode, HoldNode, JoinNode, MenuNode, Node, Script, ways

MOST_OPTIONS = 4
FIRST_KEY = "1"

Effects = Mapping[str, frozenset[str]]
Graph = Mapping[str, tuple[str, ...]]


def check_flow(script: Script, *, effects: Effects | None = None) -> list[Finding]:
    """Everything wrong with the nodes and where they lead.

    `effects` names what the services can do for this script, and the outcomes of each; None leaves that unchecked.
    """
    file = f"{script.name}/flow.toml"
    dangling = list(_dangling(script, file))
    if dangling:
        return dangling  # nothing can be said of a flow that leads nowhere
    return [
        *_unreachable(script, file),
        *_without_way_out(script, file),
        *_endless_silence(script, file),
        *_menus(script, file),
        *_urgent_first(script, file),
        *_gone_is_an_end(script, file),
        *([] if effects is None else _unknown_effects(script, file, effects)),
    ]


def _place(node: str) -> str:
    return f"node '{node}'"


def _dangling(script: Script, file: str) -> Iterator[Finding]:
    for name, place in ((script.start, "start"), (script.urgent, "urgent"), (script.gone, "gone")):
        if name is not None and name not in script.nodes:
            yield error(file, "script", f"'{place}' names '{name}', which is no node; name one that exists.")
    for meaning, name in script.entries.items():
        if name not in script.nodes:
            yield error(file, "entries", f"'{meaning}' leads to '{name}', which is no node; name one that exists.")
    for node in script.nodes.values():
        for way in ways(node):
            if way.to not in script.nodes:
                advice = f"'{way.label}' leads to '{way.to}', which is no node; mend the name or add the node."
                yield error(file, _place(node.id), advice)


def _unreachable(script: Script, file: str) -> Iterator[Finding]:
    graph = _all_ways(script)
    reached = {name for start in (script.start, *script.entries.values()) for name in _walk(graph, start)}
    for name in script.nodes:
        if name not in reached:
            yield error(file, _place(name), "nothing leads here; remove it, or lead to it from somewhere.")


def _without_way_out(script: Script, file: str) -> Iterator[Finding]:
    graph = _all_ways(script)
    for name in script.nodes:
        if not any(isinstance(script.nodes[reached], EndNode) for reached in _walk(graph, name)):
            yield error(file, _place(name), "no way leads out of here; add one that comes to an end.")


def _endless_silence(script: Script, file: str) -> Iterator[Finding]:
    """Rings that turn by themselves: whoever says nothing, or has put the phone down on a table, would stay forever.

    A ring through a hold or a conversation is left to the services, which end a wait.
    """
    graph = {name: _silent_ways(node) for name, node in script.nodes.items()}
    for name, onward in graph.items():
        if any(name in _walk(graph, first) for first in onward):
            advice = "who stays silent comes back here again and again; lead 'lost' (or the last way) to an end."
            yield error(file, _place(name), advice)


def _silent_ways(node: Node) -> tuple[str, ...]:
    match node:
        case MenuNode():
            return (node.lost,)
        case DigitsNode():
            return (node.silence, node.lost)
        case HoldNode() | JoinNode():
            return ()
        case _:
            return tuple(way.to for way in ways(node))


def _menus(script: Script, file: str) -> Iterator[Finding]:
    for node in script.nodes.values():
        if not isinstance(node, MenuNode):
            continue
        if len(node.options) > MOST_OPTIONS:
            advice = (
                f"{len(node.options)} options; {MOST_OPTIONS} are what a listener can keep in mind; make two menus."
            )
            yield error(file, _place(node.id), advice)
        if node.repeat is None and not node.once:
            yield error(file, _place(node.id), 'nothing repeats this menu; add a key for it, such as repeat = "0".')


def _urgent_first(script: Script, file: str) -> Iterator[Finding]:
    if script.urgent is None:
        return
    reached = (script.nodes[name] for name in _walk(_all_ways(script), script.start))
    menu = next((node for node in reached if isinstance(node, MenuNode)), None)
    if menu is None:
        yield error(file, "script", f"no menu leads to the urgent node '{script.urgent}'; add one.")
        return
    first = menu.options.get(FIRST_KEY)
    if first is None or first.to != script.urgent or next(iter(menu.options)) != FIRST_KEY:
        advice = f'the urgent way must come first: put {FIRST_KEY} = "{script.urgent}" before the other keys.'
        yield error(file, _place(menu.id), advice)


def _gone_is_an_end(script: Script, file: str) -> Iterator[Finding]:
    if script.gone is not None and not isinstance(script.nodes[script.gone], EndNode):
        yield error(file, "script", f"'gone' names '{script.gone}', which is no end; name one.")


def _unknown_effects(script: Script, file: str, effects: Effects) -> Iterator[Finding]:
    for node in script.nodes.values():
        if not isinstance(node, DoNode):
            continue
        if node.do not in effects:
            known = ", ".join(sorted(effects)) or "none in this script"
            yield error(file, _place(node.id), f"nothing does '{node.do}'; known are {known}.")
            continue
        for missing in sorted(effects[node.do] - set(node.outcomes)):
            if "*" not in node.outcomes:
                yield error(file, _place(node.id), f"'{node.do}' may answer '{missing}'; say where that leads.")
        for extra in sorted(set(node.outcomes) - effects[node.do] - {"*"}):
            yield error(file, _place(node.id), f"'{node.do}' never answers '{extra}'; remove that outcome.")


def _all_ways(script: Script) -> Graph:
    return {name: tuple(way.to for way in ways(node)) for name, node in script.nodes.items()}


def _walk(graph: Graph, start: str) -> tuple[str, ...]:
    """All that can be reached from a node, itself included, the nearest first."""
    reached = {start: None}
    queue = [start]
    for name in queue:
        for onward in graph[name]:
            if onward not in reached:
                reached[onward] = None
                queue.append(onward)
    return tuple(reached)
