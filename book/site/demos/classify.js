// A 784-128-10 network in the page. data: {w1, s1, b1, w2, s2, b2, images, labels, names}: int8 weights with one scale a
// row, pixels as bytes (all base64), the pixels' mean and deviation already folded into the first layer.
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const layer = (weights, scales, biases) => {
  const w = new Int8Array(bytes(weights).buffer), inputs = w.length / biases.length;
  return x => biases.map((bias, row) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += w[row * inputs + i] * x[i];
    return bias + scales[row] * sum;
  });
};
const first = layer(data.w1, data.s1, data.b1), second = layer(data.w2, data.s2, data.b2);
const probabilities = x => {
  const scores = second(first(x).map(v => Math.max(0, v))), top = Math.max(...scores);
  const powers = scores.map(v => Math.exp(v - top)), sum = powers.reduce((a, b) => a + b);
  return powers.map(v => v / sum);
};

const make = (tag, options = {}, style = {}) => {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(options)) key in node ? node[key] = value : node.setAttribute(key, value);
  Object.assign(node.style, style);
  return node;
};
const SIDE = 28, SCALE = 8, stock = bytes(data.images), x = new Float32Array(SIDE * SIDE);
const line = "1px solid var(--pst-color-border, #8a94a3)", accent = "var(--pst-color-link, #0b62a8)";
const paint = (canvas, pixels, scale) => {
  const context = canvas.getContext("2d");
  for (let i = 0; i < pixels.length; i++) {
    const gray = Math.round(255 * (1 - pixels[i]));
    context.fillStyle = `rgb(${gray},${gray},${gray})`;
    context.fillRect((i % SIDE) * scale, Math.floor(i / SIDE) * scale, scale, scale);
  }
};

const box = make("div", {}, { display: "flex", flexWrap: "wrap", gap: "1.25rem", alignItems: "flex-start",
  color: "var(--pst-color-text-base, currentColor)" });
const left = make("div"), right = make("div", {}, { flex: "1 1 15rem", minWidth: "14rem" });
const board = make("canvas", { width: SIDE * SCALE, height: SIDE * SCALE, tabIndex: 0, role: "application",
  "aria-label": "Drawing board of 28 by 28 pixels. Arrow keys move the brush, space draws, backspace erases." },
  { border: line, touchAction: "none", cursor: "crosshair", display: "block", maxWidth: "100%" });
const tools = make("div", {}, { display: "flex", gap: "0.5rem", marginTop: "0.5rem", flexWrap: "wrap" });
const look = { font: "inherit", padding: "0.2rem 0.6rem", border: line, borderRadius: "4px", background: "transparent",
  color: "inherit", cursor: "pointer" };
const eraser = make("button", { type: "button", textContent: "Erase" }, look);
const clear = make("button", { type: "button", textContent: "Clear" }, look);
const strip = make("div", { role: "group", "aria-label": "Test images to start from" },
  { display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(36px, 1fr))", gap: "4px", marginBottom: "0.75rem" });
const bars = make("div"), said = make("output", { "aria-live": "polite" }, { display: "block", marginTop: "0.5rem" });

const rows = data.names.map(name => {
  const row = make("div", {}, { display: "grid", gridTemplateColumns: "5.5rem 1fr 3.5rem", gap: "0.5rem",
    alignItems: "center", lineHeight: "1.5" });
  const track = make("div", { "aria-hidden": "true" }, { height: "0.8rem" });
  const bar = make("div", {}, { height: "100%", width: "0", background: accent, borderRadius: "2px" });
  const share = make("span", {}, { textAlign: "right", fontVariantNumeric: "tabular-nums" });
  track.append(bar);
  row.append(make("span", { textContent: name }), track, share);
  bars.append(row);
  return { row, bar, share };
});

let shown = null, erasing = false, drawing = false, at = [14, 14], last = null;
const percent = p => `${(100 * p).toFixed(1)} %`;
const refresh = speak => {
  paint(board, x, SCALE);
  if (document.activeElement === board) {
    const context = board.getContext("2d");
    context.strokeStyle = "#c2500b";
    context.lineWidth = 2;
    context.strokeRect(at[0] * SCALE, at[1] * SCALE, SCALE, SCALE);
  }
  const p = probabilities(x), best = p.indexOf(Math.max(...p));
  rows.forEach(({ row, bar, share }, k) => {
    bar.style.width = `${100 * p[k]}%`;
    share.textContent = percent(p[k]);
    row.style.fontWeight = k === best ? "600" : "400";
  });
  if (speak) {
    const truth = shown === null ? "Your drawing" : `Test image, labeled ${data.names[data.labels[shown]]}`;
    said.textContent = `${truth}: the network says ${data.names[best]}, ${percent(p[best])}.`;
  }
};
const dab = (column, row, erase) => {
  for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) {
    const c = Math.floor(column) + dx, r = Math.floor(row) + dy;
    if (c < 0 || r < 0 || c >= SIDE || r >= SIDE) continue;
    const ink = Math.max(0, Math.min(1, 1.9 - Math.hypot(c + 0.5 - column, r + 0.5 - row))), i = r * SIDE + c;
    x[i] = erase ? Math.min(x[i], 1 - ink) : Math.max(x[i], 0.8 * ink);
  }
  if (shown !== null) choose(null);
};
const buttons = data.labels.map((label, k) => {
  const pixels = Float32Array.from(stock.subarray(k * 784, (k + 1) * 784), v => v / 255);
  const button = make("button", { type: "button", "aria-label": `${data.names[label]}, test image ${k + 1}`,
    title: data.names[label] }, { padding: "0", border: line, background: "none", cursor: "pointer", lineHeight: "0" });
  const canvas = make("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" }, { width: "100%", height: "auto" });
  paint(canvas, pixels, 1);
  button.append(canvas);
  button.onclick = () => { x.set(pixels); choose(k); refresh(true); };
  strip.append(button);
  return button;
});
function choose(k) {
  shown = k;
  buttons.forEach((button, i) => {
    button.setAttribute("aria-pressed", String(i === k));
    button.style.outline = i === k ? `3px solid ${accent}` : "";
  });
}
const place = event => {
  const frame = board.getBoundingClientRect();
  return [(event.clientX - frame.left) * SIDE / frame.width, (event.clientY - frame.top) * SIDE / frame.height];
};
const stroke = event => {
  const [c, r] = place(event), [c0, r0] = last ?? [c, r], steps = Math.ceil(2 * Math.hypot(c - c0, r - r0)) || 1;
  for (let i = 1; i <= steps; i++) dab(c0 + (c - c0) * i / steps, r0 + (r - r0) * i / steps, erasing);
  last = [c, r];
  refresh(false);
};
board.onpointerdown = event => { drawing = true; last = null; board.setPointerCapture(event.pointerId); stroke(event); };
board.onpointermove = event => { if (drawing) stroke(event); };
board.onpointerup = board.onpointercancel = () => { drawing = false; refresh(true); };
board.onfocus = board.onblur = () => refresh(false);
board.onkeydown = event => {
  const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (move) at = at.map((v, i) => Math.max(0, Math.min(SIDE - 1, v + move[i])));
  else if (event.key === " ") dab(at[0] + 0.5, at[1] + 0.5, erasing);
  else if (event.key === "Backspace" || event.key === "Delete") dab(at[0] + 0.5, at[1] + 0.5, true);
  else return;
  event.preventDefault();
  event.stopPropagation();
  refresh(!move);
};
eraser.setAttribute("aria-pressed", "false");
eraser.onclick = () => {
  erasing = !erasing;
  eraser.setAttribute("aria-pressed", String(erasing));
  eraser.style.outline = erasing ? `2px solid ${accent}` : "";
};
clear.onclick = () => { x.fill(0); choose(null); refresh(true); };

tools.append(eraser, clear);
left.append(board, tools);
right.append(strip, bars, said);
box.append(left, right);
root.append(box);
buttons[0].click();
root.classify = pixels => probabilities(Float32Array.from(pixels)); // for tests: 784 numbers from 0 to 1
