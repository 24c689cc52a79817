"""Feature visualisation on SqueezeNet: seconds and the activation reached: `python -m benchmarks.visualisation`.

Target the dogs, 10 concepts; the three most important ones are drawn. To reach: at most 30 s each on two cores, an
activation above those of random phases; the strongest photo stands beside.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.measuring import machine, measure
from benchmarks.report import DOGS, load
from concepts.report import ReportSettings, build_report
from concepts.report.queries.visualisation import concept_in_pixels, draw_concept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concepts", type=int, default=3, help="how many are drawn")
    parser.add_argument("--out", type=Path, help="a folder for the report and the drawings")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(given.out or Path(folder), given.concepts)


def run(folder: Path, n_concepts: int) -> None:
    """Draws them and follows them to the pixels, a line each."""
    split, photos = load()
    settings = ReportSettings(method="nmf", n_concepts=10, photos="class")
    report = build_report(split, photos, DOGS, settings, store=folder / "store")
    report.save(folder / "report")
    print(machine())
    print("concept  drawn in  activation  random (most)  strongest photo   pixels in  gap    map  control  alike")
    for j in range(n_concepts):
        with measure() as drawing:
            found = draw_concept(report, split, j, store=folder / "drawn").figures
        with measure() as following:
            pixels = concept_in_pixels(report, split, j, found.image or 0)
        print(
            f"{j:>7}  {drawing.seconds:>6.1f} s  {found.reached:>10.0f}  {found.random:>7.0f} ({found.random_best:.0f})"
            f"  {found.photo or 0:>15.0f}  {following.seconds:>8.1f} s  {pixels.gap:.3f}  {pixels.agreement:.2f}"
            f"  {pixels.control:>7.2f}  {pixels.alike:>5.2f}"
        )


if __name__ == "__main__":
    main()
