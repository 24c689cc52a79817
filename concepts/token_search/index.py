"""An index of tokens on disk: FAISS's IVF-PQ read in place, its candidates ranked again by their exact cosines."""

from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from concepts.numerics.intervals import mean_estimate
from concepts.numerics.samples import even_sample
from concepts.storage.reading import file_inside
from concepts.storage.typed_json import NO_OTHERS, NOT_STORED, Count, Share, read_typed
from concepts.token_search.exact import check_top, cosines, exact_search, numbers_of, unit_queries
from concepts.token_search.faiss_library import faiss_library
from concepts.token_search.neighbours import Neighbours
from concepts.token_search.token_file import TokenFile

if TYPE_CHECKING:
    from torch import Tensor

ABOUT, FILE = "index.json", "index.faiss"
SCANNED = 200_000  # tokens up to which a filtered question is answered by a scan: a tenth of a second for 256 channels
LOOKED_AT = 64  # tokens whose values tell whether an index is of a file


@dataclass(frozen=True)
class Effort:
    """How much a question looks at. probes: cells searched. candidates: tokens whose exact cosine is taken."""

    probes: Count
    candidates: Count


@dataclass(frozen=True)
class MeasuredRecall:
    """Recall at `top`: the share of the exact `top` most similar that the index gives, the mean over so many queries.

    Tokens, each without itself, unless said otherwise. low, high: 95% interval over the queries.
    """

    top: Count
    queries: Count
    value: Share
    low: Share
    high: Share

    @classmethod
    def of(cls, shares: np.ndarray, *, top: int, seed: int) -> Self:
        """That of the shares found (q,), one for each query."""
        mean = mean_estimate(shares, seed=seed)
        return cls(top, len(shares), float(mean), mean.low, mean.high)


@dataclass(frozen=True)
class TokenIndex:
    """An index in a folder, of one token file; `tokens` says of which values. A row's code has `code_bytes` bytes.

    Jégou, Douze & Schmid, Product quantization for nearest neighbor search, PAMI 2011 (IVFADC), on tokens of length 1
    with the inner product; then the candidates' cosines are taken from the file itself.
    """

    __pydantic_config__: ClassVar = NO_OTHERS

    rows: Count
    channels: Count
    cells: Count
    code_bytes: Count
    tokens: str
    effort: Effort
    recall: MeasuredRecall | None = None
    folder: Path = field(default=Path(), metadata=NOT_STORED)

    @classmethod
    def load(cls, folder: Path, tokens: TokenFile) -> Self:
        """The index in that folder. Raises ValueError where there is none, or it is of other tokens."""
        try:
            found = replace(read_typed(cls, file_inside(folder, ABOUT)), folder=folder)
        except (OSError, ValueError) as error:
            raise ValueError(f"{folder} holds no index of tokens ({error}): build it anew") from error
        if (found.rows, found.tokens) != (len(tokens), fingerprint(tokens)):
            raise ValueError(f"the index in {folder} is of other tokens than {tokens.path.name}: build it anew")
        return found

    def opened(self) -> Any:
        """The FAISS index, mapped. Raises ValueError without FAISS, and where the file is missing, damaged, or of other
        tokens than the index says."""
        faiss = faiss_library()
        try:
            found = faiss.read_index(str(file_inside(self.folder, FILE)), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
        except (RuntimeError, OSError, MemoryError) as error:
            raise ValueError(f"{FILE} in {self.folder} is damaged or missing: build the index anew") from error
        held = (found.ntotal, found.d, getattr(found, "nlist", 0))
        if held != (self.rows, self.channels, self.cells):
            raise ValueError(
                f"{FILE} in {self.folder} holds {held[0]:,} tokens of {held[1]} channels in {held[2]} cells, expected "
                f"{self.rows:,} of {self.channels} in {self.cells}: build the index anew"
            )
        return found

    @property
    def nbytes(self) -> int:
        """Bytes of the index on disk, which is mapped and not read into memory."""
        return (self.folder / FILE).stat().st_size

    def search(
        self,
        tokens: TokenFile,
        queries: "Tensor",
        *,
        top: int = 10,
        items: np.ndarray | None = None,
        effort: Effort | None = None,
    ) -> Neighbours:
        """The rows with the largest cosines to each query (q, p), as `exact_search`, but for what the index misses.

        items: (n,) bool, those whose tokens count. Where they are few, or the cells that a query looks at hold too few
        of them, their tokens are scanned exactly, which the answer says where it is so for all queries: there are
        always `top` rows if there are as many tokens. effort: replaces the one that the index was measured with; there
        are twice as many candidates as rows or more, so that there is something to rank. Raises ValueError as
        `exact_search`, and for a damaged index.
        """
        q, effort = unit_queries(queries, tokens.channels), effort or self.effort
        check_top(top)
        chosen = numbers_of(items, tokens)
        allowed = len(tokens) if chosen is None else len(chosen) * tokens.places
        wanted = max(effort.candidates, 2 * top)
        if items is not None and allowed <= max(SCANNED, wanted):
            return exact_search(tokens, q, top=top, items=items)
        probes = round(effort.probes * len(tokens) / allowed)  # to look at as many allowed tokens as without a filter
        rows = self._candidates(q, min(wanted, allowed), probes, items, tokens.places)
        short = np.asarray((rows < 0).any(axis=1))  # FAISS ran out of allowed rows in the cells that it probed
        if not short.any():
            return _ranked(tokens, q, rows, top)
        scanned = exact_search(tokens, q[short], top=top, items=items)
        return scanned if short.all() else scanned.among(_ranked(tokens, q[~short], rows[~short], top), short)

    def _candidates(self, q: "Tensor", n: int, probes: int, items: np.ndarray | None, places: int) -> np.ndarray:
        """(q, n): rows by the codes; −1 where there are no more."""
        faiss = faiss_library()
        options = {"nprobe": min(probes, self.cells)}
        if items is not None:
            bits = np.packbits(np.repeat(items, places), bitorder="little")
            options["sel"] = faiss.IDSelectorBitmap(bits)
        _, rows = self.opened().search(q.numpy(), n, params=faiss.SearchParametersIVF(**options))
        return np.asarray(rows)


def fingerprint(tokens: TokenFile) -> str:
    """A hash of a file's shape and of an even sample of its tokens: an index of other values is not used for it."""
    sample = tokens.take(np.array(even_sample(len(tokens), LOOKED_AT))).numpy()
    shape = f"{tokens.n_items} {tokens.places} {tokens.channels}"
    return blake2b(shape.encode() + sample.tobytes(), digest_size=12).hexdigest()


def _ranked(tokens: TokenFile, q: "Tensor", rows: np.ndarray, top: int) -> Neighbours:
    """The best of an index's candidates (q, n), by their exact cosines."""
    each = [
        Neighbours.best(mine, cosines(tokens.take(mine), q[i : i + 1]), top) for i, mine in enumerate(np.sort(rows))
    ]
    rows, values = np.concatenate([a.rows for a in each]), np.concatenate([a.cosines for a in each])
    return Neighbours(rows, values, scanned=False)
