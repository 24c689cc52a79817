"""Fields of a frozen dataclass as command-line options, defined once, in the field's annotation.

The annotation determines the parser's options, the dataclass made from parsed values, and the words that reproduce it.
Fields without an `Option` are not on the command line.
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
    """The command-line option of a field: `Annotated[int, Option("how many", metavar="N")]`.

    group: the options that `add_options` adds together; empty if the dataclass is for one command only. name: without
    leading hyphens; empty for the field's name. names: replaces "{names}" in the help, read when the command starts.
    metavar, choices: as in argparse. required: True if the option is required although the field has a default.
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
    """A field that is an option. A list is one text, "a,b"; values, single or in a list, are integers or texts."""

    field: str
    name: str
    default: object  # MISSING if there is none
    number: bool
    several: bool
    option: Option

    @property
    def flag(self) -> str:
        return f"--{self.name}"

    @property
    def place(self) -> str:
        """The attribute of argparse's namespace that holds it."""
        return self.name.replace("-", "_")

    def read(self, given: object) -> object:
        """The field's value from the value that argparse read."""
        if not self.several:
            return given
        return numbers_in(str(given), self.flag) if self.number else names_in(str(given))

    def written(self, value: object) -> object:
        """A field's value as written on the command line."""
        return ",".join(map(str, value)) if isinstance(value, tuple) else value


def add_options(
    parser: argparse.ArgumentParser, kind: type[T], group: str = "", *, leave_out: Collection[str] = ()
) -> None:
    """Adds the options of this group, in the order of the fields. leave_out: names of fields that have none here."""
    for choice in _choices(kind):
        if choice.option.group == group and choice.field not in leave_out:
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
    """The dataclass with the given options; fields that the command has no option for stay as they are.

    Raises ValueError, naming the option, for an invalid list of numbers, and any error that the dataclass raises.
    """
    choices = [choice for choice in _choices(type(value)) if hasattr(given, choice.place)]
    return replace(value, **{choice.field: choice.read(getattr(given, choice.place)) for choice in choices})


def words_of(value: "DataclassInstance") -> list[str]:
    """The words "--name=value" from which `with_options` makes an equal dataclass; none for None and empty texts."""
    choices = [(choice, getattr(value, choice.field)) for choice in _choices(type(value))]
    return [f"{choice.flag}={choice.written(given)}" for choice, given in choices if given not in (None, "")]


def names_in(text: str) -> tuple[str, ...]:
    """The names in "a, b, c"."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def numbers_in(text: str, option: str) -> tuple[int, ...]:
    """The numbers in "10,20". Raises ValueError, naming the option, if there is none or any part is not a number."""
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
