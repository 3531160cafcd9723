"""Long runs: which code a card stands for, what is stored, what is refused."""

import json
import re
import subprocess
import sys

import nbformat
import pytest
import torch
from torch import nn

from book import BookError, lesson, long_runs
from book.tools import cli, plain, stored, train

LESSONS = {cli.number(path): path for path in cli.lessons()}
CARDS = sorted(path.stem.replace("-", ".") for path in long_runs.FOLDER.glob("*.json"))
CODE = '''
from torch import nn
from book.training import accuracy

width = 4
sizes = []
sizes.append(width)
colors = ["red"]

def block(n):
    """Explained."""
    return nn.Linear(n, sizes[0])

def train_long():
    return block(3), [(1, 0.5)]

def score_long(model):
    return {"accuracy": accuracy(model(x), y)}

def draw():
    return colors
'''


def code_hash(source):
    return train.code_hash([{"source": source}])


@pytest.mark.parametrize(("old", "new"), [
    ("width = 4", "width = 5"), ("sizes.append(width)", "sizes.append(7)"), ("nn.Linear(n,", "nn.Linear(n + 1,"),
    ("block(3)", "block(4)"), ("book.training import accuracy", "book.check import same as accuracy"),
])
def test_code_that_the_run_needs_is_in_the_hash(old, new):
    assert old in CODE
    assert code_hash(CODE.replace(old, new)) != code_hash(CODE)


@pytest.mark.parametrize(("old", "new"), [('["red"]', '["blue"]'), ('"""Explained."""', '"""Put otherwise."""'),
                                          ("import nn", "import nn, optim"), ("return colors", "return 0")])
def test_other_code_is_not(old, new):
    assert old in CODE
    assert code_hash(CODE.replace(old, new)) == code_hash(CODE)


def test_code_of_the_package_is_followed():
    texts = train.needed(CODE, train.FUNCTIONS)
    assert any(text.startswith("book.training: FunctionDef(name='accuracy'") for text in texts)
    assert not any("name='fit'" in text for text in texts)


def notebook(tmp_path, last, tag=train.TAG):
    cells = [nbformat.v4.new_code_cell('from torch import nn\nfrom book import start\nseed = start("9.9")'),
             nbformat.v4.new_code_cell(last, metadata={"tags": [tag] if tag else []}),
             nbformat.v4.new_code_cell("raise SystemError('never run')")]
    path = tmp_path / "9-9-made-up.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


GOOD = """
def train_long():
    return nn.Linear(2, 3), [(1, 0.5), (2, 0.25)]

def score_long(model):
    return {"sum": model.weight.sum().item()}
"""


def run(path, tmp_path):
    """Make a long run in a process of its own, with its files under tmp_path. Return the end of what it said."""
    code = (f"from pathlib import Path; from book import long_runs; from book.tools import train\n"
            f"long_runs.FOLDER = Path({str(tmp_path)!r})\n"
            f"try: train.train(Path({str(path)!r}))\n"
            f"except Exception as error: print(type(error).__name__, error)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf8", check=True,
                          env=plain.environment())
    return done.stdout


def test_a_run_is_stored_and_loaded(tmp_path, monkeypatch):
    assert run(notebook(tmp_path, GOOD), tmp_path) == ""
    monkeypatch.setattr(long_runs, "FOLDER", tmp_path)
    model = nn.Linear(2, 3)
    card = long_runs.load_long_run(model, "9.9")
    assert card.scores["sum"] == pytest.approx(model.weight.sum().item(), rel=1e-5)
    assert (card.parameters, card.curve, card.seed) == (9, [(1, 0.5), (2, 0.25)], 0)
    assert not model.training
    assert torch.equal(model.weight, model.weight.half().float())
    with pytest.raises(BookError, match="another network"):
        long_runs.load_long_run(nn.Linear(3, 3), "9.9")
    (tmp_path / "9-9.safetensors").write_bytes(b"short")
    with pytest.raises(BookError, match="missing or damaged"):
        long_runs.load_long_run(model, "9.9")
    (tmp_path / "9-9.json").write_text("{}")
    with pytest.raises(BookError, match="is damaged"):
        long_runs.load_card("9.9")


@pytest.mark.parametrize(("last", "tag", "said"), [
    (GOOD, None, "has no long run"), (GOOD.replace("score_long", "scores"), train.TAG, "does not define score_long"),
    ("1 / 0", train.TAG, "fails in code cell 2"),
])
def test_a_lesson_that_cannot_be_trained_is_told_so(tmp_path, last, tag, said):
    assert re.search(f"BookError .*{said}", run(notebook(tmp_path, last, tag), tmp_path))
    assert not list(tmp_path.glob("*.json"))


def test_what_has_no_long_run_is_told_so(monkeypatch):
    monkeypatch.setitem(lesson._current, "lesson", None)
    with pytest.raises(BookError, match=r"book\.start"):
        long_runs.load_long_run(nn.Linear(1, 1))
    with pytest.raises(BookError, match=r"no long run yet; python -m book\.tools\.train 1\.0"):
        long_runs.load_long_run(nn.Linear(1, 1), "1.0")


@pytest.mark.parametrize("number", CARDS)
def test_a_card_belongs_to_the_code_of_its_lesson(number):
    card, (weights, path) = long_runs.load_card(number), long_runs.files(number)
    cells = train.cells_of(stored.read_notebook(LESSONS[number]), number)
    assert card.source == train.code_hash(cells), f"the code changed; run python -m book.tools.train {number}"
    assert weights.stat().st_size <= train.LARGEST
    assert card.scores
    assert card.curve
    assert json.loads(path.read_text("utf8"))["lesson"] == number


def test_every_lesson_with_a_long_run_has_one():
    tagged = {number for number, path in LESSONS.items() if train.long_run_cell(stored.read_notebook(path))}
    assert tagged == set(CARDS)


def test_all_long_runs_together_stay_small():
    assert sum(path.stat().st_size for path in long_runs.FOLDER.glob("*.safetensors")) <= 60_000_000
