"""Settings, the start of a lesson, records, figures: the small parts of the package."""

import importlib
import json
import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from myst_nb import glue

import book
from book import BookError, figures, lesson, memory, results, settings, start

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(("name", "value"), [("BOOK_SIZE", "huge"), ("BOOK_SEED", "-1"), ("BOOK_SEED", "one"),
                                             ("BOOK_DEVICE", "abacus")])
def test_a_setting_that_cannot_be(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(BookError, match=f"{name} cannot be '{value}'"):
        settings.settings()


def test_pick_and_device(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert settings.pick(1, full=2) == 1
    assert settings.device() == torch.device("cpu")
    monkeypatch.setenv("BOOK_SIZE", "full")
    assert settings.pick(1, full=2) == 2
    assert settings.device() == torch.device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert settings.device() == torch.device("cpu")
    monkeypatch.setenv("BOOK_DEVICE", "cuda")
    with pytest.raises(BookError, match="does not have"):
        settings.device()


def test_start_seeds_every_generator(monkeypatch):
    def draw():
        return random.random(), np.random.rand(), torch.rand(1).item()

    assert start("3.1.2") == 0
    first = draw()
    start("3.1.2")
    assert draw() == first
    monkeypatch.setenv("BOOK_SEED", "1")
    assert start("3.1.2") == 1
    assert not set(draw()) & set(first)


def printed(code):
    """Return the whole number that a fresh Python prints when it runs this code."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return int(done.stdout)


def test_memory_goes_back_after_each_cell_and_the_call_is_registered_once(monkeypatch):
    shell, called = InteractiveShell(), []
    monkeypatch.setattr(memory, "get_ipython", lambda: shell)
    monkeypatch.setattr(memory, "hand_back", lambda result: called.append(result.success))
    importlib.reload(book)
    importlib.reload(book)
    shell.run_cell("1 + 1")
    assert called == [True]


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc keeps what was freed")
def test_freed_memory_is_handed_back():
    code = ("import psutil; from book import memory; rows = [bytes(1000) for _ in range(200_000)]; "
            "last = bytes(1000); rows.clear(); held = psutil.Process().memory_info().rss; memory.hand_back(); "
            "print(held - psutil.Process().memory_info().rss)")
    assert printed(code) > 100e6


def test_what_pyarrow_keeps_is_handed_back_too(monkeypatch):
    pool, called = SimpleNamespace(release_unused=lambda: called.append("release")), []
    monkeypatch.setitem(sys.modules, "pyarrow", SimpleNamespace(default_memory_pool=lambda: pool))
    memory.hand_back()
    assert called == ["release"]


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is told")
def test_what_a_large_tensor_freed_is_used_again():
    code = ("import resource, torch; from book import memory; "
            "faults = lambda: (torch.ones(20_000_000), resource.getrusage(resource.RUSAGE_SELF).ru_minflt)[1]; "
            "seen = [faults() for _ in range(8)]; print(min(b - a for a, b in zip(seen, seen[1:])))")
    assert printed(code) < 100  # of 19,532 pages


def test_a_lesson_has_a_number():
    with pytest.raises(BookError, match="such as '3.1.2'"):
        start("backpropagation")


def test_results_are_recorded_and_stored_for_chapters(tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_RECORD", str(tmp_path / "record.jsonl"))
    shown = []
    monkeypatch.setattr(results, "display", lambda bundle, **how: shown.append((bundle, how)))
    monkeypatch.setattr("myst_nb.ext.glue.ipy_display", results.display)
    start("3.1.4")
    results.record("best", torch.tensor(0.1 + 0.2), model="a network", data="data", metric="accuracy", parameters=7)
    glue("3-1-4-best", float(torch.tensor(0.1 + 0.2)), display=False)
    assert shown[0] == shown[1]
    results.record("best", 0.5, model="a network", data="data", metric="accuracy", parameters=7)
    row = json.loads((tmp_path / "record.jsonl").read_text("utf8").splitlines()[-1])
    assert {key: row[key] for key in ("lesson", "kind", "key", "score", "parameters")} == {
        "lesson": "3.1.4", "kind": "result", "key": "best", "score": 0.5, "parameters": 7}


def test_a_result_belongs_to_a_lesson(monkeypatch):
    monkeypatch.setitem(lesson._current, "lesson", None)
    with pytest.raises(BookError, match=r"book\.start"):
        results.record("best", 0.5, model="m", data="d", metric="accuracy")


@pytest.mark.parametrize("call", [
    lambda: figures.image_grid(np.zeros(5)),
    lambda: figures.image_grid(np.zeros((2, 4, 4)), titles=["one"]),
    lambda: figures.confusion([0, 1], [0], ["a", "b"]),
    lambda: figures.confusion([0, 2], [0, 1], ["a", "b"]),
    lambda: figures.confusion([0, -1], [0, 1], ["a", "b"]),
    lambda: figures.label_lines(plt.subplots()[1]),
    lambda: figures.demo("no-such-demo", alt="nothing"),
])
def test_figures_refuse_bad_input_in_one_sentence(call):
    with pytest.raises(BookError) as error:
        call()
    assert "\n" not in str(error.value)
    plt.close("all")


def test_confusion_counts_in_percent_of_the_true_class():
    fig = figures.confusion([0, 0, 1, 1], [0, 0, 0, 1], ["a", "b"])
    share = fig.axes[0].images[0].get_array()
    np.testing.assert_allclose(share, [[200 / 3, 100 / 3], [0, 100]])
    plt.close(fig)


def test_labels_of_lines_that_end_together_do_not_overlap():
    fig, ax = plt.subplots()
    for i in range(4):
        ax.plot([0, 1], [0, 1e-3 * i], label=f"line {i}")
    figures.label_lines(ax)
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 4
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
    plt.close(fig)


def test_the_package_does_not_import_its_tools():
    code = ("import sys, book, book.data, book.training, book.results;"
            "print([name for name in sys.modules if 'book.tools' in name])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_no_file_names_a_package_host_or_a_machine_path():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    words = ["pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org", "download.pytorch" + ".org",
             "/work/" + "main", "/work/" + "venv", "/opt/" + "wheels"]
    for name in listed:
        path = ROOT / name
        if path.is_file():
            content = path.read_bytes()  # weights and fonts are searched like texts
            assert not [word for word in words if word.encode() in content], name
