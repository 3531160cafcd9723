// Time, energy, carbon and money of training and of serving a language model (lesson 8.2).
// data: {chips: [[name, peak, watts, bandwidth or null, memory or null]], runs: [[name, weights, tokens, chip, hours]],
//        use: the utilization to begin with, spread: [low, high] factors, checks: {training, serving: [[input, output]]}}

// The same two formulas as in the lesson. Sizes in single units: FLOP/s, W, bytes, kg a kWh, dollars an hour.
const training = ({weights, tokens, peak, use, chips = 1, watts = 0, pue = 1, grid = 0, price = 0, attention = 0}) => {
  const flop = 6 * weights * tokens * (1 + attention), hours = flop / (peak * use) / 3600;
  const energy = hours * watts * pue / 1000;
  return {flop, hours, days: hours / chips / 24, energy, carbon: energy * grid, dollars: hours * price};
};
const serving = ({weights, layers, kv, prompt, answer, batch, peak, bandwidth, memory, chips = 1, use = 0.4, share = 0.6,
                  size = 2, watts = 0, pue = 1, price = 0}) => {
  const cache = 4 * layers * kv, held = weights * size + batch * (prompt + answer) * cache;
  const reading = (weights * size + batch * (prompt + answer / 2) * cache) / (chips * bandwidth * share);
  const computing = 2 * weights * batch / (chips * peak * use), step = Math.max(reading, computing);
  const prefill = 2 * weights * prompt / (chips * peak * use);
  const rate = batch * answer / (batch * prefill + answer * step), seconds = 1e6 / rate;
  return {cache, held, fits: held <= 0.9 * chips * memory, step, prefill, rate,
    dollars: seconds / 3600 * chips * price, energy: seconds / 3600 * chips * watts * pue / 1000};
};
// The largest relative difference between this page's results and those of the lesson's Python.
const formulas = {training, serving};
let worst = 0;
for (const [name, cases] of Object.entries(data.checks)) {
  for (const [input, output] of cases) {
    const found = formulas[name](input);
    for (const [key, value] of Object.entries(output)) {
      worst = Math.max(worst, Math.abs(Number(found[key]) - Number(value)) / (Math.abs(Number(value)) || 1));
    }
  }
}
const checked = Object.values(data.checks).reduce((sum, cases) => sum + cases.length, 0);

const make = (tag, attributes = {}, parent = null) => {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") node.textContent = value; else node.setAttribute(key, value);
  }
  if (parent) parent.appendChild(node);
  return node;
};
const plain = (value, digits = 3) => {
  if (!Number.isFinite(value)) return "–";
  if (value !== 0 && (Math.abs(value) >= 1e15 || Math.abs(value) < 1e-3)) {
    const [front, power] = value.toExponential(digits - 1).split("e");
    return `${front} × 10^${Number(power)}`;
  }
  return Number(value.toPrecision(digits)).toLocaleString("en-US", {maximumSignificantDigits: digits});
};

make("style", {text: `
.costs { color: var(--pst-color-text-base, currentColor); max-width: 44rem; font-size: 0.95rem; }
.costs, .costs * { box-sizing: border-box; }
.costs .bar { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0.5rem 0; }
.costs .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 11.5rem), 1fr)); gap: 0.5rem 0.9rem; margin: 0.6rem 0; }
.costs label { display: grid; gap: 0.15rem; min-width: 0; align-content: end; }
.costs button, .costs input, .costs select { font: inherit; color: inherit; background: transparent; border: 1px solid currentColor;
  border-radius: 4px; padding: 0.3rem 0.5rem; min-height: 2.2rem; width: 100%; min-width: 0; }
.costs option { color: #1f2933; background: #ffffff; }
.costs .bar button { width: auto; cursor: pointer; padding: 0.3rem 0.8rem; }
.costs button[aria-pressed="true"] { border-width: 2px; font-weight: 700; text-decoration: underline; }
.costs button:focus-visible, .costs input:focus-visible, .costs select:focus-visible { outline: 3px solid #3c9dd0; outline-offset: 2px; }
.costs [hidden] { display: none; }
.costs dl { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.2fr); gap: 0.2rem 0.9rem; margin: 0.6rem 0; }
.costs dt { font-weight: 400; margin: 0; }
.costs dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; }
.costs p { margin: 0.5rem 0 0; overflow-wrap: anywhere; }
.costs .formula { font-family: monospace; font-size: 0.85em; }`}, root);
const box = make("div", {class: "costs"}, root);
const bar = make("div", {class: "bar", role: "group", "aria-label": "What to compute"}, box);
const state = {mode: "training"}, buttons = {}, panels = {}, fields = {};
for (const [mode, text] of [["training", "Training"], ["serving", "Serving"]]) {
  buttons[mode] = make("button", {type: "button", text}, bar);
  buttons[mode].addEventListener("click", () => { state.mode = mode; show(); });
}
for (const mode of ["training", "serving"]) {
  panels[mode] = make("div", {class: "fields", role: "group", "aria-label": `Values for ${mode}`}, box);
}
function field(mode, key, text, value, min, max, scale = 1) {
  const label = make("label", {}, panels[mode]);
  make("span", {text}, label);
  const input = make("input", {type: "number", min, max, step: "any", value}, label);
  input.addEventListener("input", () => show());
  fields[mode + key] = {input, scale};
}
function choice(mode, key, text, options) {
  const label = make("label", {}, panels[mode]);
  make("span", {text}, label);
  const select = make("select", {}, label);
  for (const option of options) make("option", {text: option, value: option}, select);
  fields[mode + key] = {input: select};
  return select;
}
const chips = Object.fromEntries(data.chips.map(([name, peak, watts, bandwidth, memory]) => [name, {peak, watts, bandwidth, memory}]));
const preset = choice("training", "run", "published run", ["none", ...data.runs.map(run => run[0])]);
field("training", "weights", "weights at work, billions", 7, 0.01, 10000, 1e9);
field("training", "tokens", "tokens, billions", 1000, 0.1, 100000, 1e9);
choice("training", "chip", "chip", Object.keys(chips)).addEventListener("change", () => fill("training"));
field("training", "use", "utilization, %", 100 * data.use, 1, 100, 0.01);
field("training", "chips", "number of chips", 256, 1, 200000);
field("training", "attention", "attention on top of 6ND, %", 0, 0, 2000, 0.01);
choice("serving", "chip", "chip", Object.keys(chips).filter(name => chips[name].bandwidth)).addEventListener("change", () => fill("serving"));
field("serving", "chips", "number of chips", 1, 1, 1000);
field("serving", "weights", "weights, billions", 8.03, 0.01, 10000, 1e9);
field("serving", "size", "bytes a weight", 2, 0.25, 4);
field("serving", "layers", "layers", 32, 1, 200);
field("serving", "kv", "width of keys (KV heads × head)", 1024, 16, 20000);
field("serving", "prompt", "tokens in a prompt", 1000, 1, 200000);
field("serving", "answer", "tokens in an answer", 300, 1, 50000);
field("serving", "batch", "requests at once", 16, 1, 4096);
field("serving", "use", "utilization of the arithmetic, %", 40, 1, 100, 0.01);
field("serving", "share", "of the memory bandwidth, %", 60, 1, 100, 0.01);
for (const mode of ["training", "serving"]) {
  field(mode, "watts", "power a chip, W", 400, 10, 3000);
  field(mode, "pue", "PUE of the site", 1.1, 1, 3);
  field(mode, "grid", "grid, g CO₂e a kWh", 385, 0, 1500, 0.001);
  field(mode, "price", "dollars a chip hour", 2, 0.01, 100);
}
const list = make("dl", {"aria-label": "Results"}, box);
const words = make("p", {role: "status", "aria-live": "polite"}, box);
const formula = make("p", {class: "formula"}, box);
make("p", {text: worst < 1e-9
  ? `This page's formulas give the results of the lesson's Python in all ${checked} test cases.`
  : `Warning: this page's formulas differ from the lesson's Python by ${plain(worst)}.`}, box);

function fill(mode) {
  fields[mode + "watts"].input.value = chips[fields[mode + "chip"].input.value].watts;
  show();
}
preset.addEventListener("change", () => {
  const run = data.runs.find(([name]) => name === preset.value);
  if (run) {
    fields.trainingweights.input.value = run[1] / 1e9;
    fields.trainingtokens.input.value = run[2] / 1e9;
    fields.trainingchip.input.value = run[3];
    fill("training");
  } else show();
});
function read(mode) {
  const values = {};
  for (const [name, {input, scale}] of Object.entries(fields)) {
    if (name.startsWith(mode) && scale) values[name.slice(mode.length)] = Number(input.value) * scale;
  }
  return {...values, ...chips[fields[mode + "chip"].input.value], watts: values.watts};
}
function show() {
  for (const mode of ["training", "serving"]) {
    buttons[mode].setAttribute("aria-pressed", String(mode === state.mode));
    panels[mode].hidden = mode !== state.mode;
  }
  const input = read(state.mode), found = formulas[state.mode](input);
  let rows;
  if (state.mode === "training") {
    const run = data.runs.find(([name]) => name === preset.value);
    const same = run && Math.abs(run[1] / input.weights - 1) < 1e-6 && Math.abs(run[2] / input.tokens - 1) < 1e-6
      && fields.trainingchip.input.value === run[3];
    rows = [["operations", `${plain(found.flop)} FLOP`], ["chip hours", plain(found.hours)],
      ["range of chip hours", `${plain(found.hours * data.spread[0], 2)} to ${plain(found.hours * data.spread[1], 2)}`],
      ["time", `${plain(found.days)} days`], ["energy", `${plain(found.energy / 1000)} MWh`],
      ["carbon", `${plain(found.carbon / 1000)} t CO₂e`], ["rent", `${plain(found.dollars)} dollars`]];
    words.textContent = same
      ? `${run[0]} took ${plain(run[4])} chip hours: ${plain(run[4] / found.hours, 2)} times the estimate.`
      : "The range is where eight in ten of the published runs of the lesson lie. Memory is not checked here.";
    formula.textContent = "hours = 6 × weights × tokens × (1 + attention) / (peak × utilization × 3600); "
      + "kWh = hours × W × PUE / 1000; kg = kWh × grid; dollars = hours × price";
  } else {
    rows = [["memory held", `${plain(found.held / 1e9)} GB of ${plain(input.memory * input.chips / 1e9)} GB`],
      ["one step of all requests", `${plain(1000 * found.step)} ms`], ["reading a prompt", `${plain(1000 * found.prefill)} ms`],
      ["tokens a second", plain(found.rate)], ["rent a million tokens", `${plain(found.dollars)} dollars`],
      ["energy a million tokens", `${plain(found.energy)} kWh`],
      ["carbon a million tokens", `${plain(1000 * found.energy * input.grid)} g CO₂e`]];
    words.textContent = found.fits ? "It fits into nine tenths of the memory."
      : "It does not fit: fewer requests at once, fewer bytes a weight, or more chips.";
    formula.textContent = "step = max((weights × bytes + requests × context × cache) / (bandwidth × share), "
      + "2 × weights × requests / (peak × utilization)); cache = 4 × layers × width of keys; "
      + "prompt = 2 × weights × tokens / (peak × utilization); "
      + "rate = requests × answer / (requests × prompt + answer × step)";
  }
  list.replaceChildren();
  for (const [name, value] of rows) {
    make("dt", {text: name}, list);
    make("dd", {text: value}, list);
  }
}
fields.trainingchip.input.value = "A100";
show();
root.formulas = formulas; // for tests
root.worst = worst;
