"""What was drawn on a page with photos that are asked, and a pick as the browser sends it."""

import json
import re
from base64 import b64decode

import numpy as np
import torch
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from attribution.similarity import unit_range

SIDE = 24  # places of the demo's pair
HOSTILE = '<script>alert(1)</script>"><img src=x>'


def answers_shown(page: str) -> dict[str, np.ndarray]:
    """Class → probability before and after, as the bars of a page's HTML have them."""
    table = page.split('class="cx-answers"')[1].split("</table>")[0]
    rows = re.findall(r'scope="row">([^<]+)</th>.*?width:([\d.]+)%.*?width:([\d.]+)%', table)
    return {name: np.array([float(before), float(after)]) / 100 for name, before, after in rows}


def sent(app: AppTest, key: str = "similarity_photo") -> dict:
    """What a component with photos was given."""
    found = [each.proto for each in app.get("bidi_component") if each.proto.id.endswith(key)]
    return json.loads(found[0].json)


def drawn(photo: dict, side: int = SIDE) -> np.ndarray:
    """(h, w) uint8: the map that lies on a photo."""
    return np.frombuffer(b64decode(photo["map"]), np.uint8).reshape(side, side)


def as_bytes(similarity: torch.Tensor) -> np.ndarray:
    """The same of a map (h, w)."""
    return (unit_range(similarity).numpy() * 255).round().astype(np.uint8)


def pick(app: AppTest, places: list[int], turn: int, of: str, key: str = "similarity_photo") -> AppTest:
    """A pick as the browser sends it."""
    (component,) = (each.proto for each in app.get("bidi_component") if each.proto.id.endswith(key))
    states = app._tree.get_widget_states()
    value = json.dumps({"picked": {"places": places, "turn": turn, "of": of}})
    states.widgets.append(WidgetState(id=component.id, json_value=value))
    return app._run(states)
