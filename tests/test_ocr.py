"""The text recognizer: its shapes, its alphabet, and a line that it reads."""

import numpy as np
import onnxruntime
import pytest
from PIL import Image, ImageDraw, ImageFont

from book.data.ocr import characters, recognizer


@pytest.fixture(scope="module")
def session():
    return onnxruntime.InferenceSession(recognizer(), providers=["CPUExecutionProvider"])


def probabilities(session, width, text=""):
    """Draw a text in black on white and return what the network says of it, (stretches, symbols)."""
    page = Image.new("L", (width, 48), 255)
    ImageDraw.Draw(page).text((8, 8), text, font=ImageFont.load_default(28), fill=0)
    x = np.asarray(page, dtype=np.float32) / 127.5 - 1
    return session.run(None, {"x": np.repeat(x[None, None], 3, axis=1)})[0][0]


def test_alphabet_fits_the_scores(session):
    symbols = characters(session)
    assert len(symbols) == 6625
    assert (symbols[0], symbols[-1]) == ("", " ")
    assert set("abcxyzABCXYZ0123456789.,:()=>_") <= set(symbols)
    assert all(len(symbol) == 1 for symbol in symbols[1:])


@pytest.mark.parametrize("width", [64, 320, 500])
def test_scores_are_probabilities_of_stretches(session, width):
    scores = probabilities(session, width)
    assert scores.shape[1] == 6625
    assert abs(scores.shape[0] - width / 8) <= 1
    assert np.allclose(scores.sum(axis=1), 1, atol=1e-3)


def test_a_drawn_line_is_read(session):
    best = probabilities(session, 320, "a hundred cameras").argmax(axis=1)
    symbols = characters(session)
    kept = [now for before, now in zip([0, *best], best) if now != before]
    assert "".join(symbols[i] for i in kept).replace(" ", "") == "ahundredcameras"
