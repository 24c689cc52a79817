"""Pictures of every page, light and dark, on a desk and on a phone: python -m benchmarks.screens --out FOLDER.

The tour's steps as presented are taken at 1280 × 720, as a projector shows them. A server of its own shows the built-in
demo and made-up results of Compare. For each picture: errors of the browser's console, and whether the page
scrolls sideways. Exit code 1 where there is any. Looking at the pictures is left to people.
"""

import argparse
import tempfile
from itertools import product
from pathlib import Path

from concepts.demo.collection import demo_collection
from tests.support.addresses import PRESENTED, TEXT_VISITS, VISITS, Visit
from tests.support.browser import chromium, listen, server, settle
from tests.support.made_up_results import write_results

SIZES, SCHEMES, HIGHEST = ((1440, 1000), (390, 1000)), ("light", "dark"), 16_000  # pixels
PROJECTOR = (1280, 720)
WIDER = "document.querySelector('.stMain').scrollWidth - document.querySelector('.stMain').clientWidth"
WHOLE = "document.querySelector('.stMain').scrollHeight"


def picture(browser, address: str, visit: Visit, *, size: tuple[int, int], scheme: str, file: Path) -> list[str]:
    """Writes the page from its top to its end as a PNG, a presented one as it is seen.

    Returns what is wrong with it, one line each.
    """
    from playwright.sync_api import Error

    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    errors = listen(page)
    try:
        page.goto(f"{address}/{visit.address}")
        settle(page, visit.drawn)
        if size != PROJECTOR:
            page.set_viewport_size({"width": width, "height": min(HIGHEST, max(height, page.evaluate(WHOLE)))})
            settle(page, visit.drawn)
        page.screenshot(path=str(file))
        wider = page.evaluate(WIDER)
    except Error as error:  # not drawn in time
        return [*errors, str(error).splitlines()[0]]
    finally:
        page.close()
    return errors + ([f"scrolls sideways by {wider} pixels"] if wider > 1 else [])


def take(address: str, out: Path, only: str) -> int:
    """All pictures; the number of pages with something wrong."""
    wrong = 0
    with chromium() as browser:
        every = (*product((*VISITS, *TEXT_VISITS), SIZES, SCHEMES), *product(PRESENTED, (PROJECTOR,), SCHEMES))
        for visit, size, scheme in every:
            if only not in visit.name:
                continue
            file = out / f"{visit.name}-{size[0]}-{scheme}.png"
            found = picture(browser, address, visit, size=size, scheme=scheme, file=file)
            wrong += bool(found)
            print(f"{file.name:<42} {'; '.join(found) or 'fine'}", flush=True)
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--workspace", type=Path, help="where the demo's photos are kept (default: read anew)")
    parser.add_argument("--only", default="", help="pages with this in their name")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        workspace = options.workspace or Path(temporary)
        demo_collection(workspace / "collections", workspace / "store", n=2)
        write_results(workspace)
        with server(workspace) as address:
            wrong = take(address, options.out, options.only)
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
