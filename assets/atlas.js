// Crops over the points of one Plotly chart on this page, as many as fit without covering each other; zooming in shows
// more and larger ones. While the pointer is on a concept, a card beside it shows its crops, its drawing and its words.
const SMALLEST = 30, LARGEST = 110; // pixels of a crop's side
const OVERLAP = 0.86; // of a side: crops nearer to each other than this would cover each other
const FRAME = 3, MARK = 9, BADGE = 15; // pixels of a frame, of the shape in its corner, of the sign of a finding
const SHOWN = 84, GAP = 28; // pixels: of a crop in the card, between pointer and card

function pictures(source, sheets, redraw) {
  if (!source) return null;
  if (sheets.get(source)) return sheets.get(source);
  const image = new Image();
  image.onload = redraw;
  image.src = source;
  sheets.set(source, image);
  return image;
}

// The rows in view with a place for their crop, most important first; what would cover another is left a point.
function placed(data, { xaxis, yaxis }, side) {
  const step = side * OVERLAP, cells = new Map(), found = [];
  const at = (x, y) => cells.get(`${x},${y}`) ?? [];
  for (const row of data.order) {
    if (!data.shown[row]) continue;
    const x = xaxis.l2p(data.xs[row]), y = yaxis.l2p(data.ys[row]);
    if (x < -side / 2 || y < -side / 2 || x > xaxis._length + side / 2 || y > yaxis._length + side / 2) continue;
    const across = Math.floor(x / step), down = Math.floor(y / step);
    let free = true;
    for (let i = -1; i <= 1 && free; i++)
      for (let j = -1; j <= 1 && free; j++)
        free = !at(across + i, down + j).some(([a, b]) => Math.abs(a - x) < step && Math.abs(b - y) < step);
    if (!free) continue;
    cells.set(`${across},${down}`, [...at(across, down), [x, y]]);
    found.push([row, x, y]);
  }
  return found.reverse(); // the most important one last, on top
}

function sideOf(data, { xaxis, yaxis }) {
  const wide = xaxis._length / Math.abs(xaxis.range[1] - xaxis.range[0]);
  const high = yaxis._length / Math.abs(yaxis.range[1] - yaxis.range[0]);
  return Math.max(SMALLEST, Math.min(LARGEST, data.side * Math.min(wide, high)));
}

function drawCrop(pen, data, sheet, image, [row, x, y], side, look) {
  const half = side / 2, member = data.members[data.owner[row]];
  const box = (grown) => pen.fillRect(x - half - grown, y - half - grown, side + 2 * grown, side + 2 * grown);
  if (data.named[row]) {
    pen.fillStyle = look.paper; box(FRAME + 7);
    pen.fillStyle = data.warn; box(FRAME + 5);
    pen.fillStyle = look.paper; box(FRAME + 1);
  }
  if (row === data.chosen) {
    pen.fillStyle = look.ink; box(FRAME + 4);
    pen.fillStyle = look.paper; box(FRAME + 1.5);
  }
  pen.fillStyle = member.colour; box(FRAME);
  const { tile, columns } = sheet, small = Math.min(1, side / 44);
  pen.drawImage(image, (row % columns) * tile, Math.floor(row / columns) * tile, tile, tile, x - half, y - half, side, side);
  pen.save();
  pen.translate(x + half - MARK * small / 2, y + half - MARK * small / 2);
  pen.scale(1.2 * small, 1.2 * small);
  pen.fillStyle = member.colour;
  pen.strokeStyle = "rgba(255,255,255,.8)";
  const shape = new Path2D(member.shape);
  pen.fill(shape);
  pen.stroke(shape);
  pen.restore();
  if (data.named[row]) {
    pen.fillStyle = data.alarm;
    pen.fillRect(x - half, y - half, BADGE, BADGE);
    pen.fillStyle = "#fff";
    pen.fill(new Path2D(`M${x - half + BADGE / 2},${y - half + 3}l5,9h-10z`));
  }
}

function newCard() {
  const card = document.createElement("div");
  card.id = "concepts-atlas-card";
  card.setAttribute("role", "tooltip");
  card.className = "cx-pointed";
  document.body.append(card);
  return card;
}

function tileOf(sheet, index, size) {
  const part = document.createElement("i"), scale = size / sheet.tile;
  part.style.width = part.style.height = `${size}px`;
  part.style.backgroundImage = `url("${sheet.source}")`;
  part.style.backgroundSize = `${sheet.columns * size}px auto`;
  part.style.backgroundPosition =
    `-${(index % sheet.columns) * sheet.tile * scale}px -${Math.floor(index / sheet.columns) * sheet.tile * scale}px`;
  return part;
}

function fill(card, data, sheets, row) {
  const crops = document.createElement("div");
  const { each, counts } = sheets?.crops ?? { each: 0, counts: [] };
  for (let i = 0; i < (counts[row] ?? 0); i++) crops.append(tileOf(sheets.crops, row * each + i, SHOWN));
  const drawn = sheets?.drawings?.rows.indexOf(row) ?? -1;
  if (drawn >= 0) crops.append(tileOf(sheets.drawings, drawn, SHOWN));
  const words = data.lines.map(({ texts, codes }) => texts[codes[row]] ?? "").filter(Boolean).map((line) => {
    const part = document.createElement("div");
    part.textContent = line;
    return part;
  });
  card.replaceChildren(crops, ...words);
  if (drawn >= 0) {
    const note = document.createElement("div");
    note.textContent = data.drawn_note;
    card.append(note);
  }
}

function overlay(chart, data, images) {
  const canvas = document.createElement("canvas");
  canvas.className = "cx-crops";
  canvas.setAttribute("aria-hidden", "true");
  canvas.style.cssText = "position:absolute;left:0;top:0;pointer-events:none";
  const layers = chart.querySelectorAll(".main-svg");
  layers[layers.length - 1].before(canvas); // above points drawn by WebGL, below the lasso
  const draw = () => {
    const layout = chart._fullLayout, sheets = window.conceptsSheets?.[data.graph];
    if (!layout?.xaxis || !sheets?.first) return;
    const image = pictures(sheets.first.source, images, draw), sharp = Math.min(2, devicePixelRatio || 1);
    if (!image.complete) return;
    const { width, height } = layout, { xaxis, yaxis } = layout;
    if (canvas.width !== width * sharp || canvas.height !== height * sharp) {
      canvas.width = width * sharp;
      canvas.height = height * sharp;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const app = getComputedStyle(document.querySelector(".stApp") || document.body);
    const look = { paper: app.backgroundColor, ink: app.color }, pen = canvas.getContext("2d");
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.save();
    pen.beginPath();
    pen.rect(xaxis._offset, yaxis._offset, xaxis._length, yaxis._length);
    pen.clip();
    pen.translate(xaxis._offset, yaxis._offset);
    const side = sideOf(data, layout);
    for (const one of placed(data, layout, side)) drawCrop(pen, data, sheets.first, image, one, side, look);
    pen.restore();
  };
  return { draw, remove: () => canvas.remove() };
}

export default function ({ data, setTriggerValue }) {
  return withChart("atlas", data.graph, (chart, emitter) => {
    const images = new Map(), { draw, remove } = overlay(chart, data, images), card = newCard();
    const sheets = () => window.conceptsSheets?.[data.graph];
    const away = besidePointer(data.graph, emitter, card, GAP, (row) => fill(card, data, sheets(), row));
    const open = ({ points }) => { // while the lasso is at hand, Streamlit hears of no click
      const point = points.find((one) => Array.isArray(one.customdata));
      if (point) setTriggerValue("row", point.customdata[0]);
    };
    const deaf = listening(emitter, { plotly_click: open, plotly_afterplot: draw, plotly_relayouting: draw });
    const arrived = (event) => { if (event.detail === data.graph) draw(); };
    addEventListener("concepts-sheets", arrived);
    draw();
    return () => {
      deaf();
      away();
      removeEventListener("concepts-sheets", arrived);
      remove();
    };
  });
}
