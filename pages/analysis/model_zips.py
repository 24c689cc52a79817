"""A model of texts that a visitor uploads as a zip: unpacked, offered again after a reload, deleted on request."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from concepts import service
from concepts.engine.uploaded_files import UploadedFile
from concepts.models.encoders.model_zip import LIMITS, RefusedModelError
from pages.analysis.deletion import deleted_here, offer_deletion
from pages.analysis.disk import disk_errors_shown, owned_too
from pages.analysis.kept_files import remember
from pages.analysis.short_names import safe_name
from pages.analysis.single_files import uploaded_before
from pages.state.messages import sentence_of
from pages.state.server_settings import ServerSettings
from pages.state.visitor import person
from pages.state.workplace import workplace

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile as GivenFile

MEGABYTES = LIMITS.max_bytes // 2**20
LABEL = "Model: a zip of its folder"
HELP = (
    "As model.save_pretrained and tokenizer.save_pretrained write it: config.json, tokenizer.json, weights as "
    f".safetensors; at most {MEGABYTES} MB, also unpacked. Nothing else of the zip is unpacked, and no code that comes "
    "with a model is run."
)


def uploaded_model(server: ServerSettings, *, key: str) -> str | None:
    """The folder of a model that is uploaded now, or was before; None without one, and where it is refused."""
    file = st.file_uploader(LABEL, ["zip"], key=key, help=HELP, max_upload_size=MEGABYTES)
    if not file:
        return uploaded_before("models", server, key=key)
    upload = UploadedFile(server.workspace, "models", _digest(file, key), Path(safe_name(file.name)).stem)
    if deleted_here(upload, key=key):
        return None
    if not (owned_too(upload, server, file.size) if upload.kept else _unpacked(server, upload, file)):
        return None
    remember(upload, key=key)
    offer_deletion(server, upload, key=key)
    return str(upload.file)


def _unpacked(server: ServerSettings, upload: UploadedFile, file: "GivenFile") -> bool:
    """Whether the model is kept now; says on the page why not."""
    with st.spinner("Unpacking the model …"), disk_errors_shown("The model"):
        try:
            service.receive_model(workplace(server), person(), upload, file.getvalue())
        except RefusedModelError as error:
            st.error(sentence_of(error))
    return upload.kept


def _digest(file: "GivenFile", key: str) -> str:
    """The hash of the file, computed once for it: half a gigabyte takes most of a second."""
    known = st.session_state.get(f"{key}_digest")
    if known is None or known[0] != file.file_id:
        known = file.file_id, hashlib.blake2b(file.getvalue(), digest_size=12).hexdigest()
        st.session_state[f"{key}_digest"] = known
    return str(known[1])
