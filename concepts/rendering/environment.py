"""Loading of templates, with automatic escaping and with the macros that pages, reports and sites share."""

from collections.abc import Callable
from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from concepts.rendering import colours


@cache
def environment(*packages: str) -> Environment:
    """The Jinja environment with the templates of these packages and the shared macros as "shared/NAME.html.j2".

    Texts are escaped when printed; the result of a macro is markup and is not escaped again. An undefined name raises
    an error. Every template has access to the `colours`.
    """
    loader = ChoiceLoader([PackageLoader(package) for package in (*packages, "concepts.rendering")])
    found = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        auto_reload=False,
    )  # fmt: skip
    found.globals["colours"] = colours
    return found


@cache
def macro(package: str, name: str) -> Callable[..., Markup]:
    """A macro as a function: "cards.card" is `card` in the package's cards.html.j2."""
    file, _, short = name.rpartition(".")
    return getattr(environment(package).get_template(f"{file}.html.j2").module, short)
