"""Sounds that the reader can play in the page."""

import base64
import html
from io import BytesIO

import numpy as np
from IPython.display import HTML, display

from book.errors import BookError


def to_mp3(samples, rate, bits_a_second=24_000):
    """Return sound as the bytes of an MP3 file, which every browser plays.

    samples: (time,) int16, or floats from -1 to 1;   rate: how many a second: 8,000, 16,000 or another of MP3's
    """
    import av

    samples = np.asarray(samples)
    if samples.ndim != 1 or samples.size == 0:
        raise BookError(f"A sound is one row of samples, not an array of shape {samples.shape}.")
    if samples.dtype != np.int16:
        samples = (samples.clip(-1, 1) * 32767).astype(np.int16)
    packed = BytesIO()
    with av.open(packed, "w", format="mp3") as file:
        stream = file.add_stream("libmp3lame", rate=rate, layout="mono", bit_rate=bits_a_second)
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(format="s16p", layout="mono", rate=rate, frame_size=stream.frame_size or 576)
        for part in [*resampler.resample(frame), *resampler.resample(None), None]:
            for packet in stream.encode(part):
                file.mux(packet)
    return packed.getvalue()


def play(*sounds, rate):
    """Show players, each with what is heard beside it.

    sounds: (samples, text) pairs;   samples as in `to_mp3`
    """
    rows = "".join(
        f'<p class="book-sound"><audio controls preload="none" aria-label="{html.escape(text)}" '
        f'src="data:audio/mpeg;base64,{base64.b64encode(to_mp3(samples, rate)).decode()}"></audio><br>'
        f"{html.escape(text)}</p>" for samples, text in sounds)
    display(HTML(rows))
