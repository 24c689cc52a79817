"""What benchmarks make of what they measured: costs on machines that are not here, and lines over time as a picture."""

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tests.support.line_chart import Line, line_chart
from tests.support.run_cost import GPU_RATE, HOUR, Finish, Machines, Parts, Range, cost, grown

PARTS = Parts(
    passed=Range(0.01, 0.02),
    decoded=0.0005,
    looked=0.001,
    listed=0.002,
    stages={"concepts": Range(2, 4), "evidence": Range(10, 20)},
    memory=Range(1, 2),
    stored=Range(3, 4),
    kept=Range(5, 6),
    finish=Finish(50, 25, site=5, atlas=2, memory=3, peak=7),
)
ENDS = (2 * 5 + 2 * 2, 2 * 5 + 4 * 2)  # seconds of site and atlas of 100 classes
SVG = "{http://www.w3.org/2000/svg}"


def test_on_cores_all_work_is_shared_out():
    found = cost(PARTS, Machines("", 0, 10), 100, 50)
    assert found.hours.low == pytest.approx(((100 * 50 * 0.011 + 100 * 12) / 10 + ENDS[0]) / HOUR)
    assert found.hours.high == pytest.approx(((100 * 50 * 0.021 + 100 * 24) / 10 + ENDS[1]) / HOUR)
    lists = 0.002 * 100 * 50 * 11  # of ten workers and the command
    assert found.memory == Range(10 + 3 + 2 * 4 + lists, 20 + 3 + 2 * 2 * 4 + lists)
    assert found.at_a_time == Range(30, 40)
    assert found.for_good == Range(500, 600)
    assert found.bound == "the rest of the reports"


def test_one_worker_of_a_gpu_does_one_thing_after_the_other():
    found = cost(PARTS, Machines("", 1, 1), 100, 3000)
    slow, fast = GPU_RATE
    looked = 100 * 3000 * 0.001
    assert found.hours.low == pytest.approx((100 * 3000 / fast + 100 * 2 + looked + ENDS[0]) / HOUR)
    assert found.hours.high == pytest.approx((100 * 3000 / slow + 100 * 24 + looked + ENDS[1]) / HOUR)


def test_more_workers_than_gpus_hide_the_shorter_of_both():
    found = cost(PARTS, Machines("", 1, 10), 100, 3000)
    looked = 100 * 3000 * 0.001 / 10
    assert found.hours.low == pytest.approx((100 * 3000 / GPU_RATE[1] + looked + ENDS[0]) / HOUR)
    assert found.hours.high == pytest.approx((100 * 3000 / GPU_RATE[0] + 100 * 24 / 10 + looked + ENDS[1]) / HOUR)
    assert found.bound == "the pass"


def test_a_gpu_gets_photos_no_faster_than_they_are_decoded():
    slow = replace(PARTS, decoded=0.1)
    found, fast = (cost(parts, Machines("", 1, 2), 100, 3000).hours for parts in (slow, PARTS))
    assert found.low - fast.low == pytest.approx((100 * 3000 * (0.1 / 2 - 1 / GPU_RATE[1])) / HOUR)


def test_site_and_atlas_bound_what_everything_else_is_done_beside():
    slow = replace(PARTS, finish=Finish(50, 25, site=5_000, atlas=0, memory=3, peak=7))
    found = cost(slow, Machines("", 0, 1_000), 100, 10)
    assert (found.bound, found.hours.low > 10_000 / HOUR) == ("site and atlas", True)


def test_growth_is_that_of_the_same_classes():
    assert grown([2.0, 4.0], [2.0, 4.0], [6.0, 8.0]) == Range(6.0, 9.0)
    assert grown([2.0, 4.0], [0.0], [1.0]) == Range(3.0, 3.0)


def test_lines_stand_where_their_values_are():
    lines = [Line("a", [(0, 0), (10, 100)]), Line("b", [(0, 50), (10, 50)]), Line("none")]
    root = ElementTree.fromstring(line_chart(lines, title="t <", x="s", y="MB", note="n"))
    drawn = [line.get("points").split() for line in root.iter(f"{SVG}polyline")]
    heights = [[float(point.split(",")[1]) for point in line] for line in drawn]
    assert len(drawn) == 2
    assert heights[0][0] > heights[1][0] == heights[1][1] > heights[0][1]
    assert heights[1][0] == pytest.approx((heights[0][0] + heights[0][1]) / 2, abs=0.1)
    assert {"a", "b", "t <", "100", "10"} <= {text.text for text in root.iter(f"{SVG}text")}


def test_names_of_lines_that_end_together_do_not_cover_each_other():
    root = ElementTree.fromstring(
        line_chart([Line(name, [(0, 5), (1, 5)]) for name in "abc"], title="", x="", y="", note="")
    )
    places = sorted(float(text.get("y")) for text in root.iter(f"{SVG}text") if text.text in ("a", "b", "c"))
    assert all(low - high >= 12 for high, low in pairwise(places))


@pytest.mark.parametrize("lines", [[], [Line("a")], [Line(str(i), [(0, 1)]) for i in range(6)]])
def test_too_few_or_too_many_lines_are_refused(lines):
    with pytest.raises(ValueError, match="give 1 to 5"):
        line_chart(lines, title="", x="", y="", note="")
