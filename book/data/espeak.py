"""A program that lets eSpeak NG speak; `book.data.speech` starts it in a process of its own.

Usage: python -m book.data.espeak ANSWER, with a JSON list of {"text", "voice", "speed", "pitch"} on stdin.
ANSWER becomes a .npz with `samples` (all clips one after another, int16), `lengths` and `rate`.
"""

import ctypes
import json
import sys

import espeakng_loader
import numpy as np

SYNCHRONOUS, UTF8, SPEED, PITCH = 2, 1, 1, 3          # constants of the library's header, speak_lib.h
Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def speak(requests):
    """Return ([samples of each request as int16], samples a second)."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    if rate <= 0:
        sys.exit("eSpeak NG did not start")
    parts, clips = [], []

    @Heard
    def heard(wave, count, events):
        if count > 0 and wave:
            parts.append(np.ctypeslib.as_array(wave, (count,)).copy())
        return 0

    library.espeak_SetSynthCallback(heard)
    for request in requests:
        parts.clear()
        if library.espeak_SetVoiceByName(request["voice"].encode()) != 0:
            sys.exit(f"eSpeak NG has no voice {request['voice']}")
        library.espeak_SetParameter(SPEED, int(request["speed"]), 0)
        library.espeak_SetParameter(PITCH, int(request["pitch"]), 0)
        text = request["text"].encode()
        library.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, 1, 0, UTF8, None, None)
        library.espeak_Synchronize()
        clips.append(np.concatenate(parts) if parts else np.zeros(1, np.int16))
    return clips, rate


if __name__ == "__main__":
    clips, rate = speak(json.loads(sys.stdin.read()))
    with open(sys.argv[1], "wb") as file:
        np.savez(file, samples=np.concatenate(clips), lengths=[len(clip) for clip in clips], rate=rate)
