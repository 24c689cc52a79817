"""Click to map on the page Similarity, in a real browser, on 1,000 photos whose tokens are stored.

ImageNet photos, SqueezeNet's `features` (13 × 13 places of 512 channels). To reach: 200 ms from the pointer to the map
on the photo, and 200 ms for the question to all photos; each the median and the 95th percentile over clicks on places
drawn with a seed. The first question, which reads the tokens into memory, is told apart. Until the answer of all photos
stands on the screen there are transport, pictures and layout as well: measured, beside the same budget.
"""

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.budgets import head, line
from concepts.data.images import open_photos
from concepts.lexicon.collections import Collection, TokenMatrix, best_places, record_collection
from tests.support.browser import chromium, server
from tests.support.haystack import open_squeezenet
from tests.support.places import SHARED

BUDGET = 200  # milliseconds
NAME = "imagenet"
CANVAS = ".cx-places canvas"
HEADING = "In all photos: "
CLICK = """
([canvas, x, y, heading]) => new Promise((done) => {
  const drawn = document.querySelector(canvas), box = drawn.getBoundingClientRect(), before = drawn.toDataURL();
  const told = () => [...document.querySelectorAll('h2')].find((h) => h.textContent.startsWith(heading))?.textContent;
  const grid = () => document.querySelector('.cx-grid')?.innerHTML;
  const was = [told(), grid()], found = {};
  const at = (kind) => drawn.dispatchEvent(new PointerEvent(kind, {
    bubbles: true, pointerId: 1, clientX: box.left + x * box.width, clientY: box.top + y * box.height }));
  drawn.setPointerCapture = () => {};
  const start = performance.now();
  at('pointerdown'); at('pointerup');
  const look = () => {
    const now = performance.now() - start;
    if (found.map === undefined && drawn.toDataURL() !== before) found.map = performance.now() - start;
    if (told() !== was[0] && grid() !== was[1]) found.all = now;
    if (found.map !== undefined && found.all !== undefined) done(found);
    else if (now > 20000) done(found);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})
"""


def recorded(folder: Path) -> Collection:
    """The 1,000 photos with SqueezeNet's tokens and its classes as words; recorded now where they are not there."""
    place, store = folder / "collections" / NAME, folder / "store"
    try:
        return Collection.load(place, store)
    except (OSError, ValueError):
        split, lexicon = open_squeezenet()
    photos = open_photos(str(SHARED / "data" / "imagenet_sample"))
    return record_collection(split, photos, place, store=store, lexicons=[lexicon])


def ask_all(collection: Collection, *, n: int, seed: int) -> list[float]:
    """Milliseconds of n + 1 questions to all photos, without a browser: maps and best places."""
    matrix, times = TokenMatrix(collection), []
    for image, row, column in places(collection, n=n + 1, seed=seed):
        query = collection.patches(image)[row, column]
        start = time.perf_counter()
        best_places(matrix.similarity(query), 12)
        times.append(1_000 * (time.perf_counter() - start))
    return times


def places(collection: Collection, *, n: int, seed: int) -> list[tuple[int, int, int]]:
    """n photos with a place (row, column) each, drawn with a seed."""
    h, w = collection.grid
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, (len(collection), h, w), (n, 3))
    return [(int(i), int(r), int(c)) for i, r, c in drawn]


def click(address: str, collection: Collection, *, n: int, seed: int) -> dict[str, list[float]]:
    """Milliseconds of n + 1 clicks: from the pointer to the "map", and to the answer of "all" photos on the screen."""
    found: dict[str, list[float]] = {"map": [], "all": []}
    h, w = collection.grid
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.goto(f"{address}/similarity?collection={collection.id}&image=0")
        page.wait_for_selector(CANVAS, timeout=120_000)
        page.wait_for_timeout(3_000)
        for _, row, column in places(collection, n=n + 1, seed=seed):
            taken = page.evaluate(CLICK, [CANVAS, (column + 0.5) / w, (row + 0.5) / h, HEADING])
            for name, each in found.items():
                each.append(taken.get(name, float("nan")))
            page.wait_for_timeout(700)
    return found


def measure_similarity(*, asks: int, seed: int, workspace: Path | None) -> None:
    """Prints the table; says so where the photos are missing."""
    if not SHARED.is_dir():
        print("Similarity: skipped, needs ../shared (SqueezeNet's weights and the ImageNet photos)")
        return
    with tempfile.TemporaryDirectory() as temporary:
        collection = recorded(workspace or Path(temporary))
        h, w = collection.grid
        print(head(f"Similarity: {len(collection):,} photos, {h} × {w} places, {collection.n_channels} channels"))
        print(line("all photos, without a browser", ask_all(collection, n=asks, seed=seed), BUDGET))
        with server(workspace or Path(temporary)) as address:
            clicks = click(address, collection, n=asks, seed=seed)
        print(line("click to the map on the photo", clicks["map"], BUDGET))
        print(line("click to the best photos of all on the screen", clicks["all"], BUDGET))
