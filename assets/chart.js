// Put before each script that listens to one Plotly chart of the page. After every new plot Plotly has a new emitter.

// Calls start(chart, emitter) for each of them, and what that returned before the next one and at the end.
function withChart(name, graph, start) {
  const running = (window.conceptsCharts ??= {});
  running[name]?.(); // a script runs again on every change of its data
  let heard = null, stop = null;
  const listen = () => {
    const chart = document.querySelector(`.st-key-${graph} .js-plotly-plot`);
    if (!chart?._ev || chart._ev === heard) return;
    stop?.();
    heard = chart._ev;
    stop = start(chart, heard);
  };
  const observer = new MutationObserver(listen);
  observer.observe(document.body, { childList: true, subtree: true });
  listen();
  return running[name] = () => {
    observer.disconnect();
    stop?.();
    stop = null;
  };
}

// Listens to events of the emitter; returns what takes the listeners away.
function listening(emitter, heard) {
  for (const [name, listener] of Object.entries(heard)) emitter.on(name, listener);
  return () => { for (const [name, listener] of Object.entries(heard)) emitter.removeListener(name, listener); };
}

// Shows a card beside the pointer while it is on a point, `gap` pixels away; fill(row) writes what it says. Returns what
// takes it away.
function besidePointer(graph, emitter, card, gap, fill) {
  const own = document.createElement("style"); // our card replaces Plotly's label while we are here
  own.textContent = `.st-key-${graph} .hoverlayer .hovertext { display: none }`;
  document.head.append(own);
  const hide = () => { card.style.display = "none"; };
  const show = ({ points, event }) => {
    const point = points.find((one) => Array.isArray(one.customdata));
    if (!point) return;
    fill(point.customdata[0]);
    placeCard(card, event, gap);
  };
  const deaf = listening(emitter, { plotly_hover: show, plotly_unhover: hide });
  addEventListener("scroll", hide, true);
  return () => {
    deaf();
    removeEventListener("scroll", hide, true);
    own.remove();
    card.remove();
  };
}

function placeCard(card, { clientX, clientY }, gap) {
  const { backgroundColor: background, color, fontFamily } = getComputedStyle(document.querySelector(".stApp") || document.body);
  Object.assign(card.style, { background, color, fontFamily, display: "block" });
  const { width, height } = card.getBoundingClientRect(), right = clientX + gap + width > innerWidth;
  card.style.left = `${Math.max(8, right ? clientX - gap - width : clientX + gap)}px`;
  card.style.top = `${Math.max(8, Math.min(clientY - height / 3, innerHeight - height - 8))}px`;
}
