// Links to another place of the report that is shown do not load the page again: Python hears where they lead to.
const PATIENCE = 4000; // milliseconds in which what was asked for may come

function isPlain(event) {
  return !(event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

// Brings the opened concept into view once it is drawn; another tab begins at its top.
function arrive(from, to) {
  const main = document.querySelector(".stMain"), started = performance.now();
  if (from.get("tab") !== to.get("tab") || from.get("image") !== to.get("image")) main.scrollTo(0, 0);
  const wanted = to.get("tab") === "concepts" ? `[data-concept="${CSS.escape(to.get("concept") ?? "")}"].cx-open` : null;
  const look = () => {
    const found = wanted && document.querySelector(wanted);
    if (found) found.scrollIntoView({ block: "nearest" });
    else if (wanted && performance.now() - started < PATIENCE) requestAnimationFrame(look);
  };
  look();
}

export default function ({ data, setTriggerValue }) {
  const hear = (event) => {
    const link = isPlain(event) ? event.target.closest?.('a[href^="report?"]') : null;
    if (!link) return;
    const query = link.getAttribute("href").slice("report?".length), to = new URLSearchParams(query);
    if (to.get("id") !== data.id) return;
    event.preventDefault();
    const from = new URLSearchParams(location.search);
    from.set("tab", data.tab);
    setTriggerValue("followed", query);
    arrive(from, to);
  };
  document.addEventListener("click", hear);
  document.body.dataset.follows = data.id; // before, and without this script, a link loads the page
  return () => {
    document.removeEventListener("click", hear);
    delete document.body.dataset.follows;
  };
}
