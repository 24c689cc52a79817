// Photos with a grid of places: pick a place, drag a box, or walk with the arrow keys; maps are drawn at once, from
// similarities that came with the page, and what was picked goes back to Python.
// Each pick has a turn, which comes back with its answer: an answer to an earlier pick than the last changes nothing.
const WAIT = 160; // milliseconds after the last key before Python hears of it
const FOCUS = "3px solid #e69f00";

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function element(kind, style, parent) {
  const made = document.createElement(kind);
  made.style.cssText = style;
  if (parent) parent.append(made);
  return made;
}

// Values (h × w, 0 to 255) as colours of the scale; opacity grows with the value, so that the photo shows through.
function heat(values, photo, data) {
  const small = document.createElement("canvas");
  small.width = photo.columns;
  small.height = photo.rows;
  const brush = small.getContext("2d"), picture = brush.createImageData(photo.columns, photo.rows);
  let low = 255, high = 0;
  if (data.stretch && data.scale) [low, high] = data.scale;
  else if (data.stretch) for (const value of values) { low = Math.min(low, value); high = Math.max(high, value); }
  else { low = 0; high = 255; }
  values.forEach((value, i) => {
    const share = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0;
    const colour = data.colours[Math.round(share * (data.colours.length - 1))];
    picture.data.set([...colour, Math.round(255 * data.opacity * Math.min(1, 0.15 + share * 1.1))], 4 * i);
  });
  brush.putImageData(picture, 0, 0);
  return small;
}

function segmentsOf(values, photo, data) {
  const small = document.createElement("canvas");
  small.width = photo.columns;
  small.height = photo.rows;
  const brush = small.getContext("2d"), picture = brush.createImageData(photo.columns, photo.rows);
  values.forEach((value, i) => {
    if (value < data.legend.length) picture.data.set([...data.legend[value], Math.round(255 * data.opacity)], 4 * i);
  });
  brush.putImageData(picture, 0, 0);
  return small;
}

// The values of the photo's places: those of the picked place (or the mean of several), else what Python sent.
function valuesOf(state, index) {
  const { data, matrix, maps, picked } = state;
  if (!matrix || !picked.length) return maps[index];
  const from = data.photos.slice(0, index).reduce((sum, one) => sum + one.rows * one.columns, 0);
  const all = data.photos.reduce((sum, one) => sum + one.rows * one.columns, 0);
  const size = data.photos[index].rows * data.photos[index].columns;
  const sum = new Float32Array(size);
  for (const place of picked) for (let i = 0; i < size; i++) sum[i] += matrix[place * all + from + i];
  return Uint8Array.from(sum, (value) => Math.round(value / picked.length));
}

function draw(state) {
  state.canvases.forEach((canvas, index) => {
    const photo = state.data.photos[index], picture = state.pictures[index];
    if (!picture.complete || !picture.naturalWidth) return;
    canvas.width = Math.max(2, canvas.clientWidth * devicePixelRatio);
    canvas.height = canvas.width * picture.naturalHeight / picture.naturalWidth;
    const brush = canvas.getContext("2d");
    brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const values = valuesOf(state, index);
    if (values) {
      brush.imageSmoothingEnabled = !state.data.legend && !state.data.cells;
      const small = (state.data.legend ? segmentsOf : heat)(values, photo, state.data);
      brush.drawImage(small, 0, 0, canvas.width, canvas.height);
    }
    const across = canvas.width / photo.columns, down = canvas.height / photo.rows;
    if (index === 0) for (const place of state.picked) {
      const x = (place % photo.columns) * across, y = Math.floor(place / photo.columns) * down;
      brush.lineWidth = 5 * devicePixelRatio; brush.strokeStyle = "#000"; brush.strokeRect(x, y, across, down);
      brush.lineWidth = 2.5 * devicePixelRatio; brush.strokeStyle = "#fff"; brush.strokeRect(x, y, across, down);
    }
    const marks = state.turn === state.data.turn ? photo : {}; // those of an earlier pick are not this one's
    for (const [x, y, label] of marks.points || []) {
      const radius = 5 * devicePixelRatio, left = (x + 0.5) * across, top = (y + 0.5) * down;
      brush.beginPath();
      if (label === 1) brush.arc(left, top, radius, 0, 7);
      else if (label === 0) { brush.moveTo(left - radius, top - radius); brush.lineTo(left + radius, top + radius);
        brush.moveTo(left + radius, top - radius); brush.lineTo(left - radius, top + radius); }
      else brush.rect(left - radius / 2, top - radius / 2, radius, radius);
      brush.lineWidth = 4.5 * devicePixelRatio; brush.strokeStyle = "#000"; brush.stroke();
      brush.lineWidth = 2 * devicePixelRatio; brush.strokeStyle = label === 1 ? "#7dffb0" : label === 0 ? "#ff9d7d" : "#fff";
      brush.stroke();
    }
    for (const [left, top, right, bottom] of marks.boxes || []) {
      brush.lineWidth = 5 * devicePixelRatio; brush.strokeStyle = "#000";
      brush.strokeRect(left * across, top * down, (right - left) * across, (bottom - top) * down);
      brush.lineWidth = 2 * devicePixelRatio; brush.strokeStyle = "#56b4e9";
      brush.strokeRect(left * across, top * down, (right - left) * across, (bottom - top) * down);
    }
  });
}

function say(state) {
  const { data, picked } = state, photo = data.photos[0];
  if (!picked.length) { state.words.textContent = data.hint; return; }
  const place = picked[picked.length - 1];
  const where = `row ${Math.floor(place / photo.columns) + 1}, column ${place % photo.columns + 1}`;
  const said = data.says && data.says[place] ? `: ${data.says[place]}` : "";
  state.words.textContent = picked.length > 1 ? `${picked.length} places, the last at ${where}${said}` : `Place at ${where}${said}`;
}

function pick(state, places) {
  state.picked = [...new Set(places)];
  state.turn += 1;
  state.canvases.forEach((canvas) => { canvas.nextSibling.style.opacity = .5; }); // until the answer is here
  draw(state);
  say(state);
}

function send(state, wait) {
  const now = () => { state.sent = state.turn; state.send({ places: state.picked, turn: state.turn, of: state.data.of }); };
  clearTimeout(state.timer);
  if (wait) state.timer = setTimeout(now, wait);
  else now();
}

function placeAt(state, event) {
  const canvas = state.canvases[0], { left, top, width, height } = canvas.getBoundingClientRect(), photo = state.data.photos[0];
  const column = Math.min(photo.columns - 1, Math.max(0, Math.floor((event.clientX - left) / width * photo.columns)));
  const row = Math.min(photo.rows - 1, Math.max(0, Math.floor((event.clientY - top) / height * photo.rows)));
  return { row, column, index: row * photo.columns + column };
}

function boxOf(first, last, photo) {
  const places = [];
  for (let row = Math.min(first.row, last.row); row <= Math.max(first.row, last.row); row++)
    for (let column = Math.min(first.column, last.column); column <= Math.max(first.column, last.column); column++)
      places.push(row * photo.columns + column);
  return places;
}

function listen(state) {
  const canvas = state.canvases[0], photo = () => state.data.photos[0];
  let start = null, before = [];
  canvas.onpointerdown = (event) => {
    start = placeAt(state, event);
    before = state.picked;
    canvas.setPointerCapture(event.pointerId);
    const more = state.data.several && (event.shiftKey || event.ctrlKey || event.metaKey);
    const has = before.includes(start.index);
    pick(state, more ? (has ? before.filter((one) => one !== start.index) : [...before, start.index]) : [start.index]);
  };
  canvas.onpointermove = (event) => {
    if (!start) return;
    const now = placeAt(state, event);
    if (now.index !== start.index && state.data.several) pick(state, boxOf(start, now, photo()));
  };
  canvas.onpointerup = () => { if (start) send(state, 0); start = null; };
  canvas.onpointercancel = () => { // the finger scrolls the page
    if (start) { pick(state, before); send(state, 0); }
    start = null;
  };
  canvas.onkeydown = (event) => {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (event.key === "Escape") { pick(state, []); send(state, WAIT); return; }
    if (!steps) return;
    event.preventDefault();
    const { rows, columns } = photo();
    const at = state.picked.length ? state.picked[state.picked.length - 1] : Math.floor(rows / 2) * columns + Math.floor(columns / 2);
    const row = Math.min(rows - 1, Math.max(0, Math.floor(at / columns) + steps[0]));
    const column = Math.min(columns - 1, Math.max(0, at % columns + steps[1]));
    const next = row * columns + column;
    pick(state, event.shiftKey && state.data.several ? [...state.picked, next] : [next]);
    send(state, WAIT);
  };
}

function build(state, root) {
  root.replaceChildren();
  const row = element("div", "display:flex;gap:14px;flex-wrap:wrap;align-items:flex-start", root);
  state.canvases = state.data.photos.map((photo, index) => {
    const figure = element("figure", "margin:0;flex:1 1 260px;max-width:" + (state.data.width || 560) + "px;min-width:0", row);
    const canvas = element("canvas", "width:100%;display:block;border-radius:8px;touch-action:pan-y", figure);
    const live = state.data.live && index === 0;
    canvas.setAttribute("role", live ? "application" : "img");
    if (live) {
      canvas.tabIndex = 0;
      canvas.style.cursor = "crosshair";
      canvas.onfocus = () => { canvas.style.outline = FOCUS; canvas.style.outlineOffset = "2px"; };
      canvas.onblur = () => { canvas.style.outline = "none"; };
    }
    element("figcaption", "font-size:.87rem;margin-top:4px;overflow-wrap:anywhere", figure);
    return canvas;
  });
  state.words = element("p", "margin:6px 0 0;font-size:.95rem;line-height:1.4;overflow-wrap:anywhere;min-height:1.4em", root);
  state.words.setAttribute("aria-live", "polite");
  state.pictures = state.data.photos.map((photo) => {
    const picture = new Image();
    picture.onload = () => draw(state);
    picture.src = photo.source;
    return picture;
  });
  if (state.data.live) listen(state);
  const seen = new ResizeObserver(() => draw(state));
  seen.observe(row);
  state.off = () => { seen.disconnect(); if (state.sent !== state.turn) send(state, 0); }; // every turn is heard of
}

function accept(state, data) {
  state.data = data;
  state.turn = state.sent = data.turn;
  state.picked = data.picked;
  state.matrix = data.matrix ? bytes(data.matrix) : null;
  state.maps = data.photos.map((photo) => photo.map ? bytes(photo.map) : null);
}

const states = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".cx-places") || parentElement, before = states.get(root);
  const shown = JSON.stringify([data.of, data.live, data.photos.map((photo) => [photo.source, photo.rows, photo.columns])]);
  const same = before && before.shown === shown;
  if (same && data.turn < before.turn) return; // the answer to the newest pick is on its way
  const state = same ? before : { shown };
  if (!same) before?.off?.();
  accept(state, { ...data, turn: Math.max(data.turn, before?.turn || 0) });
  state.send = (picked) => setStateValue("picked", picked);
  if (!same) {
    build(state, root);
    states.set(root, state);
  }
  state.canvases.forEach((canvas, index) => {
    canvas.setAttribute("aria-label", data.photos[index].alt);
    canvas.nextSibling.textContent = data.photos[index].caption;
    canvas.nextSibling.style.opacity = 1;
  });
  say(state);
  draw(state);
}
