"""Plant known faults in a lesson, one at a time, and see whether its checks catch them.

Usage: python -m book.tools.faults [--jobs N] [--only NAME] [LESSON ...]

The faults of lesson 3.1.2 stand in tests/faults/3-1-2.yaml: a list of {name, old, new}, and `survives: reason` for one
that is known to slip through. `old` occurs exactly once in the code cells outside exercises. A fault is *caught* when
a check fails, *crashed* when any other error ends the lesson, and *survived* when nothing happens; only caught counts.
The outcomes go to book/results/faults.json, for the status of the lessons. Exit code 1: fewer than nine in ten caught.
"""

import argparse
from concurrent.futures import ThreadPoolExecutor

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from book.errors import BookError
from book.tools import cli, plain, stored
from book.tools.execute import source_hash

ENOUGH = 0.9


class Fault(BaseModel):
    """One mistake to plant: replace `old` by `new`."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1)
    old: str = Field(min_length=1)
    new: str
    survives: str | None = None


def faults_file(number):
    """Return the path of the faults of lesson `number`."""
    return cli.ROOT / "tests" / "faults" / f"{stored.file_stem(number)}.yaml"


def load(number):
    """Return the faults of lesson `number`. Raises BookError where there are none or one is not well formed."""
    path = faults_file(number)
    shown = path.relative_to(cli.ROOT).as_posix()
    try:
        faults = TypeAdapter(list[Fault]).validate_python(yaml.safe_load(path.read_text(encoding="utf8")))
    except FileNotFoundError:
        raise BookError(f"Lesson {number} has no planted faults; write them to {shown}.") from None
    except yaml.YAMLError as error:
        raise BookError(f"{shown} is not valid YAML: {' '.join(str(error).split())}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ", ".join(f"fault {part + 1}" if isinstance(part, int) else str(part) for part in first["loc"])
        raise BookError(f"{shown}: {place or 'the file'}: {first['msg']}.") from None
    names = [fault.name for fault in faults]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BookError(f"{shown}: two faults are called {twice[0]!r}; give each a name of its own.")
    return faults


def plant(cells, fault):
    """Return a copy of `cells` with the fault in it. Raises BookError unless `old` occurs exactly once."""
    old, new = fault.old.rstrip("\n"), fault.new.rstrip("\n")
    if old == new:
        raise BookError(f"Fault {fault.name!r} changes nothing: old and new are the same.")
    found = sum(cell["source"].count(old) for cell in cells)
    if found != 1:
        raise BookError(f"Fault {fault.name!r}: old occurs {found} times in the code outside exercises, "
                        f"and must occur exactly once: {old!r}.")
    return [{**cell, "source": cell["source"].replace(old, new)} for cell in cells]


def verdict(outcome):
    """Return "caught", "crashed" or "survived"."""
    return "survived" if outcome.passed else "caught" if outcome.check_failed else "crashed"


def examine(path, only=None, jobs=2):
    """Run the control and then every fault of the lesson at `path`. Yield (fault, verdict, outcome).

    Raises BookError where a fault does not fit the code, or where the lesson fails without any.
    """
    number = cli.number(path)
    cells = plain.code_cells(stored.read_notebook(path), exercises=False)
    faults = [fault for fault in load(number) if only in (None, fault.name)]
    planted = [plant(cells, fault) for fault in faults]
    if not faults:
        return
    control = plain.run(cells, path.parent)
    if not control.passed:
        where = f" in code cell {control.cell}" if control.cell else ""
        raise BookError(f"Lesson {number} fails without any fault{where}: {control.error}: {control.message}")
    with ThreadPoolExecutor(jobs) as pool:
        for fault, outcome in zip(faults, pool.map(lambda planted: plain.run(planted, path.parent), planted),
                                  strict=True):
            yield fault, verdict(outcome), outcome


def describe(fault, word, outcome):
    """Return what the table says beside a fault."""
    if word == "caught":
        return outcome.claim + ("; its `survives` is out of date" if fault.survives else "")
    if word == "crashed":
        return f"{outcome.error} in code cell {outcome.cell}: {outcome.message}".splitlines()[0][:100]
    return f"known: {fault.survives}" if fault.survives else "no check noticed"


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m book.tools.faults",
                                     description="Plant known faults in lessons and see whether checks catch them.")
    parser.add_argument("lessons", nargs="*", help="numbers such as 3.1.2; all without any")
    parser.add_argument("--jobs", type=int, default=2, help="how many to run at once, one thread each (2)")
    parser.add_argument("--only", metavar="NAME", help="run only the fault of this name, and store nothing")
    options = parser.parse_args(arguments)
    caught = total = 0
    for path in cli.lessons(options.lessons):
        number, rows = cli.number(path), []
        for fault, word, outcome in examine(path, options.only, options.jobs):
            print(f"{number:8} {word:9} {fault.name}: {describe(fault, word, outcome)}", flush=True)
            rows.append({"name": fault.name, "outcome": word, "claim": outcome.claim if word == "caught" else None})
        caught += sum(row["outcome"] == "caught" for row in rows)
        total += len(rows)
        if options.only is None:
            every = stored.load("faults", {})
            every[number] = {"source": source_hash(stored.read_notebook(path)), "faults": rows}
            stored.store("faults", stored.in_order(every))
    if options.only is not None and total == 0:
        raise BookError(f"No fault is called {options.only!r}.")
    print(f"{caught} of {total} faults caught")
    return int(caught < ENOUGH * total)


if __name__ == "__main__":
    cli.run(main)
