"""`permuted`: do a model's concepts hang on which token it is, or on what stands around it?"""

import argparse
import math
from typing import TYPE_CHECKING

from concepts.cli.json_table import add_json, checked_json, write_figures
from concepts.numerics.written import two_decimals
from concepts.options import add_options, with_options
from concepts.report.request import TEXTS, Request

if TYPE_CHECKING:
    from concepts.evaluation.permuted import PermutedRow


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    option = parser.add_argument
    option("--model", required=True, metavar="ENCODER", help="a folder, hf:org/name or all-MiniLM-L6-v2")
    option("--layer", type=int, default=-1, help="the number of a hidden state, 0 the embeddings (default: the last)")
    option("--concepts", type=int, default=8, help="number of concepts (default: 8)")
    option("--method", default="semi_nmf", help="of extraction (default: semi_nmf)")
    option("--most", type=int, default=300, help="texts, drawn where there are more (default: 300)")
    option("--seed", type=int, default=0, help="of texts, concepts and the permutation (default: 0)")
    option("--device", default="cpu", help="cpu, cuda, cuda:1 …")
    add_json(parser)
    add_options(parser, Request, TEXTS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints a line a concept: the correlations with its token and with its place, beside those of chance."""
    from concepts.engine.analysis import open_request_items
    from concepts.evaluation.permuted import permuted_concepts
    from concepts.models.classifiers.loading import checked_device
    from concepts.models.text.token_states import open_token_states
    from concepts.numerics.samples import random_sample

    place = checked_json(options.out, "permuted")
    request = with_options(Request(model="", images=""), options)
    if request.texts is None:
        raise ValueError("no texts were named: give a table or a .txt with one text a line (--texts)")
    texts = open_request_items(request, None)
    chosen = [str(texts.open(i)) for i in random_sample(len(texts), options.most, seed=options.seed)]
    encoder = open_token_states(options.model, layer=options.layer, device=checked_device(options.device))
    rows = permuted_concepts(
        encoder, chosen, n_concepts=options.concepts, method=options.method, seed=options.seed
    )  # fmt: skip
    print(f"{encoder.name}: {len(chosen):,} texts, as they are and with every token exchanged for one as frequent")
    print("  concept  identity              context               chance  hangs on   strongest in")
    for row in rows:
        both = "".join(
            f"{two_decimals(each.value):>5} ({two_decimals(each.low)} to {two_decimals(each.high)})".ljust(22)
            for each in (row.identity, row.context)
        )
        said = f"{row.concept + 1:>9}  {both}{two_decimals(row.control):>6}"
        print(f"{said}  {row.hangs_on:<11}{', '.join(row.tokens)}")
    write_figures(
        place, "permuted", {"model": encoder.name, "n_texts": len(chosen), "concepts": list(map(_figures, rows))}
    )
    return 0


def _figures(row: "PermutedRow") -> dict[str, object]:
    """A concept's figures for JSON; None in place of NaN."""
    identity, context = (
        {name: _finite(getattr(each, name)) for name in ("value", "low", "high")}
        for each in (row.identity, row.context)
    )
    return {
        "concept": row.concept, "tokens": list(row.tokens), "identity": identity, "context": context,
        "control": _finite(row.control), "n": row.n, "hangs_on": row.hangs_on,
    }  # fmt: skip


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
