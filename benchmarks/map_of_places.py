"""The page Photo map with ten million points: the places of a made-up collection, laid out by the command, looked at
in a browser.

Tokens are made up as in `benchmarks.collections`, 169 places of 256 channels a photo: 59,172 photos have ten million. A
photo shows one of 100 ImageNet photos, which its tokens have nothing to do with. The workspace takes 6 GB in a
temporary folder, which is deleted; --folder keeps it, and takes what is there. Measured: seconds until the page is
drawn for the first time, and again; after a turn of the wheel, until the tiles are counted anew; memory of the server
(RssAnon) beside the mapped files.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import psutil

from benchmarks.collections import CHANNELS, LAYER, made_up, real_tokens, rss_anon
from benchmarks.measuring import machine, meanwhile
from concepts.activations.collect import INFO, ActivationsInfo, PassSeconds
from concepts.data.images import open_photos
from concepts.lexicon.collections import Collection, EncoderSummary
from concepts.lexicon.collections.collection import FILE
from concepts.lexicon.collections.recording import space_of
from concepts.numerics.samples import even_sample
from concepts.storage.typed_json import write_typed
from concepts.token_search import write_token_file
from tests.support.browser import chromium, server, settle
from tests.support.places import SHARED

GRID, SHOWN = (13, 13), 100
CHART = ".st-key-photo_map .js-plotly-plot .main-svg"
PART = "() => new URLSearchParams(location.search).get('part')"
LONG = 600_000  # milliseconds
NEEDED = 1.3  # bytes of free disk, as a multiple of the tokens


def make(workspace: Path, photos: int) -> None:
    """Writes the collection's tokens, pictures and list."""
    tokens = workspace / "store" / "activations-made-up"
    (tokens / "thumbnails").mkdir(parents=True)
    places = GRID[0] * GRID[1]
    write_token_file(tokens / "activations.bin", made_up(real_tokens(), photos * places, seed=1), places=1)
    np.save(tokens / "logits.npy", np.zeros((photos, 0), np.float32))
    labels = _pictures(tokens / "thumbnails", photos)
    info = ActivationsInfo(
        indices=tuple(range(photos)), dtype="float16", shape=(places, CHANNELS), grid=GRID, named=(), skipped=(),
        split_check=0.0, seconds=PassSeconds(forward=0.0, all=0.0),
    )  # fmt: skip
    write_typed(tokens / INFO, info)
    folder = workspace / "collections" / "made-up"
    folder.mkdir(parents=True)
    collection = Collection(
        title="made-up tokens", created="2026-11-30T12:00:00+00:00", space=space_of("made-up", LAYER),
        encoder=EncoderSummary("squeezenet1_0", "made-up", LAYER), source="made-up", tokens=tokens.name,
        names=tuple(f"{label}/{i:06d}.jpg" for i, label in enumerate(labels)), labels=tuple(labels),
    )  # fmt: skip
    write_typed(folder / FILE, collection)


def _pictures(folder: Path, photos: int) -> list[str]:
    """Writes the pictures, each of a hundred many times over; their classes."""
    found = open_photos(str(SHARED / "data" / "imagenet_sample"))
    shown = even_sample(len(found), SHOWN)
    for turn, i in enumerate(shown):
        (folder / f"{turn:06d}.jpg").write_bytes(found.preview(i))
    for row in range(len(shown), photos):
        os.link(folder / f"{row % len(shown):06d}.jpg", folder / f"{row:06d}.jpg")
    return [found.groups[shown[row % len(shown)]] or "no class" for row in range(photos)]


def lay_out(workspace: Path) -> None:
    """Has the command make the map of places, and says how long it takes."""
    begin = time.perf_counter()
    command = ["tokens", "--collection", "made-up", "--map", "places", "--workspace", str(workspace)]
    subprocess.run([sys.executable, "-m", "concepts", *command], check=True)
    print(f"tokens --map places: {time.perf_counter() - begin:.0f} s; {machine()}", flush=True)


def look(workspace: Path) -> None:
    """Opens the page twice, and zooms in until places appear; prints seconds, and the server's memory."""
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        address = stack.enter_context(server(workspace))
        seen = [0]
        stack.enter_context(meanwhile(lambda: seen.__setitem__(0, max(seen[0], _memory())), every=0.1))
        page = browser.new_page(viewport={"width": 1440, "height": 1100})
        page.set_default_timeout(LONG)
        for name in ("the page, first", "the page, again"):
            begin = time.perf_counter()
            page.goto(f"{address}/photos?collection=made-up&points=places")
            settle(page, CHART)
            print(f"{name}: {time.perf_counter() - begin:.1f} s", flush=True)
        for ms in _zoomed(page):
            print(f"a turn of the wheel, to tiles counted anew: {ms:.0f} ms", flush=True)
        print(f"memory of the server: {seen[0] / 1e9:.2f} GB (RssAnon, at most); {machine()}")


def _zoomed(page) -> Iterator[float]:
    """Milliseconds of each of ten turns of the wheel in the middle of the map."""
    box = page.locator(CHART).first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.45, box["y"] + box["height"] / 2)
    for _ in range(10):
        before, begin = page.evaluate(PART), time.perf_counter()
        page.mouse.wheel(0, -600)
        page.wait_for_function(f"(before) => ({PART})() !== before", arg=before)
        settle(page, CHART)
        yield 1e3 * (time.perf_counter() - begin)


def _memory() -> int:
    """RssAnon of the processes that this one has started and that serve the app, in bytes."""
    found = 0
    for child in psutil.Process().children(recursive=True):
        try:
            command = " ".join(child.cmdline())
            if "python" in command and "playwright" not in command:
                found = max(found, rss_anon(child.pid))
        except (OSError, psutil.Error):
            continue
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=59_172, help="of 169 places each (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="the workspace: kept, and taken where it is there")
    options = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs ../shared (SqueezeNet's weights and the ImageNet photos)")
    place = options.folder or Path(tempfile.gettempdir())
    needed = NEEDED * options.photos * GRID[0] * GRID[1] * CHANNELS * 2
    there = options.folder is not None and (options.folder / "collections").is_dir()
    if not there and (free := shutil.disk_usage(place if place.is_dir() else place.parent).free) < needed:
        raise SystemExit(f"skipped: {needed / 1e9:.1f} GB of disk are needed in {place}, {free / 1e9:.1f} are free")
    print(machine())
    with tempfile.TemporaryDirectory(dir=None if options.folder else place) as temporary:
        workspace = options.folder or Path(temporary)
        if not there:
            make(workspace, options.photos)
        if not (workspace / "collections" / "made-up" / "map_of_places").is_dir():
            lay_out(workspace)
        look(workspace)


if __name__ == "__main__":
    main()
