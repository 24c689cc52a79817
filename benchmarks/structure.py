"""The size of the code: functions, files, `Any`, and who is imported most. `python -m benchmarks.structure [FOLDER]`.

A function's length is the lines of its body that hold code: no docstring, no comment, no blank line.
"""

import argparse
import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

PLACES = ("app.py", "attribution", "concepts", "pages")
ANY = re.compile(r"\bAny\b")
NOT_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def sources(folder: Path) -> list[Path]:
    """All Python files of the program in a checkout, sorted."""
    places = [folder / place for place in PLACES]
    return sorted(file for place in places for file in ([place] if place.suffix else place.rglob("*.py")))


def code_lines(text: str) -> set[int]:
    """The numbers of the lines that hold code; a docstring is code here."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {line for t in tokens if t.type not in NOT_CODE for line in range(t.start[0], t.end[0] + 1)}


def lengths(text: str) -> Iterator[tuple[str, int]]:
    """Name and length of every function."""
    lines = code_lines(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            inside = range(body[0].lineno, body[-1].end_lineno + 1) if body else range(0)  # type: ignore[operator]
            yield node.name, sum(line in lines for line in inside)


def imported(text: str) -> set[str]:
    """The modules of ours that a file takes something from."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] in ("attribution", "concepts", "pages")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent.parent)
    texts = {file: file.read_text(encoding="utf-8") for file in sources(parser.parse_args().folder)}
    functions = [(n, name, file) for file, text in texts.items() for name, n in lengths(text)]
    longest, name, _ = max(functions)
    sizes = {file: text.count("\n") for file, text in texts.items() if text.strip()}
    largest = max(sizes, key=lambda file: sizes[file])
    counts = [n for n, _, _ in functions]
    print(
        f"{len(counts)} functions: median {median(counts):.0f} lines, 90% {quantiles(counts, n=10)[-1]:.0f}", end=", "
    )
    print(f"longest {longest} ({name})")
    print(f"{len(sizes)} files: median {median(sizes.values()):.0f} lines, longest {sizes[largest]} ({largest.name})")
    with_any = sum(bool(ANY.search(line)) for text in texts.values() for line in text.splitlines())
    print(f"lines with Any: {with_any}")
    importers = Counter(module for text in texts.values() for module in imported(text))
    print("most imported: " + ", ".join(f"{module} ({n} files)" for module, n in importers.most_common(3)))


if __name__ == "__main__":
    main()
