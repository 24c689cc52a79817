"""What the documents repeat of the methods is true, and the method that they add as an example works."""

import importlib.util
import re
import shutil
import subprocess
import sys

import pytest
import torch

from attribution.importance import checked_importance, concept_importance
from attribution.methods import IMPORTANCES
from attribution.score import concept_score
from concepts.cli.main import main
from concepts.engine.cost import importance_share
from concepts.evaluation import LabSettings
from concepts.glossary.importance_entries import importance_entry
from concepts.report.settings import ReportSettings
from docs.tables import DOCUMENTS, importance_table, with_counts, with_tables
from pages.analysis.starting import importance_help
from tests.support.places import ROOT
from tests.support.toy_heads import AffineHead, CurvedHead, P

N, T, K = 2, 3, 4


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_state_what_the_methods_do(path):
    text = path.read_text(encoding="utf-8")
    assert DOCUMENTS[path](text) == text, "run python -m docs.tables"


def test_a_changed_fact_or_number_is_written_anew():
    text = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    assert with_tables(text.replace("| `occlusion` | F(u)", "| `occlusion` | F(0)")) == text
    assert with_tables(text.replace("| `vargrad` |", "")) == text
    assert with_counts("four ways to\nextract concepts beside two ways to weigh them").startswith("eleven ways to\n")


def test_a_document_without_its_place_is_named():
    with pytest.raises(ValueError, match="extractions"):
        with_tables("no table")
    with pytest.raises(ValueError, match="0 times"):
        with_counts("no sentence")


@pytest.fixture
def example(tmp_path, monkeypatch):
    """The method that docs/architecture.md adds: its diff applied to the table, its object and function known here."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    (diff,) = re.findall(r"```diff\n(.*?)```", text, flags=re.DOTALL)
    (tmp_path / "attribution").mkdir()
    shutil.copy(ROOT / "attribution" / "methods.py", tmp_path / "attribution")
    subprocess.run(["git", "apply", "--whitespace=nowarn"], input=diff, text=True, cwd=tmp_path, check=True)
    changed = loaded("patched", tmp_path / "attribution" / "methods.py").IMPORTANCES
    (name,) = changed.keys() - IMPORTANCES.keys()
    module = changed[name].implementation.split(":")[0]
    (function,) = {file for file in tmp_path.rglob("*.py") if file.name != "methods.py"}
    monkeypatch.setitem(sys.modules, module, loaded(module, function))
    monkeypatch.setitem(IMPORTANCES, name, changed[name])
    return changed[name]


def loaded(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_two_files_add_a_method_that_all_know(example, capsys):
    assert ReportSettings(importance=example.name).importance == example.name
    assert example.name in LabSettings(importances=("all",)).importances
    assert importance_share(example.name, 10, affine=False) > 0
    assert importance_share(example.name, 10, affine=True) == 0
    assert f"{example.name} add up" in importance_help()
    assert f"| `{example.name}` |" in importance_table()
    assert importance_entry(example).words == example.sentence
    with pytest.raises(SystemExit):
        main(["report", "--help"])
    assert example.name in capsys.readouterr().out


def test_the_added_method_does_what_it_states(example, rng):
    codes = torch.rand(N, T, K, generator=rng, dtype=torch.float64)
    V = torch.randn(K, P, generator=rng, dtype=torch.float64)
    head = CurvedHead(rng)
    found = checked_importance(head, codes, V, 1, example.name)
    origin = concept_score(head, torch.zeros_like(codes), V, 1)
    for j in range(K):
        only = codes * torch.eye(K, dtype=codes.dtype)[j]
        torch.testing.assert_close(found.phi[:, j], concept_score(head, only, V, 1) - origin)
    computed = checked_importance(head, codes, V, 1, example.name, closed_form=False)
    assert computed.forward_passes == example.passes.forwards(K)
    affine = AffineHead(rng)
    closed = concept_importance(affine, codes, V, 1, "occlusion")
    torch.testing.assert_close(concept_importance(affine, codes, V, 1, example.name, closed_form=False), closed)
