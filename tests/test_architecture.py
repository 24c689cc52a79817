"""The directions of imports that the layout promises."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT


def imports(file: Path, *, top_only: bool = False) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = tree.body if top_only else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def of(names: set[str], *packages: str) -> set[str]:
    return {name for name in names if name.split(".")[0] in packages}


@pytest.mark.parametrize("file", files("concepts") + files("attribution"), ids=lambda f: str(f.relative_to(ROOT)))
def test_the_back_end_knows_nothing_of_the_screen(file):
    assert not of(imports(file), "streamlit", "pages", "app", "plotly")


@pytest.mark.parametrize("file", files("attribution"), ids=lambda f: f.name)
def test_attribution_imports_nothing_of_ours(file):
    assert not of(imports(file), "concepts")


@pytest.mark.parametrize("file", files("concepts"), ids=lambda f: str(f.relative_to(ROOT)))
def test_only_reports_import_attribution(file):
    assert (ROOT / "concepts" / "report") in file.parents or not of(imports(file), "attribution")


@pytest.mark.parametrize("file", files("pages/figures"), ids=lambda f: f.name)
def test_figures_do_not_know_streamlit(file):
    assert not of(imports(file), "streamlit", "torch")


@pytest.mark.parametrize("file", files("pages"), ids=lambda f: str(f.relative_to(ROOT)))
def test_pages_compute_nothing_heavy(file):
    assert not of(imports(file), "torch", "torchvision", "sklearn", "umap", "captum")


def test_no_page_file_lies_directly_in_pages():
    assert not list((ROOT / "pages").glob("*.py"))


def test_reading_a_report_loads_no_heavy_library():
    code = (
        "import sys; import concepts.report, concepts.jobs, concepts.photos, concepts.inspection, concepts.cost;"
        "print([m for m in ('torch', 'sklearn', 'umap', 'captum', 'scipy') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_no_assert_outside_tests():
    for file in files("concepts") + files("attribution") + files("pages"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)], file


def test_the_pages_load_no_heavy_library():
    code = (
        "import sys; import pages.analysis.choosing, pages.analysis.starting, pages.analysis.jobs_panel;"
        "print([m for m in ('torch', 'torchvision', 'sklearn', 'umap', 'captum') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
