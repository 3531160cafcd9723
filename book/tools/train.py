"""Train the network of a lesson for longer than the lesson lasts, with the lesson's own definitions.

Usage: python -m book.tools.train [--seed N] [--threads N] LESSON

The lesson has a cell with the tag long-run, which defines two functions: train_long(), which returns (model, curve),
and score_long(model), which returns {"what is measured": number}. The cells before it are run, then both functions.
The weights go to book/checkpoints in half precision, with a card beside them (book.long_runs).

The card holds a hash of the code that made the weights: all that the two functions need, by name, in the lesson and in
`book`. Where that code changes later, a test fails until the run is made again.
"""

import argparse
import ast
import copy
import hashlib
import os
import time
from pathlib import Path

import torch
from safetensors.torch import load_model, save_model

from book import long_runs
from book.errors import BookError
from book.files import complete_or_absent
from book.settings import settings
from book.tools import cli, plain, stored

TAG = "long-run"
FUNCTIONS = ("train_long", "score_long")
LARGEST = 8_000_000  # bytes of one file of weights


def long_run_cell(notebook):
    """Return the number of the lesson's cell with the tag long-run, as Jupyter counts; None where there is none."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return next((number for number, cell in enumerate(code, start=1) if TAG in plain.tags(cell)), None)


def cells_of(notebook, name):
    """Return the cells up to the long run's, without exercises. Raises BookError where the lesson `name` has none."""
    last = long_run_cell(notebook)
    if last is None:
        raise BookError(f"Lesson {name} has no long run: none of its cells has the tag {TAG}.")
    return [cell for cell in plain.code_cells(notebook, exercises=False) if cell["number"] <= last]


# Which code made the weights


class Module:
    """The top-level statements of a piece of code, and which names each of them binds.

    name: that of a module of the package, or "" for a lesson
    """

    def __init__(self, name, source):
        self.name = name
        self.statements = ast.parse(source).body
        self.imported = {alias.asname or alias.name: (node.module, alias.name) for node in self.statements
                         if isinstance(node, ast.ImportFrom) for alias in node.names}
        modules = {alias.asname or alias.name.partition(".")[0] for node in self.statements
                   if isinstance(node, ast.Import) for alias in node.names}
        self.binding = {}
        for index, node in enumerate(self.statements):
            for bound in _bound(node) - modules - set(self.imported):
                self.binding.setdefault(bound, []).append(index)


def _bound(node):
    """Return the names that a top-level statement binds or changes."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return set()
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif isinstance(part, (ast.Subscript, ast.Attribute)) and isinstance(part.ctx, ast.Store):
            found.add(_root(part))
        elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            found.add(_root(part.value.func) if isinstance(part.value.func, ast.Attribute) else None)
    return found - {None}


def _root(node):
    """Return the name in front of all points and brackets: `a` of a.b[0].c; None where there is no name."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _package_file(module):
    """Return the file of a module of the package, None for another."""
    if module is None or module.partition(".")[0] != "book":
        return None
    path = cli.ROOT.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.exists()), None)


def _as_text(node):
    """Return a syntax tree as text without docstrings and places, the same under every version of Python."""
    if isinstance(node, list):
        return "[" + ", ".join(map(_as_text, node)) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = dict(ast.iter_fields(node))
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
        fields["body"] = node.body[1:]
    told = [f"{name}={_as_text(value)}" for name, value in fields.items() if value not in (None, [])]
    return f"{type(node).__name__}({', '.join(told)})"


def needed(source, names):
    """Return the statements that `names` need, as sorted texts: in `source` and, where it imports them, in `book`.

    source: Python code;   names: what is asked for
    """
    modules, texts, seen = {"": Module("", source)}, set(), set()
    waiting = [("", name) for name in names]
    while waiting:
        place, name = waiting.pop()
        if (place, name) in seen:
            continue
        seen.add((place, name))
        module = modules[place]
        if name in module.imported:
            origin, original = module.imported[name]
            file = _package_file(origin)
            texts.add(f"{place}: {name} is {original} of {origin}")
            if file is not None:
                if origin not in modules:
                    modules[origin] = Module(origin, file.read_text(encoding="utf8"))
                waiting.append((origin, original))
        for index in module.binding.get(name, ()):
            node = module.statements[index]
            texts.add(f"{place}: {_as_text(node)}")
            waiting += [(place, part.id) for part in ast.walk(node) if isinstance(part, ast.Name)]
    return sorted(texts)


def code_hash(cells):
    """Return a hash of all code that a lesson's long run needs.

    cells: as cells_of gives them
    """
    source = "\n".join(line for cell in cells for line in cell["source"].splitlines() if line.lstrip()[:1] not in "%!"
                       or not line.strip())
    return hashlib.sha256("\n".join(needed(source, FUNCTIONS)).encode()).hexdigest()[:16]


# The run itself


def train(path):
    """Make the long run of the lesson at `path` and store it. Return its Card.

    Raises BookError where a cell fails or one of the two functions is missing.
    """
    name = cli.number(path)
    cells = cells_of(stored.read_notebook(path), name)
    interpreter = plain.Interpreter()
    os.chdir(path.parent)
    for cell in cells:
        error = interpreter.run(cell["source"])
        if error is not None and not cell["raises"]:
            raise BookError(f"Lesson {name} fails in code cell {cell['number']}: {type(error).__name__}: {error}")
    try:
        train_long, score_long = (interpreter.shell.user_ns[function] for function in FUNCTIONS)
    except KeyError as missing:
        raise BookError(f"The long run of lesson {name} does not define {missing.args[0]}.") from None
    began = time.perf_counter()
    model, curve = train_long()
    seconds = time.perf_counter() - began
    digest, size = keep(model, name)
    load_model(model, long_runs.files(name)[0])
    model.eval()
    card = long_runs.Card(
        lesson=name, source=code_hash(cells), weights=digest, parameters=sum(p.numel() for p in model.parameters()),
        seed=settings().seed, seconds=round(seconds), threads=torch.get_num_threads(),
        curve=[(int(step), stored.rounded(float(loss))) for step, loss in curve],
        scores={key: stored.rounded(float(value)) for key, value in score_long(model).items()})
    with complete_or_absent(long_runs.files(name)[1]) as part:
        part.write_text(card.model_dump_json(indent=1) + "\n", encoding="utf8", newline="\n")
    if size > LARGEST:
        print(f"The weights take {size / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f}; make the network smaller.")
    return card


def keep(model, name):
    """Write the weights of `model` in half precision. Return (SHA-256, size in bytes) of the file."""
    path = long_runs.files(name)[0]
    with complete_or_absent(path) as part:
        save_model(copy.deepcopy(model).half(), str(part))
    content = Path(path).read_bytes()
    return hashlib.sha256(content).hexdigest(), len(content)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m book.tools.train",
                                     description="Train the network of a lesson for longer than the lesson lasts.")
    parser.add_argument("lesson", help="a number such as 3.2.7")
    parser.add_argument("--seed", type=int, default=0, help="the seed (0)")
    parser.add_argument("--threads", type=int, help="threads; as many as an ordinary run takes without it")
    options = parser.parse_args(arguments)
    paths = cli.lessons([options.lesson])
    if len(paths) != 1:
        raise BookError(f"{options.lesson} names {len(paths)} lessons; a long run is made of one at a time.")
    for variable in [name for name in os.environ if name.startswith("BOOK_") and name != "BOOK_CACHE"]:
        del os.environ[variable]
    os.environ.update(BOOK_SEED=str(options.seed), MPLBACKEND="Agg")
    if options.threads:
        os.environ["OMP_NUM_THREADS"] = str(options.threads)
        torch.set_num_threads(options.threads)
    card = train(paths[0])
    print(f"{card.lesson}: {card.parameters:,} weights in {card.seconds:.0f} s on {card.threads} threads")
    for key, value in card.scores.items():
        print(f"  {value:.5g}  {key}")


if __name__ == "__main__":
    cli.run(main)
