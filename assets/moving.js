// Keeps one Plotly chart fluid while it is dragged or zoomed, also where WebGL is drawn without a graphics card. Plotly
// draws all points for every frame; where one drawing takes too long, the picture that is there is moved and scaled
// instead, and drawn anew once the hand rests. Plotly has no setting for this: functions of its scene are replaced.
// Where the browser has no WebGL at all, Python hears of it.
const ALLOWED = 12; // milliseconds a drawing may take, of the 33 of a frame: the page around it is drawn as well
const RESTS = 250; // milliseconds in which nothing new is to be drawn

function layersOf(chart) {
  const layers = [];
  chart._fullLayout?._glcanvas?.each((layer) => { if (layer.regl) layers.push(layer.regl); });
  return layers;
}

function rangeOf({ xaxis, yaxis }) {
  return [xaxis.range[0], yaxis.range[0], xaxis.range[1], yaxis.range[1]];
}

// Milliseconds until all is drawn: reading a pixel back waits for it.
function timed(draw, layers) {
  const start = performance.now(), pixel = new Uint8Array(4);
  draw();
  for (const { _gl: gl } of layers) gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  return performance.now() - start;
}

// Puts the picture of the range `drawn` where it belongs in the range `now`; both are left, bottom, right, top.
function move(chart, drawn, now) {
  const { _glcontainer, _size: size, width, height } = chart._fullLayout, box = _glcontainer.node();
  const wide = now[2] - now[0], high = now[3] - now[1];
  const across = (drawn[2] - drawn[0]) / wide, down = (drawn[3] - drawn[1]) / high;
  const left = size.l * (1 - across) + (drawn[0] - now[0]) / wide * size.w;
  const top = size.t * (1 - down) + (now[3] - drawn[3]) / high * size.h;
  Object.assign(box.style, {
    position: "absolute", pointerEvents: "none", left: 0, top: 0, width: `${width}px`, height: `${height}px`,
    clipPath: `inset(${size.t}px ${size.r}px ${size.b}px ${size.l}px)`,
  });
  for (const canvas of box.children) {
    canvas.style.transformOrigin = "0 0";
    canvas.style.transform = `matrix(${across},0,0,${down},${left},${top})`;
  }
}

function standStill(chart) {
  const box = chart._fullLayout._glcontainer.node();
  box.removeAttribute("style");
  for (const canvas of box.children) canvas.style.transform = "";
}

// For each frame of a drag or a turn of the wheel Plotly calls the scene's update, each layer's clear and the scene's
// draw, in this order; for all else, clear and draw. Where that is slow, none of them draws: it is done once no more of
// them has come for a while. Returns what puts Plotly's functions back.
function take(chart, scene, layers) {
  const { update, draw } = scene, clears = layers.map((layer) => layer.clear);
  let drawn = rangeOf(chart._fullLayout), slow = false, timer = null;
  const paint = () => {
    if (chart._fullLayout?._plots?.xy?._scene !== scene) return;
    slow = false;
    slow = timed(() => {
      update({ range: rangeOf(chart._fullLayout) });
      for (const layer of layers) layer.clear({ color: true, depth: true });
      scene.draw();
    }, layers) > ALLOWED;
  };
  const paintIn = (wait) => { clearTimeout(timer); timer = setTimeout(paint, wait); };
  scene.update = (options) => { if (!slow) update(options); };
  layers.forEach((layer, i) => {
    layer.clear = (what) => {
      if (slow) paintIn(RESTS);
      else clears[i].call(layer, what);
    };
  });
  scene.draw = () => {
    if (slow) {
      scene.dirty = false; // as after a drawing: else Plotly keeps its points at the next change and adds them again
      move(chart, drawn, rangeOf(chart._fullLayout));
      return;
    }
    draw();
    drawn = rangeOf(chart._fullLayout);
    standStill(chart);
  };
  paintIn(0); // to know how long it takes
  return () => {
    clearTimeout(timer);
    Object.assign(scene, { update, draw });
    layers.forEach((layer, i) => { layer.clear = clears[i]; });
  };
}

export default function ({ data, setStateValue }) {
  return withChart("moving", data.graph, (chart, emitter) => {
    let taken = [], giveBack = null;
    const look = () => {
      if (data.webgl && chart.querySelector(".no-webgl")) setStateValue("webgl", false); // Plotly's own message
      const scene = chart._fullLayout?._plots?.xy?._scene, parts = [scene, ...layersOf(chart)];
      if (parts.length === taken.length && parts.every((part, i) => part === taken[i])) return;
      giveBack?.();
      taken = parts;
      giveBack = scene?.update && scene.draw ? take(chart, scene, parts.slice(1)) : null;
    };
    const deaf = listening(emitter, { plotly_afterplot: look });
    look();
    return () => { deaf(); giveBack?.(); };
  });
}
