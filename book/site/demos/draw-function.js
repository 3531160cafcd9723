// A network with one hidden layer of ReLU units follows a curve drawn by the reader. Built in lesson 3.1.1.
// data.heights: the lesson's own curve as heights from 0 to 1 at equal distances.

const STEPS = 384, MOST = 64, TAU = 2 * Math.PI;
const places = Array.from({ length: STEPS + 1 }, (_, i) => i / STEPS);

// The network: unit i is a hinge relu(x - knot i), weighted by the change of slope at that knot.
const hinges = (curve, units) => {
  const knots = Array.from({ length: units + 1 }, (_, i) => i / units);
  const heights = knots.map(x => valueAt(curve, x));
  const slopes = heights.slice(1).map((height, i) => (height - heights[i]) * units);
  const turns = slopes.map((slope, i) => slope - (i ? slopes[i - 1] : 0));
  return { knots, heights, turns, bias: heights[0] };
};
const forward = (net, x) =>
  net.turns.reduce((sum, turn, i) => sum + turn * Math.max(x - net.knots[i], 0), net.bias);
const valueAt = (curve, x) => {
  const at = x * STEPS, i = Math.min(Math.floor(at), STEPS - 1);
  return curve[i] + (at - i) * (curve[i + 1] - curve[i]);
};
const worst = (curve, net) => {
  let error = -1, where = 0;
  places.forEach((x, i) => {
    const gap = Math.abs(forward(net, x) - curve[i]);
    if (gap > error) { error = gap; where = i; }
  });
  return { error, where };
};

// A smooth curve through heights at equal distances: cubic pieces with the slope of the neighbors.
const through = heights => places.map(x => {
  const last = heights.length - 1, at = x * last, i = Math.min(Math.floor(at), last - 1), t = at - i;
  const point = k => heights[Math.max(0, Math.min(last, k))];
  const m0 = (point(i + 1) - point(i - 1)) / 2, m1 = (point(i + 2) - point(i)) / 2;
  return (2 * t ** 3 - 3 * t ** 2 + 1) * point(i) + (t ** 3 - 2 * t ** 2 + t) * m0
    + (-2 * t ** 3 + 3 * t ** 2) * point(i + 1) + (t ** 3 - t ** 2) * m1;
});
const presets = {
  "Lesson": through(data.heights),
  "Sine": places.map(x => 0.5 + 0.4 * Math.sin(TAU * x)),
  "Mountain": places.map(x => 0.1 + 0.5 * Math.exp(-(((x - 0.35) / 0.09) ** 2)) + 0.8 * Math.exp(-(((x - 0.65) / 0.13) ** 2))),
  "Step": places.map(x => (x > 0.52 ? 0.8 : 0.2)),
  "Flat": places.map(() => 0.5),
};

let curve = presets.Lesson.slice(), units = 8, chosen = "Lesson", cursor = STEPS / 2;

// ---- the page
const svgNS = "http://www.w3.org/2000/svg";
const make = (name, attributes, parent, text) => {
  const svg = ["svg", "g", "path", "line", "circle", "text", "rect"].includes(name);
  const node = svg ? document.createElementNS(svgNS, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.append(node);
  return node;
};
make("style", {}, root, `
#${root.id} { color: var(--pst-color-text-base, currentColor); margin: 1rem 0; --net: #c2500b; }
#${root.id} .controls { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .4rem 0; }
#${root.id} button { font: inherit; color: inherit; background: transparent; border: 1px solid currentColor;
  border-radius: .3rem; padding: .25rem .7rem; min-height: 2.2rem; cursor: pointer; }
#${root.id} button[aria-pressed=true] { background: var(--net); border-color: var(--net); color: #fff; }
#${root.id} label { display: flex; flex: 1 1 16rem; gap: .6rem; align-items: center; white-space: nowrap; }
#${root.id} input { flex: 1; min-width: 7rem; accent-color: var(--net); height: 2.2rem; }
#${root.id} .plots { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
#${root.id} svg { display: block; height: auto; max-width: 100%; font-family: inherit; }
#${root.id} svg.draw { flex: 5 1 20rem; min-width: 0; touch-action: none; cursor: crosshair; }
#${root.id} svg.fall { flex: 3 1 13rem; min-width: 0; max-width: 24rem; }
#${root.id} :is(button, input, svg.draw):focus-visible { outline: 3px solid var(--net); outline-offset: 2px; }
#${root.id} svg text { fill: currentColor; font-size: 14px; }
#${root.id} .frame { fill: none; stroke: currentColor; opacity: .45; }
#${root.id} .yours { fill: none; stroke: currentColor; stroke-width: 8; opacity: .32; stroke-linejoin: round; }
#${root.id} .net { fill: none; stroke: var(--net); stroke-width: 2.5; stroke-linejoin: round; }
#${root.id} .dot { fill: var(--net); }
#${root.id} .gap { stroke: currentColor; stroke-width: 2; stroke-dasharray: 4 3; }
#${root.id} .cursor { fill: none; stroke: currentColor; stroke-width: 2; visibility: hidden; }
#${root.id} svg.draw:focus-visible .cursor { visibility: visible; }
@media (prefers-color-scheme: dark) { html:not([data-theme=light]) #${root.id} { --net: #f08a3c; } }
html[data-theme=dark] #${root.id} { --net: #f08a3c; }
html[data-theme=dark] #${root.id} button[aria-pressed=true] { color: #111; }`);

const bar = make("div", { class: "controls" }, root);
const buttons = Object.keys(presets).map(name => {
  const button = make("button", { type: "button", "aria-pressed": "false" }, bar, name === "Lesson" ? "Lesson's curve" : name);
  button.addEventListener("click", () => { curve = presets[name].slice(); chosen = name; show(); });
  return [name, button];
});
const label = make("label", {}, bar);
const labelText = make("span", {}, label, "Hidden units");
const slider = make("input", { type: "range", min: 1, max: MOST, step: 1, value: units }, label);
slider.addEventListener("input", () => { units = Number(slider.value); show(); });

const W = 560, H = 300, EDGE = 12;
const px = x => EDGE + x * (W - 2 * EDGE), py = y => H - EDGE - y * (H - 2 * EDGE);
const plots = make("div", { class: "plots" }, root);
const draw = make("svg", {
  class: "draw", viewBox: `0 0 ${W} ${H}`, tabindex: 0, role: "application",
  "aria-label": "Drawing area. Draw with the pointer, or move with the left and right arrow keys and raise or lower the curve with up and down.",
}, plots);
make("rect", { class: "frame", x: 1, y: 1, width: W - 2, height: H - 2, rx: 6 }, draw);
const yours = make("path", { class: "yours" }, draw);
const gap = make("line", { class: "gap" }, draw);
const net = make("path", { class: "net" }, draw);
const dots = make("g", {}, draw);
const ring = make("circle", { class: "cursor", r: 9 }, draw);

// Error against units, both axes logarithmic: 1 to 64 and 1 to 0.001.
const FW = 300, FH = 300, LEFT = 58, BOTTOM = 44, TOP = 14;
const fx = n => LEFT + (Math.log2(n) / 6) * (FW - LEFT - 14);
const fy = e => TOP + (Math.min(3, Math.max(0, -Math.log10(Math.max(e, 1e-9)))) / 3) * (FH - TOP - BOTTOM);
const fall = make("svg", { class: "fall", viewBox: `0 0 ${FW} ${FH}`, role: "img" }, plots);
for (const e of [1, 0.1, 0.01, 0.001]) {
  make("line", { class: "frame", x1: LEFT, x2: FW - 14, y1: fy(e), y2: fy(e) }, fall);
  make("text", { x: LEFT - 8, y: fy(e) + 5, "text-anchor": "end" }, fall, e);
}
for (const n of [1, 4, 16, 64]) make("text", { x: fx(n), y: FH - BOTTOM + 20, "text-anchor": "middle" }, fall, n);
make("text", { x: (LEFT + FW - 14) / 2, y: FH - 4, "text-anchor": "middle" }, fall, "hidden units");
make("text", { x: 14, y: (TOP + FH - BOTTOM) / 2, "text-anchor": "middle", transform: `rotate(-90 14 ${(TOP + FH - BOTTOM) / 2})` }, fall, "largest error");
const falling = make("path", { class: "net" }, fall);
const here = make("circle", { class: "dot", r: 6 }, fall);
const said = make("p", { role: "status", "aria-live": "polite" }, root);

// ---- what happens on a change
const path = points => "M" + points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
const show = () => {
  const network = hinges(curve, units), { error, where } = worst(curve, network);
  yours.setAttribute("d", path(places.map((x, i) => [px(x), py(curve[i])])));
  net.setAttribute("d", path(network.knots.map(x => [px(x), py(forward(network, x))])));
  dots.replaceChildren(...network.knots.map((x, i) => make("circle", { class: "dot", cx: px(x), cy: py(network.heights[i]), r: units > 24 ? 2.5 : 4.5 })));
  const at = places[where];
  for (const [key, value] of Object.entries({ x1: px(at), x2: px(at), y1: py(curve[where]), y2: py(forward(network, at)) })) gap.setAttribute(key, value);
  ring.setAttribute("cx", px(places[cursor]));
  ring.setAttribute("cy", py(curve[cursor]));
  const errors = Array.from({ length: MOST }, (_, i) => worst(curve, hinges(curve, i + 1)).error);
  falling.setAttribute("d", path(errors.map((e, i) => [fx(i + 1), fy(e)])));
  here.setAttribute("cx", fx(units));
  here.setAttribute("cy", fy(error));
  fall.setAttribute("aria-label", `Largest error against hidden units: ${[1, 4, 16, 64].map(n => `${errors[n - 1].toFixed(3)} with ${n}`).join(", ")}.`);
  labelText.textContent = `Hidden units: ${units}`;
  slider.setAttribute("aria-valuetext", `${units} hidden units, largest error ${error.toFixed(4)}`);
  said.textContent = `${units} hidden unit${units > 1 ? "s" : ""}, ${3 * units + 1} parameters: largest error ${error.toFixed(4)} of the height (dashed).`;
  for (const [name, button] of buttons) button.setAttribute("aria-pressed", String(name === chosen));
};

let before = null;
const place = event => {
  const box = draw.getBoundingClientRect();
  const x = ((event.clientX - box.left) * W / box.width - EDGE) / (W - 2 * EDGE);
  const y = (H - EDGE - (event.clientY - box.top) * H / box.height) / (H - 2 * EDGE);
  return [Math.round(Math.min(1, Math.max(0, x)) * STEPS), Math.min(1, Math.max(0, y))];
};
const stroke = event => {
  const [i, y] = place(event), [j, from] = before ?? [i, y];
  for (let k = Math.min(i, j); k <= Math.max(i, j); k++) curve[k] = i === j ? y : from + (y - from) * (k - j) / (i - j);
  before = [i, y];
  chosen = null;
  show();
};
draw.addEventListener("pointerdown", event => { draw.setPointerCapture(event.pointerId); before = null; stroke(event); });
draw.addEventListener("pointermove", event => { if (draw.hasPointerCapture(event.pointerId)) stroke(event); });
draw.addEventListener("keydown", event => {
  const along = { ArrowLeft: -12, ArrowRight: 12 }[event.key], up = { ArrowUp: 0.04, ArrowDown: -0.04 }[event.key];
  if (along === undefined && up === undefined) return;
  event.preventDefault();
  if (along) cursor = Math.min(STEPS, Math.max(0, cursor + along));
  if (up) {
    chosen = null;
    curve = curve.map((y, i) => Math.min(1, Math.max(0, y + up * Math.exp(-(((i - cursor) / 24) ** 2)))));
  }
  show();
  if (along) said.textContent = `At ${places[cursor].toFixed(2)} the curve is ${curve[cursor].toFixed(2)} high.`;
});
show();
