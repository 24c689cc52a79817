"""Interventions on concepts: the model's head is run again with a concept reduced, increased or removed."""

from concepts.interventions.dose_responses import DoseResponse, dose_response, predictions_under_doses
from concepts.interventions.doses import dosed_logits, dosed_probabilities
from concepts.interventions.flipping import Flip, smallest_dose, smallest_removal
from concepts.interventions.subject import Subject, activations_of, open_subject

__all__ = [
    "DoseResponse",
    "Flip",
    "Subject",
    "activations_of",
    "dose_response",
    "dosed_logits",
    "dosed_probabilities",
    "open_subject",
    "predictions_under_doses",
    "smallest_dose",
    "smallest_removal",
]
