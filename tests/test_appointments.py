"""Spoken appointments are what they are said to be; the table of transcripts belongs to them."""

import math
import random
import re

import numpy as np
import pytest
from faster_whisper import WhisperModel

from book.data import appointments as data
from book.data.speech import whisper_tiny


@pytest.fixture(scope="module")
def parts():
    return data.appointments()


@pytest.fixture(scope="module")
def whisper():
    return WhisperModel(str(whisper_tiny()), device="cpu", compute_type="float32", local_files_only=True)


# What is said


@pytest.mark.parametrize(("n", "words", "place"), [
    (3, "three", "third"), (12, "twelve", "twelfth"), (20, "twenty", "twentieth"), (21, "twenty-one", "twenty-first"),
    (28, "twenty-eight", "twenty-eighth"), (40, "forty", "fortieth")])
def test_numbers_in_words(n, words, place):
    assert data.number(n) == words
    if n <= 28:
        assert data.ordinal(n) == place


def test_hundreds():
    assert data.number(500) == "five hundred"
    assert data.number(123) == "one hundred and twenty-three"


@pytest.mark.parametrize(("written", "ways"), [
    ("3:15 PM", {"three fifteen P M", "quarter past three in the afternoon"}),
    ("3:05 AM", {"three oh five A M", "five past three in the morning"}),
    ("11:45 PM", {"eleven forty-five P M", "quarter to twelve at night"}),
    ("12:15 AM", {"twelve fifteen A M", "quarter past twelve at night"}),
    ("12:45 PM", {"twelve forty-five P M", "quarter to one in the afternoon"}),
    ("12:00 PM", {"noon"}), ("12:00 AM", {"midnight"}),
    ("0.5 hours", {"half an hour", "zero point five hours"}),
    ("2.5 liters", {"two and a half liters", "two point five liters"}),
    ("in 3 weeks", {"in three weeks", "three weeks from now"}), ("1 day ago", {"one day ago"}),
    ("March 5, 2021", {"March fifth, twenty twenty-one", "the fifth of March, twenty twenty-one"})])
def test_every_way_of_saying(written, ways):
    draw = random.Random(0)
    assert {data.say(written, draw) for _ in range(100)} == ways


# The parts


def test_sizes_and_kinds(parts):
    for part, name in zip(parts, data.SIZES):
        assert {len(column) for column in part} == {data.SIZES[name]}
        for kind, share in data.KINDS.items():
            assert part.kinds.count(kind) == round(share * data.SIZES[name])
        assert set(part.voices) == set(data.VOICES[name])
        for clip in part.clips:
            assert clip.dtype == np.float32
            assert clip.ndim == 1
            assert 0.05 < np.abs(clip).max() <= 1
            assert 0.3 < len(clip) / data.RATE < 9


def test_parts_share_no_phrase_and_no_voice(parts):
    valid, test = parts
    english = [{written["en"] for written in part.written} for part in parts]
    assert [len(texts) for texts in english] == list(data.SIZES.values())
    assert not english[0] & english[1]
    assert not set(valid.voices) & set(test.voices)
    years = {int(year) for texts in english for text in texts for year in re.findall(r", (\d{4})", text)}
    assert min(years) >= 2020
    assert max(years) < 2030


def test_speak_french():
    (clip,) = data.speak(["mardi 14 mars"], "fr")
    assert clip.dtype == np.int16
    assert 0.5 < len(clip) / data.RATE < 4


# The recognizer


def test_noise(parts):
    clip = parts[0].clips[0]
    assert np.array_equal(data.noisy(clip, math.inf, 3), clip)
    for decibels in (15, 5):
        noise = data.noisy(clip, decibels, 3) - clip
        assert 10 * np.log10((clip**2).mean() / (noise**2).mean()) == pytest.approx(decibels, abs=0.01)
    assert np.array_equal(data.noisy(clip, 5, 3), data.noisy(clip, 5, 3))
    assert not np.array_equal(data.noisy(clip, 5, 3), data.noisy(clip, 5, 4))


def test_recognize(parts, whisper):
    clips = parts[1].clips[:3]
    found = [data.recognize(whisper, clip, data.PROMPT) for clip in clips]
    assert all(text and -3 < score < 0 for text, score in found)
    assert found == [data.recognize(whisper, clip, data.PROMPT) for clip in clips]
    longer = np.pad(clips[2], (0, 4000))                                   # silence behind it, inside the same window
    assert data.recognize(whisper, longer, data.PROMPT)[0] == found[2][0]


def test_table_of_transcripts(parts, whisper):
    table = data.transcripts()
    assert table.columns.tolist() == ["part", "number", "decibels", "prompted", "text", "score"]
    sizes = table.groupby(["part", "decibels", "prompted"]).size().to_dict()
    assert sizes == {("test", math.inf, 0): 200, **{(part, decibels, 1): data.SIZES[part]
                                                    for part in data.SIZES for decibels in data.LOUDNESS}}
    assert not table.duplicated(["part", "number", "decibels", "prompted"]).any()
    found = data._transcribe("test", data.Appointments(*(column[:6] for column in parts[1])), 15, True, whisper)
    stored = table[(table.part == "test") & (table.decibels == 15)].sort_values("number").text[:6]
    assert sum(row[4] == text for row, text in zip(found, stored)) >= 4
