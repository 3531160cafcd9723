// The graph of y = (ab + a)^2, walked forward and back one step at a time. data: {a, b}, the first values.
const SVG = "http://www.w3.org/2000/svg";
const fallback = { a: data.a ?? 2, b: data.b ?? 3 };
let values = { ...fallback };
let at = 0;

function make(tag, attributes, parent, text) {
  const svg = ["svg", "g", "rect", "text", "path", "defs", "marker"].includes(tag);
  const node = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.appendChild(node);
  return node;
}

make("style", {}, root, `
  .bp { --bp-value: #0b62a8; --bp-slope: #b34700; --bp-line: #5f6b7a; color: var(--pst-color-text-base, currentColor); }
  html[data-theme="dark"] .bp, body[data-jp-theme-light="false"] .bp {
    --bp-value: #7cc4f5; --bp-slope: #ffab70; --bp-line: #a5b0bd; }
  .bp-controls { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; margin: .5rem 0; }
  .bp-controls input { width: 5rem; font: inherit; color: inherit; background: transparent;
    border: 1px solid var(--bp-line); border-radius: 4px; padding: .2rem .4rem; }
  .bp-controls button { font: inherit; color: inherit; background: transparent; cursor: pointer;
    border: 1px solid var(--bp-line); border-radius: 4px; padding: .25rem .7rem; }
  .bp-controls button:disabled { opacity: .45; cursor: default; }
  .bp-controls :focus-visible { outline: 3px solid var(--bp-value); outline-offset: 2px; }
  .bp svg { width: 100%; max-width: 660px; height: auto; display: block; }
  .bp text { fill: currentColor; font-size: 17px; text-anchor: middle; }
  .bp .bp-slope { fill: var(--bp-slope); font-weight: 600; }
  .bp rect { fill: none; stroke: var(--bp-line); stroke-width: 1.5; }
  .bp rect.bp-now { stroke: var(--bp-slope); stroke-width: 3.5; }
  .bp path.bp-edge { fill: none; stroke: var(--bp-line); stroke-width: 1.5; }
  .bp path.bp-edge.bp-now { stroke: var(--bp-slope); stroke-width: 3.5; }
  .bp-say { min-height: 3.2em; margin: .3rem 0; }`);

const box = make("div", { class: "bp" }, root);
const controls = make("div", { class: "bp-controls" }, box);
const inputs = {};
for (const name of ["a", "b"]) {
  const label = make("label", {}, controls, `${name} = `);
  inputs[name] = make("input", { type: "number", step: "0.5", min: "-99", max: "99", value: values[name] }, label);
}
const buttons = {};
for (const [name, text] of [["back", "Step back"], ["next", "Next step"], ["all", "All steps"], ["reset", "Start again"]]) {
  buttons[name] = make("button", { type: "button" }, controls, text);
}

const picture = make("svg", { viewBox: "0 0 660 250", "aria-hidden": "true", focusable: "false" }, box);
const marker = make("marker", { id: "bp-arrow", viewBox: "0 0 10 10", refX: "9", refY: "5", markerWidth: "8",
  markerHeight: "8", markerUnits: "userSpaceOnUse", orient: "auto" }, make("defs", {}, picture));
make("path", { d: "M0 0 L10 5 L0 10 z", style: "fill: var(--bp-line)" }, marker);
const nodes = { a: [62, 195, "a"], b: [62, 55, "b"], u: [255, 55, "u = ab"], v: [420, 125, "v = u + a"], y: [590, 125, "y = v²"] };
const edges = { ub: ["b", "u", 158, 43], ua: ["a", "u", 128, 112], va: ["a", "v", 250, 190], vu: ["u", "v", 362, 72], yv: ["v", "y", 507, 112] };
const half = 58;
const drawn = { nodes: {}, edges: {} };
for (const [key, [tail, head, x, y]] of Object.entries(edges)) {
  const [x0, y0] = nodes[tail], [x1, y1] = nodes[head];
  const path = make("path", { class: "bp-edge", "marker-end": "url(#bp-arrow)",
    d: `M${x0 + half} ${y0} L${x1 - half - 3} ${y1}` }, picture);
  drawn.edges[key] = { path, text: make("text", { class: "bp-slope", x, y }, picture, "") };
}
for (const [key, [x, y, formula]] of Object.entries(nodes)) {
  const frame = make("rect", { x: x - half, y: y - 26, width: 2 * half, height: 52, rx: 8 }, picture);
  make("text", { x, y: y - 6 }, picture, formula);
  drawn.nodes[key] = { frame, value: make("text", { x, y: y + 17, style: "fill: var(--bp-value)" }, picture, ""),
    slope: make("text", { class: "bp-slope", x, y: y + 47 }, picture, "") };
}
const say = make("p", { class: "bp-say", "aria-live": "polite" }, box);

function show(number) {
  const rounded = Number(number.toPrecision(6));
  return (Object.is(rounded, -0) ? 0 : rounded).toString().replace("-", "−");
}

function steps() {
  const { a, b } = values, u = a * b, v = u + a, y = v * v, slope = 2 * v;
  const n = show;
  return [
    { now: [], text: "Nothing computed yet. Press “Next step” for the pass forward." },
    { now: ["u"], value: { u }, text: `Forward: u = a · b = ${n(a)} · ${n(b)} = ${n(u)}.` },
    { now: ["v"], value: { v }, text: `Forward: v = u + a = ${n(u)} + ${n(a)} = ${n(v)}.` },
    { now: ["y"], value: { y }, text: `Forward: y = v² = ${n(y)}. Now the way back.` },
    { now: ["y"], slope: { y: 1 }, text: "Back: the slope of y with respect to itself is 1. The walk starts here." },
    { now: ["yv", "v"], edge: { yv: slope }, slope: { v: slope },
      text: `Back: y = v², so v gets 1 · 2v = ${n(slope)}. It has no other user, so this is its slope.` },
    { now: ["vu", "u"], edge: { vu: slope }, slope: { u: slope },
      text: `Back: v = u + a, so u gets ${n(slope)} · 1 = ${n(slope)}.` },
    { now: ["va"], edge: { va: slope },
      text: `Back: a gets ${n(slope)} · 1 = ${n(slope)} from v. It has to wait: u has not delivered yet.` },
    { now: ["ub", "b"], edge: { ub: slope * a }, slope: { b: slope * a },
      text: `Back: u = ab, so b gets ${n(slope)} · a = ${n(slope * a)}.` },
    { now: ["ua"], edge: { ua: slope * b }, text: `Back: u = ab, so a gets ${n(slope)} · b = ${n(slope * b)} from u.` },
    { now: ["a"], slope: { a: slope * (b + 1) },
      text: `Back: both users of a have delivered. Its slope is the sum, ${n(slope)} + ${n(slope * b)} = ${n(slope * (b + 1))}.` },
  ];
}

function draw() {
  const list = steps(), sofar = { value: { ...values }, slope: {}, edge: {} };
  for (const step of list.slice(0, at + 1)) {
    for (const kind of ["value", "slope", "edge"]) Object.assign(sofar[kind], step[kind] ?? {});
  }
  for (const [key, { frame, value, slope }] of Object.entries(drawn.nodes)) {
    frame.classList.toggle("bp-now", list[at].now.includes(key));
    value.textContent = key in sofar.value ? show(sofar.value[key]) : "?";
    slope.textContent = key in sofar.slope ? `slope ${show(sofar.slope[key])}` : "";
  }
  for (const [key, { path, text }] of Object.entries(drawn.edges)) {
    path.classList.toggle("bp-now", list[at].now.includes(key));
    text.textContent = key in sofar.edge ? `← ${show(sofar.edge[key])}` : "";
  }
  say.textContent = `Step ${at} of ${list.length - 1}. ${list[at].text}`;
  buttons.back.disabled = at === 0;
  buttons.next.disabled = buttons.all.disabled = at === list.length - 1;
}

for (const name of ["a", "b"]) {
  inputs[name].addEventListener("input", () => {
    const number = inputs[name].valueAsNumber;
    if (!Number.isFinite(number)) return;
    values[name] = Math.max(-99, Math.min(99, number));
    draw();
  });
}
function go(step, pressed) {
  at = step;
  draw();
  if (pressed.disabled) (at === 0 ? buttons.next : buttons.back).focus();
}
buttons.next.addEventListener("click", () => go(at + 1, buttons.next));
buttons.back.addEventListener("click", () => go(at - 1, buttons.back));
buttons.all.addEventListener("click", () => go(steps().length - 1, buttons.all));
buttons.reset.addEventListener("click", () => {
  values = { ...fallback };
  for (const name of ["a", "b"]) inputs[name].value = values[name];
  go(0, buttons.reset);
});
draw();
