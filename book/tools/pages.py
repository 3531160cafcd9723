"""Write what was measured and set into committed text, so that nobody types a result.

Usage: python -m book.tools.pages [--check]

  cards of the lessons         seconds and memory            from book/results/benchmark.json
  chapters/results.md          results, and the status       from everything in book/results
  README.md                    badges                        from repository.url in _config.yml
  chapters/how-to-run.md       links that open lessons       from repository.url in _config.yml

Generated parts stand between <!-- NAME:begin --> and <!-- NAME:end -->; what is between them is overwritten.
With --check nothing is written, and a file that would change is named.
"""

import argparse
import re
import statistics
from urllib.parse import quote

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from book.errors import BookError
from book.files import complete_or_absent
from book.tools import cli, stored
from book.tools.execute import source_hash

CARD = re.compile(r"\*\*Runs in\*\* [^*\n]+? s on [^*\n]+? cores?, [^*\n]+? MB of memory")
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
GITHUB = re.compile(r"https://github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?/?")


class Published(BaseModel):
    """A figure that others published for the same work."""

    model_config = ConfigDict(extra="forbid")

    figure: str
    what: str
    hardware: str
    cite: str


class Lesson:
    """A lesson and all that is recorded of it; what is missing is None."""

    def __init__(self, path):
        self.path = path
        self.number = cli.number(path)
        notebook = stored.read_notebook(path)
        self.title = stored.title(notebook)
        self.source = source_hash(notebook)
        self.benchmark = stored.load("benchmark", {}).get(self.number)
        self.cores = self.benchmark and self.benchmark["machine"]["cores"]
        self.spread = stored.load(stored.file_stem(self.number))
        self.faults = stored.load("faults", {}).get(self.number)

    def link(self, start="../"):
        """Return a Markdown link from a page in chapters."""
        return f"[{self.number} {self.title}]({start}{self.path.relative_to(cli.ROOT).as_posix()})"

    def mark(self, kept):
        """Return a dagger where `kept` was recorded with other code than the lesson has now."""
        return "" if kept["source"] == self.source else " †"


def all_lessons():
    """Return all lessons in the order of their numbers."""
    return sorted((Lesson(path) for path in cli.lessons()), key=lambda one: [int(n) for n in one.number.split(".")])


def machine_words(cores):
    """Return "two CPU cores" for 2."""
    return f"{WORDS[cores] if cores < len(WORDS) else cores} CPU core{'' if cores == 1 else 's'}"


def card(text, lesson):
    """Return the text of a notebook file with the seconds and memory of the lesson in its card.

    Raises BookError unless there is exactly one such line.
    """
    found = len(CARD.findall(text))
    if found != 1:
        raise BookError(f"Lesson {lesson.number} has {found} lines of the form "
                        "'**Runs in** … s on two CPU cores, … MB of memory.'; its card has exactly one.")
    if lesson.benchmark is None:
        return text
    seconds, memory = max(1, round(lesson.benchmark["seconds"])), max(10, round(lesson.benchmark["memory_mb"], -1))
    return CARD.sub(f"**Runs in** {seconds} s on {machine_words(lesson.cores)}, {memory} MB of memory", text)


def filled(text, name, content, shown):
    """Return `text` with `content` between the marks of block `name`. Raises BookError unless they stand there once."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise BookError(f"{shown} needs the lines {begin} and {end} once each; set them where the block belongs.")
    before, rest = text.split(begin)
    return f"{before}{begin}\n{content.strip() + chr(10) if content.strip() else ''}{end}{rest.split(end)[1]}"


def rows(head, body):
    """Return a Markdown table; the first column is text, the others as their heads say (">" for numbers)."""
    lines = [[name.lstrip(">") for name in head], ["--:" if name.startswith(">") else ":--" for name in head], *body]
    return "\n".join("| " + " | ".join(str(item).replace("|", "\\|") for item in line) + " |" for line in lines)


def figure(value):
    """Return a score as the tables show it."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def published():
    """Return {"3-1-4-best": [Published]}, from book/results/published.yaml.

    Raises BookError where an entry is not well formed or cites a source that is not in the bibliography.
    """
    path = stored.folder() / "published.yaml"
    if not path.exists():
        return {}
    try:
        entries = TypeAdapter(dict[str, list[Published]]).validate_python(
            yaml.safe_load(path.read_text(encoding="utf8")) or {})
    except (yaml.YAMLError, ValidationError) as error:
        problem = error.errors()[0] if isinstance(error, ValidationError) else None
        text = f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" if problem else " ".join(str(error).split())
        raise BookError(f"book/results/published.yaml is not well formed ({text}).") from None
    bibliography = (cli.ROOT / "chapters" / "references.bib").read_text(encoding="utf8")
    for key, figures in entries.items():
        for one in figures:
            if not re.search(rf"@\w+\{{{re.escape(one.cite)}\s*,", bibliography):
                raise BookError(f"book/results/published.yaml cites {one.cite} for {key}, "
                                "which is not in chapters/references.bib; add it there.")
    return entries


def results_block(lessons):
    """Return the tables of recorded results, one for each lesson that has any."""
    others = published()
    parts = []
    for lesson in lessons:
        if lesson.spread is None:
            continue
        stem = stored.file_stem(lesson.number)
        keys = {f"{stem}-{row['key']}" for row in lesson.spread["results"]}
        lost = [key for key in others if re.fullmatch(rf"{stem}-[^\d].*", key) and key not in keys]
        if lost:
            raise BookError(f"book/results/published.yaml gives a figure for {lost[0]}, which lesson {lesson.number} "
                            f"does not record; it records {', '.join(sorted(keys)) or 'nothing'}.")
        if keys:
            parts.append(f"### {lesson.number} {lesson.title}\n\n{_where(lesson)}\n\n{_results(lesson, stem, others)}")
    return "\n\n".join(parts) or "No results are recorded yet."


def _where(lesson):
    seeds = lesson.spread["seeds"]
    text = f"From {lesson.link()}, over {len(seeds)} seeds"
    if lesson.benchmark is not None:
        text += (f"; the whole lesson takes {lesson.benchmark['seconds']:.0f} s and "
                 f"{round(lesson.benchmark['memory_mb'], -1)} MB of memory on {machine_words(lesson.cores)}")
    return text + "."


def _results(lesson, stem, others):
    body = []
    for row in lesson.spread["results"]:
        beside = "; ".join(f"{one.figure} by {one.what}, {one.hardware} {{cite:p}}`{one.cite}`"
                           for one in others.get(f"{stem}-{row['key']}", ()))
        scores = row["scores"]
        body.append([row["model"], "" if row["parameters"] is None else f"{row['parameters']:,}", row["data"],
                     row["metric"], figure(min(scores)), figure(statistics.median(scores)), figure(max(scores)),
                     f"{row['seconds']:.0f}", beside])
    return rows(["Model", ">Weights", "Data", "Metric", ">Min", ">Median", ">Max", ">Seconds into the lesson",
                 "Published"], body)


def status_block(lessons):
    """Return the table of what each lesson takes and how it is guarded."""
    body, stale = [], False
    for lesson in lessons:
        seconds = memory = share = checks = caught = "–"
        if lesson.benchmark is not None:
            one = lesson.benchmark
            seconds, memory = f"{one['seconds']:.0f}{lesson.mark(one)}", str(round(one["memory_mb"], -1))
            share = f"{100 * one['share_of_peak']:.0f} %" if one["gflop"] else "–"
        if lesson.spread is not None:
            checks = f"{len(lesson.spread['checks'])}{lesson.mark(lesson.spread)}"
        if lesson.faults is not None:
            outcomes = [fault["outcome"] for fault in lesson.faults["faults"]]
            caught = f"{outcomes.count('caught')} of {len(outcomes)}{lesson.mark(lesson.faults)}"
        body.append([lesson.link(), seconds, memory, share, checks, caught])
        stale |= any("†" in item for item in body[-1])
    table = rows(["Lesson", ">Seconds", ">Memory, MB", ">Share of peak", ">Checks", ">Faults caught"], body)
    note = ["† recorded before the lesson's code last changed"] if stale else []
    return "\n\n".join([table, *note, *measured_on(lessons)])


def measured_on(lessons):
    """Return, for each machine that seconds and memory come from, a sentence that names it and its lessons."""
    machines = {}
    for lesson in lessons:
        if lesson.benchmark is not None:
            one = lesson.benchmark["machine"]
            words = f"{one['processor']}, {machine_words(one['cores'])}, {one['peak_gflops']} GFLOPS at its peak"
            machines.setdefault(words, []).append(lesson.number)
    return [f"Measured on {words}: {', '.join(numbers)}." for words, numbers in machines.items()]


def repository():
    """Return (address, owner/name, branch) of the repository on GitHub, None where no address is set.

    Raises BookError for an address of another kind.
    """
    config = yaml.safe_load((cli.ROOT / "_config.yml").read_text(encoding="utf8")) or {}
    setting = config.get("repository") or {}
    address = (setting.get("url") or "").strip()
    if not address:
        return None
    found = GITHUB.fullmatch(address)
    if not found:
        raise BookError(f"repository.url in _config.yml is {address!r}, which is not the address of a repository on "
                        "GitHub, such as https://github.com/owner/name; mend it or leave it empty.")
    return f"https://github.com/{found[1]}/{found[2]}", f"{found[1]}/{found[2]}", setting.get("branch", "main")


def badges_block(where):
    """Return the badges of the workflows in .github/workflows, "" where no repository is set."""
    if where is None:
        return ""
    badges = []
    for path in sorted((cli.ROOT / ".github" / "workflows").glob("*.y*ml")):
        name = (yaml.safe_load(path.read_text(encoding="utf8")) or {}).get("name", path.stem)
        address = f"{where[0]}/actions/workflows/{path.name}"
        badges.append(f"[![{name}]({address}/badge.svg)]({address})")
    return "\n".join(badges)


def launch_block(lessons, where):
    """Return the links that open each lesson in Colab and on Binder, "" where no repository is set."""
    if where is None:
        return ""
    _, name, branch = where
    body = []
    for lesson in lessons:
        file = quote(lesson.path.relative_to(cli.ROOT).as_posix())
        body.append([f"{lesson.number} {lesson.title}",
                     f"[Colab](https://colab.research.google.com/github/{name}/blob/{branch}/{file})",
                     f"[Binder](https://mybinder.org/v2/gh/{name}/{branch}?urlpath=lab/tree/{file})"])
    return rows(["Lesson", "Colab", "Binder"], body)


def fresh():
    """Return {path: text} of all files with generated parts, as they should be."""
    lessons, where = all_lessons(), repository()
    blocks = {"chapters/results.md": {"results": results_block(lessons), "status": status_block(lessons)},
              "README.md": {"badges": badges_block(where)},
              "chapters/how-to-run.md": {"launch": launch_block(lessons, where)}}
    texts = {lesson.path: card(lesson.path.read_text(encoding="utf8"), lesson) for lesson in lessons}
    for shown, parts in blocks.items():
        path = cli.ROOT / shown
        if not path.exists():
            raise BookError(f"{shown} is missing; it holds the generated block {', '.join(parts)}.")
        text = path.read_text(encoding="utf8")
        for name, content in parts.items():
            text = filled(text, name, content, shown)
        texts[path] = text
    return texts


def stale():
    """Return {path: text} of the files that are not as they should be."""
    return {path: text for path, text in fresh().items() if path.read_text(encoding="utf8") != text}


def refresh():
    """Write the files that are stale. Return their paths from the root, as texts."""
    changed = stale()
    for path, text in changed.items():
        with complete_or_absent(path) as part:
            part.write_text(text, encoding="utf8", newline="\n")
    return [path.relative_to(cli.ROOT).as_posix() for path in changed]


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m book.tools.pages",
                                     description="Write what was measured into cards, tables and badges.")
    parser.add_argument("--check", action="store_true", help="write nothing, and name a file that is out of date")
    if parser.parse_args(arguments).check:
        old = [path.relative_to(cli.ROOT).as_posix() for path in stale()]
        if old:
            raise BookError(f"{', '.join(old)} does not show what is recorded; run python -m book.tools.pages.")
        return
    for path in refresh():
        print(f"refreshed {path}")


if __name__ == "__main__":
    cli.run(main)
