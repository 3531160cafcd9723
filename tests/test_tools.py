"""The tools, each on a tiny lesson in a folder of its own. Every refusal is seen once."""

import json
import os
import subprocess
import sys

import nbformat
import psutil
import pytest
import torch
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from torch.utils.flop_counter import FlopCounterMode

from book.errors import BookError
from book.tools import (
    benchmark,
    cli,
    execute,
    exercises,
    faults,
    flops,
    links,
    memory,
    pages,
    plain,
    pytest_plugin,
    spread,
    stored,
    student,
)

CARD = "**Runs in** … s on two CPU cores, … MB of memory. **Teaching** 5 min, exercises 5 min."
SETUP = 'import torch\n\nfrom book import check, results, start\n\nseed = start("9.9.1")'
BUILD = """def double(x):
    return 2 * x


unchecked = "nobody looks at this"
weights = torch.ones(8, 2, requires_grad=True)
(torch.ones(4, 8) @ weights).sum().backward()
check.same("twice 21", double(21), 42)
check.at_most("the seed", seed, 5)
results.record("tiny", 0.5 + seed / 100, model="tiny | small", data="none", metric="accuracy", parameters=16)"""
SOLUTION = """def triple(x):
    ### BEGIN SOLUTION
    return x + double(x)
    ### END SOLUTION"""
CHECK = 'check.same("three times 5", triple(5), 15)'


def lesson(build=BUILD, solution=SOLUTION, check=CHECK):
    exercise = "::::{exercise}\n:label: ex-9-9-1-triple\n\n**Three times.** Write it.\n::::"
    cells = [new_markdown_cell(f"# 9.9.1 A tiny lesson\n\n{CARD}"), new_code_cell(SETUP), new_code_cell(build),
             new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}), new_markdown_cell(exercise),
             new_code_cell(solution, metadata={"tags": ["solution", "hide-input"]}, execution_count=4,
                           outputs=[new_output("stream", text="seen")]),
             new_code_cell(check, metadata={"tags": ["exercise-check"]}, execution_count=5,
                           outputs=[new_output("stream", text="✓")])]
    return new_notebook(cells=cells)


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project of one lesson; the tools work on it."""
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    monkeypatch.setattr(cli, "NOTEBOOKS", tmp_path / "notebooks")
    files = {"_config.yml": 'repository: { url: "" }\n', "README.md": block("badges"),
             "chapters/how-to-run.md": block("launch"), "chapters/references.bib": "@book{known2020,\n}\n",
             "chapters/results.md": block("results") + block("status")}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf8")
    save(tmp_path, lesson())
    return tmp_path


def block(name):
    return f"before\n<!-- {name}:begin -->\n<!-- {name}:end -->\nafter\n"


def save(root, notebook):
    path = root / "notebooks" / "9-part" / "9-9-1-tiny.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def plant(root, *planted):
    path = root / "tests" / "faults" / "9-9-1.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump([dict(zip(("name", "old", "new"), fault, strict=True)) for fault in planted]))


RECORDED = {"lesson": "9.9.1", "title": "A tiny lesson", "source": "old", "seeds": [0, 1, 2, 3],
            "results": [{"key": "tiny", "model": "tiny | small", "data": "none", "metric": "accuracy",
                         "parameters": 1600, "scores": [0.5, 0.53, 0.51, 0.52], "seconds": 3.4}],
            "checks": [{"claim": "twice 21", "bound": None, "holds": True, "values": [None] * 4}]}
MEASURED = {"9.9.1": {"seconds": 12.4, "memory_mb": 523, "gflop": 3.0, "share_of_peak": 0.254, "source": "old",
                      "machine": {"cores": 2, "processor": "Abacus 9", "peak_gflops": 120}}}


# faults


def test_faults_tells_caught_and_survived(root, capsys):
    plant(root, ("factor", "2 * x", "3 * x"), ("unseen", "nobody looks at this", "really"))
    assert faults.main(["9.9.1", "--jobs", "1"]) == 1
    known = json.loads((root / "book/results/faults.json").read_text())["9.9.1"]
    assert [(row["outcome"], row["claim"]) for row in known["faults"]] == [("caught", "twice 21"), ("survived", None)]
    assert "1 of 2 faults caught" in capsys.readouterr().out
    assert faults.verdict(plain.Outcome(passed=False, error="NameError", cell=2)) == "crashed"


@pytest.mark.parametrize(("old", "found"), [("x", 2), ("not there", 0), ("x + double(x)", 0)])
def test_faults_wants_old_exactly_once_outside_exercises(root, old, found):
    plant(root, ("twice", old, "y"))
    with pytest.raises(BookError, match=f"occurs {found} times"):
        list(faults.examine(cli.lessons()[0]))


def test_faults_needs_a_control_that_passes(root, monkeypatch):
    plant(root, ("factor", "2 * x", "3 * x"))
    failed = plain.Outcome(passed=False, error="CheckFailed", message="a: b", cell=2)
    monkeypatch.setattr(plain, "run", lambda *_: failed)
    with pytest.raises(BookError, match="fails without any fault in code cell 2"):
        list(faults.examine(cli.lessons()[0]))


@pytest.mark.parametrize(("text", "problem"), [
    ("- {name: a, old: b}", "fault 1, new: Field required"), ("- {name: a, old: b, new: c, odd: d}", "odd"),
    ("- {name: [", "not valid YAML"), ("- {name: a, old: b, new: c}\n- {name: a, old: d, new: e}", "two faults")])
def test_faults_file_is_well_formed(root, text, problem):
    plant(root)
    faults.faults_file("9.9.1").write_text(text)
    with pytest.raises(BookError, match=problem):
        faults.load("9.9.1")


def test_a_fault_must_change_something():
    with pytest.raises(BookError, match="changes nothing"):
        faults.plant([{"source": "a"}], faults.Fault(name="none", old="a", new="a"))


# spread


def test_spread_stores_scores_and_checks_of_every_seed(root):
    assert spread.main(["--seeds", "0", "3", "--threads", "1"]) == 0
    content = json.loads((root / "book/results/9-9-1.json").read_text(encoding="utf8"))
    assert content["seeds"] == [0, 3]
    assert content["title"] == "A tiny lesson"
    assert content["results"][0]["scores"] == [0.5, 0.53]
    assert {check["claim"]: check["values"] for check in content["checks"]} == {
        "twice 21": [None, None], "the seed": [0, 3], "three times 5": [None, None]}


def test_spread_refuses_a_check_that_fails_under_a_seed(root, capsys):
    assert spread.main(["--seeds", "6", "--threads", "1"]) == 1
    assert "under seed 6: the seed: 6, above 5" in capsys.readouterr().out
    assert not (root / "book" / "results").exists()


def test_spread_refuses_ambiguous_records():
    twice = [{"kind": "check", "claim": "a", "bound": 1, "value": 1, "holds": True}] * 2
    with pytest.raises(BookError, match="recorded twice"):
        spread.gather("9.9.1", lesson(), [0], [twice])
    with pytest.raises(BookError, match="some seeds only"):
        spread.gather("9.9.1", lesson(), [0, 1], [twice[:1], []])


# exercises


def test_exercises_are_proven(root):
    assert exercises.problems(cli.lessons()[0]) == []


def test_exercises_that_prove_nothing_are_told(root):
    notebook = lesson(check="check.at_least('anything', 1, 0)")
    for change in ({"solution": SOLUTION.replace("x + ", "")}, {"solution": SOLUTION.replace("double", "quadruple")}):
        notebook.cells += lesson(**change).cells[-3:]
    found = exercises.problems(save(root, notebook))
    wanted = ["the stub passes the check", "does not pass its check: CheckFailed: three times 5", "NameError"]
    assert len(found) == len(wanted)
    for sentence, problem in zip(found, wanted, strict=True):
        assert "Lesson 9.9.1, exercise ex-9-9-1-triple" in sentence
        assert problem in sentence


@pytest.mark.parametrize(("tag", "problem"), [("solution", "no cell tagged solution"),
                                              ("exercise-check", "no cell tagged exercise-check")])
def test_exercises_are_complete(root, tag, problem):
    notebook = lesson()
    notebook.cells = [cell for cell in notebook.cells if tag not in plain.tags(cell)]
    assert problem in exercises.problems(save(root, notebook))[0]


@pytest.mark.parametrize(("target", "wanted"), [
    ("use(3)", [0, 1]), ("model.x", [0, 2, 3]), ("[model for model in range(3)]", []), ("late()", [4, 5]),
    ("total", [6, 7]), ("other", [0, 8])])
def test_only_needed_cells_are_run(target, wanted):
    earlier = ["import numpy as np", "def use(a):\n    return np.abs(a)", "model = np.ones(3)", "fit(model)",
               "def late():\n    return constant", "constant = 1", "total = 0", "total += 1",
               "np.random.seed(0)\nother = np.ones(2)"]
    assert exercises.needed(earlier, target) == wanted


def test_stubs_are_tried_in_the_kernel_that_nbval_used(tmp_path):
    cells = lesson().cells[:3]
    for name, change in (("good", {}), ("free", {"check": "check.at_least('anything', 1, 0)"}),
                         ("wrong", {"solution": SOLUTION + "\n\n\nnothing"})):
        exercise, *code = lesson(**change).cells[-3:]
        cells += [new_markdown_cell(exercise.source.replace("-triple", f"-{name}")), *code]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = save(tmp_path, new_notebook(cells=cells, metadata={"kernelspec": kernel}))
    said = subprocess.run([sys.executable, "-m", "pytest", "-q", "-o", "addopts=", "-p", "book.tools.pytest_plugin",
                           "--nbval-lax", "-rpf", path], capture_output=True, encoding="utf8").stdout
    outcome = {line.split("::")[1].split()[0]: line.split()[0] for line in said.splitlines() if ".ipynb::" in line}
    stubs = {name: outcome[f"ex-9-9-1-{name}"] for name in ("good", "free", "wrong")}
    assert stubs == {"good": "PASSED", "free": "FAILED", "wrong": "FAILED"}
    assert "exercise ex-9-9-1-free: the stub passes the check" in said
    assert "exercise ex-9-9-1-wrong: the stub ends with NameError" in said


# students' edition


def test_students_get_the_stub_and_teachers_the_metadata(root):
    student.main(["--out", str(root / "student")])
    given = nbformat.read(root / "student/9-part/9-9-1-tiny.ipynb", 4)
    solution, check = given.cells[-2:]
    assert solution.source == "def triple(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert check.source == CHECK
    assert solution.outputs == check.outputs == []
    assert solution.metadata.tags == ["solution"]
    assert solution.metadata.nbgrader == {"grade": False, "grade_id": "ex-9-9-1-triple", "locked": False,
                                          "schema_version": 3, "solution": True, "task": False}
    assert check.metadata.nbgrader["points"] == 1
    nbformat.validate(given)


def test_teachers_source_keeps_the_solution(root):
    student.main(["--out", str(root / "source"), "--source"])
    solution = nbformat.read(root / "source/9-part/9-9-1-tiny.ipynb", 4).cells[-2]
    assert solution.source == SOLUTION
    assert solution.metadata.nbgrader["solution"]
    assert solution.outputs


def test_students_edition_never_overwrites_lessons(root):
    with pytest.raises(BookError, match="outside notebooks"):
        student.main(["--out", str(root / "notebooks")])


@pytest.mark.parametrize(("source", "problem"), [
    ("x = 1", "has no ### BEGIN"), ("### BEGIN SOLUTION\nx = 1", "has no ### END"), ("### END SOLUTION", "without"),
    ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "inside another")])
def test_marks_come_in_pairs(source, problem):
    with pytest.raises(BookError, match=problem):
        exercises.stub(source)


# generated pages


def record_everything(root):
    stored.store("9-9-1", RECORDED)
    stored.store("benchmark", MEASURED)
    stored.store("faults", {"9.9.1": {"source": "old", "faults": [{"name": "a", "outcome": "caught", "claim": "b"}]}})


def test_pages_shows_what_is_recorded(root):
    pages.refresh()
    record_everything(root)
    with pytest.raises(BookError, match="chapters/results.md"):
        pages.main(["--check"])
    pages.main([])
    pages.main(["--check"])
    text = (root / "chapters/results.md").read_text(encoding="utf8")
    assert r"| tiny \| small | 1,600 | none | accuracy | 0.500 | 0.515 | 0.530 | 3 |  |" in text
    assert "| 12 † | 520 | 25 % | 1 † | 1 of 1 † |" in text
    notebook = nbformat.read(cli.lessons()[0], 4)
    assert "**Runs in** 12 s on two CPU cores, 520 MB of memory. **Teaching** 5 min" in notebook.cells[0].source
    assert text.startswith("before\n")
    assert text.endswith("after\n")


def test_pages_finds_a_typed_result(root):
    record_everything(root)
    pages.refresh()
    path = root / "chapters/results.md"
    path.write_text(path.read_text(encoding="utf8").replace("0.530", "0.990"), encoding="utf8")
    with pytest.raises(BookError, match=r"^chapters/results.md does not show"):
        pages.main(["--check"])


def test_published_figures_stand_beside_ours(root):
    record_everything(root)
    entry = {"figure": "0.4", "what": "theirs", "hardware": "2 GPUs", "cite": "known2020"}
    other = stored.folder() / "published.yaml"
    other.write_text(yaml.safe_dump({"9-9-1-tiny": [entry]}))
    assert "0.4 by theirs, 2 GPUs {cite:p}`known2020`" in pages.results_block(pages.all_lessons())
    for key, cite, problem in (("9-9-1-lost", "known2020", "does not record"), ("9-9-1-tiny", "new", "references.bib")):
        other.write_text(yaml.safe_dump({key: [{**entry, "cite": cite}]}))
        with pytest.raises(BookError, match=problem):
            pages.results_block(pages.all_lessons())


def test_pages_needs_its_marks_and_one_card_line(root):
    (root / "README.md").write_text("no marks")
    with pytest.raises(BookError, match=r"README.md needs the lines <!-- badges:begin -->"):
        pages.fresh()
    notebook = lesson()
    notebook.cells[0].source = "# 9.9.1 A tiny lesson"
    save(root, notebook)
    with pytest.raises(BookError, match="0 lines of the form"):
        pages.fresh()
    notebook.cells[0].source = lesson().cells[0].source.replace("**Runs in**", "**Runs in** … s on two CPU cores, "
                                                                "… MB of memory. **Runs in**")
    save(root, notebook)
    with pytest.raises(BookError, match="2 lines of the form"):
        pages.fresh()


def test_links_to_open_lessons_come_from_one_setting(root):
    (root / "_config.yml").write_text("repository: { url: https://github.com/some/course }")
    workflow = root / ".github" / "workflows" / "test.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text("name: tests")
    pages.refresh()
    text = (root / "chapters/how-to-run.md").read_text(encoding="utf8")
    assert "https://colab.research.google.com/github/some/course/blob/main/notebooks/9-part/9-9-1-tiny.ipynb" in text
    assert "https://mybinder.org/v2/gh/some/course/main?urlpath=lab/tree/notebooks/9-part/9-9-1-tiny.ipynb" in text
    assert "actions/workflows/test.yml/badge.svg" in (root / "README.md").read_text(encoding="utf8")
    (root / "_config.yml").write_text("repository: { url: https://example.org/course }")
    with pytest.raises(BookError, match="not the address of a repository on GitHub"):
        pages.fresh()


def test_committed_pages_show_what_is_recorded():
    pages.main(["--check"])


# benchmark


def test_benchmark_refuses_a_busy_machine(root, monkeypatch):
    monkeypatch.setattr(psutil, "cpu_percent", lambda interval: 80.0)
    with pytest.raises(BookError, match=r"80 % of its cores are at work \(load average"):
        benchmark.main([])
    monkeypatch.setattr(psutil, "cpu_percent", lambda interval: 1.0)
    assert benchmark.busy() is None


def test_benchmark_keeps_lessons_it_does_not_run_and_refreshes_cards(root, monkeypatch):
    stored.store("benchmark", {"9.10.1": {"seconds": 1}, "9.2": {"seconds": 2}})
    monkeypatch.setattr(benchmark, "busy", lambda: None)
    monkeypatch.setattr(benchmark, "machine_peak", lambda: 1e11)
    monkeypatch.setattr(benchmark.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(benchmark, "measure", lambda *_: (20.0, 345.6))
    monkeypatch.setattr(benchmark, "operations", lambda *_: 5e11)
    benchmark.main(["9.9.1"])
    content = stored.load("benchmark")
    assert list(content) == ["9.2", "9.9.1", "9.10.1"]
    machine = content["9.9.1"].pop("machine")
    assert content["9.9.1"] == {"seconds": 20.0, "memory_mb": 346, "gflop": 500.0, "share_of_peak": 0.25,
                                "source": pages.all_lessons()[0].source}
    assert (machine["cores"], machine["peak_gflops"]) == (2, 100)
    assert "20 s on two CPU cores, 350 MB" in nbformat.read(cli.lessons()[0], 4).cells[0].source


def test_benchmark_runs_a_lesson_and_counts_forward_and_backward(root):
    notebook, folder = lesson(), root / "notebooks" / "9-part"
    seconds, megabytes = benchmark.measure(notebook, folder)
    assert 0 < seconds < 300
    assert 100 < megabytes < 2000
    assert benchmark.operations(notebook, folder) == 2 * (2 * 4 * 8 * 2)


def test_a_stored_error_shows_the_lines_of_the_lesson_only():
    failed = new_output("error", ename="ValueError", evalue="no",
                        traceback=["Cell In[1], line 1", "File /venv/site-packages/torch/x.py:5", "ValueError: no"])
    stored_form = execute.canonical(new_notebook(cells=[new_code_cell("f()", outputs=[failed])]))
    assert stored_form.cells[0].outputs[0].traceback == ["Cell In[1], line 1", "ValueError: no"]


@pytest.mark.parametrize(("source", "raises", "error"), [("1 + 1", True, "NoError"), ("1 / 0", True, None),
                                                         ("1 / 0", False, "ZeroDivisionError")])
def test_a_cell_ends_with_an_error_exactly_where_it_should(tmp_path, source, raises, error):
    outcome = plain.run([{"number": 1, "source": source, "raises": raises}], tmp_path)
    assert (outcome.passed, outcome.error) == (error is None, error)


def test_operations_are_those_that_torch_counts():
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3, stride=2), torch.nn.BatchNorm2d(4), torch.nn.ReLU(),
                              torch.nn.Flatten(), torch.nn.Linear(4 * 13 * 13, 10))
    queries = torch.randn(2, 4, 16, 8, requires_grad=True)

    def work():
        net(torch.randn(5, 1, 28, 28)).sum().backward()
        torch.nn.functional.scaled_dot_product_attention(queries, queries, queries).sum().backward()
        torch.nn.LSTM(4, 5)(torch.randn(3, 2, 4))[0].sum().backward()

    with FlopCounterMode(display=False) as theirs:
        work()
    with flops.Counter() as ours:
        work()
        torch.ones(3, 4, device="meta") @ torch.ones(4, 5, device="meta")  # shapes only
    assert ours.total == theirs.get_total_flops() > 0


def test_peak_memory_is_at_least_what_is_used_now():
    assert 0.8 * psutil.Process().memory_info().rss / 1e6 <= memory.peak_megabytes() < 100_000


# links


def site(folder, body, css=""):
    (folder / "_static").mkdir(parents=True)
    (folder / "_static" / "book.css").write_text(css)
    (folder / "other.html").write_text('<h1 id="here">Other</h1>')
    (folder / "index.html").write_text(f'<link rel="stylesheet" href="_static/book.css?v=1">{body}')
    return links.problems(folder)


@pytest.mark.parametrize("body", [
    '<a href="other.html#here">x</a>', '<a href="https://example.org/">x</a>', '<a href="#">x</a>', '<p id="a"></p>',
    '<img src="data:image/png;base64,AA" alt="a cat">', '<img src="_static/book.css" alt="" role="presentation">',
    '<link rel="canonical" href="https://example.org/">', '<a href="mailto:a@example.org">x</a>'])
def test_good_pages_pass(tmp_path, body):
    assert site(tmp_path, body) == []


@pytest.mark.parametrize(("body", "problem"), [
    ('<a href="lost.html">x</a>', "leads nowhere"), ('<a href="other.html#lost">x</a>', "names no id"),
    ('<a href="/other.html">x</a>', "root of the server"), ('<a href="../../etc/hosts">x</a>', "leads nowhere"),
    ('<script src="https://cdn.example.org/a.js"></script>', "another host"),
    ('<script src="//cdn.example.org/a.js"></script>', "another host"),
    ('<link rel="preload stylesheet" href="https://example.org/a.css">', "another host"),
    ('<img src="lost.png" alt="a cat">', "leads nowhere"), ('<img alt="a cat" srcset="lost.png 2x">', "leads nowhere"),
    ('<iframe src="https://example.org"></iframe>', "another host"), ('<img src="other.html">', "no alternative text"),
    ('<style>@import "https://example.org/a.css";</style>', "another host"),
    ('<p style="background:url(lost.png)">', "leads nowhere"), ('<p id="a"></p><p id="a"></p>', "stands twice")])
def test_bad_pages_are_told(tmp_path, body, problem):
    (found,) = site(tmp_path, body)
    assert found.startswith("index.html: ")
    assert problem in found


@pytest.mark.parametrize("css", ["@font-face{src:url('https://example.org/a.woff2')}", "@import url(lost.css);"])
def test_bad_style_sheets_are_told(tmp_path, css):
    assert site(tmp_path, "", css + "/* url(https://example.org) */")[0].startswith("_static/book.css: ")


def test_links_needs_pages(tmp_path):
    with pytest.raises(BookError, match="no pages"):
        links.problems(tmp_path)


# what they share


def test_short_lists_stand_on_one_line(root):
    content = {"a": [1, 2], "b": ["[ x ]", "\n"], "c": [], "d": [{"e": [None, "},{"]}]}
    text = stored.store("x", content).read_text(encoding="utf8")
    assert json.loads(text) == content
    assert '"a": [1, 2]' in text


def test_damaged_results_are_told(root):
    stored.store("benchmark", {}).write_text("{")
    with pytest.raises(BookError, match="not valid JSON"):
        stored.load("benchmark")


def test_progress_bars_of_transformers_are_off_in_stored_outputs(tmp_path):
    asked = "from transformers.utils import logging\nassert not logging.is_progress_bar_enabled()"
    assert plain.run([{"number": 1, "source": asked, "raises": False}], tmp_path).passed
    assert plain.NO_PROGRESS.items() <= os.environ.items()  # and so in every lesson that pytest runs


def output(data, name=None):
    return {"output_type": "display_data", "data": dict(data),
            "metadata": {"scrapbook": {"name": name}} if name else {}}


@pytest.mark.parametrize(("kind", "before", "now", "names", "settled"), [
    ("image/svg+xml", '<path d="M 1.25 97.240786"/>', '<path d="M 1.25 97.24079"/>', (None, None), True),
    ("image/svg+xml", '<path d="M 1.25 97.24"/>', '<path d="M 1.25 97.29"/>', (None, None), False),
    ("image/svg+xml", '<path d="M 1.25 97.24"/>', '<path d="L 1.25 97.24"/>', (None, None), False),
    ("text/plain", "97.240786", "97.24079", (None, None), False),
    (pytest_plugin.RECORD, "0.84310", "0.84299", ("a-steady", "a-steady"), True),
    (pytest_plugin.RECORD, "0.84310", "0.84510", ("a-steady", "a-steady"), False),
    (pytest_plugin.RECORD, "0.84310", "0.71", ("a-moving", "a-moving"), True),
    (pytest_plugin.RECORD, "0.84310", "0.71", ("a-moving", "another"), False),
    (pytest_plugin.RECORD, "0.84310", "0.71", ("another", "a-moving"), False),
])
def test_only_what_rounding_explains_is_settled(kind, before, now, names, settled, monkeypatch):
    monkeypatch.setattr(pytest_plugin, "moved_by_seeds", lambda: {"a-moving"})
    new = output({kind: now}, names[1])
    pytest_plugin.settle([output({kind: before}, names[0])], [new])
    assert new["data"][kind] == (before if settled else now)


def test_results_that_seeds_move_are_known():
    moved = pytest_plugin.moved_by_seeds()
    assert "3-2-3-lstm" in moved
    assert "3-2-3-4-gram" not in moved
