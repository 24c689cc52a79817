// The photo beside the pointer: listens to the hover events of one Plotly chart on this page.
const SHOWN = 176; // pixels of the picture's side

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
  const known = index < data.n;
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
    if (place === 0) part.style.fontWeight = "600";
    return part;
  }));
}

function place(card, event) {
  const app = document.querySelector(".stApp") || document.body;
  const look = getComputedStyle(app);
  card.style.background = look.backgroundColor;
  card.style.color = look.color;
  card.style.fontFamily = look.fontFamily;
  card.style.display = "block";
  const { width, height } = card.getBoundingClientRect();
  const right = event.clientX + 22 + width > innerWidth;
  card.style.left = (right ? event.clientX - 22 - width : event.clientX + 22) + "px";
  card.style.top = Math.max(8, Math.min(event.clientY - height / 3, innerHeight - height - 8)) + "px";
}

export default function ({ data }) {
  return withChart("pointer", data.graph, (chart, emitter) => {
    const card = newCard();
    const own = document.createElement("style"); // our card replaces Plotly's label while we are here
    own.textContent = `.st-key-${data.graph} .hoverlayer .hovertext { display: none }`;
    document.head.append(own);
    const hide = () => { card.style.display = "none"; };
    const show = (event) => {
      const point = event.points.find((one) => Array.isArray(one.customdata));
      if (!point) return;
      fill(card, data, point.customdata[0]);
      place(card, event.event);
    };
    const deaf = listening(emitter, { plotly_hover: show, plotly_unhover: hide });
    addEventListener("scroll", hide, true);
    return () => {
      deaf();
      removeEventListener("scroll", hide, true);
      own.remove();
      card.remove();
    };
  });
}
