"""`carry`: a lexicon in another tokenizer's pieces, and how faithful it is there."""

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.cli.json_table import add_json, checked_json, write_figures
from concepts.numerics.counted import counted
from concepts.numerics.intervals import Estimate
from concepts.numerics.written import two_decimals, with_sign

if TYPE_CHECKING:
    from concepts.lexicon import CarriedLexicon, Lexicon

PARTS = 4  # old words that are named of a new piece


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    option = parser.add_argument
    option("--lexicon", type=Path, metavar="FOLDER", help="a stored lexicon, such as one of a collection")
    option("--words", type=Path, metavar="FILE", help="or a word list (.txt, .csv), whose directions --text gives")
    option("--text", metavar="ENCODER", help="the text encoder for --words: a folder, hf:org/name, all-MiniLM-L6-v2")
    option("--tokenizer", required=True, metavar="MODEL", help="whose pieces: a folder, hf:org/name, all-MiniLM-L6-v2")
    option("--penalty", type=float, default=0.01, help="on the pieces' vectors (default: 0.01)")
    option("--show", type=int, default=10, metavar="N", help="pieces that are printed (default: 10)")
    option("--seed", type=int, default=0, help="of the words held out (default: 0)")
    option("--device", default="cpu", help="for --text: cpu, cuda, cuda:1 …")
    option("--save", type=Path, metavar="FOLDER", help="where the carried lexicon goes")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Carries the lexicon, prints its fidelity and its most frequent pieces."""
    from concepts.lexicon import carried, save_lexicon
    from concepts.lexicon.segmenting import segmenter

    place = checked_json(options.out, "carry")
    _check_save(options.save)
    segment = segmenter(options.tokenizer)
    lexicon, unsayable = _sayable(_lexicon(options), segment)
    name = f"{lexicon.name}, carried"
    found = carried(lexicon, segment, name=name, penalty=options.penalty, seed=options.seed)
    counts = Counter(piece for word in lexicon.words for piece in {each.casefold() for each in segment(word)})
    rows = _rows(found, lexicon.words, counts, options.show)
    print(f"{lexicon.name}: {len(lexicon):,} words in {len(found.lexicon):,} pieces of {options.tokenizer}")
    if unsayable:
        print(f"  without {counted(len(unsayable), 'word')} that it does not know, such as {unsayable[0]!r}")
    print(f"  fidelity {_estimate(found.fidelity)}, of permuted words {_estimate(found.control)}: mean cosine")
    print(f"  on {found.n_words:,} words held out; {found.n_unread:,} of them have no piece of a fitted word")
    for piece, count, parts in rows:
        print(f"  {piece:<14}in {count:>4,} words  {', '.join(f'{word} {with_sign(w)}' for word, w in parts)}")
    if options.save:
        print(f"wrote {save_lexicon(found.lexicon, options.save)}")
    write_figures(place, "carry", _figures(found, rows, unsayable, options.tokenizer))
    return 0


def _check_save(folder: Path | None) -> None:
    if folder is not None and folder.exists() and not (folder / "lexicon.json").is_file():
        raise ValueError(f"--save {folder} is there already and holds no lexicon: choose a new folder")


def _lexicon(options: argparse.Namespace) -> "Lexicon":
    """The stored lexicon, or that of the word list. Raises ValueError for both, and for neither."""
    from concepts.lexicon import lexicon_of_words, load_lexicon, read_word_list

    if (options.lexicon is None) == (options.words is None):
        raise ValueError("give one lexicon: --lexicon FOLDER, or --words FILE with --text ENCODER")
    if options.lexicon is not None:
        return load_lexicon(options.lexicon)
    if options.text is None:
        raise ValueError("--words needs --text: the encoder that gives the words their directions")
    from concepts.models.encoders import open_text_encoder

    words = read_word_list(options.words)
    return lexicon_of_words(words, open_text_encoder(options.text, device=options.device), name=options.words.stem)


def _sayable(lexicon: "Lexicon", segment: Callable[[str], Sequence[str]]) -> "tuple[Lexicon, list[str]]":
    """The lexicon without the words that the tokenizer has no pieces for, and those."""
    kept = [row for row, word in enumerate(lexicon.words) if segment(word)]
    unsayable = [word for word in lexicon.words if not segment(word)]
    if not kept:
        raise ValueError(f"the tokenizer knows none of the {len(lexicon):,} words of {lexicon.name}: choose another")
    words, bias = tuple(lexicon.words[row] for row in kept), lexicon.bias
    smaller = replace(lexicon, words=words, vectors=lexicon.vectors[kept], bias=None if bias is None else bias[kept])
    return smaller, unsayable


Row = tuple[str, int, list[tuple[str, float]]]


def _rows(found: "CarriedLexicon", words: Sequence[str], counts: Counter[str], most: int) -> list[Row]:
    """The pieces in most words: the number of these words, and the old words that weigh most in them."""
    rows = []
    for piece in sorted(found.lexicon.words, key=lambda piece: -counts[piece.casefold()])[:most]:
        weights = found.mixture(piece)
        order = weights.abs().topk(min(PARTS, len(words))).indices.tolist()
        rows.append((piece, counts[piece.casefold()], [(words[j], float(weights[j])) for j in order]))
    return rows


def _estimate(figure: Estimate) -> str:
    return f"{two_decimals(figure.value)} ({two_decimals(figure.low)} to {two_decimals(figure.high)})"


def _figures(
    found: "CarriedLexicon", rows: Sequence[Row], unsayable: Sequence[str], tokenizer: str
) -> dict[str, object]:
    fidelity, control = (
        {"value": each.value, "low": each.low, "high": each.high} for each in (found.fidelity, found.control)
    )
    return {
        "tokenizer": tokenizer,
        "n_pieces": len(found.lexicon),
        "fidelity": fidelity,
        "control": control,
        "n_held_out": found.n_words,
        "n_unread": found.n_unread,
        "unknown_words": list(unsayable),
        "pieces": [{"piece": piece, "words": count, "mixture": dict(parts)} for piece, count, parts in rows],
    }
