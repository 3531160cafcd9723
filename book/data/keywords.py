"""Spoken single words for keyword spotting, and running speech without any of the keywords, by synthetic voices."""

import random
import re
from collections import Counter
from typing import NamedTuple

import numpy as np
import torch

from book.data import speech
from book.data.wikipedia import wikipedia
from book.settings import settings

RECIPE = "keywords-1"
KEYWORDS = ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go", "computer")

# Other words, a list of its own for each part. Some are close to a keyword on purpose; none sounds the same as one.
OTHERS = {
    "train": """bed bird cat happy house tree one two three four five six seven eight nine zero table water music window
                kitchen garden open close play hello bottle paper river stone yellow orange letter forward learn light
                flow gown top cup soft gold guess lift commute shot ship stuff step slow so toe doubt den young nose not
                note yet chess best lest lost rice ride night fight an in own of or all pup cut us half loft cough cot
                stock stand goat grow coal compete confuse compare""".split(),  # noqa: SIM905
    "valid": "chair summer bread pencil winter coat dust radio ocean market nut pop laughed compute spot most".split(),  # noqa: SIM905, E501
    "test": """village number cloud finger silver ticket lamp road engine basket today sugar shadow marble simple coffee
               fish lesson shop low town theft bright snow""".split(),  # noqa: SIM905
}
CLIPS = {"train": (2, 48), "valid": (3, 20), "test": (3, 24)}  # of each voice: clips of each keyword, of other words
NEAR = ("shop", "low", "town", "theft", "bright", "snow")  # those of the test that are close to a keyword
FREQUENT = 32  # of the other words of each training voice, those that are drawn from frequent words of Wikipedia
MINUTES = {"train": 24, "valid": 30, "test": 45}  # of running speech, about
NEVER_SAID = {*KEYWORDS, "know", "knows", "write", "rite", "wright", "computers", "ups", "downs", "stops", "rights"}
BREATHY = ("Alicia", "f2", "f3", "f5", "sandro", "victor")  # their breath comes out different each time: not used
QUIET = 300  # of 32,767: what is below at either end of a clip is cut away


class Track(NamedTuple):
    """Sentences one after another.

    samples: (time,) int16;   starts: (sentences,) where each begins;   texts, voices: what was said, who said it
    """

    samples: torch.Tensor
    starts: torch.Tensor
    texts: list
    voices: list


def spoken_keywords():
    """Return (train, valid, test), each a `book.data.speech.Speech` of single words: KEYWORDS, OTHERS and, in train,
    frequent words of Wikipedia.

    8,000 samples a second. A clip begins and ends with its word and lasts a second at most, save for a few long words
    in train. No voice, nor a close relative of one, stands in two parts, and each part has other words of its own.
    Every voice speaks in three accents; each clip has a speed and a pitch of its own.

    eSpeak NG (GPL, run as a program) speaks them on first use, which takes some seconds; the clips are kept in the
    cache. Voices that breathe, and so sound a little different each time, are left out.
    """
    parts = []
    for part in CLIPS:
        plan = _words(part)
        clips = [_trim(clip) for clip in _clips(f"{RECIPE}-words-{part}", plan)]
        parts.append(speech.Speech(*speech._pad(clips), *_told(plan)))
    return tuple(parts)


def running_speech():
    """Return (train, valid, test), each a `Track`: sentences of Wikipedia, read by the voices of that part.

    8,000 samples a second; 24, 30 and 45 minutes, about. No sentence contains a keyword as a word, nor a word that
    sounds the same as one, so whoever hears a keyword in it is wrong. Parts of words are another matter: "upon" begins
    like "up". Text: Wikipedia, CC BY-SA 4.0, see `book.data.wikipedia`; the articles of one part stay in that part.

    eSpeak NG speaks them on first use, which takes about half a minute; the tracks are kept in the cache.
    """
    parts = []
    for part, articles in zip(CLIPS, wikipedia()):
        plan = _sentences(part, articles)
        clips = _clips(f"{RECIPE}-running-{part}", plan)
        starts = torch.tensor(np.cumsum([0] + [len(clip) for clip in clips[:-1]]))
        parts.append(Track(torch.from_numpy(np.concatenate(clips)), starts, *_told(plan)))
    return tuple(parts)


def _clips(name, plan):
    """Return the clips of a plan, (time,) int16 each, from the cache or newly spoken."""
    path = settings().cache / f"{name}.npz"
    return speech._load(path, plan) or speech._make(path, plan)


def _told(plan):
    return [row["text"] for row in plan], [row["voice"] for row in plan]


def _voices(part):
    """Return the names of the voices of a part, always in the same order."""
    return [voice for voice in speech._voices()[part] if voice not in BREATHY]


def _words(part):
    """Return the single words to be spoken, the same list on every machine."""
    rng, plan = random.Random(f"words {part}"), []
    each, others = CLIPS[part]
    frequent = _frequent_words()
    for number, voice in enumerate(_voices(part)):
        texts = [word for word in KEYWORDS for _ in range(each)]
        if part == "train":
            texts += rng.sample(OTHERS[part], others - FREQUENT) + rng.sample(frequent, FREQUENT)
        else:
            texts += rng.sample(OTHERS[part] * 2, others)
        for k, text in enumerate(texts):
            accent = speech.ACCENTS[(number + k) % len(speech.ACCENTS)]
            plan.append({"voice": f"{accent}+{voice}", "text": text,
                         "speed": rng.randint(150, 200), "pitch": rng.randint(30, 70)})
    return plan


def _frequent_words():
    """Return 2,500 frequent words of the training articles that are no keyword and in no list of the other parts."""
    kept_away = {*NEVER_SAID, *OTHERS["valid"], *OTHERS["test"]}
    counts = Counter(re.findall(r"\b[a-z]{3,9}\b", " ".join(wikipedia()[0])))
    return [word for word, _ in counts.most_common(3000) if word not in kept_away][:2500]


def _sentences(part, articles):
    """Return the sentences to be read, the same list on every machine."""
    rng = random.Random(f"sentences {part}")
    found = [line for article in articles for line in re.split(r"(?<=[.?!])\s+", article) if _fit(line)]
    rng.shuffle(found)
    voices, plan, letters = _voices(part), [], 0
    for number, text in enumerate(found):
        if letters > MINUTES[part] * 60 * 17:  # a voice reads about 17 letters a second
            break
        letters += len(text)
        accent = speech.ACCENTS[number // len(voices) % len(speech.ACCENTS)]
        plan.append({"voice": f"{accent}+{voices[number % len(voices)]}", "text": text,
                     "speed": rng.randint(140, 185), "pitch": rng.randint(30, 70)})
    return plan


def _fit(line):
    """Tell whether a line is a plain sentence without keywords."""
    return bool(re.fullmatch(r"[A-Z][a-zA-Z,;' -]{39,159}\.", line)) and not set(
        re.findall(r"[a-z]+", line.lower())) & NEVER_SAID


def _trim(clip):
    """Return a clip without the silence at its ends."""
    loud = np.flatnonzero(np.abs(clip.astype(np.int32)) > QUIET)
    return clip[loud[0] : loud[-1] + 1] if len(loud) else clip[:1]
