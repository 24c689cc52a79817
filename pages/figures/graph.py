"""The strategic cluster graph as a Plotly figure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from concepts.rendering.colours import BESIDE, CLEAR, GREY, INK, WHITE, translucent
from concepts.rendering.pictures import data_uri
from concepts.report.class_report import ClassReport
from concepts.report.names import Names, in_line
from concepts.report.rendering.excerpts import top_words
from concepts.report.rendering.graph_geometry import (
    GraphLayout,
    PlacedHub,
    colour_of,
    graph_layout,
    picture_or_none,
    symbol_of,
)
from concepts.report.rendering.sentences import is_wrong, percent, strategy_title
from concepts.report.schema import ReportData
from pages.figures.crop_rows import owner_name
from pages.figures.labels import bold, escaped, hover, lines

MANY = 1_000  # more points than this are drawn by WebGL
SMALL = 2_000  # from this many points on, they are smaller, and drawn with fewer pixels than the finest screens have
RINGS = 500  # wrong answers marked by a ring each, at most
N_WORDS = 3  # of a strategy of texts, at its hub
KINDS = 12  # kinds with their own colour and marker
FAINT = 0.1  # opacity of points that are not chosen
WIDTH, LOWEST, HIGHEST, LEGEND = 680, 500, 700, 60  # pixels; the width is that of a laptop's column
Kind = type[go.Scatter] | type[go.Scattergl]


@dataclass(frozen=True, eq=False)
class Colours:
    """Values that colour the points in place of their strategies: (n,) numbers, or (n,) names of kinds."""

    title: str
    values: Sequence[float] | Sequence[str] | np.ndarray

    @property
    def array(self) -> np.ndarray:
        """(n,) numbers or texts."""
        return np.asarray(self.values)

    @property
    def are_numbers(self) -> bool:
        """True for numbers, which have a colour bar; False for kinds, which have one colour each."""
        return self.array.dtype.kind == "f"


def graph_figure(
    report: ClassReport, *, dark: bool = False, colours: Colours | None = None, chosen: Sequence[int] | None = None,
    webgl: bool = True, rings: int = RINGS,
) -> go.Figure:  # fmt: skip
    """One node per image, one hub per strategy, edges where neighbours cross; customdata[0] is the image's index.

    chosen: the images that stand out from the others; None: all look alike. webgl: draw many points by WebGL; a browser
    without WebGL shows none of them. rings: the maximum number of wrong answers marked by a ring each.
    """
    data, embedding, names = report.data, report.array("embedding"), report.names
    kind = go.Scattergl if webgl and len(embedding) > MANY else go.Scatter
    layout = graph_layout(data, embedding, lambda file: _source(report, file))
    figure = go.Figure()
    figure.add_traces(edge_traces(layout, dark))
    figure.add_traces(point_traces(kind, data, embedding, names, colours, chosen))
    if colours is not None and colours.are_numbers:
        figure.update_layout(coloraxis=_colour_axis(colours, dark))
    figure.add_traces(wrong_traces(kind, data, embedding, dark, rings))
    for hub in layout.hubs:
        add_callout(figure, hub, _label(hub, report), dark)
    figure.update_layout(shapes=[shape for hub in layout.hubs for shape in hub_shapes(hub, dark)])
    _lay_out(figure, layout, dark)
    return figure


def _source(report: ClassReport, file: str) -> str | None:
    content = picture_or_none(report, file)
    return None if content is None else data_uri(content)


def _label(hub: PlacedHub, report: ClassReport) -> str:
    name = report.names.short.strategies.get(hub.row.label, "")
    words = dict.fromkeys(word for j in hub.row.concepts for word in top_words(report, j, 1))
    said = [each for each in (name, " · ".join(list(words)[:N_WORDS])) if each]
    return lines(bold(strategy_title(hub.row, report.data)), *(escaped(in_line(each)) for each in said))


def point_traces(
    kind: Kind, data: ReportData, embedding: np.ndarray, names: Names, colours: Colours | None = None,
    chosen: Sequence[int] | None = None,
) -> list[go.Scatter | go.Scattergl]:  # fmt: skip
    """One trace per strategy, the outliers last, or one per kind; traces differ by colour and by marker.

    With numbers, points are coloured by their value and keep the marker of their strategy.
    """
    size = size_for(embedding)
    among = None if chosen is None else np.isin(np.arange(len(embedding)), chosen)
    traces = []
    for name, marker, members in _groups(data, names, colours):
        if not len(members):
            continue
        if colours is not None and colours.are_numbers:
            marker = marker | {"color": colours.array[members], "coloraxis": "coloraxis"}
        marker = marker | {"size": size}
        seen = None if among is None else np.flatnonzero(among[members])
        traces.append(_points(kind, embedding[members], members, marker, name, seen, data.noun))
    return traces


def size_for(embedding: np.ndarray) -> int:
    """Diameter in pixels of each of those points."""
    return 9 if len(embedding) < SMALL else 5


def pixel_ratio_for(embedding: np.ndarray) -> int:
    """Number of pixels that WebGL draws per pixel of the page, in each direction, for those points."""
    return 2 if len(embedding) < SMALL else 1


def _groups(data: ReportData, names: Names, colours: Colours | None) -> Iterator[tuple[str, dict, np.ndarray]]:
    """Name, marker and members of each trace: strategies and outliers, or kinds, the most frequent first."""
    if colours is not None and not colours.are_numbers:
        counts = Counter(colours.array.tolist())
        shown = sorted(counts, key=lambda kind: (-counts[kind], kind))[:KINDS]
        for place, kind in enumerate(shown):
            marker = {"color": colour_of(place), "symbol": symbol_of(place)}
            yield f"{escaped(str(kind))} ({counts[kind]:,})", marker, np.flatnonzero(colours.array == kind)
        rest = np.flatnonzero(~np.isin(colours.array, shown))
        yield f"others ({len(rest):,})", {"color": colour_of(-1), "symbol": symbol_of(-1)}, rest
        return
    labels = np.array([row.strategy for row in data.items])
    titles = {row.label: escaped(strategy_title(row, data, names.short)) for row in data.strategies} | {-1: ""}
    for label, title in titles.items():
        members = np.flatnonzero(labels == label)
        name = title or f"Outliers ({len(members):,})"
        yield name, {"color": colour_of(label), "symbol": symbol_of(label)}, members


def _points(
    kind: Kind,
    places: np.ndarray,
    members: np.ndarray,
    marker: dict,
    name: str,
    seen: np.ndarray | None,
    noun: str,
) -> go.Scatter | go.Scattergl:
    faint = 0.9 if seen is None else FAINT
    return kind(
        x=places[:, 0], y=places[:, 1], mode="markers", name=name,
        customdata=members.astype(object)[:, None],  # packed numbers would return from a click as a mapping
        hovertemplate=hover(f"{noun} %{{customdata[0]}}"),
        marker=marker | {"opacity": 0.9, "line": {"width": 0.5, "color": translucent(WHITE, 0.7)}},
        selectedpoints=seen, unselected={"marker": {"opacity": faint}}, selected={"marker": {"opacity": 1}},
    )  # fmt: skip


def _colour_axis(colours: Colours, dark: bool) -> dict:
    bar = {"title": {"text": colours.title, "side": "right"}, "thickness": 12, "len": 0.6, "tickfont": {"size": 12}}
    return {"colorscale": "Cividis", "colorbar": bar | {"tickfont": {"color": INK[dark]}}}


def wrong_traces(
    kind: Kind, data: ReportData, embedding: np.ndarray, dark: bool, rings: int
) -> list[go.Scatter | go.Scattergl]:
    """A ring around every image that the model got wrong; an empty list if there is none.

    If there are more than `rings`, a dot on each instead: thousands of rings would hide the colours below.
    """
    wrong = [i for i, row in enumerate(data.items) if is_wrong(row)]
    if not wrong:
        return []
    size = size_for(embedding)
    if len(wrong) <= rings:
        mark, marker = "Ring", {"symbol": "circle-open", "size": size * 5 / 3, "line": {"width": size // 4}}
    else:
        mark, marker = "Dot", {"symbol": "circle", "size": size // 2}
    what = "wrong answer" if data.dataset.labels_known else "not recognised"
    return [
        kind(
            x=embedding[wrong, 0], y=embedding[wrong, 1], mode="markers", hoverinfo="skip",
            name=f"{mark}: {what} ({len(wrong):,})", marker=marker | {"color": INK[dark]},
            unselected={"marker": {"opacity": 1}},
        )
    ]  # fmt: skip


def edge_traces(layout: GraphLayout, dark: bool) -> list[go.Scatter]:
    """A line between the hubs of every two strategies with shared neighbours; its width grows with their share."""
    traces = []
    for edge in layout.edges:
        ends = np.array([edge.start, edge.end])
        traces.append(
            go.Scatter(
                x=ends[:, 0], y=ends[:, 1], mode="lines", showlegend=False, hoverinfo="skip",
                name=f"{percent(edge.share)} of nearest neighbours cross", opacity=0.35,
                line={"width": edge.width, "color": INK[dark]},
            )
        )  # fmt: skip
    return traces


def hub_shapes(hub: PlacedHub, dark: bool) -> list[dict]:
    """A disc whose size shows the prevalence, a pale full ring, and over it an arc whose length shows the reliability.

    Shapes, not traces, because shapes are drawn above WebGL points as well.
    """
    colour = colour_of(hub.row.label)
    shapes = [
        _circle(hub.centre, hub.radius)
        | {
            "line": {"width": 1.5, "color": colour},
            "fillcolor": translucent(colour, 0.3),
            "name": owner_name(hub.row.label),
        },
        _circle(hub.centre, hub.ring) | {"line": {"width": 5, "color": translucent(GREY, 0.35)}, "name": "ring"},
    ]
    if hub.arc is not None:
        done = " L".join(f"{x:.7g},{y:.7g}" for x, y in hub.arc)
        line = {"width": 5, "color": INK[dark]}
        shapes.append({"type": "path", "path": f"M{done}", "line": line, "name": "reliability"})
    return shapes


def _circle(centre: tuple[float, float], radius: float) -> dict:
    x, y = centre
    return {"type": "circle", "x0": x - radius, "x1": x + radius, "y0": y - radius, "y1": y + radius}


def add_callout(figure: go.Figure, hub: PlacedHub, title: str, dark: bool) -> None:
    """The strategy's name and the crops of its top concepts, beside its points."""
    for crop in hub.crops:
        figure.add_layout_image(
            source=crop.source, xref="x", yref="y", layer="above", sizing="contain", x=crop.x, y=crop.y,
            xanchor="center", yanchor="middle", sizex=crop.side, sizey=crop.side, name=owner_name(hub.row.label),
        )  # fmt: skip
    if hub.label is not None:
        figure.add_annotation(
            x=hub.label[0], y=hub.label[1], text=title, showarrow=False, yanchor="bottom", bgcolor=BESIDE[dark],
            borderpad=2, font={"size": 13, "color": INK[dark]},
        )  # fmt: skip


def _lay_out(figure: go.Figure, layout: GraphLayout, dark: bool) -> None:
    low, high = layout.low, layout.high
    margin = 0.04 * (high - low)
    height = LEGEND + WIDTH * (high - low)[1] / max((high - low)[0], 1e-6)
    plain = {"visible": False, "zeroline": False, "showgrid": False}
    figure.update_xaxes(**plain, range=[low[0] - margin[0], high[0] + margin[0]])
    figure.update_yaxes(**plain, range=[low[1] - margin[1], high[1] + margin[1]], scaleanchor="x", scaleratio=1)
    font = {"size": 13, "color": INK[dark]}
    figure.update_layout(
        height=int(np.clip(height, LOWEST, HIGHEST)), margin={"l": 0, "r": 0, "t": 8, "b": 0},
        hovermode="closest", dragmode="select",
        legend={"orientation": "h", "y": -0.02, "x": 0, "itemsizing": "constant", "font": font},
        paper_bgcolor=CLEAR, plot_bgcolor=CLEAR, uirevision="graph",
        modebar={"bgcolor": CLEAR, "color": GREY, "activecolor": INK[dark]},
    )  # fmt: skip
