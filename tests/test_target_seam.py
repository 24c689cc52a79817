"""The seam of targets: one word at one place of a text's answer is explained as a class is."""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn

from attribution.affine import affine_gradient
from attribution.faithfulness import c_deletion, c_insertion, c_mu_fidelity
from attribution.importance import checked_importance, completeness_gap, concept_importance
from attribution.methods import IMPORTANCES
from concepts.models.target import Target
from concepts.report.pipeline.importance import estimate_importances
from concepts.report.settings import ReportSettings
from tests.support.toy_heads import AffineHead, CurvedHead

N, T, K, P, WORDS = 6, 4, 3, 8, 11


@dataclass(frozen=True)
class Token:
    """A word at a place of the answer, against another word: its score is the difference of their logits."""

    place: int
    word: int
    against: int

    @property
    def label(self) -> str:
        return f"word {self.word}, not {self.against}, at place {self.place}"

    def score(self, outputs: Tensor) -> Tensor:
        """(n,) of the logits (n, places, words)."""
        return outputs[:, self.place, self.word] - outputs[:, self.place, self.against]


class WordHead(nn.Module):
    """Activations (n, T, p) → logits (n, T, words): a linear layer at every place, which sees the place before, too."""

    def __init__(self, rng, *, curved: bool = False):
        super().__init__()
        self.here, self.before = (torch.randn(WORDS, P, generator=rng, dtype=torch.float64) for _ in range(2))
        self.curved = curved

    def forward(self, A):
        z = A @ self.here.T + A.roll(1, dims=1) @ self.before.T
        return torch.nn.functional.softplus(z) if self.curved else z + 0.3


@pytest.fixture
def case(rng):
    codes = torch.rand(N, T, K, generator=rng, dtype=torch.float64)
    return codes, torch.randn(K, P, generator=rng, dtype=torch.float64)


TOKEN = Token(place=2, word=5, against=7)


def test_the_closed_form_is_found_for_a_token_and_is_the_tokens_own_weights(rng, case):
    codes, V = case
    head = WordHead(rng)
    found = checked_importance(head, codes, V, TOKEN.score, "gradient_input")
    here, before = head.here[5] - head.here[7], head.before[5] - head.before[7]
    expected = codes[:, 2] * (V @ here) + codes[:, 1] * (V @ before)  # place 2 reads itself and place 1
    assert found.closed_form
    torch.testing.assert_close(found.phi, expected)
    torch.testing.assert_close(found.checks["completeness_gap"], torch.zeros(N, dtype=torch.float64))
    assert affine_gradient(WordHead(rng, curved=True), codes @ V, TOKEN.score) is None


@pytest.mark.parametrize("method", IMPORTANCES)
def test_every_importance_takes_a_token(method, rng, case):
    codes, V = case
    head = WordHead(rng, curved=True)
    phi = concept_importance(head, codes, V, TOKEN.score, method, class_names=["names", "are", "for", "classes"])
    assert phi.shape == (N, K)
    as_class = concept_importance(lambda A: TOKEN.score(head(A))[:, None], codes, V, 0, method)
    torch.testing.assert_close(phi, as_class)


def test_faithfulness_takes_a_token(rng, case):
    codes, V = case
    head = WordHead(rng, curved=True)
    phi = concept_importance(head, codes, V, TOKEN.score, "occlusion")
    of_class = lambda A: TOKEN.score(head(A))[:, None]  # noqa: E731 - the same as a class
    for measure in (c_deletion, c_insertion):
        torch.testing.assert_close(
            measure(head, codes, V, TOKEN.score, phi).curves, measure(of_class, codes, V, 0, phi).curves
        )
    assert c_mu_fidelity(head, codes, V, TOKEN.score, phi).value == c_mu_fidelity(of_class, codes, V, 0, phi).value
    torch.testing.assert_close(
        completeness_gap(head, codes, V, TOKEN.score, phi), completeness_gap(of_class, codes, V, 0, phi)
    )


def test_the_reports_stage_of_importance_takes_a_token(rng, case):
    codes, V = case

    @dataclass
    class Split:
        head: nn.Module
        device: torch.device

    head = WordHead(rng)
    head.here, head.before = head.here.float(), head.before.float()
    split = Split(head, torch.device("cpu"))
    found = estimate_importances(
        split, codes.float().numpy(), V.float().numpy(), TOKEN, ReportSettings(n_concepts=K), lambda share: None
    )
    assert found.closed_form
    assert found.phi.shape == (N, K)
    assert found.gap.max() < 1e-5


@pytest.mark.parametrize("head_type", [AffineHead, CurvedHead])
@pytest.mark.parametrize("indices", [(3,), (1, 4)])
def test_a_class_and_a_group_score_as_their_indices_do(head_type, indices, rng, case):
    codes, V = case
    head = head_type(rng)
    target = Target(indices, ("a",) * len(indices), "a")
    mine = checked_importance(head, codes, V, target.score)
    theirs = checked_importance(head, codes, V, list(indices))
    assert mine.closed_form == theirs.closed_form == (head_type is AffineHead and len(indices) == 1)
    torch.testing.assert_close(mine.phi, theirs.phi, atol=0, rtol=0)


def test_a_score_that_is_not_one_number_an_image_is_refused(rng, case):
    codes, V = case
    with pytest.raises(ValueError, match=r"scores \(5, 4\) for 5 images: let it give one each, \(5,\)"):
        concept_importance(WordHead(rng), codes[:5], V, lambda outputs: outputs[..., 0])
