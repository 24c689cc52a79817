// A ring around the open photo's point in one Plotly chart on this page; it follows zoom and pan.
export default function ({ data }) {
  window.conceptsRingOff?.(); // this runs again on every change of the data
  let heard = null, chart = null;
  const ring = document.createElement("div");
  ring.id = "concepts-ring";
  ring.setAttribute("aria-hidden", "true");
  ring.style.cssText =
    "position:absolute;width:26px;height:26px;margin:-13px 0 0 -13px;border-radius:50%;pointer-events:none;" +
    "box-sizing:border-box;border:3px solid #d55e00;box-shadow:0 0 0 2px #fff,inset 0 0 0 2px #fff;z-index:5";
  const draw = () => {
    const layout = chart && chart._fullLayout;
    if (!layout || !layout.xaxis || !layout.yaxis) return;
    const across = layout.xaxis.l2p(data.x), down = layout.yaxis.l2p(data.y);
    const inside = across >= 0 && down >= 0 && across <= layout.xaxis._length && down <= layout.yaxis._length;
    ring.style.display = inside ? "block" : "none";
    ring.style.left = layout.xaxis._offset + across + "px";
    ring.style.top = layout.yaxis._offset + down + "px";
    if (ring.parentElement !== chart) chart.append(ring);
  };
  const listen = () => {
    chart = document.querySelector(`.st-key-${data.graph} .js-plotly-plot`);
    if (!chart || !chart._ev || chart._ev === heard) return;
    heard = chart._ev;
    chart.style.position = "relative";
    chart.on("plotly_afterplot", draw);
    chart.on("plotly_relayouting", draw);
    draw();
  };
  const observer = new MutationObserver(listen);
  observer.observe(document.body, { childList: true, subtree: true });
  listen();
  const off = () => {
    observer.disconnect();
    if (heard) { heard.removeListener("plotly_afterplot", draw); heard.removeListener("plotly_relayouting", draw); }
    ring.remove();
  };
  window.conceptsRingOff = off;
  return off;
}
