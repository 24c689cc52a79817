"""What if a concept counted less, or more, or not at all? The model's head is asked again."""

from concepts.intervening.asking import DoseResponse, answers_under, dose_response
from concepts.intervening.doses import dosed_logits, dosed_probabilities
from concepts.intervening.flipping import Flip, smallest_dose, smallest_removal
from concepts.intervening.subject import Subject, activations_of, subject_of

__all__ = [
    "DoseResponse",
    "Flip",
    "Subject",
    "activations_of",
    "answers_under",
    "dose_response",
    "dosed_logits",
    "dosed_probabilities",
    "smallest_dose",
    "smallest_removal",
    "subject_of",
]
