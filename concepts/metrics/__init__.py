"""Quality of a dictionary (Holistic, section 4.1) and of what it keeps of the model. One file per idea.

The first axis of every input is images: intervals, folds and halves are over it. A matrix (m, p) is m images
of one position each. `..._estimate` returns the same figure with its 95% interval.
"""

from concepts.metrics.codes import dead_concepts, sparsity, sparsity_estimate
from concepts.metrics.frechet import frechet_distance
from concepts.metrics.kept import KeptLogit, kept_logit, r_squared, spearman
from concepts.metrics.ood import ood_score
from concepts.metrics.parts import PartCoherence, part_coherence
from concepts.metrics.reconstruction import relative_l2, relative_l2_estimate
from concepts.metrics.stability import Stability, compare_fits, seed_stability, stability

__all__ = [
    "KeptLogit",
    "PartCoherence",
    "Stability",
    "compare_fits",
    "dead_concepts",
    "frechet_distance",
    "kept_logit",
    "ood_score",
    "part_coherence",
    "r_squared",
    "relative_l2",
    "relative_l2_estimate",
    "seed_stability",
    "sparsity",
    "sparsity_estimate",
    "spearman",
    "stability",
]
