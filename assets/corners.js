// A box or a lasso on one Plotly chart is told by its corners alone: of every point inside Plotly tells all it knows,
// its axes too, which for thousands of points is megabytes. Heard before Streamlit's own listener, which sends it on.
const lighten = (event) => { if (event?.selections?.length) event.points = []; };

export default function ({ data }) {
  return withChart("corners", data.graph, (chart, emitter) => {
    emitter.prependListener("plotly_selected", lighten);
    return () => emitter.removeListener("plotly_selected", lighten);
  });
}
