"""The laboratory: any way to extract concepts beside any way to weigh them, on the same activations, measured alike."""

from concepts.evaluation.evaluation import Evaluation, list_evaluations
from concepts.evaluation.settings import LabSettings

__all__ = ["Evaluation", "LabSettings", "list_evaluations"]
