"""Sounds in the page: what is packed is what was given, and the page stays well formed."""

import base64
import io
import re

import av
import numpy as np
import pytest

from book import BookError, sound

RATE = 16_000
TIME = np.arange(RATE) / RATE
TONE = 0.5 * np.sin(2 * np.pi * 440 * TIME) * np.sin(np.pi * TIME)


def unpack(packed):
    """Return (samples from -1 to 1, samples a second) of an MP3 file."""
    with av.open(io.BytesIO(packed)) as file:
        rate = file.streams.audio[0].rate
        return np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)]), rate


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050])
@pytest.mark.parametrize("count", [1_234, 16_000, 12_345])
def test_what_is_heard_is_what_was_packed(rate, count):
    given = TONE[:count]
    heard, heard_rate = unpack(sound.to_mp3(given, rate))
    assert heard_rate == rate
    assert heard.shape == given.shape
    assert np.square(heard - given).mean() < 0.01 * np.square(given).mean()


def test_whole_numbers_and_fractions_sound_alike():
    whole = (TONE * 32767).astype(np.int16)
    assert sound.to_mp3(whole, RATE) == sound.to_mp3(TONE, RATE)


def test_what_is_too_loud_is_cut_and_does_not_turn_over():
    heard, _ = unpack(sound.to_mp3(4 * TONE, RATE))
    assert np.corrcoef(heard, (4 * TONE).clip(-1, 1))[0, 1] > 0.98


def test_a_second_takes_few_bytes():
    assert len(sound.to_mp3(TONE, RATE)) < 24_000 / 8 + 1_000
    assert len(sound.to_mp3(TONE, RATE, bits_a_second=48_000)) > 48_000 / 8 - 1_000


@pytest.mark.parametrize("samples", [np.zeros((2, 100)), np.zeros(0), np.float64(0.5)])
def test_what_is_no_sound_is_refused(samples):
    with pytest.raises(BookError, match="one row of samples, not an array of shape"):
        sound.to_mp3(samples, RATE)


@pytest.fixture
def shown(monkeypatch):
    """Return a function that plays sounds and returns what is put into the page."""
    def play(*sounds):
        pages = []
        monkeypatch.setattr(sound, "display", pages.append)
        sound.play(*sounds, rate=RATE)
        (page,) = pages
        return page.data

    return play


def test_each_sound_has_a_player_with_a_name(shown):
    page = shown((TONE, "said: one"), (0.5 * TONE, "said: two"))
    assert re.findall(r'<audio controls preload="none" aria-label="([^"]*)"', page) == ["said: one", "said: two"]
    assert re.findall(r"<br>([^<]*)</p>", page) == ["said: one", "said: two"]
    packed = re.findall(r'src="data:audio/mpeg;base64,([^"]+)"', page)
    assert [base64.b64decode(one) for one in packed] == [sound.to_mp3(TONE, RATE), sound.to_mp3(0.5 * TONE, RATE)]


def test_texts_cannot_break_out_of_the_page(shown):
    page = shown((TONE, '"><script>alert("&amp;")</script>'))
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(&quot;&amp;amp;&quot;)&lt;/script&gt;") == 2
    assert page.count(">") == page.count("<") == 5  # a paragraph, a player, a line break
