"""The public data sets: stand-ins of the published schema, one path for both, one sentence for what goes wrong."""

import io
import re
import shutil
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.dirfs import DirFileSystem
from huggingface_hub import HfFileSystem
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
)
from PIL import Image

from book import BookError
from book.data import public

EVERY = [(name, split) for name, source in public.SOURCES.items() for split in source.rows]


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """A test that reaches for the hub fails at once."""
    monkeypatch.setattr(public, "_hub", lambda: pytest.fail("reached for the network"))


@pytest.fixture(scope="module")
def rows():
    return {(name, split): list(public.load(name, split, real=False)) for name, split in EVERY}


def raiser(error):
    class Hub:
        def ls(self, *args, **kwargs):
            raise error

    return Hub()


def answer(status):
    class Response:
        status_code, headers, request = status, {}, None

    return Response()


# The schema

@pytest.mark.parametrize(("name", "split"), EVERY)
def test_schema_of_the_stand_in(rows, name, split):
    """Written out here once more, as the pages on the hub describe it."""
    found = rows[name, split]
    assert len(found) > 50
    for row in found:
        if name == "imagenet":
            assert set(row) == {"image", "label"}
            assert set(row["image"]) == {"bytes", "path"}
            assert row["image"]["bytes"].startswith(b"\xff\xd8")
            assert re.fullmatch(r"\w+\.JPEG", row["image"]["path"])
            assert type(row["label"]) is int
            assert row["label"] == -1 if split == "test" else 0 <= row["label"] <= 999
        elif name == "imdb":
            assert set(row) == {"text", "label"}
            assert row["text"].strip()
            assert row["label"] in ({-1} if split == "unsupervised" else {0, 1})
        else:
            assert set(row) == {"text"}
            assert row["text"] == "" or re.fullmatch(r" \S.*\S \n", row["text"])


@pytest.mark.parametrize(("name", "split"), EVERY)
def test_schema_of_the_files(name, split):
    for batch in public.stream(name, split, real=False):
        assert batch.schema.equals(public.SOURCES[name].schema)
        assert batch.num_rows <= 256


def test_pictures(rows):
    sizes = Counter()
    for split, each in (("train", 45), ("validation", 9), ("test", 9)):
        pictures = rows["imagenet", split]
        assert len(pictures) == 12 * each
        sizes.update(Image.open(io.BytesIO(row["image"]["bytes"])).size for row in pictures)
        if split != "test":
            assert set(Counter(row["label"] for row in pictures).values()) == {each}
    assert set(sizes) == {(80, 80), (96, 96), (128, 128)}


def test_reviews_are_balanced_and_in_one_split(rows):
    for split in ("train", "test"):
        labels = [row["label"] for row in rows["imdb", split]]
        assert labels == sorted(labels)
        assert 2 * sum(labels) == len(labels)
    assert len(rows["imdb", "unsupervised"]) == 2 * len(rows["imdb", "train"])
    texts = {split: {row["text"] for row in rows["imdb", split]} for split in ("train", "test", "unsupervised")}
    assert not texts["train"] & texts["test"]
    assert not texts["train"] & texts["unsupervised"]
    assert not texts["test"] & texts["unsupervised"]


def test_articles(rows):
    titles = {}
    for split in ("train", "validation", "test"):
        lines = [row["text"] for row in rows["wikitext", split]]
        titles[split] = {line for line in lines if re.fullmatch(r" = [^=].* = \n", line)}
        assert lines[0] == ""
        assert any(re.fullmatch(r" = = [^=].* = = \n", line) for line in lines)
        assert any("<unk>" in line for line in lines)
        assert not any(re.search(r"\d[.,-]\d|\w-\w|\w[,;:] ", line) for line in lines)
    assert len(titles["train"]) > 60
    text = "".join(row["text"] for row in rows["wikitext", "train"])
    assert all(mark in text for mark in (" @-@ ", " @,@ ", " @.@ ", " 's "))
    assert min(count for word, count in Counter(text.split()).items() if word != "<unk>") >= 3


@pytest.mark.parametrize(("line", "wanted"), [
    ("It costs 8,600 or 0.7 (a one-dollar coin).", "It costs 8 @,@ 600 or 0 @.@ 7 ( a one @-@ dollar coin ) ."),
    ('"Well," she said; the dog\'s tail...', '" Well , " she said ; the dog \'s tail . . .'),
    ("(\"a\")", '( " a " )'), ("", ""), ("a.b@c", "a.b@c"), ("1,000,000", "1 @,@ 000 @,@ 000")])
def test_spaced(line, wanted):
    assert public.spaced(line) == wanted


# One switch

@pytest.mark.parametrize(("name", "split"), EVERY)
def test_the_published_files_go_through_the_same_code(rows, name, split):
    hub = DirFileSystem(str(public.stand_in(name)))
    assert list(public.load(name, split, real=True, hub=hub)) == rows[name, split]


def test_switch(monkeypatch):
    monkeypatch.setattr(public, "_hub", lambda: raiser(ConnectionError("no route")))
    public.load("imdb", "test")
    with pytest.raises(BookError, match="did not answer"):
        public.load("imdb", "test", real=True)
    monkeypatch.setenv("BOOK_SIZE", "full")
    with pytest.raises(BookError, match="did not answer"):
        public.load("imdb", "test")
    public.load("imdb", "test", real=False)


def test_every_shard_is_read_once_and_in_order(tmp_path):
    folder = tmp_path / "datasets" / "stanfordnlp" / "imdb" / "plain_text"
    folder.mkdir(parents=True)
    for i in range(12):
        table = pa.Table.from_pylist([{"text": f"{i} {j}", "label": 0} for j in range(3)],
                                     schema=public.SOURCES["imdb"].schema)
        pq.write_table(table, folder / f"train-{i:05}-of-00012.parquet")
    shutil.copy(folder / "train-00000-of-00012.parquet", folder / "retrain-00000-of-00001.parquet")
    found = [row["text"] for row in public.load("imdb", "train", real=True, hub=DirFileSystem(str(tmp_path)))]
    assert found == [f"{i} {j}" for i in range(12) for j in range(3)]


def test_memory_is_bounded():
    most, before = 0, pa.total_allocated_bytes()
    for _ in public.stream("imdb", "unsupervised", real=False, batch_size=50):
        most = max(most, pa.total_allocated_bytes() - before)
    whole = sum(batch.nbytes for batch in public.stream("imdb", "unsupervised", real=False))
    assert 0 < most < whole / 4


# What goes wrong

def test_no_network(monkeypatch):
    """The hub's own client, at an address where nobody answers."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(BookError, match="IMDB could not be fetched: the hub did not answer. Connect to the network"):
        public.load("imdb", "train", real=True, hub=HfFileSystem(endpoint="http://127.0.0.1:9", token=False))


def told(cause):
    error = FileNotFoundError("datasets/…")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(("error", "name", "sentence"), [
    (ConnectionError("no route"), "imdb", "did not answer"),
    (TimeoutError("slow"), "imdb", "did not answer"),
    (OfflineModeIsEnabled("offline"), "imdb", "HF_HUB_OFFLINE forbids"),
    (GatedRepoError("403", response=answer(403)), "imagenet", "accept its terms: do so at https://hug.*hf auth login"),
    (told(GatedRepoError("401", response=answer(401))), "imagenet", "accept its terms"),
    (HfHubHTTPError("401", response=answer(401)), "imagenet", "accept its terms"),
    (told(RepositoryNotFoundError("404", response=answer(404))), "wikitext", "no longer where this code looks"),
    (FileNotFoundError("x"), "wikitext", "no longer where this code looks"),
    (RemoteEntryNotFoundError("404", response=answer(404)), "wikitext", "no longer where this code looks"),
    (HfHubHTTPError("503", response=answer(503)), "imdb", r"for now \(status 503\)")])
def test_one_sentence(error, name, sentence):
    with pytest.raises(BookError, match=sentence) as raised:
        public.load(name, "train", real=True, hub=raiser(error))
    assert "stand-in (real=False" in str(raised.value)


def test_break_in_the_middle(tmp_path):
    """The first rows have come when the network goes."""
    class Cable(DirFileSystem):
        opened = 0

        def open(self, *args, **kwargs):
            Cable.opened += 1
            if Cable.opened > 2:
                raise ConnectionError("pulled")
            return super().open(*args, **kwargs)

    found = public.load("imdb", "train", real=True, hub=Cable(str(public.stand_in("imdb"))))
    next(found)
    with pytest.raises(BookError, match="did not answer"):
        list(found)


@pytest.mark.parametrize("table", [{"text": ["a"]}, {"label": [0], "text": ["a"]}, {"text": ["a"], "label": ["neg"]}])
def test_other_schema(tmp_path, table):
    folder = tmp_path / "datasets" / "stanfordnlp" / "imdb" / "plain_text"
    folder.mkdir(parents=True)
    pq.write_table(pa.table(table), folder / "train-00000-of-00001.parquet")
    with pytest.raises(BookError, match="no longer has the columns"):
        public.load("imdb", "train", real=True, hub=DirFileSystem(str(tmp_path)))
    with pytest.raises(BookError, match="no files of the split 'test'"):
        public.load("imdb", "test", real=True, hub=DirFileSystem(str(tmp_path)))


def test_unknown():
    with pytest.raises(BookError, match="no data set called 'mnist'.*imagenet, imdb, wikitext"):
        public.load("mnist", "train")
    with pytest.raises(BookError, match="IMDB has no split 'validation'; known: train, test, unsupervised"):
        public.load("imdb", "validation")


# Making the stand-ins

@pytest.fixture
def few(monkeypatch, tmp_path):
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path))
    made = {split: [{"text": split, "label": 0}] * 5 for split in ("train", "test", "unsupervised")}
    monkeypatch.setitem(public.MAKERS, "imdb", lambda: made)
    return tmp_path


def test_made_once(few, monkeypatch):
    assert len(list(public.load("imdb", "train", real=False))) == 5
    monkeypatch.setitem(public.MAKERS, "imdb", lambda: pytest.fail("made twice"))
    assert next(public.load("imdb", "test", real=False)) == {"text": "test", "label": 0}


def test_nothing_half_written(few, monkeypatch):
    def full(table, path, **options):
        path.write_bytes(b"PAR1")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(public.pq, "write_table", full)
    with pytest.raises(BookError, match="could not be written"):
        public.load("imdb", "train", real=False)
    assert not [path for path in few.rglob("*") if path.is_file()]


def test_damaged_stand_in(few):
    public.load("imdb", "train", real=False)
    next(few.rglob("train-00000-of-*.parquet")).write_bytes(b"PAR1 and no more")
    with pytest.raises(BookError, match="IMDB is damaged.*delete"):
        public.load("imdb", "train", real=False)
