"""Faithfulness in concept space (Holistic, section 4.2): does the score follow the importances?

Scores are logits. A random order, or random importances, are always measured beside: what the measure says of an
importance that knows nothing.
"""

from attribution.curves import ConceptCurve, c_deletion, c_insertion
from attribution.mu_fidelity import MuFidelity, c_mu_fidelity

__all__ = ["ConceptCurve", "MuFidelity", "c_deletion", "c_insertion", "c_mu_fidelity"]
