"""Photos that are nearly the same to the model, and the photos that are asked as a list of files."""

from typing import TYPE_CHECKING

import streamlit as st

from concepts.item_map import Subset
from concepts.lexicon.collections import Collection
from concepts.numerics.counted import counted, listed
from concepts.token_search.near_duplicates import THRESHOLD, Groups, without_repeats
from pages.components.safe_text import paragraph
from pages.components.tables import table
from pages.similarity.duplicate_groups import groups_among, tell, whence
from pages.similarity.only import asked_items
from pages.state.address import PhotoQuestion
from pages.state.messages import told

if TYPE_CHECKING:
    import numpy as np

SHOWN, NAMED = 20, 12  # groups, and photos of each
OF_GROUPS = "Of each group of near-duplicates that was found, the first is kept."


def show(collection: Collection, asked: PhotoQuestion) -> None:
    """Shows near-duplicates when asked for, and the lists of files."""
    with st.expander("Near-duplicates, and these photos as a list of files"):
        try:
            items = asked_items(collection, asked)
        except ValueError as error:
            st.warning(told(error))
            return
        groups: Groups = ()
        if st.toggle("Look for near-duplicates", key="duplicates"):
            try:
                groups = groups_among(collection, items)
            except ValueError as error:
                tell(error, collection)
                return
            _shown(collection, groups)
        _list_of_files(collection, items, groups)


def _shown(collection: Collection, groups: Groups) -> None:
    n = sum(map(len, groups))
    paragraph(
        f"{n:,} photos in {len(groups):,} groups: the mean of their places, less that of all photos, has a cosine of "
        f"{THRESHOLD} or more. Where things stand in the photo does not count. Copies that were compressed again, "
        "or cut, often lie below."
    )
    paragraph(whence(collection), "cx-note")
    rows = [[listed([collection.names[i] for i in group], NAMED)] for group in groups[:SHOWN]]
    if rows:
        st.html(table((), rows, caption="Nearly the same" + (f", the first {SHOWN}" if len(groups) > SHOWN else "")))


def _list_of_files(collection: Collection, items: "np.ndarray | None", groups: Groups) -> None:
    n = len(collection)
    offer_list(collection, Subset.of(n, without_repeats(n, groups) if groups else None, items), OF_GROUPS)


def offer_list(collection: Collection, subset: Subset, more: str = "") -> None:
    """Shows the download of some photos as a list of files. more: a sentence on what is in it."""
    st.download_button(
        f"{counted(len(subset), 'photo')} as a list of files", lambda: subset.list_of(collection.names),
        "photos.txt", "text/plain", icon=":material/download:", key="files", on_click="ignore",
        help=f"One a line, relative to the photos' folder: put the file there and give it as --images. {more}".strip(),
    )  # fmt: skip
