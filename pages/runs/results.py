"""What a run has come to: links to its newest reports, its site as one file."""

from functools import partial

import streamlit as st

from concepts import service
from concepts.engine.jobs import Job
from concepts.runs.on_disk import newest_reports, site_files, site_zip
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


def show_site(job: Job) -> None:
    """Offers the site of a run as a zip."""
    n_bytes = sum(file.stat().st_size for file in site_files(job))
    if n_bytes > LARGEST:
        paragraph(f"Its site takes {size(n_bytes)}: the operator finds it in jobs/{job.id}/run/site.", "cx-note")
    elif n_bytes and offered(owner := service.owner_of(job)):
        made = shared(f"site of {job.id}", owner, partial(site_zip, job))
        st.download_button(
            f"Site of its reports (zip, {size(n_bytes)})", made, "site.zip", "application/zip",
            key=f"site-{job.id}", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
