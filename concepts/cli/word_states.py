"""`word-states`: the bytes or pieces of a text as one state for each word, and what they are near."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from concepts.cli.json_table import add_json, checked_json, write_figures
from concepts.numerics.counted import counted
from concepts.numerics.written import two_decimals

if TYPE_CHECKING:
    from concepts.models.encoders import TextTokens

COMMAND = "word-states"


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    option = parser.add_argument
    option("--model", required=True, help="an encoder or language model: a folder, hf:org/name, all-MiniLM-L6-v2")
    option("--text", required=True, action="append", dest="texts", help="once for each text, such as one with a typo")
    option("--layer", type=int, help="of a language model: the number of a hidden state")
    option("--device", default="cpu", help="cpu, cuda, cuda:1 …")
    add_json(parser)
    parser.set_defaults(run=run)


@dataclass(frozen=True)
class WordRow:
    """A word of a text: its place among the texts, the number of its tokens, the length of its state, and the word of
    another place whose state is nearest, with the cosine; "" where there is no other word.
    """

    text: int
    word: str
    span: tuple[int, int]
    n_tokens: int
    length: float
    nearest: str
    cosine: float


def run(options: argparse.Namespace) -> int:
    """Prints a line a word; the JSON has the states, too."""
    from concepts.models.encoders import open_text_encoder
    from concepts.models.encoders.word_states import word_states

    place = checked_json(options.out, COMMAND)
    encoder = open_text_encoder(options.model, layer=options.layer, device=options.device)
    tokens = encoder.encode(options.texts)
    words = [word_states(each) for each in tokens]
    rows = _rows(tokens, words)
    print(f"{encoder.name}: the state of a word is the mean of those of its tokens, {encoder.n_channels} channels")
    for i, text in enumerate(options.texts):
        print(f"text {i + 1}: {text}")
        for row in (row for row in rows if row.text == i):
            near = f"nearest {row.nearest} ({two_decimals(row.cosine)})" if row.nearest else ""
            print(f"  {row.word:<16}{counted(row.n_tokens, 'token'):<10}length {two_decimals(row.length):>8}  {near}")
    states = [vector.tolist() for each in words for vector in each.vectors.cpu()]
    figures = [vars(row) | {"state": state} for row, state in zip(rows, states, strict=True)]
    write_figures(place, COMMAND, {"model": encoder.name, "texts": options.texts, "words": figures})
    return 0


def _rows(tokens: "Sequence[TextTokens]", words: "Sequence[TextTokens]") -> list[WordRow]:
    """All words of all texts. tokens: the texts as the model reads them; words: the same by their words."""
    import torch
    from torch.nn.functional import normalize

    vectors = torch.cat([each.vectors for each in words])
    unit = normalize(vectors, dim=1)
    cosines = (unit @ unit.T).fill_diagonal_(-torch.inf)
    placed = [
        (i, span, word) for i, each in enumerate(words) for span, word in zip(each.spans, each.pieces, strict=True)
    ]
    rows = []
    for r, (i, span, word) in enumerate(placed):
        other = int(cosines[r].argmax())
        alone = len(placed) == 1
        nearest = "" if alone else f"{placed[other][2]} of text {placed[other][0] + 1}"
        n = sum(start < span[1] and span[0] < stop for start, stop in tokens[i].spans)
        length = float(vectors[r].norm())
        rows.append(WordRow(i, word, span, n, length, nearest, 0.0 if alone else float(cosines[r, other])))
    return rows
