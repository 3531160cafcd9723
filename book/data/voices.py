"""Asks a program of the package that lets eSpeak NG speak, in a process of its own."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from book.errors import BookError


def spoken_by(program, rows):
    """Return the arrays, {name: array}, that a program answers with when it is asked to speak `rows`.

    program: a module such as "book.data.espeak", which reads JSON and writes a .npz;   rows: what it is asked, a list
    """
    with tempfile.TemporaryDirectory(prefix="book-") as folder:
        answer = Path(folder) / "answer.npz"
        done = subprocess.run([sys.executable, "-m", program, str(answer)], input=json.dumps(rows),
                              capture_output=True, encoding="utf8")
        if done.returncode or not answer.is_file():
            why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise BookError(f"eSpeak NG could not speak ({why}); run: python -m pip install -r requirements.txt")
        with np.load(answer) as found:
            return dict(found)
