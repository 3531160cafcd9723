"""The shape of the lessons, without running them: outputs fresh, figures described, taught code the same as used.

nbval runs the cells and compares outputs; it passes cells that were never executed, so freshness is tested here.
"""

import ast
import re

import nbformat
import pytest
import yaml

from book.tools import cli, exercises, faults, plain, stored
from book.tools.execute import is_stale, source_hash

LESSONS = cli.lessons()
TAGS = {"hide-input", "long-run", "nbval-ignore-output", "picture", "raises-exception", "solution", "exercise-check"}
RENDERABLE = {"text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png", "image/jpeg"}
GLUE = "application/papermill.record"
LONGEST = 15
LONGER = {"3.1.3": 20, "4.1": 16}  # one loop over the seven entries of a race; one table of all test scores
FORBIDDEN = {
    r"^\s*[%!]\s*(pip|conda)\b": "installs something; requirements.txt does that",
    r"\bwarnings\.(filterwarnings|simplefilter)\b": "hides warnings; mend their cause",
}


@pytest.fixture(params=LESSONS, ids=[path.stem for path in LESSONS], scope="module")
def path(request):
    return request.param


@pytest.fixture(scope="module")
def notebook(path):
    return nbformat.read(path, 4)


@pytest.fixture(scope="module")
def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def trees(code):
    return [ast.parse(exercises.TransformerManager().transform_cell(cell.source)) for cell in code]


def test_there_are_lessons():
    assert LESSONS


def test_outputs_belong_to_the_code(notebook, code):
    assert not is_stale(notebook), "the code changed after its last run; run make notebooks"
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


def test_outputs_can_be_shown(code):
    for cell in code:
        for output in cell.outputs:
            assert output.get("name") != "stderr", f"a warning is stored, often with a path: {output.text[:80]}"
            if output.output_type == "error":
                assert "raises-exception" in plain.tags(cell), f"{output.ename}: {output.evalue}"
            kinds = {kind for kind in output.get("data", {}) if not kind.startswith(GLUE)}
            glued = any(kind.startswith(GLUE) for kind in output.get("data", {}))
            assert not kinds or glued or kinds & RENDERABLE, f"no page can show {kinds}"


def test_figures_are_named_and_described(path, code):
    seen = set()
    prefix = f"fig-{stored.file_stem(cli.number(path))}-"
    for cell in code:
        pictures = sum(any(kind.startswith("image/") for kind in output.get("data", {})) for output in cell.outputs)
        if not pictures:
            continue
        told = cell.metadata.get("mystnb", {})
        name, alt = told.get("figure", {}).get("name", ""), told.get("image", {}).get("alt", "")
        assert pictures == 1, f"a cell draws {pictures} figures and can name only one: {cell.source[:60]!r}"
        assert name.startswith(prefix), f"the name of a figure is {name!r}, not {prefix}…: {cell.source[:60]!r}"
        assert name not in seen, f"two figures are called {name}"
        assert told["figure"].get("caption"), f"{name} has no caption"
        assert len(alt) > 20, f"{name} has no text for those who cannot see it"
        assert not re.match(r"(an? |the )?(figure|image|plot|picture) (of|show)", alt, re.I), f"{name}: what is to see?"
        seen.add(name)


def test_title_begins_with_the_section_number(path, notebook):
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    titles = [line for text in prose for line in text.splitlines() if line.startswith("# ")]
    assert prose
    assert len(titles) == 1
    assert titles[0].startswith(f"# {cli.number(path)} ")
    assert notebook.cells[0].source.startswith(titles[0])


def test_lesson_is_in_the_book(path):
    known = re.findall(r"file: (\S+)", (cli.ROOT / "_toc.yml").read_text(encoding="utf8"))
    assert path.relative_to(cli.ROOT).with_suffix("").as_posix() in known


def test_tags_are_known(notebook):
    for cell in notebook.cells:
        assert plain.tags(cell) <= TAGS, f"unknown tag in {cell.source[:60]!r}"


def test_nothing_forbidden(code, trees):
    for cell, tree in zip(code, trees, strict=True):
        for pattern, why in FORBIDDEN.items():
            assert not re.search(pattern, cell.source, re.M), f"{cell.source[:60]!r} {why}"
        for node in ast.walk(tree):
            if isinstance(node, ast.Try):
                imports = [part for part in ast.walk(node) if isinstance(part, (ast.Import, ast.ImportFrom))]
                assert not imports, f"an import stands in a try: {cell.source[:60]!r}"


def test_lesson_is_started_under_its_number(path, code):
    calls = [found for cell in code for found in re.findall(r"\bstart\(\s*[\"']([\d.]+)[\"']\s*\)", cell.source)]
    assert calls == [cli.number(path)]


def test_exercises_are_named_after_the_section(path, notebook):
    labels = [exercise.label for exercise in exercises.find(notebook)]
    assert len(labels) >= 3
    assert len(set(labels)) == len(labels)
    for label in labels:
        assert label.startswith(f"ex-{stored.file_stem(cli.number(path))}-")


def test_cells_are_short(path, code, trees):
    """Cells that only draw (folded in the page) and lines that only import are not what a learner reads through."""
    for cell, tree in zip(code, trees, strict=True):
        if "hide-input" in plain.tags(cell):
            continue
        lines = sum(not re.match(r"\s*$|import |from .+ import ", line) for line in cell.source.splitlines())
        if lines > LONGER.get(cli.number(path), LONGEST):
            defines = any(isinstance(node, (ast.FunctionDef, ast.ClassDef)) for node in tree.body)
            assert defines, f"{path.stem}: a cell of {lines} lines: {cell.source[:60]!r}"


# What is taught is what is used.


def package_definitions():
    """Return (lesson, tree) of every function and class of the package that a lesson builds, as parameters."""
    found = []
    for file in sorted((cli.ROOT / "book").rglob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf8")).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                built = re.search(r"\bBuilt in (?:lesson )?(\d+(?:\.\d+)*)", ast.get_docstring(node) or "")
                if built:
                    found.append(pytest.param(built[1], node, id=f"{file.stem}.{node.name}"))
    return found


def without_docstrings(tree):
    """Return the syntax tree as text, without docstrings and places."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)


@pytest.mark.parametrize(("number", "used"), package_definitions())
def test_taught_definition_is_the_one_used(number, used):
    (lesson,) = [path for path in LESSONS if cli.number(path) == number] or pytest.fail(f"there is no lesson {number}")
    source = [cell["source"] for cell in plain.code_cells(nbformat.read(lesson, 4), exercises=False)]
    taught = [node for text in source for node in ast.parse(exercises.TransformerManager().transform_cell(text)).body
              if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == used.name]
    assert taught, f"lesson {number} does not define {used.name}"
    assert without_docstrings(used) in [without_docstrings(node) for node in taught], (
        f"lesson {number} and the package define {used.name} differently")


# What was recorded belongs to the code.


def test_spread_is_recorded(path, notebook):
    spread = stored.load(stored.file_stem(cli.number(path)))
    assert spread is not None, "run make spread"
    assert spread["source"] == source_hash(notebook), "the code changed since; run make spread"
    assert 0 in spread["seeds"]
    assert len(spread["seeds"]) >= 4
    assert spread["checks"]
    for check in spread["checks"]:
        assert check["holds"], check["claim"]
        assert len(check["values"]) == len(spread["seeds"])
    for result in spread["results"]:
        assert len(result["scores"]) == len(spread["seeds"])


def test_planted_faults_are_caught(path, notebook):
    number = cli.number(path)
    known = stored.load("faults", {}).get(number)
    assert known is not None, "run make faults"
    assert known["source"] == source_hash(notebook), "the code changed since; run make faults"
    planted = faults.load(number)
    cells = plain.code_cells(notebook, exercises=False)
    for fault in planted:
        faults.plant(cells, fault)
    assert [row["name"] for row in known["faults"]] == [fault.name for fault in planted]
    assert len(planted) >= 7
    caught = sum(row["outcome"] == "caught" for row in known["faults"])
    assert caught >= faults.ENOUGH * len(planted)


def test_toc_names_only_files_that_exist():
    toc = yaml.safe_load((cli.ROOT / "_toc.yml").read_text(encoding="utf8"))
    files = [toc["root"], *re.findall(r"file: (\S+)", (cli.ROOT / "_toc.yml").read_text(encoding="utf8"))]
    for name in files:
        assert any((cli.ROOT / f"{name}{kind}").exists() for kind in (".md", ".ipynb")), f"{name} is not there"
