// A box or a lasso on one Plotly chart is told by its corners alone: of every point inside Plotly tells all it knows,
// its axes too, which for thousands of points is megabytes. Heard before Streamlit's own listener, which sends it on.
export default function ({ data }) {
  window.conceptsCornersOff?.(); // this runs again on every change of the data
  let heard = null;
  const lighten = (event) => { if (event?.selections?.length) event.points = []; };
  const listen = () => {
    const chart = document.querySelector(`.st-key-${data.graph} .js-plotly-plot`);
    if (!chart || !chart._ev || chart._ev === heard) return;
    heard = chart._ev;
    heard.prependListener("plotly_selected", lighten);
  };
  const observer = new MutationObserver(listen);
  observer.observe(document.body, { childList: true, subtree: true });
  listen();
  const off = () => {
    observer.disconnect();
    heard?.removeListener("plotly_selected", lighten);
  };
  window.conceptsCornersOff = off;
  return off;
}
