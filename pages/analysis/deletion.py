"""The deletion of an upload by whoever holds its files."""

import streamlit as st

from concepts import service
from concepts.access import Act, NotAllowed
from concepts.engine.uploaded_files import UploadedFile
from concepts.engine.uploads import Upload
from pages.state.messages import told
from pages.state.server_settings import ServerSettings
from pages.state.visitor import may, person, visitor
from pages.state.workplace import workplace

HELP = """\
The uploaded {0} are deleted, {1} others who uploaded the very same. Reports made with them stay, also the small \
pictures in them. Later, give the same {0} again to find this button."""


def deleted_here(upload: Upload | UploadedFile, *, key: str) -> bool:
    """Whether the visitor has deleted an upload, which still lies in the control; if so, offers to upload it again.

    key: of the control.
    """
    if st.session_state.get(_deleted(key)) != upload.digest:
        return False
    st.info(f"These {upload.words} are deleted from the server. Choose others, or upload them again.")
    st.button("Upload them again", key=f"{key}_upload", on_click=st.session_state.pop, args=(_deleted(key),))
    return True


def offer_deletion(server: ServerSettings, upload: Upload | UploadedFile, *, key: str) -> None:
    """Shows the button that deletes an upload, and why it cannot be deleted while an analysis uses it.

    Nothing where the visitor may not delete it, as another's.
    """
    found = visitor().person
    owner = "" if found is None else service.owner_for(found, upload)
    if found is None or not may(Act.REMOVE, owner=owner):
        return
    label = f"Delete these {upload.words} from the server"
    whose = "but stay for" if owner and owner == found.name else "also for"
    if not st.button(label, key=f"{key}_delete", type="tertiary", help=HELP.format(upload.words, whose)):
        return
    try:
        service.delete(workplace(server), person(), upload)
    except (ValueError, NotAllowed) as error:
        st.error(told(error))
        return
    st.session_state[_deleted(key)] = upload.digest
    st.rerun()


def _deleted(key: str) -> str:
    """The name in the session of the upload that was deleted."""
    return f"{key}_deleted"
