// Keys of the tour: arrows and the page keys that a presenter's remote sends press the page's own buttons. Each
// step is shown from its top.
const BUTTONS = {
  ArrowRight: "tour_next", PageDown: "tour_next", ArrowLeft: "tour_back", PageUp: "tour_back", Escape: "tour_leave",
};
const TYPING = "input, textarea, select, [contenteditable='true'], [role='slider'], [role='listbox'], [role='dialog']";

const PATIENCE = 1000; // milliseconds: while a page is changed, buttons of the step before may still stand beside the text

function button(name) {
  const step = document.querySelector(".cx-progress")?.textContent.match(/\d+/)?.[0];
  return document.querySelector(name === "tour_leave" ? ".st-key-tour_leave button" : `.st-key-${name}_${step} button`);
}

function click(name, until) {
  const found = button(name);
  if (found && !found.disabled) found.click();
  else if (!found && performance.now() < until) requestAnimationFrame(() => click(name, until));
}

function press(event) {
  const name = BUTTONS[event.key];
  if (!name || event.altKey || event.ctrlKey || event.metaKey || event.target.closest?.(TYPING)) return;
  if (name === "tour_leave" ? !button(name) : !document.querySelector(".cx-progress")) return;
  event.preventDefault();
  click(name, performance.now() + PATIENCE);
}

function toTop(step) {
  if (window.conceptsStep !== undefined && window.conceptsStep !== step)
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  window.conceptsStep = step;
}

export default function ({ data }) {
  window.conceptsKeysOff?.(); // this runs again on every change of the data
  const heard = (event) => press(event); // of this run alone: what an earlier one takes away is not ours
  document.addEventListener("keydown", heard, true);
  toTop(data.step);
  const off = () => document.removeEventListener("keydown", heard, true);
  window.conceptsKeysOff = off;
  return off;
}
