"""Spoken dates, times, amounts and spans: what is said and how it is written, said by voices and heard by Whisper."""

import csv
import math
import random
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from ctranslate2 import StorageView

from book.data import speech
from book.data.voices import spoken_by
from book.data.wording import wordings
from book.files import complete_or_absent
from book.settings import settings

RECIPE = "appointments-1"
RATE = 16_000  # samples a second, as Whisper wants them
KINDS = {"date and time": 0.35, "date": 0.2, "time": 0.15, "amount": 0.125, "money": 0.075, "span": 0.1}
SIZES = {"valid": 120, "test": 200}

SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
           seventeen eighteen nineteen""".split()  # noqa: SIM905
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
            "twelve": "twelfth", "twenty": "twentieth"}


TRANSCRIPTS = Path(__file__).with_name("appointments.csv")
LOUDNESS = (math.inf, 15, 5)  # signal-to-noise ratios in decibels
PROMPT = ("Dates, times and amounts: Tuesday the 4th of July, 2023, at half past nine in the evening. "
          "15 Japanese yen. In six days.")  # none of its phrases is spoken in the data

# Of thirty voices those that Whisper understood best, on twelve phrases of the validation part.
VOICES = {"valid": ("en-us+robert", "en-us+max", "en-us+m3", "en-gb-x-rp+robert"),
          "test": ("en-us+adam", "en-us+steph", "en-us+klatt4", "en-us+m8", "en-us+m7", "en-gb-x-rp+m8")}


class Appointments(NamedTuple):
    """Spoken phrases.

    clips:   a list of (time,) float32 from -1 to 1, 16,000 samples a second
    said:    the words that were spoken, such as "Monday the third of May, twenty twenty-five at half past two in the
             afternoon"
    written: {"en", "fr", "zh"}, how CLDR words the same; in English "Monday, May 3, 2025, 2:30 PM"
    kinds:   "date and time", "date", "time", "amount", "money" or "span"
    voices:  who speaks
    """

    clips: list
    said: list
    written: list
    kinds: list
    voices: list


def appointments():
    """Return (valid, test), each an Appointments of spoken phrases: 120 and 200, in random order.

    Every phrase is of the combinations that `wordings` keeps back from training; years are those from 2020 to 2029.
    No phrase and no voice stands in both parts. People say a date, a time or a number in several ways; which one is
    drawn for each phrase.

    eSpeak NG (GPL, run as a program) speaks them on first use, which takes some seconds; the clips are kept in the
    cache.
    """
    taken, parts = set(), []
    for part in SIZES:
        plan = _plan(part, taken)
        taken |= {row["written"]["en"] for row in plan}
        clips = _clips(f"{RECIPE}-{part}", plan)
        parts.append(Appointments([clip.astype(np.float32) / 32768 for clip in clips],
                                  *([row[key] for row in plan] for key in ("text", "written", "kind", "voice"))))
    return tuple(parts)


def speak(texts, voice, speed=150, pitch=50):
    """Return texts as spoken by eSpeak NG: a list of (time,) int16, 16,000 samples a second.

    voice: its name in eSpeak NG, such as "en-us", "fr" or "cmn"
    """
    return _speak([{"text": text, "voice": voice, "speed": speed, "pitch": pitch} for text in texts])


# What is said


def number(n):
    """Return a whole number below 1,000 in words: 123 is "one hundred and twenty-three"."""
    if n < 20:
        return SMALL[n]
    if n < 100:
        return TENS[n // 10] + (f"-{SMALL[n % 10]}" if n % 10 else "")
    return f"{SMALL[n // 100]} hundred" + (f" and {number(n % 100)}" if n % 100 else "")


def ordinal(n):
    """Return a whole number below 100 as an ordinal in words: 21 is "twenty-first"."""
    front, dash, last = number(n).rpartition("-")
    return front + dash + ORDINALS.get(last, last + "th")


def say(written, draw):
    """Return one of the ways in which people say a phrase that CLDR writes in English.

    draw: a random.Random
    """
    if date := re.fullmatch(r"(?:(\w+day), )?([A-Z]\w+) (\d+), (\d{4})(?:, (.+))?", written):
        weekday, month, day, year, time = date.groups()
        day, year = ordinal(int(day)), _year(int(year))
        text = f"{month} {day}, {year}" if draw.random() < 0.5 else f"the {day} of {month}, {year}"
        if weekday:
            text = f"{weekday}, {text}" if text.startswith(month) else f"{weekday} {text}"
        return text + (f", at {say(time, draw)}" if time else "")
    if time := re.fullmatch(r"(\d+):(\d\d) ([AP])M", written):
        return _time(int(time[1]), int(time[2]), time[3], draw)
    if span := re.fullmatch(r"in (\d+) (\w+)", written):
        text = f"{number(int(span[1]))} {span[2]}"
        return f"in {text}" if draw.random() < 0.7 else f"{text} from now"
    count, rest = written.split(" ", 1)
    return _amount(count, rest, draw)


def _year(year):
    """Return a year from 1990 to 2039 in words."""
    if 2000 <= year < 2010:
        return "two thousand" + (f" and {number(year % 10)}" if year % 10 else "")
    return f"{number(year // 100)} {number(year % 100)}"


def _time(hour, minute, half, draw):
    """Return a time of the clock in words. half: "A" before noon, "P" after"""
    if hour == 12 and minute == 0:
        return "noon" if half == "P" else "midnight"
    if draw.random() < 0.5:
        minutes = "" if minute == 0 else f" oh {number(minute)}" if minute < 10 else f" {number(minute)}"
        return f"{number(hour)}{minutes} {half} M"
    late = hour == 12 if half == "A" else 9 <= hour < 12
    part = "at night" if late else "in the morning" if half == "A" else (
        "in the afternoon" if hour == 12 or hour < 6 else "in the evening")
    named = {15: "quarter", 30: "half"}
    if minute == 0:
        return f"{number(hour)} o'clock {part}"
    if minute <= 30:
        return f"{named.get(minute, number(minute))} past {number(hour)} {part}"
    return f"{named.get(60 - minute, number(60 - minute))} to {number(hour % 12 + 1)} {part}"


def _amount(count, rest, draw):
    """Return a number and what is counted in words. count: such as "2.5" """
    whole, _, part = count.partition(".")
    if not part:
        return f"{number(int(whole))} {rest}"
    if draw.random() < 0.5:
        return f"{number(int(whole))} point {number(int(part))} {rest}"
    if whole == "0":
        one = re.sub(r"s\b", "", rest, count=1)
        return f"half {'an' if one.startswith('hour') else 'a'} {one}"
    return f"{number(int(whole))} and a half {rest}"


# Which phrases, and by whom


def kind(written):
    """Return of which kind an English phrase of CLDR is."""
    dated, timed = re.search(r"\d, \d{4}", written), re.search(r"[AP]M$", written)
    if dated or timed:
        return "date and time" if dated and timed else "date" if dated else "time"
    if re.search(r"^in | ago$", written):
        return "span"
    return "money" if re.search(r"dollar|euro|pound|yen|yuan|franc|rupee", written) else "amount"


def _plan(part, taken):
    """Return the phrases to be spoken, the same list on every machine. taken: English phrases that must not occur"""
    draw, counts, plan = random.Random(f"appointments {part}"), dict.fromkeys(KINDS, 0), []
    met = set(taken)
    for phrase in wordings(40 * SIZES[part], seed=f"appointments {part}", unseen=True):
        text, name = phrase["en"], kind(phrase["en"])
        year = re.search(r"\d, (\d{4})", text)
        if " and " in text or text in met or counts[name] >= round(KINDS[name] * SIZES[part]) or (
                year and not 2020 <= int(year[1]) < 2030):
            continue
        met.add(text)
        counts[name] += 1
        plan.append({"text": say(text, draw), "written": phrase, "kind": name})
    draw.shuffle(plan)
    for i, row in enumerate(plan):
        row.update(voice=VOICES[part][i % len(VOICES[part])], speed=draw.randint(120, 145), pitch=draw.randint(40, 60))
    return plan


def _clips(name, plan):
    """Return the clips of a plan, (time,) int16 each, from the cache or newly spoken."""
    path = settings().cache / f"{name}.npz"
    clips = speech._load(path, plan)
    if clips is None:
        clips = _speak(plan)
        lengths, samples = np.array([len(clip) for clip in clips]), np.concatenate(clips)
        with complete_or_absent(path) as part, open(part, "wb") as file:
            np.savez(file, samples=samples, lengths=lengths, digest=speech._digest(samples, lengths, plan))
    return clips


def _speak(plan):
    """Let eSpeak NG speak a list of {"text", "voice", "speed", "pitch"}, and return clips as (time,) int16."""
    from scipy.signal import resample_poly

    answer = spoken_by("book.data.espeak", plan)
    rate, clips = int(answer["rate"]), np.split(answer["samples"], np.cumsum(answer["lengths"])[:-1])
    return [resample_poly(clip.astype(np.float32), RATE, rate).round().clip(-32768, 32767).astype(np.int16)
            for clip in clips]


# What a recognizer makes of it


def noisy(clip, decibels, which):
    """Add pink noise: a clip has so many decibels more power than it.

    clip: (time,) from -1 to 1;   which: the number of the noise, the same sound each time
    """
    hertz = np.fft.rfftfreq(len(clip), 1 / RATE).clip(min=50)
    hiss = np.fft.irfft(np.fft.rfft(np.random.default_rng(which).normal(size=len(clip))) / hertz**0.5, len(clip))
    loudness = (clip**2).mean() / (hiss**2).mean() / 10 ** (decibels / 10)
    return (clip + loudness**0.5 * hiss).astype(np.float32)


def recognize(whisper, clip, prompt=""):
    """Return what Whisper writes, token by token the likeliest, and the mean log-probability of the tokens.

    whisper: a faster_whisper.WhisperModel;   clip: (time,);   prompt: a text that is said to have come before

    The window is nine seconds long, or as long as the clip, instead of Whisper's usual thirty: a clip then takes a
    fifth of a second. `whisper.transcribe` cuts and fills its windows in another way and may write a clip differently.
    """
    token, encode = whisper.hf_tokenizer.token_to_id, whisper.hf_tokenizer.encode
    begin = [token("<|startoftranscript|>"), token("<|notimestamps|>")]
    if prompt:
        begin = [token("<|startofprev|>"), *encode(f" {prompt}", add_special_tokens=False).ids, *begin]
    padded = np.pad(clip, (0, max(0, 9 * RATE - len(clip))))
    picture = StorageView.from_array(whisper.feature_extractor(padded, padding=0)[None])
    found = whisper.model.generate(picture, [begin], beam_size=1, max_length=len(begin) + 60, return_scores=True)[0]
    return whisper.hf_tokenizer.decode(found.sequences_ids[0]).strip(), found.scores[0]


def transcripts():
    """Return what Whisper tiny.en wrote for every clip of `appointments`, a table with a row for each.

    Columns: part, number (of the clip), decibels (of the speech over pink noise; inf for none), prompted (whether
    PROMPT came before), text, score (mean log-probability of a token). The noise of a clip is the one that `noisy`
    makes with its number, plus 1,000 in the test part. Made once, in about five minutes, by

        python -m book.data.appointments

    and shipped with the course. Another machine may hear a few clips differently.
    """
    return pd.read_csv(TRANSCRIPTS, keep_default_na=False, dtype={"text": str})


def _transcribe(part, phrases, decibels, prompted, whisper):
    """Return rows of the table of transcripts."""
    rows = []
    for number, clip in enumerate(phrases.clips):
        heard = noisy(clip, decibels, number + 1000 * (part == "test"))
        text, score = recognize(whisper, heard, PROMPT if prompted else "")
        rows.append([part, number, decibels, int(prompted), text, f"{score:.4f}"])
    return rows


def main():
    from faster_whisper import WhisperModel

    whisper = WhisperModel(str(speech.whisper_tiny()), device="cpu", compute_type="float32", local_files_only=True)
    wanted = [(part, phrases, decibels, True) for part, phrases in zip(SIZES, appointments()) for decibels in LOUDNESS]
    rows = [["part", "number", "decibels", "prompted", "text", "score"]]
    for part, phrases, decibels, prompted in [*wanted, ("test", appointments()[1], math.inf, False)]:
        rows += _transcribe(part, phrases, decibels, prompted, whisper)
    with complete_or_absent(TRANSCRIPTS) as place, open(place, "w", newline="", encoding="utf8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
