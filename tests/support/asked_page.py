"""The content drawn on a page with photos to query, and a pick in the format of the browser."""

import json
import re
from base64 import b64decode
from urllib.parse import parse_qs, urlsplit

import numpy as np
import torch
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from attribution.similarity import unit_range
from pages.state.address import PhotoQuestion
from tests.support.screen import shown

SIDE = 24  # places per side of the demo pair's grid
HOSTILE = '<script>alert(1)</script>"><img src=x>'


def answers_shown(page: str) -> dict[str, np.ndarray]:
    """Class → probability before and after, read from the bars in a page's HTML."""
    table = page.split('class="cx-answers"')[1].split("</table>")[0]
    rows = re.findall(r'scope="row">([^<]+)</th>.*?width:([\d.]+)%.*?width:([\d.]+)%', table)
    return {name: np.array([float(before), float(after)]) / 100 for name, before, after in rows}


def sent(app: AppTest, key: str = "similarity_photo") -> dict:
    """The data sent to a component with photos."""
    found = [each.proto for each in app.get("bidi_component") if each.proto.id.endswith(key)]
    return json.loads(found[0].json)


def drawn(photo: dict, side: int = SIDE) -> np.ndarray:
    """(h, w) uint8: the map over a photo."""
    return np.frombuffer(b64decode(photo["map"]), np.uint8).reshape(side, side)


def as_bytes(similarity: torch.Tensor, scale: list[float] | None = None) -> np.ndarray:
    """(h, w) uint8: a map as the page packs it. scale: the ends that the page sent; None: those of the map."""
    if scale is None:
        return (unit_range(similarity).numpy() * 255).round().astype(np.uint8)
    low, high = scale
    return np.clip((255 * (similarity.numpy() + 1) / 2 - low) / (high - low) * 255, 0, 255).round().astype(np.uint8)


def pick(app: AppTest, places: list[int], turn: int, of: str, key: str = "similarity_photo") -> AppTest:
    """The page after a pick, in the format sent by the browser."""
    (component,) = (each.proto for each in app.get("bidi_component") if each.proto.id.endswith(key))
    states = app._tree.get_widget_states()
    value = json.dumps({"picked": {"places": places, "turn": turn, "of": of}})
    states.widgets.append(WidgetState(id=component.id, json_value=value))
    return app._run(states)


def best_photos(app: AppTest) -> list[PhotoQuestion]:
    """Where the pictures below "In all photos" lead, in their order."""
    page = shown(app).replace("&amp;", "&")
    links = [part.split('"')[0] for part in page.split('href="')[1:] if part.startswith("similarity?")]
    return [PhotoQuestion.of({k: v[0] for k, v in parse_qs(urlsplit(link).query).items()}) for link in links]
