"""What a run costs, from a look at model and photos: that of its classes together, the disk as the run itself says."""

from dataclasses import replace

import pytest

from concepts.engine.inspection import Inspection, LayerRow
from concepts.engine.report_cost import cost_of_report
from concepts.report.request import Request
from concepts.report.settings import ReportSettings
from concepts.runs.cost import run_cost
from concepts.runs.disk import Shape, disk_need, need_of
from concepts.runs.planning import Planned
from concepts.runs.window import window_of
from tests.support.runs import tiny_request
from tests.support.tiny import write_photos

FOUND = Inspection(
    class_names=("red", "green", "blue", "grey"),
    layers=(LayerRow("features", "map", (8, 8, 4), (8, 8), ">= 0", traced=False),),
    default_layer="features", reason="", n_photos=1000, skipped=0, photos_per_class={"red": 700, "green": 300},
    seconds_per_photo=0.1, model_bytes=10**6,
)  # fmt: skip
WANTED = Request(model="m", images="p", settings=ReportSettings(n_concepts=5))


def test_a_run_of_one_class_costs_what_its_report_does_and_the_process_that_conducts():
    cost, alone = run_cost(FOUND, WANTED, [700], workers=1), cost_of_report(FOUND, WANTED, 700, n_others=300)
    assert cost.seconds == pytest.approx(alone.seconds)
    assert cost.memory > alone.memory
    assert cost.passes == 700 + 3 * 120 + 12 * 60  # the class, the counter-proof, the artefacts


def test_classes_add_up_and_processes_take_memory_and_disk():
    one, other, both = (run_cost(FOUND, WANTED, sizes, workers=1) for sizes in ([700], [300], [700, 300]))
    assert both.seconds == pytest.approx(one.seconds + other.seconds)
    assert both.passes == one.passes + other.passes
    assert both.disk.for_good == one.disk.for_good + other.disk.for_good
    many = [run_cost(FOUND, WANTED, [300] * 9, workers=n) for n in (1, 2, 3)]
    assert many[2].memory - many[1].memory == many[1].memory - many[0].memory > 0
    assert many[2].disk.at_a_time == many[0].disk.at_a_time * 3  # as many classes as processes are under way
    assert many[2].disk.for_good == many[0].disk.for_good


def test_classes_on_all_photos_pay_for_one_pass_and_its_disk():
    wanted = replace(WANTED, settings=replace(WANTED.settings, photos="all", evidence="off"))
    alone, three = (run_cost(FOUND, wanted, [1000] * n, workers=2) for n in (1, 3))
    assert three.passes == alone.passes == 1000
    report = cost_of_report(FOUND, wanted, 1000, n_others=0).seconds
    assert three.seconds == pytest.approx(3 * report - 2 * 1000 * FOUND.seconds_per_photo)
    assert three.disk.at_a_time == alone.disk.at_a_time
    assert three.disk.for_good == 3 * alone.disk.for_good


def test_where_the_models_answers_decide_all_photos_are_a_bound():
    look = FOUND.n_photos
    unknown = replace(FOUND, photos_per_class={})
    cost = run_cost(unknown, WANTED, [], workers=1)
    assert cost.n_classes == 4
    for sizes in ([1000], [250] * 4, [700, 200, 100], [997, 1, 1, 1]):
        one = run_cost(unknown, WANTED, sizes, workers=1)
        assert cost.passes >= look + one.passes, sizes
        assert cost.seconds >= look * FOUND.seconds_per_photo + one.seconds - 1e-6, sizes
        assert (cost.memory >= one.memory, cost.disk.at_a_time >= one.disk.at_a_time) == (True, True), sizes
        assert cost.disk.for_good >= one.disk.for_good, sizes
    alike = run_cost(unknown, WANTED, [250] * 4, workers=1)
    assert (cost.passes, cost.disk.for_good) == (look + alike.passes, alike.disk.for_good), "it can come to that"
    wanted = replace(WANTED, settings=replace(WANTED.settings, photos="all", evidence="off"))
    assert run_cost(unknown, wanted, [], workers=1).passes == look + 1000


def test_the_disk_is_what_the_run_itself_says(tmp_path):
    request = tiny_request(write_photos(tmp_path / "photos", n=8))
    planned = Planned(request, "all", tmp_path / "out", tmp_path / "store")
    run = planned.add_classes([0] * 700 + [1] * 300)
    wanted = Request(model="m", images="p", settings=request.settings)
    assert run_cost(FOUND, wanted, [700, 300], workers=1).disk == disk_need(
        run, run.classes, planned.split, window_of(1)
    )


def test_a_class_of_more_than_a_part_has_its_activations_twice_for_a_while():
    shape = Shape(positions=9, channels=4, n_concepts=2, kind="images")
    small, large = (need_of([n], shape, window=1, part=10).at_a_time / n for n in (10, 11))
    assert large - small == 9 * 4 * 2
