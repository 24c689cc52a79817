"""Explanation of a text that is not in the report: its concepts, and the strategy it follows, if any."""

from typing import TYPE_CHECKING

from concepts.report.queries.new_photo import Explained, explained
from concepts.report.queries.reencoding import check_model
from concepts.report.stored import StoredReport

if TYPE_CHECKING:
    from concepts.models.text.split import TextSplit


def explain_text(report: StoredReport, split: "TextSplit", text: str) -> Explained:
    """The text explained with the report's own model, dictionary and importance, as `explain_photo` does for a photo.

    Raises ValueError for another model and for a method whose codes cannot be found anew, and UnreadableItem for a text
    of which the model reads nothing.
    """
    check_model(report, split)
    return explained(report, split, split.encode_texts([text]).to(split.device).float())[1]
