"""The laboratory: any way to extract concepts beside any way to weigh them, on the same activations, measured alike."""

from typing import Any

from concepts.laboratory.evaluation import Evaluation, list_evaluations
from concepts.laboratory.settings import LabSettings


def evaluate(*arguments: Any, **options: Any) -> Evaluation:
    """See `concepts.laboratory.evaluate.evaluate`: imported when called, so that reading results stays light."""
    from concepts.laboratory.evaluate import evaluate as run

    return run(*arguments, **options)


__all__ = ["Evaluation", "LabSettings", "evaluate", "list_evaluations"]
