"""What the page shows, as its address says: the space, the classes that stand out, the chosen concept, the lasso."""

import streamlit as st

from concepts.atlas import Space
from concepts.atlas.reading import AtlasReport
from concepts.numerics.counted import counted
from concepts.report.queries.photo_filter import inside
from concepts.report.rendering.sentences import model_name
from pages.atlas.spaces import Atlas, key_of_space
from pages.components.safe_text import shortened
from pages.state.address import AtlasView, corners_in
from pages.state.selection import choose, sync_widget

NOTHING: dict[str, None] = dict.fromkeys(("classes", "report", "concept", "area", "dose"))


def view() -> AtlasView:
    """The state in the address."""
    return AtlasView.of(st.query_params.to_dict())


def choose_space(spaces: tuple[Space[AtlasReport], ...]) -> Space[AtlasReport]:
    """The space in the address, else that of the report in it, else the largest; where there are several, a choice."""
    found = {key_of_space(space): space for space in spaces}
    key = view().space
    if key not in found:
        key = next((name for name, each in found.items() if view().report in _ids(each)), next(iter(found)))
    if len(found) > 1:
        sync_widget("atlas_space", key)
        st.selectbox(
            "Model and layer", list(found), format_func=lambda name: _titled(found[name]), key="atlas_space",
            on_change=lambda: choose(space=st.session_state["atlas_space"], **NOTHING),
        )  # fmt: skip
    return found[key]


def _ids(space: Space[AtlasReport]) -> list[str]:
    return [member.id for member in space.members]


def _titled(space: Space[AtlasReport]) -> str:
    n, reports = len(space.nodes), counted(len(space.members), "report")
    return f"{model_name(space.model)} · {space.layer} · {reports}, {counted(n, 'concept')}"


def choose_classes(atlas: Atlas) -> None:
    """Shows the choice of the classes that stand out."""
    if len(atlas.members) < 2:
        return
    labels = {member.id: shortened(_label(atlas, member)) for member in atlas.members}
    chosen = [id for id in view().class_list if id in labels]
    sync_widget("atlas_classes", chosen, "|".join(labels[id] for id in chosen))
    st.multiselect(
        "Classes", list(labels), format_func=labels.__getitem__, key="atlas_classes", placeholder="all",
        on_change=lambda: choose(classes="|".join(st.session_state["atlas_classes"]) or None),
    )  # fmt: skip


def _label(atlas: Atlas, member: AtlasReport) -> str:
    """The class, with the report's id where another report is of the same class."""
    same = [each for each in atlas.members if each.label == member.label]
    return member.label if len(same) == 1 else f"{member.label} ({member.id})"


def rows_standing_out(atlas: Atlas) -> list[int] | None:
    """The concepts of the chosen classes within the lasso; None where all are."""
    ids, corners = set(view().class_list) & {member.id for member in atlas.members}, corners_in(view().area)
    if not ids and len(corners) < 3:
        return None
    rows = [row for row, (member, _) in enumerate(atlas.placed.space.nodes) if not ids or member.id in ids]
    if len(corners) < 3:
        return rows
    within = inside(atlas.placed.points, corners)
    return [row for row in rows if within[row]]


def chosen_row(atlas: Atlas) -> int | None:
    """The concept in the address; else the first that a verdict names, else the first. None for one not there."""
    wanted = view()
    if wanted.report is None:
        return next(iter(atlas.placed.named), 0)
    place = next((i for i, member in enumerate(atlas.members) if member.id == wanted.report), None)
    return None if place is None else atlas.placed.row_of(place, wanted.concept or 0)


def choose_row(atlas: Atlas, row: int) -> None:
    """Writes a concept into the address."""
    member, j = atlas.placed.space.nodes[row]
    choose(report=member.id, concept=j, dose=None)


def href_of(atlas: Atlas, row: int, at: AtlasView) -> str:
    """The address of this page with another concept. at: the state that the link leads on from."""
    member, j = atlas.placed.space.nodes[row]
    return at.href(space=atlas.key, report=member.id, concept=j, dose=None)
