"""Check that a report's arrays match its tables."""

from concepts.report.array_file import check_array
from concepts.report.stored import StoredReport


def check_arrays(report: StoredReport) -> None:
    """Raises ValueError if an array that pages need is missing, does not match the tables in shape or type, or holds
    values that are not finite. Maps are read photo by photo."""
    for name in ("phi", "embedding", "labels", "components"):
        check_array(name, report.array(name), report.data)
    if report.has_maps and report.holds("maps"):
        for one in report.each_map():
            check_array("maps", one, report.data, one=True)
