"""The calculator of lesson 8.2: its JavaScript gives what the lesson's Python gives, in a browser, and answers."""

import ast
import itertools
import json
from pathlib import Path
from urllib.parse import unquote, urlparse

import nbformat
import pytest

from book import figures
from book.data.runs import CHIPS, runs
from book.tools import cli

LESSON = cli.ROOT / "notebooks" / "8-questions" / "8-2-time-and-resources.ipynb"
MODEL = {"weights": 8e9, "layers": 32, "kv": 1024, "peak": 989e12, "bandwidth": 3.35e12, "memory": 80e9}


@pytest.fixture(scope="module")
def formulas():
    """Return the lesson's two functions, read from the notebook without running it."""
    found = {}
    for cell in nbformat.read(LESSON, as_version=4).cells:
        if cell.cell_type == "code":
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef) and node.name in ("training", "serving"):
                    exec(compile(ast.Module([node], []), str(LESSON), "exec"), found)
    return {name: found[name] for name in ("training", "serving")}


@pytest.fixture(scope="module")
def cases(formulas):
    """Return {formula: [[input, output]]} over a grid of inputs, with and without the defaults."""
    inputs = {"training": [{"weights": 7e9, "tokens": 1e12, "peak": 312e12, "use": 0.4}],
              "serving": [{**MODEL, "prompt": 1000, "answer": 300, "batch": 16}]}
    for weights, tokens, use, chips, attention in itertools.product(
            (1e9, 4.05e11), (3e11, 1.5e13), (0.1, 0.5), (1, 4096), (0, 0.3)):
        inputs["training"].append({"weights": weights, "tokens": tokens, "peak": 989e12, "use": use, "chips": chips,
                                   "watts": 700, "pue": 1.2, "grid": 0.1, "price": 3.5, "attention": attention})
    for prompt, batch, chips, size, use in itertools.product((1, 30_000), (1, 512), (1, 8), (0.5, 2), (0.2, 0.6)):
        inputs["serving"].append({**MODEL, "prompt": prompt, "answer": 700, "batch": batch, "chips": chips,
                                  "size": size, "use": use, "share": 0.7, "watts": 700, "pue": 1.3, "price": 2.5})
    return {name: [[one, formulas[name](**one)] for one in some] for name, some in inputs.items()}


@pytest.fixture(scope="module")
def page(tmp_path_factory, formulas):
    """Return the address of a page with the calculator."""
    shown = []
    held, figures.display = figures.display, shown.append
    try:
        table = runs()
        table = table[table["hours"].notna()]
        one = {"weights": 7e9, "tokens": 1e12, "peak": 312e12, "use": 0.4}
        figures.demo("cost-calculator", chips=[[name, *chip[:4]] for name, chip in CHIPS.items()],
                     runs=table[["name", "active", "tokens", "chip", "hours"]].values.tolist(), use=0.3135,
                     spread=[0.65, 1.3], checks={"training": [[one, formulas["training"](**one)]], "serving": []},
                     alt="the calculator")
    finally:
        figures.display = held
    path = tmp_path_factory.mktemp("calculator") / "page.html"
    path.write_text(f"<!doctype html><meta charset=utf8><body>{shown[0].data}", encoding="utf8")
    return path.as_uri()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["training", "serving"])
def test_the_page_computes_what_the_lesson_computes(page, browser, cases, name):
    browser.look(width=1000)
    browser.open(page)
    found = browser.run(f"{json.dumps(cases[name])}.map(([input]) => "
                        f"document.querySelector('.book-demo').formulas.{name}(input))")
    assert len(found) >= 33
    for (_, wanted), got in zip(cases[name], found):
        assert set(got) == set(wanted)
        for key, value in wanted.items():
            assert got[key] == pytest.approx(value, rel=1e-12), key
    assert browser.errors == []
    assert browser.requests == [page]


@pytest.mark.browser
def test_a_published_run_is_loaded_and_compared(page, browser, formulas):
    browser.look(width=400, dark=True)
    browser.open(page)
    said = browser.run("""(() => {
        const root = document.querySelector(".book-demo"), select = root.querySelector("select");
        select.value = "LLaMA 65B";
        select.dispatchEvent(new Event("change", {bubbles: true}));
        return [root.querySelector("[role=status]").textContent, root.querySelector("dl").textContent,
                root.scrollWidth - root.clientWidth];
    })()""")
    ratio = 1_022_362 / formulas["training"](6.52e10, 1.4e12, 312e12, 0.3135)["hours"]
    assert said[0] == f"LLaMA 65B took 1,020,000 chip hours: {ratio:.2g} times the estimate."
    assert "5.48 × 10^23 FLOP" in said[1]
    assert said[2] <= 1


@pytest.mark.browser
def test_the_tabs_change_what_is_shown(page, browser):
    browser.look(width=1000)
    browser.open(page)
    before, after = browser.run("""(() => {
        const root = document.querySelector(".book-demo"), seen = () => root.querySelector("dl").textContent;
        const [training, serving] = root.querySelectorAll("button"), first = seen();
        serving.click();
        return [first, seen()];
    })()""")
    assert "chip hours" in before
    assert "tokens a second" in after
    assert browser.run("document.querySelector('.book-demo').textContent").count("in all 1 test cases") == 1


@pytest.mark.browser
def test_a_formula_that_differs_is_reported(page, browser, tmp_path):
    right = Path(unquote(urlparse(page).path)).read_text(encoding="utf8")
    assert right.count("const flop = 6 * weights * tokens") == 1
    wrong = tmp_path / "wrong.html"
    wrong.write_text(right.replace("const flop = 6 *", "const flop = 2 *"), encoding="utf8")
    browser.open(wrong.as_uri())
    assert "Warning: this page's formulas differ" in browser.run("document.querySelector('.book-demo').textContent")
