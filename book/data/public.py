"""ImageNet, IMDB and WikiText: the published rows from the Hugging Face hub, or a stand-in of the same schema.

    for row in load("imdb", "train"): ...               # the stand-in, made from data that the course has
    for row in load("imdb", "train", real=True): ...    # the published rows, streamed; BOOK_SIZE=full does the same

Both come out of parquet files in folders of the same names and through the same code. Nothing of the published rows
is kept on disk. Built for lesson 6.4.
"""

import io
import re
import xml.etree.ElementTree as ET
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from book.errors import BookError
from book.files import complete_or_absent
from book.settings import pick, settings

VERSION = 1  # of the stand-ins: another number makes them anew


class Source(NamedTuple):
    """A published data set, as its page on the hub describes it.

    title:   its name
    repo:    the repository on the hub;   folder: where in it the parquet files lie
    schema:  the columns of every file
    rows:    how many rows each split of the original has
    license: what may be done with it, in a few words
    gated:   whether the hub gives it only to those who have accepted its terms
    """

    title: str
    repo: str
    folder: str
    schema: pa.Schema
    rows: dict
    license: str
    gated: bool = False


SOURCES = {
    "imagenet": Source(
        "ImageNet", "ILSVRC/imagenet-1k", "data",
        pa.schema([("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])), ("label", pa.int64())]),
        {"train": 1_281_167, "validation": 50_000, "test": 100_000},
        "non-commercial research and education only", gated=True),
    "imdb": Source(
        "IMDB", "stanfordnlp/imdb", "plain_text", pa.schema([("text", pa.string()), ("label", pa.int64())]),
        {"train": 25_000, "test": 25_000, "unsupervised": 50_000}, "none stated"),
    "wikitext": Source(
        "WikiText-2", "Salesforce/wikitext", "wikitext-2-v1", pa.schema([("text", pa.string())]),
        {"train": 36_718, "validation": 3_760, "test": 4_358}, "CC BY-SA, attribute and share alike"),
}


def load(name, split, *, real=None, hub=None):
    """Return an iterator over the rows of a split, each a dictionary from column to value.

    name:  "imagenet", "imdb" or "wikitext";   split: as the original calls it, see SOURCES
    real:  True for the published rows, False for the stand-in; without it, BOOK_SIZE=full asks for the published ones
    hub:   another place for the published files: a file system of fsspec with folders named as on the hub

    imagenet: image, a dictionary of bytes (a JPEG file) and path; label, 0 to 999, -1 where it is kept back
    imdb:     text; label, 0 for a negative and 1 for a positive review, -1 in "unsupervised"
    wikitext: text, one line: "" or " ... \\n"

    Raises BookError for an unknown name or split, no network, no access, or files of another schema; the first
    file is opened before this returns.
    """
    return (row for batch in stream(name, split, real=real, hub=hub) for row in batch.to_pylist())


def stream(name, split, *, real=None, hub=None, batch_size=256):
    """Return an iterator over the rows of a split as pyarrow record batches; see `load`.

    One batch and the part of one file that it comes from are in memory at a time, whatever the split's size.
    """
    if name not in SOURCES:
        raise BookError(f"There is no data set called {name!r} here; known: {', '.join(sorted(SOURCES))}.")
    source = SOURCES[name]
    if split not in source.rows:
        raise BookError(f"{source.title} has no split {split!r}; known: {', '.join(source.rows)}.")
    real = pick(False, full=True) if real is None else real
    with _explained(source):
        hub = (hub or _hub()) if real else _folder(stand_in(name))
        folder = f"datasets/{source.repo}/{source.folder}"
        paths = sorted(path for path in hub.ls(folder, detail=False)
                       if re.fullmatch(rf"{split}-\d+-of-\d+\.parquet", path.rsplit("/", 1)[-1]))
        if not paths:
            raise BookError(f"{source.title} has no files of the split {split!r} in {folder}; look at {_page(source)}, "
                            "its layout may have changed.")
        with hub.open(paths[0]) as file:
            _opened(file, source)
    return _batches(hub, paths, source, batch_size)


def stand_in(name):
    """Return the folder that holds the stand-in's files under the names they have on the hub, made on first use.

    imagenet: 540 + 108 + 108 small pictures of twelve kinds of things (OpenMoji, CC BY-SA 4.0, on photographs)
    imdb:     reviews of clothing (CC0) with a clear rating, as many negative as positive ones, first the negative;
              "unsupervised" holds those with three stars and the positive ones that the balance leaves over
    wikitext: articles of Wikipedia (CC BY-SA 4.0) in WikiText's form; rare words are <unk>
    """
    source, root = SOURCES[name], Path(settings().cache) / f"public-{VERSION}"
    folder = root / "datasets" / source.repo / source.folder
    shards = {split: 2 if split == "train" else 1 for split in source.rows}
    wanted = {split: [folder / f"{split}-{i:05}-of-{count:05}.parquet" for i in range(count)]
              for split, count in shards.items()}
    if all(path.is_file() for paths in wanted.values() for path in paths):
        return root
    for split, rows in MAKERS[name]().items():
        for i, path in enumerate(wanted[split]):
            part = rows[i * len(rows) // shards[split]:(i + 1) * len(rows) // shards[split]]
            with complete_or_absent(path) as unfinished:
                pq.write_table(pa.Table.from_pylist(part, schema=source.schema), unfinished, row_group_size=200)
    return root


def _batches(hub, paths, source, batch_size):
    for path in paths:
        with _explained(source), hub.open(path) as file:
            yield from _opened(file, source).iter_batches(batch_size)


def _opened(file, source):
    """Return a parquet file for reading, after its columns were found to be the expected ones."""
    found = pq.ParquetFile(file)
    if not found.schema_arrow.equals(source.schema):
        columns = ", ".join(f"{field.name} ({field.type})" for field in found.schema_arrow)
        raise BookError(f"{source.title} no longer has the columns that this code reads, it has: {columns}; "
                        f"look at {_page(source)}.")
    return found


@contextmanager
def _explained(source):
    """Turn what goes wrong between here and the hub into one sentence with something to do."""
    from huggingface_hub import errors

    try:
        yield
    except pa.ArrowInvalid as error:
        raise BookError(f"A file of {source.title} is damaged ({str(error).splitlines()[0]}); "
                        f"delete {settings().cache / f'public-{VERSION}'} or try again.") from None
    except (errors.HTTPError, errors.EntryNotFoundError, OSError) as error:
        if isinstance(error, FileNotFoundError) and error.__cause__ is not None:
            error = error.__cause__
        raise BookError(_reason(source, error, errors)) from None


def _reason(source, error, errors):
    instead = "or go on with the stand-in (real=False, BOOK_SIZE=small)"
    refused = isinstance(error, errors.HfHubHTTPError) and error.response.status_code in (401, 403)
    if isinstance(error, errors.GatedRepoError) or (source.gated and refused):
        return (f"{source.title} is given only to those who accept its terms: do so at {_page(source)}, make a token "
                f"in your account there and run: hf auth login, {instead}.")
    if isinstance(error, (errors.RepositoryNotFoundError, errors.EntryNotFoundError, FileNotFoundError)):
        return f"{source.title} is no longer where this code looks for it; look at {_page(source)}, {instead}."
    if isinstance(error, errors.OfflineModeIsEnabled):
        return f"{source.title} comes over the network, which HF_HUB_OFFLINE forbids; unset it, {instead}."
    if isinstance(error, errors.HfHubHTTPError):
        return f"The hub refused {source.title} for now (status {error.response.status_code}); try later, {instead}."
    return (f"{source.title} could not be fetched: the hub did not answer. Connect to the network and try again, "
            f"{instead}.")


def _page(source):
    return f"https://huggingface.co/datasets/{source.repo}"


def _hub():
    from huggingface_hub import HfFileSystem

    return HfFileSystem()


def _folder(path):
    from fsspec.implementations.dirfs import DirFileSystem

    return DirFileSystem(str(path))


# The stand-ins

def _imagenet():
    from PIL import Image

    from book.data.kinds import KINDS, kind_pictures

    def row(pixels, label, split, i):
        file = io.BytesIO()
        Image.fromarray(pixels.permute(1, 2, 0).numpy()).save(file, "JPEG", quality=90)
        name = f"{split}_{i:08}" if split == "test" else f"{KINDS[label]}_{i}"
        return {"image": {"bytes": file.getvalue(), "path": f"{name}.JPEG"}, "label": -1 if split == "test" else label}

    rows = {}
    for split, part, each in (("train", "train", 15), ("validation", "valid", 3), ("test", "test", 3)):
        drawn = [kind_pictures(part, each, side=side, seed=side) for side in (80, 96, 128)]
        both = [(x, int(y)) for pictures in drawn for x, y in zip(pictures.x, pictures.y)]
        rows[split] = [row(x, y, split, i) for i, (x, y) in enumerate(both)]
    return rows


def _imdb():
    from book.data.reviews import reviews, sentiment

    rows, left = {}, []
    train, _, test = reviews()
    for split, part in (("train", train), ("test", test)):
        texts, labels = sentiment(part)
        by_label = [[text for text, label in zip(texts, labels) if label == wanted] for wanted in (0, 1)]
        count = min(map(len, by_label))
        rows[split] = [{"text": text, "label": label} for label in (0, 1) for text in by_label[label][:count]]
        if split == "train":
            left = by_label[1][count:]
    left += [text for text, rating in zip(train.text, train.rating.tolist()) if rating == 3]
    rows["unsupervised"] = [{"text": text, "label": -1} for text in left[-2 * len(rows["train"]):]]
    return rows


def _wikitext():
    lines = {"train": [], "validation": [], "test": []}
    for i, article in enumerate(_articles()):
        lines["validation" if i % 10 == 9 else "test" if i % 10 == 5 else "train"] += article
    often = Counter(word for line in lines["train"] for word in line.split())
    keep = {word for word, count in often.items() if count >= 3} | {"="}

    def row(line):
        words = [word if word in keep else "<unk>" for word in line.split()]
        return {"text": f" {' '.join(words)} \n" if words else ""}

    return {split: [row(line) for line in part] for split, part in lines.items()}


def _articles():
    """Return the articles of the dump as lists of lines: "", headings and paragraphs, with marks set apart."""
    import bz2
    import importlib.util

    from book.data.wikipedia import DUMP, END_OF_ARTICLE, _clean, _dump

    _dump()  # raises BookError where the dump is missing or damaged
    path = Path(importlib.util.find_spec("gensim").origin).parent / DUMP
    root = ET.fromstring(bz2.decompress(path.read_bytes()))
    space = root.tag.split("}")[0] + "}"
    articles = []
    for page in root.iter(f"{space}page"):
        if page.find(f"{space}redirect") is None and page.findtext(f"{space}ns") == "0":
            text = END_OF_ARTICLE.sub("", page.findtext(f"{space}revision/{space}text"))
            parts = re.split(r"^(={2,5})[ \t]*(.+?)[ \t]*\1[ \t]*$", text, flags=re.M)
            sections = [("=", page.findtext(f"{space}title"), parts[0]), *zip(parts[1::3], parts[2::3], parts[3::3])]
            cleaned = [(" ".join(marks), title, _clean(body).splitlines()) for marks, title, body in sections]
            if sum(len(line) for _, _, body in cleaned for line in body) > 1000:
                articles.append([line for marks, title, body in cleaned if body or marks == "="
                                 for line in ("", f"{marks} {spaced(title)} {marks}", "", *map(spaced, body))])
    return articles


def spaced(line):
    """Return a line in WikiText's form: words and marks apart, @-@ @,@ @.@ inside words and numbers. Built in 6.4."""
    line = re.sub(r"(?<=\d)([.,])(?=\d)", r" @\1@ ", line)
    line = re.sub(r"(?<=\w)-(?=\w)", " @-@ ", line)
    tokens = []
    for word in line.split():
        head, body, tail = re.fullmatch(r"""([(\["]*)(.*?)((?:'s)?[)\]"?!.,;:]*)""", word).groups()
        tokens += [*head, *filter(None, [body]), *re.findall("'s|.", tail)]
    return " ".join(tokens)


MAKERS = {"imagenet": _imagenet, "imdb": _imdb, "wikitext": _wikitext}
