"""What a run has come to: links to its newest reports, its site as one file."""

from functools import partial

import streamlit as st

from concepts import service
from concepts.engine.jobs import Job, JobState
from concepts.runs.on_disk import newest_reports, site_bytes, site_zip
from pages.analysis.amounts import size
from pages.components.safe_text import paragraph, plain, shortened
from pages.state.sharing import offered, shared

NEWEST = 8  # reports with a link
LARGEST = 200 * 2**20  # bytes of a site that is packed for a visitor, in the server's memory


def show_newest(job: Job) -> None:
    """Shows links to the newest reports of a run."""
    found = newest_reports(job, NEWEST)
    if not found:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"newest_{job.id}"):
        st.markdown("**Newest reports**", width="content")
        for each in found:
            label = plain(shortened(each.label, 30))
            st.page_link("pages/views/report.py", label=label, query_params={"id": each.id}, width="content")
        st.page_link("pages/views/gallery.py", label="All in the gallery", icon=":material/grid_view:", width="content")


def show_site(job: Job, state: JobState) -> None:
    """Offers the site of a run that has ended as a zip. What it takes is counted once for each end of the run."""
    n_bytes = _site_bytes(str(job.folder), state.updated, job)
    if n_bytes > LARGEST:
        paragraph(f"Its site takes {size(n_bytes)}: the operator finds it in jobs/{job.id}/run/site.", "cx-note")
    elif n_bytes and offered(owner := service.owner_of(job)):
        made = shared(f"site of {job.id}", owner, partial(site_zip, job))
        st.download_button(
            f"Site of its reports (zip, {size(n_bytes)})", made, "site.zip", "application/zip",
            key=f"site-{job.id}", on_click="ignore", icon=":material/download:",
        )  # fmt: skip


@st.cache_data(max_entries=256, show_spinner=False)
def _site_bytes(folder: str, updated: float, _job: Job) -> int:
    return site_bytes(_job)
