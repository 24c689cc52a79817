"""The directions of imports that the layout promises."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.support.imports import (
    arrows_up,
    circles,
    file_graph,
    modules_in,
    parsed,
    picture,
    room_graph,
    rooms_in_order,
    without_types,
)
from tests.support.places import ROOT

FACTS = {"attribution.methods", "attribution.importance_method"}  # what a method is: anybody may read it, without torch


def imports(file: Path, *, top_only: bool = False) -> set[str]:
    tree = parsed(file)
    return modules_in(tree.body if top_only else ast.walk(without_types(tree)))


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def of(names: set[str], *packages: str) -> set[str]:
    return {name for name in names if name.split(".")[0] in packages}


def offenders(folders: str, wrong: Callable[[Path], set[str]]) -> dict[str, set[str]]:
    """File -> what is wrong with it, of the files of these folders."""
    found = {str(file.relative_to(ROOT)): wrong(file) for folder in folders.split() for file in files(folder)}
    assert len(found) > 10
    return {file: names for file, names in found.items() if names}


def test_the_back_end_knows_nothing_of_the_screen():
    screen = ("streamlit", "pages", "app", "plotly")
    assert offenders("concepts attribution", lambda file: of(imports(file), *screen)) == {}


def test_attribution_imports_nothing_of_ours_but_numerics():
    def ours(file: Path) -> set[str]:
        return {name for name in of(imports(file), "concepts") if not name.startswith("concepts.numerics.")}

    assert offenders("attribution", ours) == {}


def test_only_what_writes_results_imports_attribution():
    rooms = {ROOT / "concepts" / room for room in ("report", "evaluation")}

    def borrowed(file: Path) -> set[str]:
        return set() if rooms & set(file.parents) else of(imports(file), "attribution") - FACTS

    assert offenders("concepts", borrowed) == {}


def test_figures_do_not_know_streamlit():
    assert offenders("pages/figures", lambda file: of(imports(file), "streamlit", "torch")) == {}


def test_pages_compute_nothing_heavy():
    heavy = ("torch", "torchvision", "sklearn", "umap", "captum", "sqlalchemy")
    assert offenders("pages", lambda file: of(imports(file), *heavy)) == {}


def test_an_offender_is_seen():
    assert offenders("concepts", lambda file: of(imports(file), "safetensors"))


def test_no_page_file_lies_directly_in_pages():
    assert not list((ROOT / "pages").glob("*.py"))


def test_reading_a_report_loads_no_heavy_library():
    code = (
        "import sys; import concepts.report, concepts.engine.jobs, concepts.data.images, concepts.engine.inspection;"
        "import concepts.engine.cost, attribution.methods, concepts.extraction.methods, concepts.glossary;"
        "print([m for m in ('torch', 'sklearn', 'umap', 'captum', 'scipy', 'sqlalchemy') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_no_files_import_each_other_in_a_circle():
    assert circles(file_graph()) == []


def test_no_room_imports_one_above_it():
    assert arrows_up(room_graph(file_graph()), rooms_in_order()) == []


def test_a_circle_and_an_arrow_up_are_seen_wherever_the_import_stands(tmp_path):
    files = {
        "concepts/low/__init__.py": "",
        "concepts/low/first.py": "def late():\n    from concepts.low import second\n",
        "concepts/low/second.py": "if TYPE_CHECKING:\n    from concepts.low.first import late\n",
        "concepts/low/third.py": "import concepts.low.first, numpy\nfrom concepts.high import Thing\n",
        "concepts/high/__init__.py": "from concepts.low.first import late\n",
        "concepts/alone.py": "import concepts.high\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    graph = file_graph(tmp_path, ("concepts",))
    assert circles(graph) == [{"concepts/low/first.py", "concepts/low/second.py"}]
    rooms = room_graph(graph)
    assert rooms == {
        "concepts/low": {"concepts/high"},
        "concepts/high": {"concepts/low"},
        "concepts/alone.py": {"concepts/high"},
    }
    order = ["concepts/low", "concepts/high", "concepts/alone.py"]
    assert arrows_up(rooms, order) == [("concepts/low", "concepts/high")]
    with pytest.raises(ValueError, match=r"do not name the same: concepts/alone\.py"):
        arrows_up(rooms, order[:2])


def test_no_test_imports_a_benchmark():
    imported = re.compile(r"^\s*(from|import) benchmarks\b", re.MULTILINE)
    assert [file for file in files("tests") if imported.search(file.read_text(encoding="utf-8"))] == []


def test_no_test_replaces_by_a_dotted_string():
    """An object that is replaced moves with its module; an argument often does without."""
    by_name = re.compile(r"setattr\(\s*[\"']")
    assert [file for file in files("tests") if by_name.search(file.read_text(encoding="utf-8"))] == []


def test_helpers_of_tests_lie_in_support():
    loose = {file.name for file in (ROOT / "tests").glob("*.py") if not file.name.startswith("test_")}
    assert loose == {"__init__.py", "conftest.py"}
    assert [file for file in files("tests/support") if file.name.startswith("test_")] == []


def test_no_assert_outside_tests():
    for file in files("concepts") + files("attribution") + files("pages"):
        assert not [node.lineno for node in ast.walk(parsed(file)) if isinstance(node, ast.Assert)], file


def test_the_pages_load_no_heavy_library():
    code = (
        "import sys; import pages.analysis.model_and_photos, pages.analysis.starting, pages.analysis.jobs_panel;"
        "print([m for m in ('torch', 'torchvision', 'sklearn', 'umap', 'captum', 'sqlalchemy') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """A part of docs/architecture.md, from its title to the next."""
    return ARCHITECTURE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_room_has_a_paragraph_that_names_what_is_there():
    paragraphs = [part for part in section("The rooms").split("\n\n") if part.startswith("**`")]
    places = {quoted(part)[0]: quoted(part.partition("Names:")[2]) for part in paragraphs}
    for place, names in places.items():
        assert set(names) <= defined_in(place), (place, set(names) - defined_in(place))
    rooms = {room if room.endswith(".py") else f"{room}/" for room in room_graph(file_graph())}
    assert rooms - {"app.py", "concepts/__init__.py", "concepts/__main__.py"} == places.keys()


def test_each_step_of_a_photo_is_a_function_of_its_room():
    rows = [line.split("|")[2:4] for line in section("The way of a photo").splitlines() if "`" in line]
    assert len(rows) >= 10
    for rooms, names in rows:
        assert set(quoted(names)) <= set().union(*map(defined_in, quoted(rooms))), (rooms, names)


def test_where_things_are_added_is_there():
    rows = [line for line in section("Where do I add …?").splitlines() if "`" in line]
    assert len(rows) >= 10
    for row in rows:
        assert [path for path in quoted(row) if "/" in path and not (ROOT / path).exists()] == []


def test_the_picture_of_the_rooms_is_drawn_from_the_code():
    drawn = section("The rooms").partition("```mermaid\n")[2].partition("```")[0]
    assert drawn.strip() == picture(room_graph(file_graph()), rooms_in_order()), "run python -m tests.support.imports"


def defined_in(place: str) -> set[str]:
    """The names that a file, or any file of a folder, defines at its top."""
    path = ROOT / place
    assert path.exists(), place
    return {name for source in ([path] if path.suffix else path.rglob("*.py")) for name in top_names(source)}


@cache
def top_names(source: Path) -> set[str]:
    """What a file defines at its top: functions, classes, constants."""
    names = set()
    for node in parsed(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names
