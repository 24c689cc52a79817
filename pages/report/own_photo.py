"""A reader's own photo on this report: its concepts, their maps, its strategy, the nearest photos."""

from typing import TYPE_CHECKING

import streamlit as st

from concepts.data.images import PICTURE_TYPES, UnreadablePhoto, decode
from concepts.numerics.written import written
from concepts.rendering.pictures import Picture
from concepts.report.class_report import ClassReport
from concepts.report.queries.local_importance import by_size
from concepts.report.queries.predictions import likeliest_classes
from concepts.report.rendering.overlay import overlay_bytes
from concepts.report.rendering.sentences import amount, importance_unit, percent
from pages.components import texts
from pages.components.pictures import picture_grid, picture_row
from pages.components.safe_text import is_dark, paragraph, plain
from pages.components.scripts import script
from pages.figures.importance import local_figure
from pages.state.asking import about, asking
from pages.state.computing import ASKING
from pages.state.messages import told
from pages.state.models import class_names, split_of
from pages.state.report_pictures import item_tile
from pages.state.reports import report_key
from pages.state.selection import view

if TYPE_CHECKING:
    from concepts.models import Split
    from concepts.models.splitting.base import SplitModel
    from concepts.report.queries.new_photo import Explained, ExplainedPhoto

MOST_BYTES, MOST_PIXELS = 20 * 2**20, 50_000_000
N_MAPS, N_CLASSES = 4, 3


@st.fragment
def show(report: ClassReport) -> None:
    """Shows the upload field and the explanation of the photo. The photo is not stored."""
    st.header("A photo of your own", anchor="yours")
    paragraph(
        "Drop a picture, or paste one: the same model and concepts look at it, and it is compared with the photos of "
        "this report. It is read in memory and not kept."
    )
    file = st.file_uploader(
        "Your photo",
        list(PICTURE_TYPES),
        key="own_photo",
        label_visibility="collapsed",
        max_upload_size=MOST_BYTES // 2**20,
    )
    script("paste")(data={"uploader": "own_photo"}, key="own_photo_paste")
    if file is None:
        return
    try:
        if file.size > MOST_BYTES:
            raise ValueError(f"{file.size / 2**20:.0f} MB: photos of up to {MOST_BYTES // 2**20} MB are taken")
        with asking(f"own photo: {about(report)}", file.getvalue()):
            found = _seen(report_key(report), file.getvalue(), report, split_of(report))
    except (ValueError, UnreadablePhoto) as error:
        st.warning(f"{plain(file.name[:80])}: {told(error)}")
        return
    _draw(report, split_of(report), found)


@st.cache_data(max_entries=16, show_spinner="Looking at your photo …")
def _seen(key: tuple[str, int], content: bytes, _report: ClassReport, _split: "Split") -> "ExplainedPhoto":
    from concepts.report.queries.new_photo import explain_photo

    photo = decode(content, max_pixels=MOST_PIXELS)
    with ASKING.turn():
        return explain_photo(_report, _split, photo)


def _draw(report: ClassReport, split: "Split", found: "ExplainedPhoto") -> None:
    paragraph(sentence(report, split, found), "cx-lead")
    left, right = st.columns([5, 7], gap="large")
    label, unit = report.data.target.label, importance_unit(report.data)
    with left:
        st.plotly_chart(
            local_figure(found.phi, target=label, unit=unit, names=report.names, dark=is_dark()), key="own_bars",
            config={"displayModeBar": False}, alt=f"Importance of each concept in your photo, in {unit}",
        )  # fmt: skip
    with right:
        st.html(picture_grid(_pictures(report, found), columns=3))
    show_nearest(report, found)


def show_nearest(report: ClassReport, found: "Explained") -> None:
    """Shows the photos or texts of the report that are most like it, and how near they are."""
    noun = report.data.noun
    st.html(texts.heading(3, f"The {noun}s of this report that are most like it", kind="cx-flat"))
    st.html(picture_row([item_tile(report, i, view()) for i in found.nearest], size=104))
    paragraph(
        f"By importance, each concept in units of its spread: the nearest is {found.distances[0]:.2f} away; 95% of the "
        f"report's {noun}s have one within {found.usual:.2f}. {percent(found.leftover)} of the length of your {noun}'s "
        "activations lies outside the concepts."
    )


def _pictures(report: ClassReport, found: "ExplainedPhoto") -> list[Picture]:
    pictures = [Picture.of(found.shown, "your photo", "what the model sees")]
    if found.maps is None:
        return pictures
    unit = importance_unit(report.data)
    for j in by_size(found.phi)[:N_MAPS]:
        name = report.names.concept(j)
        content = overlay_bytes(found.shown, found.maps[..., j], top=report.largest_code(j))
        pictures.append(Picture.of(content, f"where {name} is in your photo", f"{name}: {amount(found.phi[j], unit)}"))
    return pictures


def said_by(split: "SplitModel", found: "Explained") -> str:
    """The likeliest classes with their probabilities, or the quantities."""
    names = class_names(split)
    if found.probabilities is None:
        return ", ".join(f"{names[i]} {written(value, 4)}" for i, value in enumerate(found.logits[:N_CLASSES]))
    return ", ".join(f"{names[i]} ({percent(p)})" for i, p in likeliest_classes(found.probabilities, N_CLASSES))


def sentence(report: ClassReport, split: "SplitModel", found: "Explained") -> str:
    """The model's answer, and the strategy of the report's most similar photos or texts, if there is one."""
    said, noun = said_by(split, found), report.data.noun
    if found.is_unlike_all:
        like = f"It is unlike all {noun}s of this report: what is said of its concepts is said beyond them."
    elif found.strategy is None:
        like = f"Its nearest {noun}s follow no one strategy."
    else:
        like = f"It follows {report.names.strategy(found.strategy)}, as most of the {noun}s nearest to it do."
    return f"The model says {said}. {like}"
