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
