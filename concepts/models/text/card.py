"""The metadata of a text classifier: its name, class names, way of reading and fingerprint."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from torch import Tensor

from concepts.data.dataset import ItemKind, UnreadableItem
from concepts.models.classifiers.memory_format import MemoryFormat
from concepts.models.outputs import Kind
from concepts.models.text.reading import Reader


@dataclass(frozen=True)
class TextCard:
    """A text model's metadata; a `Card[str]`, with the fields of a photo model's card that make sense for texts.

    `weights` describes where the weights came from. `transform_text` and `fingerprint` are part of cache keys: equal
    fingerprints mean the same architecture, weights and tokenizer. longest: the largest number of tokens that is
    read, longer texts are cut there (`reading`); None for a model without tokens. output: the meaning of the outputs
    as the user stated it. names_given: True where the user stated the class names.
    """

    name: str
    weights: str
    class_names: tuple[str, ...] | None
    transform_text: str
    fingerprint: str
    longest: int | None
    reader: Reader = field(repr=False, compare=False)
    output: Kind | None = None
    memory_format: MemoryFormat = "contiguous"
    names_given: bool = False
    reads: ClassVar[ItemKind] = "texts"

    def prepare(self, text: str) -> Tensor:
        """(t,) int64 token ids of a text, or (p,) float32 features for a model without tokens.

        Raises UnreadableItem for an empty text, and for one of which the model reads nothing.
        """
        if not text.strip():
            raise UnreadableItem("the text is empty")
        return self.reader.prepare(text)

    def collate(self, prepared: Sequence[Tensor]) -> Tensor:
        """The input of `TextSplit.encode` for m prepared texts.

        (m, 2, t) int64: ids, and a mask that is 1 for tokens of the text, padded right; or (m, p) float32 rows.
        """
        return self.reader.collate(prepared)
