"""The rules: which person may do which act, to what is theirs and to what is others'."""

from concepts.access.act import Act
from concepts.access.person import Person
from concepts.access.role import Role


class NotAllowed(PermissionError):  # noqa: N818 - says what happened, like PermissionError itself
    """Somebody may not do what they asked for; the message is one line for them."""


def allowed(person: Person, act: Act, *, owner: str | None = None) -> bool:
    """Whether the person may do that.

    owner: whose it is that it is done to, "" for nobody's (from before there was a login); None for an act that is not
    done to anything of anybody's. Nobody's is not one's own, unless one is nobody in particular oneself.
    """
    return person.role >= least_role(person, act, owner=owner)


def check(person: Person, act: Act, *, owner: str | None = None) -> None:
    """Raises NotAllowed, with one line for the person, where `allowed` says no."""
    if allowed(person, act, owner=owner):
        return
    least = least_role(person, act, owner=owner)
    if least > act.own and person.role >= act.own:
        whose = f"belongs to {owner}" if owner else "belongs to nobody who is known"
        raise NotAllowed(f"this {whose}: whose it is may {act.words}, or an {Role.ADMIN.word}")
    raise NotAllowed(f"as {person.role.word} you may not {act.words}: ask the operator to make you {least.word}")


def least_role(person: Person, act: Act, *, owner: str | None = None) -> Role:
    """The least role that the act needs of this person."""
    return act.own if owner is None or owner == person.name else act.others
