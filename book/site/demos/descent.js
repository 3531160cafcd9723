// A valley with adjustable condition number and the path of an optimizer through it (lesson 3.1.3).
const METHODS = {
  sgd: {name: "Descent", step: (s, g, lr) => g.map(x => lr * x)},
  momentum: {name: "Momentum", step: (s, g, lr, mu) => g.map((x, i) => lr * (s.m[i] = mu * s.m[i] + x))},
  rmsprop: {name: "RMSProp", step: (s, g, lr) => g.map((x, i) => {
    s.v[i] = 0.99 * s.v[i] + 0.01 * x * x;
    return lr * x / (Math.sqrt(s.v[i]) + 1e-8);
  })},
  adam: {name: "Adam", step: (s, g, lr, mu, t) => g.map((x, i) => {
    s.m[i] = mu * s.m[i] + (1 - mu) * x;
    s.v[i] = 0.999 * s.v[i] + 0.001 * x * x;
    return lr * (s.m[i] / (1 - mu ** t)) / (Math.sqrt(s.v[i] / (1 - 0.999 ** t)) + 1e-8);
  })},
};
const LIMIT = 2000, START = [-9, 2.2], NEAR = 0.05, W = 640, H = 240, SCALE = 30;
const SVG = "http://www.w3.org/2000/svg";
const state = {method: "sgd", lr: 1.5, mu: 0.8, kappa: 20};
const RATES = {sgd: 1.5, momentum: 0.5, rmsprop: 0.05, adam: 0.3}; // each method keeps its own rate

const make = (tag, attributes = {}, parent = null, space = null) => {
  const node = space ? document.createElementNS(space, tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") node.textContent = value; else node.setAttribute(key, value);
  }
  if (parent) parent.appendChild(node);
  return node;
};
const draw = (tag, attributes, parent) => make(tag, attributes, parent, SVG);
const px = x => W * 0.72 + SCALE * x, py = y => H / 2 - SCALE * y;

// The steep direction has curvature 1 and the flat one 1 / kappa, so the limit of plain descent is a rate of 2.
function walk() {
  const s = {m: [0, 0], v: [0, 0]}, curvature = [1 / state.kappa, 1], path = [START];
  let x = START;
  for (let t = 1; t <= LIMIT; t++) {
    const move = METHODS[state.method].step(s, x.map((value, i) => curvature[i] * value), state.lr, state.mu, t);
    x = x.map((value, i) => value - move[i]);
    path.push(x);
    const distance = Math.hypot(...x);
    if (!(distance < 1e4)) return {path, end: "blown"};
    if (distance < NEAR && Math.hypot(...move) < NEAR) return {path, end: "bottom"};
  }
  return {path, end: "lost"};
}

const style = make("style", {text: `
.descent { color: var(--pst-color-text-base, currentColor); max-width: 42rem; font-size: 0.95rem; }
.descent svg { width: 100%; height: auto; display: block; border: 1px solid currentColor; border-radius: 4px; }
.descent .bar { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0.5rem 0; }
.descent button { font: inherit; color: inherit; background: transparent; border: 1px solid currentColor; border-radius: 4px;
  padding: 0.3rem 0.8rem; cursor: pointer; min-height: 2.2rem; }
.descent button[aria-pressed="true"] { border-width: 2px; font-weight: 700; text-decoration: underline; }
.descent button:focus-visible, .descent input:focus-visible { outline: 3px solid #3c9dd0; outline-offset: 2px; }
.descent label { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.6fr) 2.8rem; gap: 0.5rem; align-items: center; min-height: 2rem; }
.descent label[data-off="true"] { opacity: 0.55; }
.descent input { width: 100%; accent-color: #3c9dd0; }
.descent output { font-variant-numeric: tabular-nums; text-align: right; }
.descent, .descent * { box-sizing: border-box; }
.descent p { min-height: 3em; margin: 0.5rem 0 0; }`});
const box = make("div", {class: "descent"}, root);
box.appendChild(style);
const picture = draw("svg", {viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": "Contours of the valley and the path"}, box);
const contours = draw("g", {fill: "none", stroke: "currentColor", "stroke-opacity": "0.35"}, picture);
const line = draw("polyline", {fill: "none", stroke: "#d9691a", "stroke-width": "2", "vector-effect": "non-scaling-stroke", "stroke-linejoin": "round"}, picture);
const dots = draw("g", {fill: "#d9691a"}, picture);
draw("path", {d: `M${px(0) - 7},${py(0)}h14M${px(0)},${py(0) - 7}v14`, stroke: "currentColor", "stroke-width": "2"}, picture);

const bar = make("div", {class: "bar", role: "group", "aria-label": "Method"}, box);
const buttons = {};
for (const [key, method] of Object.entries(METHODS)) {
  buttons[key] = make("button", {type: "button", text: method.name}, bar);
  buttons[key].addEventListener("click", () => choose(key));
}
const sliders = {};
function slider(key, text, min, max, step, fromSlider, toSlider, digits) {
  const label = make("label", {}, box);
  make("span", {text}, label);
  const input = make("input", {type: "range", min, max, step, value: toSlider(state[key])}, label);
  const value = make("output", {}, label);
  const tell = () => {
    value.textContent = digits(state[key]);
    input.setAttribute("aria-valuetext", digits(state[key]));
  };
  input.addEventListener("input", () => { state[key] = fromSlider(Number(input.value)); tell(); show(); });
  tell();
  sliders[key] = {label, input, set: v => { state[key] = v; input.value = toSlider(v); tell(); }};
}
slider("lr", "learning rate", -2, 0.7, 0.01, v => 10 ** v, Math.log10, v => v.toPrecision(3));
slider("mu", "momentum", 0, 0.99, 0.01, v => v, v => v, v => v.toFixed(2));
slider("kappa", "condition number", 0, 2, 0.02, v => 10 ** v, Math.log10, v => v.toFixed(v < 9.95 ? 1 : 0));
const words = make("p", {role: "status", "aria-live": "polite"}, box);

function choose(method) {
  RATES[state.method] = state.lr;
  state.method = method;
  sliders.lr.set(RATES[method]);
  show();
}

let animation = null;
function show() {
  for (const [key, button] of Object.entries(buttons)) button.setAttribute("aria-pressed", String(key === state.method));
  const idle = state.method === "sgd" || state.method === "rmsprop";
  sliders.mu.label.dataset.off = String(idle);
  sliders.mu.input.disabled = idle;
  contours.replaceChildren();
  for (const level of [0.4, 0.9, 1.5, 2.2, 3, 4]) {
    draw("ellipse", {cx: px(0), cy: py(0), rx: SCALE * level * Math.sqrt(state.kappa), ry: SCALE * level}, contours);
  }
  const {path, end} = walk(), steps = path.length - 1, name = METHODS[state.method].name;
  const drawn = path.slice(0, 400).map(([x, y]) => [px(Math.max(-400, Math.min(400, x))), py(Math.max(-400, Math.min(400, y)))]);
  const upTo = count => {
    line.setAttribute("points", drawn.slice(0, count).map(p => p.map(v => v.toFixed(1)).join(",")).join(" "));
    dots.replaceChildren();
    for (const [cx, cy] of drawn.slice(0, Math.min(count, 150))) draw("circle", {cx: cx.toFixed(1), cy: cy.toFixed(1), r: 3.5}, dots);
  };
  cancelAnimationFrame(animation);
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) upTo(drawn.length);
  else {
    let count = 1;
    upTo(count);
    const grow = () => {
      count += Math.max(1, Math.ceil(drawn.length / 60));
      upTo(count);
      if (count < drawn.length) animation = requestAnimationFrame(grow);
    };
    animation = requestAnimationFrame(grow);
  }
  const [x, y] = path[Math.min(steps, LIMIT)];
  words.textContent = {
    bottom: `${name} reaches the bottom in ${steps} steps.`,
    blown: `${name} blows up: after ${steps} steps it is ten thousand units away. Lower the rate.`,
    lost: `${name} has not come to rest at the bottom after ${LIMIT} steps; it is ${Math.hypot(x, y).toPrecision(2)} units away.`,
  }[end];
}
show();
