"""What pages are made of: markup stands in templates, and no page computes."""

import ast
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from concepts.rendering import colours
from pages.components.styles import style_sheet
from tests.support.imports import modules_in, parsed, without_types
from tests.support.places import ROOT

TAGS = (
    "a|abbr|article|aside|b|bdi|body|br|button|canvas|caption|circle|code|dd|details|div|dl|dt|em|extra|figcaption|"
    "figure|footer|form|g|h1|h2|h3|h4|h5|h6|head|header|html|i|iframe|img|input|label|li|line|link|main|nav|object|ol|"
    "option|p|path|pre|rect|script|section|select|small|span|strong|style|sub|summary|sup|svg|table|tbody|td|text|"
    "textarea|th|thead|title|tr|u|ul|video"
)
TAG = re.compile(rf"</?(?:{TAGS})(?=[\s/>])", re.IGNORECASE)
PLOTLY = ROOT / "pages" / "figures" / "labels.py"  # its own markup has tags of the same shape


def files(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


@cache
def strings(file: Path) -> list[tuple[int, str]]:
    """Line and text of every string, those between the fields of a format among them."""
    constants = (node for node in ast.walk(parsed(file)) if isinstance(node, ast.Constant))
    return [(node.lineno, node.value) for node in constants if isinstance(node.value, str)]


def texts_with(pattern: re.Pattern[str], *, but: Path) -> list[tuple[str, int, str]]:
    """File, line and beginning of the strings of the program that match, in all files but one.

    Files are parsed only where their text matches: to parse all takes ten seconds.
    """
    program = [file for file in (ROOT / "app.py", *files("pages", "concepts")) if file != but]
    assert len(program) > 300
    return [
        (str(file.relative_to(ROOT)), line, text[:60])
        for file in program
        if pattern.search(file.read_text(encoding="utf-8"))
        for line, text in strings(file)
        if pattern.search(text)
    ]


def test_tags_stand_in_templates_only():
    assert texts_with(TAG, but=PLOTLY) == []
    assert texts_with(TAG, but=COLOURS) != []  # those of the exception are seen


def test_no_template_takes_a_text_for_markup():
    templates = [file for folder in ("pages", "concepts") for file in (ROOT / folder).rglob("*.j2")]
    assert len(templates) > 20
    assert not [file.name for file in templates if re.search(r"\|\s*safe\b", file.read_text(encoding="utf-8"))]


HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b", re.IGNORECASE)
COLOURS = ROOT / "concepts" / "rendering" / "colours.py"


def test_colours_stand_in_one_module():
    colour = re.compile(rf"{HEX.pattern}|\brgba?\(\d", HEX.flags)
    assert colour.search("#C0392B")
    assert texts_with(colour, but=COLOURS) == []
    assert texts_with(colour, but=PLOTLY) != []


def test_style_sheets_take_their_colours_from_there():
    sheets = [*(ROOT / "concepts").rglob("*.j2"), *(ROOT / "pages").rglob("*.j2"), *(ROOT / "assets").glob("*.css")]
    found = {file.name: HEX.findall(file.read_text(encoding="utf-8")) for file in sheets}
    assert len(found) > 20
    assert not any(found.values()), found
    named = set(re.findall(r"var\((--cx-[a-z-]+)\)", (ROOT / "assets" / "pages.css").read_text(encoding="utf-8")))
    defined = set(re.findall(r"(--cx-[a-z-]+):", style_sheet()))
    assert named <= defined


def test_streamlit_s_theme_has_the_same_colours():
    with (ROOT / ".streamlit" / "config.toml").open("rb") as file:
        theme = tomllib.load(file)["theme"]
    for dark, name in enumerate(("light", "dark")):
        expected = (colours.INK[dark], colours.PAPER[dark], colours.LINE[dark], colours.LINK[dark])
        keys = ("textColor", "backgroundColor", "borderColor", "linkColor")
        assert tuple(theme[name][key] for key in keys) == expected
    assert theme["light"]["primaryColor"] == colours.STRONG
    assert theme["dark"]["primaryColor"] == colours.POINT


def test_ink_on_any_shade_can_be_read():
    assert colours.ink_on(colours.mixed(colours.WHITE, colours.WHITE, 0)) == colours.BLACK
    assert colours.rgb("#0072B2") == (0, 114, 178)
    assert colours.translucent("#8c8c8c", 0.35) == "rgba(140,140,140,0.35)"


COMPUTING = ("numpy", "pandas", "scipy", "sklearn", "torch", "umap", "captum", "statistics")
# methods of arrays and tensors that compute, whatever they are called on
SUMS = {"average", "cumprod", "cumsum", "diff", "mean", "nanmean", "norm", "prod", "std", "sum", "var"}
ORDERS = {"argmax", "argmin", "argpartition", "argsort", "median", "percentile", "quantile", "topk"}
PRODUCTS = {"dot", "matmul", "svd"}
STATISTICS = SUMS | ORDERS | PRODUCTS
ENDS = {"amax", "amin", "max", "min", "ptp"}  # a figure needs them for its axes and its scale of colours
# of NumPy in figures
TYPES = {"inf", "nan", "ndarray", "pi", "uint8"}
ARRAYS = {"arange", "array", "asarray", "column_stack", "concatenate", "full", "geomspace", "indices", "ix_", "stack"}
CHOOSING = {"argwhere", "flatnonzero", "isfinite", "isin", "isnan", "nan_to_num", "unique", "where"}  # what is drawn
GEOMETRY = {"abs", "clip", "cos", "log10", "maximum", "minimum", "ptp", "sign", "sin"}  # where it is drawn
ALLOWED = TYPES | ARRAYS | CHOOSING | GEOMETRY
LABELS = {"tradeoffs.py": {"prod", "sum"}}  # the area that labels of points share, which decides where they stand
FIGURES = ROOT / "pages" / "figures"


def computed(tree: ast.Module, statistics: Iterable[str]) -> set[str]:
    """What a file computes: methods of arrays by these names, products of matrices."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    called = {function.attr for function in calls if isinstance(function, ast.Attribute)}
    products = {"@" for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)}
    return called & set(statistics) | products


def taken_from_numpy(tree: ast.Module) -> set[str]:
    """The names that a file takes from NumPy, as `np.name`."""
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))
    return {node.attr for node in nodes if node.value.id == "np"}


def offences(source: str, *, figure: bool = False, extra: Iterable[str] = ()) -> set[str]:
    """What a module of pages takes or calls that computes. extra: statistics that this file may call all the same."""
    tree = ast.parse(source)
    modules = {name for name in modules_in(ast.walk(without_types(tree))) if name.split(".")[0] in COMPUTING}
    if not figure:
        return modules | computed(tree, STATISTICS | ENDS)
    return (
        modules - {"numpy", "numpy.typing"} | computed(tree, STATISTICS) - set(extra) | taken_from_numpy(tree) - ALLOWED
    )


def test_no_page_computes():
    pages = files("pages")
    assert len(pages) > 80
    for file in pages:
        figure, extra = FIGURES in file.parents, LABELS.get(file.name, ())
        assert offences(file.read_text(encoding="utf-8"), figure=figure, extra=extra) == set(), file


def test_what_computes_is_seen():
    assert offences("def late():\n    import numpy as np\n    from scipy.stats import rankdata\n") == {
        "numpy",
        "scipy.stats",
    }
    assert offences("if TYPE_CHECKING:\n    import numpy as np\n") == set()
    assert offences("x = report.array('phi').mean(axis=0)\ny = (maps @ query).max()\n") == {"mean", "max", "@"}
    drawn = "import numpy as np\nx = np.clip(np.stack(values), 0, values.max())\n"
    assert offences(drawn, figure=True) == set()
    wrong = "import numpy as np\nx = np.linalg.norm(np.corrcoef(values)) * values.std()\n"
    assert offences(wrong, figure=True) == {"linalg", "norm", "corrcoef", "std"}
