"""Run lessons under several seeds, and store the spread of their results and checks in book/results.

Usage: python -m book.tools.spread [--seeds 0 1 2 3] [--threads N] [LESSON ...]

Bounds of checks and the Results page come from these files. A lesson one of whose checks fails under a seed is
refused: the check is named, and the file of the lesson stays as it was.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from book.errors import BookError
from book.tools import cli, plain, stored
from book.tools.execute import source_hash

SEEDS = (0, 1, 2, 3)


def record_of(notebook, folder, seed=0, threads=None, lenient=False, **changes):
    """Run a lesson once and return what it recorded, a list of dictionaries.

    lenient: go on where a check fails;   changes: other variables to set
    Raises BookError where the lesson does not run through.
    """
    with tempfile.TemporaryDirectory(prefix="book-") as scratch:
        record = Path(scratch) / "record.jsonl"
        outcome = plain.run(plain.code_cells(notebook), folder,
                            {"BOOK_SEED": str(seed), "BOOK_RECORD": str(record), **changes}, threads=threads,
                            lenient=lenient)
        if outcome.check_failed:
            raise BookError(f"a check fails under seed {seed}: {outcome.message}")
        if not outcome.passed:
            where = f" in code cell {outcome.cell}" if outcome.cell else ""
            raise BookError(f"the lesson fails under seed {seed}{where}: {outcome.error}: {outcome.message}")
        lines = record.read_text(encoding="utf8").splitlines() if record.exists() else []
    return [json.loads(line) for line in lines]


def _by_name(record, kind, name):
    """Return {name: entry} of one kind. Raises BookError where two entries have the same name."""
    entries = {}
    for entry in record:
        if entry["kind"] == kind:
            if entry[name] in entries:
                raise BookError(f"the {kind} {entry[name]!r} is recorded twice; give each a {name} of its own")
            entries[entry[name]] = entry
    return entries


def _across(records, kind, name):
    """Return [(name, [entry of each seed])]. Raises BookError unless every seed has the same entries."""
    runs = [_by_name(record, kind, name) for record in records]
    for run in runs[1:]:
        for other in set(run) ^ set(runs[0]):
            raise BookError(f"the {kind} {other!r} is recorded under some seeds only")
    return [(key, [run[key] for run in runs]) for key in runs[0]]


def gather(number, notebook, seeds, records):
    """Return the content of the lesson's file from one record for each seed."""
    results = []
    for key, entries in _across(records, "result", "key"):
        first = entries[0]
        results.append({"key": key, **{name: first[name] for name in ("model", "data", "metric", "parameters")},
                        "scores": [stored.rounded(entry["score"]) for entry in entries],
                        "seconds": stored.rounded(statistics.median(entry["seconds"] for entry in entries))})
    checks = []
    for claim, entries in _across(records, "check", "claim"):
        bounds = [stored.rounded(entry["bound"]) for entry in entries]
        checks.append({"claim": claim, "bound": bounds[0] if len(set(bounds)) == 1 else bounds,
                       "holds": all(entry["holds"] for entry in entries),
                       "values": [stored.rounded(entry["value"]) for entry in entries]})
    return {"lesson": number, "title": stored.title(notebook), "source": source_hash(notebook), "seeds": list(seeds),
            "results": results, "checks": checks}


def spread(path, seeds=SEEDS, threads=None):
    """Run the lesson at `path` under every seed and return the content of its file.

    Raises BookError that names the lesson where a check fails or the record is ambiguous.
    """
    number, notebook = cli.number(path), stored.read_notebook(path)
    try:
        records = [record_of(notebook, path.parent, seed, threads) for seed in seeds]
        return gather(number, notebook, seeds, records)
    except BookError as error:
        raise BookError(f"Lesson {number}: {error}") from None


def table(content):
    """Return the lines that show one lesson: every result and every measured check, smallest to largest."""
    def line(name, values, bound=""):
        return f"  {min(values):10.5g} {statistics.median(values):10.5g} {max(values):10.5g}  {name}{bound}"

    lines = [f"{content['lesson']} {content['title']}: smallest, median, largest over seeds {content['seeds']}"]
    lines += [line(f"{row['model']}, {row['metric']}", row["scores"]) for row in content["results"]]
    lines += [line(row["claim"], row["values"], f" (bound {row['bound']})") for row in content["checks"]
              if None not in row["values"]]
    return lines


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m book.tools.spread",
                                     description="Run lessons under several seeds and store the spread.")
    parser.add_argument("lessons", nargs="*", help="numbers such as 3.1.2; all without any")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS), help="the seeds (0 1 2 3)")
    parser.add_argument("--threads", type=int, help="threads of a run; as many as an ordinary run takes without it")
    options = parser.parse_args(arguments)
    if len(set(options.seeds)) != len(options.seeds):
        raise BookError("A seed is named twice; every seed counts once.")
    refused = 0
    for path in cli.lessons(options.lessons):
        try:
            content = spread(path, options.seeds, options.threads)
        except BookError as error:
            refused += 1
            print(error, flush=True)
            continue
        stored.store(stored.file_stem(content["lesson"]), content)
        print(*table(content), sep="\n", flush=True)
    return int(refused > 0)


if __name__ == "__main__":
    cli.run(main)
