// The photo, or the text, beside the pointer: listens to the hover events of one Plotly chart on this page.
const SHOWN = 176, GAP = 22, OF_TEXT = 320; // pixels: of the picture's side, between pointer and card, of a card of texts

function newCard() {
  const card = document.createElement("div");
  card.id = "concepts-pointer";
  card.setAttribute("role", "tooltip");
  card.style.cssText =
    "position:fixed;z-index:1000000;pointer-events:none;display:none;padding:8px;border-radius:10px;width:" +
    (SHOWN + 16) + "px;box-shadow:0 4px 22px rgba(0,0,0,.4);border:1px solid rgba(128,128,128,.6);" +
    "font-size:13px;line-height:1.35;overflow-wrap:anywhere;box-sizing:border-box";
  const picture = document.createElement("div");
  picture.setAttribute("role", "img");
  picture.style.cssText = "border-radius:6px;margin-bottom:6px;background-repeat:no-repeat";
  card.append(picture, document.createElement("div"));
  document.body.append(card);
  return card;
}

function fill(card, data, index) {
  const lines = data.lines.map(({ texts, codes }) => texts[codes[index]] ?? "");
  const [picture, words] = card.children;
  const known = index < data.n, photos = data.n !== undefined;
  card.style.width = `${photos ? SHOWN + 16 : OF_TEXT}px`;
  picture.style.display = known ? "block" : "none";
  if (known) {
    const scale = SHOWN / data.tile;
    picture.style.width = picture.style.height = SHOWN + "px";
    picture.style.backgroundImage = `url("${data.source}")`;
    picture.style.backgroundSize = `${data.columns * SHOWN}px auto`;
    picture.style.backgroundPosition =
      `-${(index % data.columns) * data.tile * scale}px -${Math.floor(index / data.columns) * data.tile * scale}px`;
  }
  picture.setAttribute("aria-label", lines[0]);
  words.replaceChildren(...lines.map((line, place) => {
    const part = document.createElement("div");
    part.textContent = line;
    part.dir = "auto";
    if (place === 0 && !photos) part.style.marginBottom = "6px";
    if (place === (photos ? 0 : 1)) part.style.fontWeight = "600";
    return part;
  }));
}

export default function ({ data }) {
  return withChart("pointer", data.graph, (chart, emitter) => {
    const card = newCard();
    return besidePointer(data.graph, emitter, card, GAP, (row) => fill(card, data, row));
  });
}
