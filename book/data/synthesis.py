"""Sentences spoken by one voice of eSpeak NG, with the moment at which every phoneme begins.

As a program, in a process of its own: python -m book.data.synthesis ANSWER, with a JSON list of {"text", "speed",
"pitch"} on stdin. ANSWER becomes a .npz with `samples` (all clips one after another, int16), `lengths`, `rate`,
`names` (all phonemes one after another), `starts` (samples from the beginning of the clip) and `counts` (of phonemes
in each clip).
"""

import ctypes
import hashlib
import json
import random
import re
import sys
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import torch

from book.data.voices import spoken_by
from book.data.wikipedia import wikipedia
from book.errors import BookError
from book.files import complete_or_absent
from book.settings import settings

RECIPE = "synthesis-1"
RATE, STEP = 16_000, 320  # samples a second; every clip is a multiple of 320 samples, 20 ms, long
VOICE, SPEED, PITCH = "en-us+Michael", 145, 50
SILENCE = "_"  # the name of every pause, and of the few sounds that the library does not name
COUNTS = {"train": 400, "valid": 25, "test": 30}  # sentences
MARGIN = 0.05  # seconds of silence added in front of a sentence and behind it
LETTERS = range(24, 61)  # of a training sentence

# Words of valid and test, which occur in no sentence of train. Of verbs that take an object: presence and past.
WORDS = {
    "valid": {
        "noun": "teacher pencil chicken village ticket elbow camera onion mountain sailor curtain napkin tiger barrel "
                "needle banker",
        "kind": "lazy silver bitter narrow cheerful broken empty funny",
        "act": "pull/pulled steal/stole lift/lifted clean/cleaned hide/hid drop/dropped guard/guarded smell/smelled",
        "rest": "sang smiled shivered stumbled yawned arrived"},
    "test": {
        "noun": "garden doctor window bottle hammer monkey pocket basket candle spoon blanket kitchen farmer shovel "
                "ladder button rabbit pillow jacket finger sandwich bicycle pumpkin lemon whistle mirror carpet dragon "
                "piano uncle",
        "kind": "yellow heavy gentle honest purple sleepy dusty golden hungry noisy clever wooden",
        "act": "push/pushed follow/followed paint/painted watch/watched carry/carried kick/kicked borrow/borrowed "
               "wash/washed forget/forgot catch/caught shake/shook bake/baked",
        "rest": "danced waited jumped slept shouted laughed vanished whispered sneezed climbed"}}
PATTERNS = ("The {noun} {rest} {where} the {kind} {noun}.", "The {kind} {noun} {past} the {noun}.",
            "Never {act} the {noun} and the {noun}.", "When did the {noun} {act} the {kind} {noun}?",
            "The {noun} {past} the {noun} that {rest}.")
WHERE = "under behind across through beside".split()  # noqa: SIM905


class Spoken(NamedTuple):
    """Sentences by one voice. Each field is a list with one entry for each sentence.

    texts:    what was said;   pitches: eSpeak NG's setting, from 0 to 99
    samples:  (time,) float32 from -1 to 1, 16,000 a second
    phonemes: names in the phonetic alphabet, with the stress mark before a stressed vowel, and "_" for a pause,
              or inside a sentence for a short sound to which eSpeak NG gives no name, such as between two vowels
    seconds:  (phonemes,) float64, how long each lasts; they add up to the whole clip, a multiple of 20 ms
    """

    texts: list
    pitches: list
    samples: list
    phonemes: list
    seconds: list


def spoken_sentences():
    """Return (train, valid, test), each a Spoken: 400, 25 and 30 sentences by eSpeak NG's American voice.

    Those of train are short sentences of Wikipedia (CC BY-SA 4.0), each with a pitch of its own. Those of valid and
    test are grammatical and make no sense, such as "The yellow spoon followed the doctor", in the manner of Benoît and
    others (1996): who misses a word cannot guess it. None of their nouns, verbs and adjectives occurs in train, and
    the two share none.

    eSpeak NG (GPL, run as a program) speaks them on first use, which takes some seconds; they are kept in the cache.
    """
    plans = _plans()
    path = settings().cache / f"{RECIPE}.npz"
    digest = hashlib.sha256(json.dumps([VOICE, plans]).encode()).hexdigest()
    every = [row for plan in plans.values() for row in plan]
    answer = _load(path, digest)
    if answer is None:
        answer = _ask(every)
        with complete_or_absent(path) as part, open(part, "wb") as file:
            np.savez(file, **answer, digest=digest)
    spoken, parts = _unpack(every, answer), []
    for plan in plans.values():
        parts.append(Spoken(*(field[: len(plan)] for field in spoken)))
        spoken = Spoken(*(field[len(plan) :] for field in spoken))
    return tuple(parts)


def speak(texts, speed=SPEED, pitch=PITCH):
    """Let the same voice say some texts now. Return them as a Spoken.

    speed: about as many words a minute;   pitch: from 0 to 99
    """
    rows = [{"text": text, "speed": speed, "pitch": pitch} for text in texts]
    return _unpack(rows, _ask(rows))


def _plans():
    """Return {part: what is to be said, a list of {"text", "speed", "pitch"}}, the same on every machine."""
    plans, kept_away = {}, {word for part in WORDS for word in _words(part)}
    rng = random.Random("sentences to learn from")
    lines = [line for article in wikipedia()[0] for line in re.split(r"(?<=[.?!])\s+", article)
             if len(line) in LETTERS and re.fullmatch(r"[A-Z][a-z,' -]+\.", line)
             and not kept_away & set(re.findall(r"[a-z]+", line.lower()))]
    plans["train"] = [{"text": text, "speed": SPEED, "pitch": rng.randint(30, 70)}
                      for text in rng.sample(sorted(set(lines)), COUNTS["train"])]
    for part in WORDS:
        rng, texts = random.Random(f"sentences to {part}"), []
        for number in range(COUNTS[part]):
            texts.append(_nonsense(rng, part, PATTERNS[number % len(PATTERNS)]))
        plans[part] = [{"text": text, "speed": SPEED, "pitch": PITCH} for text in texts]
    return plans


def _words(part):
    """Return all words of the lists of a part, in all forms."""
    return re.findall(r"[a-z]+", " ".join(WORDS[part].values()))


def _nonsense(rng, part, pattern):
    """Fill a pattern with words of a part, none of them twice."""
    chosen = {}

    def draw(found):
        kind = found[1]
        if kind == "where":
            return rng.choice(WHERE)
        left = [word for word in WORDS[part]["act" if kind == "past" else kind].split() if word not in chosen]
        word = rng.choice(left)
        chosen[word] = True
        return word.split("/")[kind == "past"] if "/" in word else word

    return re.sub(r"{(\w+)}", draw, pattern)


def _ask(rows):
    """Let eSpeak NG speak in a process of its own; return the arrays of its answer."""
    return spoken_by("book.data.synthesis", rows)


def _load(path, digest):
    """Return the answer in the cache, or None where there is none, or one that is damaged or to another plan."""
    try:
        with np.load(path) as found:
            answer = dict(found)
        return answer if str(answer.pop("digest")) == digest else None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def _unpack(rows, answer):
    """Turn the arrays of an answer into a Spoken: other samples a second, silence around, times in seconds."""
    from scipy.signal import resample_poly

    rate = int(answer["rate"])
    last = np.cumsum(answer["counts"])[:-1]
    spoken = Spoken([row["text"] for row in rows], [row["pitch"] for row in rows], [], [], [])
    for clip, names, starts in zip(np.split(answer["samples"], np.cumsum(answer["lengths"])[:-1]),
                                   np.split(answer["names"], last), np.split(answer["starts"], last)):
        clip = np.pad(clip.astype(np.float32) / 32768, round(MARGIN * rate))
        samples = resample_poly(clip, RATE, rate).astype(np.float32)
        spoken.samples.append(torch.from_numpy(np.pad(samples, (0, -len(samples) % STEP))))
        phonemes, firsts = _in_a_row(names, starts + round(MARGIN * rate))
        spoken.phonemes.append(phonemes)
        ends = np.append(firsts[1:], len(spoken.samples[-1]) / RATE * rate)
        spoken.seconds.append(torch.from_numpy((ends - firsts) / rate))
    return spoken


def _in_a_row(names, starts):
    """Return (names, first samples) with silence in front and behind, and pauses in a row made one."""
    phonemes, firsts = [SILENCE], [0]
    for name, start, after in zip(names, starts, [*starts[1:], None]):
        name = str(name) or SILENCE
        if start != after and not name == phonemes[-1] == SILENCE:
            phonemes.append(name)
            firsts.append(int(start))
    if phonemes[-1] != SILENCE:
        raise BookError("eSpeak NG ended without a pause; install the version that requirements.txt names.")
    return phonemes, firsts


# What runs in the other process

SYNCHRONOUS, PHONEME_EVENTS, IPA, UTF8, SPEED_SETTING, PITCH_SETTING = 2, 1, 2, 1, 1, 3  # from the header speak_lib.h
NO_EVENT, PHONEME = 0, 7


class Event(ctypes.Structure):
    """What the library tells while it speaks; `name` is that of a phoneme where the type is PHONEME."""

    _fields_ = [("type", ctypes.c_int), ("identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
                ("length", ctypes.c_int), ("milliseconds", ctypes.c_int), ("sample", ctypes.c_int),
                ("user_data", ctypes.c_void_p), ("name", ctypes.c_char * 8)]


Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


def _speak(rows):
    """Return (samples of each row as int16, [(first sample, name), ...] of each row, samples a second)."""
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), PHONEME_EVENTS | IPA)
    if rate <= 0:
        sys.exit("eSpeak NG did not start")
    parts, events, clips, phonemes = [], [], [], []

    @Heard
    def heard(wave, count, told):
        if count > 0 and wave:
            parts.append(np.ctypeslib.as_array(wave, (count,)).copy())
        for event in told:
            if event.type == NO_EVENT:
                break
            if event.type == PHONEME:
                events.append((event.sample, event.name.decode("utf8", "replace")))
        return 0

    library.espeak_SetSynthCallback(heard)
    if library.espeak_SetVoiceByName(VOICE.encode()) != 0:
        sys.exit(f"eSpeak NG has no voice {VOICE}")
    for row in rows:
        parts.clear()
        events.clear()
        library.espeak_SetParameter(SPEED_SETTING, int(row["speed"]), 0)
        library.espeak_SetParameter(PITCH_SETTING, int(row["pitch"]), 0)
        text = row["text"].encode()
        library.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, 1, 0, UTF8, None, None)
        library.espeak_Synchronize()
        clips.append(np.concatenate(parts) if parts else np.zeros(1, np.int16))
        phonemes.append(list(events))
    return clips, phonemes, rate


def _main(path):
    clips, phonemes, rate = _speak(json.loads(sys.stdin.read()))
    with open(path, "wb") as file:
        np.savez(file, samples=np.concatenate(clips), lengths=[len(clip) for clip in clips], rate=rate,
                 names=[name for told in phonemes for _, name in told], counts=[len(told) for told in phonemes],
                 starts=[first for told in phonemes for first, _ in told])


if __name__ == "__main__":
    _main(sys.argv[1])
