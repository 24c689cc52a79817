// A box or a lasso on one Plotly chart is told by its corners alone: of every point inside Plotly tells all it knows,
// its axes too, which for thousands of points is megabytes. Heard before Streamlit's own listener, which sends it on.
// While box or lasso is at hand Streamlit hears no click on a point: where `points` says so, it is told as a selection of
// that point alone, which replaces what was drawn.
const told = ({ curveNumber, pointNumber, pointIndex, x, y, customdata }) => (
  { curveNumber, pointNumber, pointIndex, x, y, customdata }
); // without its axes and traces, which know each other
const lighten = (event) => { if (event?.selections?.length) event.points = []; };

export default function ({ data }) {
  return withChart("corners", data.graph, (chart, emitter) => {
    const point = (event) => {
      const tool = chart._fullLayout.dragmode;
      if (tool === "select" || tool === "lasso") emitter.emit("plotly_selected", { points: event.points.slice(0, 1).map(told) });
    };
    emitter.prependListener("plotly_selected", lighten);
    if (data.points) emitter.on("plotly_click", point);
    return () => {
      emitter.removeListener("plotly_selected", lighten);
      emitter.removeListener("plotly_click", point);
    };
  });
}
