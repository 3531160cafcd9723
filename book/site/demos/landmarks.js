// Training compute of landmark models, with a line through those of a chosen period (lesson 1.1).
const W = 640, H = 360, LEFT = 46, RIGHT = 12, TOP = 12, BOTTOM = 32;
const FIRST = 1958, LAST = 2026, LOW = 3, HIGH = 28; // years, and powers of ten
const SVG = "http://www.w3.org/2000/svg";
const state = {from: 2010, to: 2026, records: false, chosen: null};
const models = data.models.map(([name, year, log2]) => ({name, year, log2, power: log2 * Math.log10(2)}));
let largest = -Infinity;
for (const model of models) {
  model.record = model.log2 > largest;
  largest = Math.max(largest, model.log2);
}

const make = (tag, attributes = {}, parent = null, space = null) => {
  const node = space ? document.createElementNS(space, tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") node.textContent = value; else node.setAttribute(key, value);
  }
  if (parent) parent.appendChild(node);
  return node;
};
const draw = (tag, attributes, parent) => make(tag, attributes, parent, SVG);
const px = year => LEFT + (W - LEFT - RIGHT) * (year - FIRST) / (LAST - FIRST);
const py = power => H - BOTTOM - (H - TOP - BOTTOM) * (power - LOW) / (HIGH - LOW);

const style = make("style", {text: `
.landmarks { color: var(--pst-color-text-base, currentColor); max-width: 42rem; font-size: 0.95rem; }
.landmarks svg { width: 100%; height: auto; display: block; }
.landmarks text { fill: currentColor; font-size: 13px; }
.landmarks .bar { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0.5rem 0; }
.landmarks button { font: inherit; color: inherit; background: transparent; border: 1px solid currentColor; border-radius: 4px;
  padding: 0.3rem 0.8rem; cursor: pointer; min-height: 2.2rem; }
.landmarks button[aria-pressed="true"] { border-width: 2px; font-weight: 700; text-decoration: underline; }
.landmarks button:focus-visible, .landmarks input:focus-visible { outline: 3px solid #3c9dd0; outline-offset: 2px; }
.landmarks label { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.6fr) 2.8rem; gap: 0.5rem; align-items: center; min-height: 2rem; }
.landmarks input { width: 100%; accent-color: #3c9dd0; }
.landmarks output { font-variant-numeric: tabular-nums; text-align: right; }
.landmarks, .landmarks * { box-sizing: border-box; }
.landmarks p { min-height: 3em; margin: 0.5rem 0 0; }`});
const box = make("div", {class: "landmarks"}, root);
box.appendChild(style);
const picture = draw("svg", {viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": "Training compute over the years"}, box);
for (const power of [4, 8, 12, 16, 20, 24, 28]) {
  draw("line", {x1: LEFT, x2: W - RIGHT, y1: py(power), y2: py(power), stroke: "currentColor", "stroke-opacity": "0.15"}, picture);
  const label = draw("text", {x: LEFT - 6, y: py(power) + 4, "text-anchor": "end", text: "10"}, picture);
  draw("tspan", {dy: -5, "font-size": "10", text: power}, label);
}
for (let year = 1960; year <= 2020; year += 10) {
  draw("text", {x: px(year), y: H - 10, "text-anchor": "middle", text: year}, picture);
}
const line = draw("line", {stroke: "#d9691a", "stroke-width": "2.5", "stroke-linecap": "round"}, picture);
for (const model of models) {
  model.dot = draw("circle", {cx: px(model.year).toFixed(1), cy: py(model.power).toFixed(1), r: 4.5}, picture);
  draw("title", {text: `${model.name}, ${Math.floor(model.year)}, ten to the ${model.power.toFixed(1)} FLOP`}, model.dot);
  for (const event of ["pointerenter", "click"]) {
    model.dot.addEventListener(event, () => { state.chosen = model; show(); });
  }
}

const sliders = {};
function slider(key, text) {
  const label = make("label", {}, box);
  make("span", {text}, label);
  const input = make("input", {type: "range", min: FIRST, max: LAST, step: 1, value: state[key]}, label);
  const value = make("output", {text: state[key]}, label);
  input.addEventListener("input", () => {
    state[key] = Number(input.value);
    show();
  });
  sliders[key] = {input, value};
}
slider("from", "from the year");
slider("to", "up to the year");
const bar = make("div", {class: "bar"}, box);
const button = make("button", {type: "button", text: "Record holders only"}, bar);
button.addEventListener("click", () => { state.records = !state.records; show(); });
const words = make("p", {role: "status", "aria-live": "polite"}, box);

function show() {
  button.setAttribute("aria-pressed", String(state.records));
  for (const [key, {input, value}] of Object.entries(sliders)) {
    value.textContent = state[key];
    input.setAttribute("aria-valuetext", String(state[key]));
  }
  const counts = model => model.year >= state.from && model.year < state.to && (!state.records || model.record);
  const used = models.filter(counts), n = used.length;
  for (const model of models) {
    model.dot.setAttribute("fill", counts(model) ? "#3c9dd0" : "currentColor");
    model.dot.setAttribute("fill-opacity", counts(model) ? "1" : "0.2");
    model.dot.setAttribute("stroke", model === state.chosen ? "#d9691a" : "none");
    model.dot.setAttribute("stroke-width", "3");
  }
  const mean = key => used.reduce((sum, model) => sum + model[key], 0) / n;
  const x = mean("year"), y = mean("log2");
  const spread = used.reduce((sum, model) => sum + (model.year - x) ** 2, 0);
  const slope = used.reduce((sum, model) => sum + (model.year - x) * (model.log2 - y), 0) / spread;
  const enough = n >= 3 && spread > 0;
  line.setAttribute("visibility", enough ? "visible" : "hidden");
  if (enough) {
    const ends = [Math.min(...used.map(model => model.year)), Math.max(...used.map(model => model.year))];
    ends.forEach((year, i) => {
      line.setAttribute(`x${i + 1}`, px(year).toFixed(1));
      line.setAttribute(`y${i + 1}`, py((y + slope * (year - x)) * Math.log10(2)).toFixed(1));
    });
  }
  const rate = slope > 0 ? `doubled every ${(12 / slope).toFixed(1)} months` : "did not grow";
  words.textContent = (enough ? `Through ${n} models, training compute ${rate}.` : "A line needs three models at least.")
    + (state.chosen ? ` Chosen: ${state.chosen.name}, ${Math.floor(state.chosen.year)}, ten to the ${state.chosen.power.toFixed(1)} FLOP.` : "");
}
show();
