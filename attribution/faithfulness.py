"""Faithfulness in concept space (Holistic, section 4.2): how well the score follows the importances.

Scores are logits. Each measure has a control, a random order or random importances: its value for an importance
without information.
"""

from attribution.curves import ConceptCurve, c_deletion, c_insertion
from attribution.mu_fidelity import MuFidelity, c_mu_fidelity

__all__ = ["ConceptCurve", "MuFidelity", "c_deletion", "c_insertion", "c_mu_fidelity"]
