"""The laboratory: any way to extract concepts beside any way to weigh them, on the same activations, measured alike."""

from concepts.laboratory.evaluation import Evaluation, list_evaluations
from concepts.laboratory.settings import LabSettings

__all__ = ["Evaluation", "LabSettings", "list_evaluations"]
