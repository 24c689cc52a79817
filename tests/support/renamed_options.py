"""An app of four controls whose options are called differently after a press of "switch"; run by Streamlit."""

import streamlit as st

from pages.state.selection import renew_widget, sync_widget


def switch() -> None:
    """Calls every option by the other name."""
    st.session_state["word"] = "dogs" if word == "cats" else "cats"


def called(option: object) -> str:
    """What an option is called now."""
    return f"{option} {word}"


word = st.session_state.get("word", "cats")
fired = st.session_state.setdefault("fired", [])
st.button("switch", on_click=switch)

sync_widget("one", 2, called(2))
st.selectbox("One", range(4), format_func=called, key="one", on_change=lambda: fired.append("one"))
sync_widget("many", [1, 2], "".join(map(called, (1, 2))))
st.multiselect("Many", range(4), format_func=called, key="many", on_change=lambda: fired.append("many"))

labels = [called(name) for name in ("own", "all")]
renew_widget("which", labels)
which = st.selectbox("Which", ["own", "all"], format_func=called, key="which", bind="query-params")
renew_widget("classes", labels)
classes = st.multiselect("Classes", ["own", "all"], default=["own"], format_func=called, key="classes")
st.text(f"{word}: {which}, {'+'.join(classes)}; fired: {', '.join(fired) or 'nothing'}.")
