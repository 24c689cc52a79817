// Tells which part of one Plotly chart is seen once the hand rests, so that this part is drawn anew in full sharpness.
const RESTS = 350; // milliseconds without another step of the wheel

export default function ({ data, setTriggerValue }) {
  return withChart("zoomed", data.graph, (chart, emitter) => {
    let timer = null, said = null;
    const seen = () => {
      const { xaxis, yaxis } = chart._fullLayout ?? {};
      if (!xaxis || !yaxis) return;
      const range = [xaxis.range[0], yaxis.range[0], xaxis.range[1], yaxis.range[1]].map(Number);
      const now = range.map((side) => side.toPrecision(6)).join("_");
      if (now !== said) setTriggerValue("view", now);
      said = now;
    };
    const moved = (change) => {
      const axes = Object.keys(change ?? {}).some((key) => key.startsWith("xaxis.") || key.startsWith("yaxis."));
      if (!axes) return; // a region was drawn, or the page became wider
      clearTimeout(timer);
      timer = setTimeout(seen, RESTS);
    };
    const deaf = listening(emitter, { plotly_relayout: moved });
    return () => { deaf(); clearTimeout(timer); };
  });
}
