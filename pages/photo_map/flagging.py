"""Flags: the chosen photos are marked for others to see, signed with a name."""

import streamlit as st

from concepts.access import NotAllowed
from concepts.annotations.note import LONGEST
from concepts.item_map import Subset
from concepts.lexicon.collections import Collection
from concepts.lexicon.collections.flags import MOST_AT_ONCE
from concepts.numerics.counted import counted
from pages.components.safe_text import paragraph
from pages.state.flags import flag_photos, flags_on
from pages.state.messages import told
from pages.state.selection import rerun_page
from pages.state.visitor import identity

SUGGESTED = ("mislabelled", "damaged", "private", "look again")


def show(collection: Collection, chosen: Subset) -> None:
    """Shows the form that flags the chosen photos, or takes their flags away."""
    flags = flags_on(collection)
    if said := st.session_state.pop("flags_told", None):
        (st.success if said[0] else st.warning)(said[1])
    with st.expander(f"Flags: {counted(len(flags), 'photo')} flagged"):
        paragraph(
            "A flag is a word on a photo. Everybody who uses this app sees it, with a ring on the map, and can choose "
            f"by it above. It is kept with your name and the time. At most {MOST_AT_ONCE:,} photos at a time. "
            "It belongs to the photo: every collection that has it under this name, as large and cut alike, shows the "
            "flag; another photo of this name does not."
        )
        left, right = st.columns(2)
        with left:
            offered = sorted({*SUGGESTED, *flags.values()})
            st.selectbox("Flag them as", offered, index=None, key="flag", accept_new_options=True, placeholder="a word")
        with right:
            if name := identity():
                paragraph(f"Signed: {name}")
            else:
                st.session_state.setdefault("flag_author", st.session_state.get("author", ""))
                st.text_input("Who are you?", key="flag_author", max_chars=LONGEST["author"])
        n = counted(len(chosen), "photo")
        with st.container(horizontal=True):
            st.button(f"Flag {n}", key="flag_them", icon=":material/flag:", on_click=_flag, args=(collection, chosen))
            st.button(
                f"Take the flags of {n} away", key="unflag_them", type="tertiary",
                on_click=_unflag, args=(collection, chosen),
            )  # fmt: skip


def _flag(collection: Collection, chosen: Subset) -> None:
    flag = (st.session_state["flag"] or "").strip()
    if not flag:
        st.session_state["flags_told"] = (False, "Say what the photos are flagged as.")
        return
    _write(collection, chosen.numbers.tolist(), flag)


def _unflag(collection: Collection, chosen: Subset) -> None:
    flags = flags_on(collection)
    _write(collection, [row for row in chosen.numbers.tolist() if row in flags], "")


def _write(collection: Collection, rows: list[int], flag: str) -> None:
    author = st.session_state["author"] = identity() or st.session_state["flag_author"].strip()
    try:
        flag_photos(collection, rows, flag, author)
    except (ValueError, NotAllowed) as error:
        st.session_state["flags_told"] = (False, told(error))
        return
    rerun_page()  # the conditions name flags, too
    st.session_state["flags_told"] = (True, f"{counted(len(rows), 'photo')}: kept, with your name and the time.")
