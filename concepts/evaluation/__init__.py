"""The laboratory: every extraction with every importance, on the same activations and by the same measures."""

from concepts.evaluation.evaluation import Evaluation, list_evaluations
from concepts.evaluation.settings import LabSettings

__all__ = ["Evaluation", "LabSettings", "list_evaluations"]
