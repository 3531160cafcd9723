"""Single words and running speech are what they are said to be; the keywords are in one and not in the other."""

import re
from itertools import combinations

import numpy as np
import pytest
import torch

from book.data import keywords, speech


@pytest.fixture(scope="module")
def words():
    return keywords.spoken_keywords()


@pytest.fixture(scope="module")
def tracks():
    return keywords.running_speech()


def names(part):
    return {voice.split("+")[1] for voice in part.voices}


# Single words


def test_shapes(words):
    for part, name in zip(words, keywords.CLIPS):
        each, others = keywords.CLIPS[name]
        voices = len(keywords._voices(name))
        assert len(part.texts) == voices * (each * len(keywords.KEYWORDS) + others)
        assert part.samples.dtype == torch.int16
        assert len(part.samples) == len(part.lengths) == len(part.texts) == len(part.voices)
        assert part.lengths.max() == part.samples.shape[1]
        assert (part.lengths > speech.SPEECH_RATE).sum() <= (10 if name == "train" else 0), "words last too long"
        assert part.lengths.min() > 0.08 * speech.SPEECH_RATE
        assert part.samples.abs().amax(1).min() > 2000, "a clip is silent"


def test_a_clip_begins_and_ends_with_its_word(words):
    for part in words:
        ends = part.samples.gather(1, part.lengths[:, None] - 1)[:, 0]
        assert part.samples[:, 0].abs().min() > keywords.QUIET
        assert ends.abs().min() > keywords.QUIET
        behind = torch.arange(part.samples.shape[1]) >= part.lengths[:, None]
        assert not part.samples[behind].any()


def test_each_keyword_equally_often_and_in_three_accents(words):
    for part, name in zip(words, keywords.CLIPS):
        counts = {word: part.texts.count(word) for word in keywords.KEYWORDS}
        assert set(counts.values()) == {keywords.CLIPS[name][0] * len(names(part))}
        for word in keywords.KEYWORDS:
            spoken = {voice.split("+")[0] for voice, text in zip(part.voices, part.texts) if text == word}
            assert spoken == set(speech.ACCENTS)


def test_no_voice_and_no_other_word_in_two_parts(words, tracks):
    for one, two in combinations(range(3), 2):
        assert not names(words[one]) & names(words[two])
        assert not names(tracks[one]) & names(words[two]) | names(words[one]) & names(tracks[two])
        others = [set(words[k].texts) - set(keywords.KEYWORDS) for k in (one, two)]
        assert not others[0] & others[1]
        assert not set(tracks[one].texts) & set(tracks[two].texts)
    assert not set().union(*map(names, words)) & set(keywords.BREATHY)


def test_trim():
    clip = np.array([0, 299, -301, 0, 500, 0, -32768, 10], np.int16)
    assert keywords._trim(clip).tolist() == [-301, 0, 500, 0, -32768]
    assert keywords._trim(np.zeros(9, np.int16)).tolist() == [0]


# Running speech


def test_tracks(tracks):
    for track, minutes in zip(tracks, keywords.MINUTES.values()):
        assert track.samples.dtype == torch.int16
        assert len(track.samples) / speech.SPEECH_RATE / 60 == pytest.approx(minutes, rel=0.2)
        assert len(track.starts) == len(track.texts) == len(track.voices)
        assert track.starts[0] == 0
        assert track.starts.diff().min() > speech.SPEECH_RATE, "a sentence lasts less than a second"
        assert track.starts[-1] < len(track.samples)


def test_no_keyword_is_said(tracks):
    for track in tracks:
        said = {word for text in track.texts for word in re.findall(r"\w+", text.lower())}
        assert not said & {*keywords.KEYWORDS, "know", "write"}
        assert said & {"upon", "going", "another"}, "words that begin like a keyword are there"


@pytest.mark.parametrize(("line", "fits"), [
    ("The river has its source among the hills of the north.", True),
    ("The river has its source on the hills of the far north.", False),
    ("No river has its source among the hills of the north.", False),
    ("The river has its source among 3 hills of the far north.", False),
    ("The river has a source.", False),
    ("The river has its source among the hills of the north", False)])
def test_fit(line, fits):
    assert keywords._fit(line) is fits


# The cache


def test_words_are_spoken_once_and_alike(words, tmp_path, monkeypatch):
    plan = keywords._words("test")[:40]
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path))
    path = tmp_path / "again.npz"
    again = [keywords._trim(clip) for clip in keywords._clips("again", plan)]
    assert [path.name for path in tmp_path.iterdir()] == ["again.npz"]
    monkeypatch.setattr(speech, "_make", None)
    assert all(np.array_equal(keywords._trim(a), b) for a, b in zip(keywords._clips("again", plan), again))
    for clip, row, length in zip(again, words[2].samples, words[2].lengths):
        assert np.array_equal(clip, row[:length].numpy()), "a clip was different when it was spoken again"
    assert path.exists()
