"""Prove for every exercise that its solution passes its check, and that the stub which students get fails it.

Usage: python -m book.tools.exercises [LESSON ...]

An exercise is a Markdown cell with the directive and its label, then cells tagged `solution`, then cells tagged
`exercise-check`. What it needs from earlier cells is found by the names they define and use; where that is not
enough (a model trained in place, say), all earlier cells are run. One process a lesson.
"""

import argparse
import ast
import re
import sys
from dataclasses import dataclass, field

from IPython.core.inputtransformer2 import TransformerManager

from book.errors import BookError
from book.tools import cli, plain, stored

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")  # nbgrader's own
LABEL = re.compile(r"^:label:\s*(\S+)", re.M)
HARMLESS = {"print", "display", "check", "plt", "ax", "axes", "fig", "figures", "results"}  # calls that change no value


@dataclass
class Exercise:
    """One exercise: its label, and the indexes in the notebook's cells of its solutions and its checks."""

    label: str
    solutions: list[int] = field(default_factory=list)
    checks: list[int] = field(default_factory=list)


def find(notebook):
    """Return the exercises of a notebook in order.

    Raises BookError for one without a solution or a check, and for such a cell that belongs to no exercise.
    """
    found = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            if "{exercise}" in cell.source:
                found += [Exercise(label) for label in LABEL.findall(cell.source)] or [Exercise("without a label")]
            continue
        for tag, place in (("solution", "solutions"), ("exercise-check", "checks")):
            if tag in plain.tags(cell):
                if not found:
                    raise BookError(f"A cell tagged {tag} stands before the first exercise; write the exercise above.")
                getattr(found[-1], place).append(index)
    for exercise in found:
        if not exercise.solutions:
            raise BookError(f"Exercise {exercise.label} has no cell tagged solution.")
        if not exercise.checks:
            raise BookError(f"Exercise {exercise.label} has no cell tagged exercise-check.")
        if min(exercise.checks) < max(exercise.solutions):
            raise BookError(f"Exercise {exercise.label} has a check before its solution; the check comes last.")
    return found


def stub(source):
    """Return the code of a solution cell as students get it: nbgrader's stub in place of what stands between the marks.

    Raises BookError where there are no marks, or one of a pair is missing.
    """
    lines, inside = [], False
    for line in source.split("\n"):
        mark = line.strip()
        if mark == (BEGIN if inside else END):
            raise BookError(f"{mark} stands {'inside another solution' if inside else 'without its beginning'}.")
        if mark == BEGIN:
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + text for text in STUB]
        elif mark == END:
            inside = False
        elif not inside:
            lines.append(line)
    if inside:
        raise BookError(f"{BEGIN} has no {END}.")
    if BEGIN not in source:
        raise BookError(f"A solution has no {BEGIN} and {END}; set them around the lines that students write.")
    return "\n".join(lines)


@dataclass
class Names:
    """What a piece of code does with the names of the notebook.

    sets:     those it binds or may change in place
    imported: those it imports, which nothing changes in place
    now:      those it needs when it runs
    later:    those that functions it defines need when they are called
    """

    sets: set[str]
    imported: set[str]
    now: set[str]
    later: set[str]


def names(source):
    """Return the Names of a code cell, magics and shell lines left out."""
    bound, imported, needed, later = set(), set(), set(), set()
    for statement in ast.parse(TransformerManager().transform_cell(source)).body:
        here = _Uses()
        here.visit(statement)
        needed |= here.loads - bound
        later |= here.later
        bound |= here.stores | here.changes
        imported |= here.stores if isinstance(statement, (ast.Import, ast.ImportFrom)) else set()
    return Names(bound, imported, needed, later - bound)


class _Uses(ast.NodeVisitor):
    """The names of one top-level statement; inside functions only those that are not local there."""

    def __init__(self):
        self.loads, self.stores, self.changes, self.later = set(), set(), set(), set()

    def visit_Name(self, node):
        (self.loads if isinstance(node.ctx, ast.Load) else self.stores).add(node.id)

    def visit_AugAssign(self, node):
        self.loads |= {_root(node.target)} - {None}
        self.generic_visit(node)

    def visit_Attribute(self, node):
        self._changed_by(node)

    def visit_Subscript(self, node):
        self._changed_by(node)

    def _changed_by(self, node):
        if not isinstance(node.ctx, ast.Load):
            self.changes |= {_root(node)} - {None}
        self.generic_visit(node)

    def visit_Expr(self, node):
        """A call whose result is dropped is made for what it changes: its object or an argument."""
        call = node.value
        seeds = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "manual_seed"
        if isinstance(call, ast.Call) and not seeds and _root(call.func) not in HARMLESS:
            called = [call.func.value] if isinstance(call.func, ast.Attribute) else []
            self.changes |= {_root(part) for part in [*called, *call.args]} - {None}
        self.generic_visit(node)

    def visit_alias(self, node):
        self.stores.add((node.asname or node.name).split(".")[0])

    def visit_ExceptHandler(self, node):
        self.stores.add(node.name)
        self.generic_visit(node)

    def visit_FunctionDef(self, node):
        self.stores.add(node.name)
        self._outer(node.decorator_list, node.args, node.returns)
        self._inside(node.args, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node):
        self._outer([], node.args, None)
        self._inside(node.args, [node.body])

    def visit_ClassDef(self, node):
        inner = _Uses()
        for part in node.body:
            inner.visit(part)
        self._outer(node.decorator_list, None, None)
        for part in [*node.bases, *node.keywords]:
            self.visit(part)
        self.stores.add(node.name)
        self.loads |= inner.loads - inner.stores
        self.later |= inner.later

    def _comprehension(self, node):
        inner = _Uses()
        inner.generic_visit(node)
        self.loads |= inner.loads - inner.stores
        self.later |= inner.later - inner.stores

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def _outer(self, decorators, arguments, returns):
        """Decorators, defaults and annotations run with the definition."""
        given = [] if arguments is None else [*arguments.defaults, *filter(None, arguments.kw_defaults)]
        for part in [*decorators, *given, *([returns] if returns else [])]:
            self.visit(part)

    def _inside(self, arguments, body):
        inner = _Uses()
        for part in body:
            inner.visit(part)
        local = inner.stores | {argument.arg for argument in ast.walk(arguments) if isinstance(argument, ast.arg)}
        self.later |= (inner.loads | inner.later) - local


def _root(node):
    """Return the name that an expression such as a.b[0].c begins with, None where it is computed."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def needed(earlier, target):
    """Return the indexes in `earlier` of the cells that the code `target` depends on, in order.

    earlier: the sources of the cells before it

    A name is taken from the cell that set it last, and from those that changed it after that; names that functions
    use are also taken from the last cell of all, for they are looked up when the function is called.
    """
    known = [names(source) for source in earlier]
    wanted = names(target)
    imported = set().union(*(cell.imported for cell in known))
    sets = [cell.sets - (imported - cell.imported) for cell in known]
    chosen = {index for index, source in enumerate(earlier) if re.search(r"\bstart\(", source)}
    asked = set()
    todo = [(name, len(earlier)) for name in wanted.now | wanted.later]

    def ask_for(index):
        chosen.add(index)
        todo.extend((name, index) for name in known[index].now | known[index].later)
        todo.extend((name, len(earlier)) for name in known[index].later)

    for index in list(chosen):
        ask_for(index)
    while todo:
        name, before = todo.pop()
        if (name, before) not in asked:
            asked.add((name, before))
            setting = next((i for i in reversed(range(before)) if name in sets[i]), None)
            if setting is not None:
                ask_for(setting)
    return sorted(chosen)


def jobs(notebook):
    """Return what the child process needs to try every exercise of a notebook."""
    work = []
    for exercise in find(notebook):
        own = {*exercise.solutions, *exercise.checks}
        earlier = [(cell.source, "raises-exception" in plain.tags(cell))
                   for index, cell in enumerate(notebook.cells[: max(own)])
                   if cell.cell_type == "code" and index not in own]
        solutions = [notebook.cells[index].source for index in exercise.solutions]
        checks = [notebook.cells[index].source for index in exercise.checks]
        sources = [source for source, _ in earlier]
        few = [earlier[index] for index in needed(sources, "\n".join(solutions + checks))]
        try:
            stubs = [stub(source) for source in solutions]
        except BookError as error:
            raise BookError(f"Exercise {exercise.label}: {error}") from None
        work.append({"label": exercise.label, "before": [few, earlier], "solution": solutions + checks,
                     "stub": stubs + checks})
    return work


def stub_problem(failure):
    """Return what is wrong where a stub and its checks ended with `failure`, (error's name, its text) or None."""
    if failure is None:
        return "the stub passes the check; the check must need what students write."
    if failure[0] not in ("NotImplementedError", "CheckFailed"):
        return f"the stub ends with {failure[0]}: {failure[1]}; a check must fail or the stub be reached."
    return None


def problems(path, timeout=600):
    """Try the exercises of the lesson at `path`. Return one sentence for each that is not as it should be."""
    number = cli.number(path)
    try:
        work = jobs(stored.read_notebook(path))
    except BookError as error:
        return [f"Lesson {number}: {error}"]
    if not work:
        return []
    answers, why_none = plain.launch("book.tools.exercises", work, path.parent, plain.environment(), timeout)
    if answers is None:
        return [f"Lesson {number}: its exercises could not be tried: {why_none}."]
    found = []
    for job, (solution, stubbed) in zip(work, answers, strict=True):
        if solution is not None:
            found.append(f"the solution does not pass its check: {solution[0]}: {solution[1]} (in the cell that begins "
                         f"{solution[2].splitlines()[0][:60]!r})")
        elif stub_problem(stubbed):
            found.append(stub_problem(stubbed))
        else:
            continue
        found[-1] = f"Lesson {number}, exercise {job['label']}: {found[-1]}"
    return found


def _try_all(work):
    """Return (how the solution failed, how the stub failed) for every exercise, None for what did not fail.

    The stub runs where its solution ran before: it replaces what the solution defined, so what was proven holds.
    """
    interpreter, answers = plain.Interpreter(), []

    def first_error(sources, before=()):
        for source, may_fail in [*before, *((source, False) for source in sources)]:
            error = interpreter.run(source)
            if error is not None and not may_fail:
                return type(error).__name__, str(error), source
        return None

    for job in work:
        failures = []
        for before in job["before"]:
            interpreter.forget()
            failures.append(first_error(job["solution"], before))
            if failures[-1] is None:
                break
        answers.append((None, first_error(job["stub"])) if failures[-1] is None else (failures[0], None))
    return answers


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m book.tools.exercises",
                                     description="Prove that solutions pass their checks and stubs fail them.")
    parser.add_argument("lessons", nargs="*", help="numbers such as 3.1.2; all without any")
    failed = 0
    for path in cli.lessons(parser.parse_args(arguments).lessons):
        found = problems(path)
        failed += len(found)
        print(*(found or [f"{cli.number(path):8} {len(find(stored.read_notebook(path)))} exercises proven"]), sep="\n",
              flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    if len(sys.argv) == 2 and sys.argv[1].endswith("answer.json"):
        plain.write_answer(_try_all(plain.read_job()))
    else:
        cli.run(main)
