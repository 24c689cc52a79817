// A ring around the open photo's point in one Plotly chart on this page; it follows zoom and pan.
function newRing() {
  const ring = document.createElement("div");
  ring.id = "concepts-ring";
  ring.setAttribute("aria-hidden", "true");
  ring.style.cssText =
    "position:absolute;width:26px;height:26px;margin:-13px 0 0 -13px;border-radius:50%;pointer-events:none;" +
    "box-sizing:border-box;border:3px solid #d55e00;box-shadow:0 0 0 2px #fff,inset 0 0 0 2px #fff;z-index:5";
  return ring;
}

function draw(ring, chart, { x, y }) {
  const { xaxis, yaxis } = chart._fullLayout ?? {};
  if (!xaxis || !yaxis) return;
  const across = xaxis.l2p(x), down = yaxis.l2p(y);
  const inside = across >= 0 && down >= 0 && across <= xaxis._length && down <= yaxis._length;
  ring.style.display = inside ? "block" : "none";
  ring.style.left = xaxis._offset + across + "px";
  ring.style.top = yaxis._offset + down + "px";
  if (ring.parentElement !== chart) chart.append(ring);
}

export default function ({ data }) {
  return withChart("ring", data.graph, (chart, emitter) => {
    const ring = newRing(), follow = () => draw(ring, chart, data);
    chart.style.position = "relative";
    const deaf = listening(emitter, { plotly_afterplot: follow, plotly_relayouting: follow });
    follow();
    return () => { deaf(); ring.remove(); };
  });
}
