"""Fields of a frozen dataclass as options of the command line, stated once, in the field's annotation.

From it come the parser's options, the dataclass of what was given, and the words that give it again. Fields without an
`Option` are not on the command line.
"""

import argparse
from collections.abc import Collection, Iterator
from dataclasses import MISSING, dataclass, fields, replace
from typing import TYPE_CHECKING, TypeVar, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True)
class Option:
    """What a field is on the command line: `Annotated[int, Option("how many", metavar="N")]`.

    group: with which others `add_options` adds it; empty for the options of the one command that the dataclass is for.
    name: without the hyphens before it; empty for the field's own. names: what "{names}" in the help lists, as they are
    when the command starts. metavar, choices: as argparse has them. required: though the field has a default.
    """

    help: str
    group: str = ""
    name: str = ""
    names: Collection[str] = ()
    metavar: str | None = None
    choices: tuple[str, ...] | None = None
    required: bool = False


@dataclass(frozen=True)
class _Choice:
    """A field that is an option. A list is one text, "a,b"; its values, or the one, are whole numbers or texts."""

    field: str
    name: str
    default: object  # MISSING where there is none
    number: bool
    several: bool
    option: Option

    @property
    def flag(self) -> str:
        return f"--{self.name}"

    @property
    def place(self) -> str:
        """Where argparse leaves it."""
        return self.name.replace("-", "_")

    def read(self, given: object) -> object:
        """The field's value of what argparse read."""
        if not self.several:
            return given
        return numbers_in(str(given), self.flag) if self.number else names_in(str(given))

    def written(self, value: object) -> object:
        """What is written on the command line for a field's value."""
        return ",".join(map(str, value)) if isinstance(value, tuple) else value


def add_options(parser: argparse.ArgumentParser, kind: type[T], group: str = "") -> None:
    """Adds the options of that group, in the order of the fields."""
    for choice in _choices(kind):
        if choice.option.group == group:
            parser.add_argument(
                choice.flag,
                required=choice.option.required or choice.default is MISSING,
                default=None if choice.default is MISSING else choice.written(choice.default),
                type=int if choice.number and not choice.several else str,
                metavar=choice.option.metavar,
                choices=choice.option.choices,
                help=choice.option.help.replace("{names}", ", ".join(choice.option.names)),
            )


def with_options(value: T, given: argparse.Namespace) -> T:
    """The dataclass with the options that were given; what the command does not take stays as it is.

    Raises ValueError, naming the option, for a list of numbers that is none, and what the dataclass raises.
    """
    choices = [choice for choice in _choices(type(value)) if hasattr(given, choice.place)]
    return replace(value, **{choice.field: choice.read(getattr(given, choice.place)) for choice in choices})


def words_of(value: "DataclassInstance") -> list[str]:
    """The words "--name=value" from which `with_options` makes an equal dataclass; none for None and an empty text."""
    choices = [(choice, getattr(value, choice.field)) for choice in _choices(type(value))]
    return [f"{choice.flag}={choice.written(given)}" for choice, given in choices if given not in (None, "")]


def names_in(text: str) -> tuple[str, ...]:
    """The names in "a, b, c"."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def numbers_in(text: str, option: str) -> tuple[int, ...]:
    """The numbers in "10,20". Raises ValueError, naming the option, for none and for anything else among them."""
    parts = names_in(text)
    if not parts or not all(part.isdecimal() for part in parts):
        raise ValueError(f"{option} {text!r}: give one number or several, such as 10,20")
    return tuple(int(part) for part in parts)


def _choices(kind: type["DataclassInstance"]) -> Iterator[_Choice]:
    hints, annotated = get_type_hints(kind), get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        hint = hints[field.name]
        for option in getattr(annotated[field.name], "__metadata__", ()):
            if isinstance(option, Option):
                name = option.name or field.name.replace("_", "-")
                number = int in (hint, *get_args(hint))
                yield _Choice(field.name, name, field.default, number, get_origin(hint) is tuple, option)
