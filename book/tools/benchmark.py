"""Measure what each lesson takes: seconds, memory, and the share of the machine's peak that it reaches.

Usage: python -m book.tools.benchmark [--anyway] [LESSON ...]

Each lesson runs alone in a fresh kernel with the threads of an ordinary run. Its floating-point operations come from
a second run, which counts them (book.tools.flops); the share of the peak is operations a second, over those of the
largest matrix products. Results go to book/results/benchmark.json, each with the machine that it comes from, and from
there to the cards (book.tools.pages).
"""

import argparse
import copy
import os
import platform
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
import torch

from book.errors import BookError
from book.tools import cli, pages, plain, spread, stored
from book.tools.execute import execute, source_hash

QUIET = 10.0  # percent of all cores that other work may take
METER = "from book.tools.memory import peak_megabytes\nprint(peak_megabytes())"


def busy(seconds=2.0):
    """Return a sentence that says how busy the machine is, or None where it is quiet."""
    percent = psutil.cpu_percent(interval=seconds)
    if percent <= QUIET:
        return None
    return (f"The machine is not quiet: {percent:.0f} % of its cores are at work "
            f"(load average {psutil.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")


@contextmanager
def _environment(variables):
    """Run a block with exactly these environment variables."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def measure(notebook, folder):
    """Run a lesson in a fresh kernel. Return (seconds, peak resident memory in megabytes)."""
    metered = copy.deepcopy(notebook)
    metered.cells.append(nbformat.v4.new_code_cell(METER))
    with _environment(plain.environment(threads=None)):
        seconds = execute(metered, folder)
    return seconds, float(metered.cells[-1].outputs[-1].text)


def operations(notebook, folder):
    """Run a lesson once more and return how many floating-point operations torch made in it."""
    record = spread.record_of(notebook, folder, lenient=True, BOOK_COUNT_FLOPS="1")
    return sum(entry["total"] for entry in record if entry["kind"] == "flops")


def machine_peak():
    """Return the operations a second of the largest matrix products, with the threads of an ordinary run."""
    said = subprocess.run([sys.executable, "-m", "book.tools.flops"], env=plain.environment(threads=None), check=True,
                          capture_output=True, encoding="utf8").stdout
    return float(said.strip().splitlines()[-1])


def processor():
    """Return the processor's model name, "" where the system does not tell it."""
    try:
        if sys.platform == "linux":
            found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
            return found[1].strip() if found else ""
        if sys.platform == "darwin":
            return subprocess.run(["sysctl", "-n", "machdep.cpu.brand_string"], check=True, capture_output=True,
                                  encoding="utf8").stdout.strip()
        return platform.processor()
    except (OSError, subprocess.CalledProcessError):
        return ""


def entry(seconds, megabytes, flop, machine, source):
    """Return what is stored of one lesson, in the precision that a repetition would confirm."""
    return {"seconds": round(seconds, 1), "memory_mb": round(megabytes), "gflop": float(f"{flop / 1e9:.3g}"),
            "share_of_peak": round(flop / (1e9 * seconds * machine["peak_gflops"]), 3), "source": source,
            "machine": machine}


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m book.tools.benchmark",
                                     description="Measure seconds, memory and share of peak of lessons.")
    parser.add_argument("lessons", nargs="*", help="numbers such as 3.1.2; all without any")
    parser.add_argument("--anyway", action="store_true", help="measure although the machine is not quiet")
    options = parser.parse_args(arguments)
    paths = cli.lessons(options.lessons)
    noise = busy()
    if noise and not options.anyway:
        raise BookError(f"{noise}; wait until it is, or measure all the same with --anyway.")
    if noise:
        print(f"{noise}; the times will be too long.")
    machine = {"cores": os.cpu_count(), "processor": processor(), "python": platform.python_version(),
               "torch": torch.__version__.partition("+")[0], "peak_gflops": round(machine_peak() / 1e9)}
    known = stored.load("benchmark", {})
    lessons = [(cli.number(path), stored.read_notebook(path), path.parent) for path in paths]

    def keep(number, notebook, seconds, megabytes, flop):
        known[number] = entry(seconds, megabytes, flop, machine, source_hash(notebook))
        stored.store("benchmark", stored.in_order(known))

    measured = {}
    for number, notebook, folder in lessons:
        measured[number] = seconds, megabytes = measure(notebook, folder)
        keep(number, notebook, seconds, megabytes, 0)  # not counted yet
        print(f"{number:8} {seconds:6.1f} s {megabytes:7.0f} MB", flush=True)
    print("All lessons are timed; the machine may be used again while their operations are counted.", flush=True)
    for number, notebook, folder in lessons:
        keep(number, notebook, *measured[number], operations(notebook, folder))
        print(f"{number:8} {100 * known[number]['share_of_peak']:5.1f} % of peak", flush=True)
    for path in pages.refresh():
        print(f"refreshed {path}")


if __name__ == "__main__":
    cli.run(main)
