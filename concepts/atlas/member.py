"""A report among others of its space."""

from dataclasses import dataclass

import numpy as np

from concepts.report.stored import StoredReport


@dataclass(frozen=True, eq=False)
class Member:
    """A report whose concepts lie in a space with those of others. components: (k, p), its concepts as directions."""

    report: StoredReport
    components: np.ndarray

    @property
    def label(self) -> str:
        """The class that the report is of."""
        return self.report.data.target.label

    def display_name(self, concept: int) -> str:
        """The name of a concept: its number, and the name that people gave it."""
        return self.report.names.concept(concept)
