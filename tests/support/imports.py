"""The import graph of the program's files and of its rooms; `python -m tests.support.imports` draws it in
docs/architecture.md.

A file imports what any line of it imports: at its top, inside a function, for a type checker only. A package counts
where its own names are imported (`concepts/extraction/__init__.py`), not where it is only on the path to a file.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.support.places import ROOT

PROGRAM = ("app.py", "pages", "concepts", "attribution")
ORDER_TITLE = "## The order of the rooms"

Graph = Mapping[str, set[str]]  # a file or a room -> those that it imports


@cache
def file_graph(root: Path = ROOT, program: tuple[str, ...] = PROGRAM) -> dict[str, set[str]]:
    """File -> the files that it imports, as paths from the root; imports of other libraries are left out."""
    sources = [root / name for name in program]
    files = [file for source in sources for file in (sorted(source.rglob("*.py")) if source.is_dir() else [source])]
    known = {_module(file.relative_to(root)): str(file.relative_to(root)) for file in files}
    return {
        str(file.relative_to(root)): {known[name] for name in _imported(file, root, known)}
        - {str(file.relative_to(root))}
        for file in files
    }


@cache
def parsed(file: Path) -> ast.Module:
    """The file's syntax tree, parsed once; it is shared and so must not be changed."""
    return ast.parse(file.read_text(encoding="utf-8"))


def modules_in(nodes: Iterable[ast.AST]) -> set[str]:
    """The modules that any of these nodes imports, from any library."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def without_types(tree: ast.Module) -> ast.Module:
    """The tree without the imports for a type checker only, which no page ever loads."""
    kept = [node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")]
    return ast.Module(kept, tree.type_ignores)


def room_of(file: str) -> str:
    """The room of a file: its folder below `concepts` or `pages`, `attribution` as a whole, else the file itself."""
    parts = Path(file).parts
    if parts[0] == "attribution" or len(parts) == 1:
        return parts[0]
    return "/".join(parts[:2])


def room_graph(files: Graph) -> dict[str, set[str]]:
    """Room -> the other rooms that any of its files imports. Files that only define a package count."""
    rooms: dict[str, set[str]] = {room_of(file): set() for file in files}
    for file, imported in files.items():
        rooms[room_of(file)] |= {room_of(other) for other in imported} - {room_of(file)}
    return rooms


def circles(graph: Graph) -> list[set[str]]:
    """The groups whose members all reach each other (strongly connected components of two or more), largest first."""
    reached = {name: _reached(graph, name) for name in graph}
    found = {frozenset(other for other in reached[name] if name in reached[other]) for name in graph}
    return sorted((set(group) for group in found if len(group) > 1), key=lambda group: (-len(group), min(group)))


def arrows_up(graph: Graph, order: list[str]) -> list[tuple[str, str]]:
    """(importer, imported) of rooms where the second is higher. Raises ValueError for a room missing in the order."""
    if unknown := sorted(graph.keys() ^ set(order)):
        raise ValueError(f"rooms and their order do not name the same: {', '.join(unknown)}")
    place = {room: i for i, room in enumerate(order)}
    return sorted((room, other) for room, others in graph.items() for other in others if place[other] > place[room])


def rooms_in_order(root: Path = ROOT) -> list[str]:
    """The rooms as docs/architecture.md lists them, lowest first: each may import those before it."""
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    return text.partition(ORDER_TITLE)[2].split("```")[1].split()


def picture(graph: Graph, order: list[str]) -> str:
    """The rooms as a Mermaid diagram; arrows implied by a longer path through others are left out."""
    lines = ["flowchart BT"]
    named = {room: f"r{i}" for i, room in enumerate(order)}
    lines += [f'  {named[room]}["{room}"]' for room in order]
    for room in order:
        below = graph[room]
        implied = {far for near in below for far in _reached(graph, near) - {near}}
        lines += [f"  {named[room]} --> {named[other]}" for other in sorted(below - implied, key=order.index)]
    return "\n".join(lines)


def _reached(graph: Graph, start: str) -> set[str]:
    """All nodes reachable from `start` by one step or more, and `start` itself."""
    reached, waiting = {start}, [start]
    while waiting:
        new = graph[waiting.pop()] - reached
        reached |= new
        waiting += new
    return reached


def _module(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")


def _imported(file: Path, root: Path, known: Mapping[str, str]) -> Iterator[str]:
    """Our modules that a file imports: for `from a import b`, the module a.b where it exists, else a."""
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (
                name if name in known else node.module for name in names if node.module in known or name in known
            )


if __name__ == "__main__":
    document = ROOT / "docs" / "architecture.md"
    before, _, rest = document.read_text(encoding="utf-8").partition("```mermaid\n")
    drawn = picture(room_graph(file_graph()), rooms_in_order())
    document.write_text(f"{before}```mermaid\n{drawn}\n```{rest.partition('```')[2]}", encoding="utf-8")
