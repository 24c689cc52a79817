// What the browser's Back returns to: an entry for each page and for each choice, none for what a page writes into its
// own address. Streamlit adds an entry for every parameter that the server writes, and may do so before it adds the one
// of the page that they belong to. Hence a written parameter first replaces, and becomes an entry of its own a moment
// later, if a hand has chosen it and no other page has come. After Back or Forward nothing is written until a hand moves:
// it would be of the page that was left. Runs before Streamlit does (pages/serving/early_script.py).
(() => {
  const SETTLES = 150, LEAVES = 5000; // ms until parameters belong to this page; where a link to another was followed
  const HANDS = ["pointerdown", "keydown", "click", "drop"];
  const push = history.pushState.bind(history), replace = history.replaceState.bind(history);
  let arriving = true; // until the page is drawn: no hand has chosen what is written
  let chosen = false; // by hand, and not written yet
  let leaving = false; // a link to another page was followed
  let written = null; // the address before parameters were written, and whether a hand chose them; null: none wait
  let returned = false; // by Back or Forward, and no hand has moved since
  let settled = false; // the last entry is of such parameters, and no hand has moved since
  let timer;

  function isDrawing() {
    return document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "running";
  }

  function begin(byHistory) { // at another page
    clearTimeout(timer);
    [arriving, chosen, leaving, written, returned, settled] = [true, false, false, null, byHistory, false];
  }

  function settle() {
    clearTimeout(timer);
    const { before, byHand } = written, now = location.href;
    [written, leaving] = [null, false];
    if (!byHand || now === before) return;
    replace(null, "", before);
    push(null, "", now);
    [chosen, settled] = [false, true];
  }

  function write(...entry) {
    written ??= { before: location.href, byHand: chosen };
    replace(...entry);
    clearTimeout(timer);
    timer = setTimeout(settle, leaving ? LEAVES : SETTLES);
  }

  function turn(...entry) { // to another page
    if (written) replace(null, "", written.before); // they were the other page's
    (settled ? replace : push)(...entry);
    begin(false);
  }

  history.pushState = (state, unused, url) => {
    if (returned) return;
    const isSame = new URL(url ?? "", location.href).pathname === location.pathname;
    (isSame ? write : turn)(state, unused, url);
  };
  history.replaceState = (...entry) => {
    if (!returned) replace(...entry);
  };
  for (const kind of HANDS) {
    addEventListener(kind, (event) => {
      [returned, settled] = [false, false];
      if (written) settle(); // it came before: it belongs to this page
      const link = event.target.closest?.("a[href]");
      leaving = link instanceof HTMLAnchorElement && link.pathname !== location.pathname;
      if (arriving && isDrawing()) return;
      [arriving, chosen] = [false, true];
    }, true);
  }
  addEventListener("popstate", () => begin(true));
})();
