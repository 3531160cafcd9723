"""The emoji of lesson 7.4 are what their docstring says, and the features in the cache are those of the networks."""

import numpy as np
import pytest

from book.data import emoji_names as names


@pytest.fixture(scope="module")
def emoji():
    return names.emoji_names()


def test_every_emoji_has_a_picture_and_two_names(emoji):
    assert len(emoji.characters) == len(emoji.en) == len(emoji.zh) == len(set(emoji.characters)) == 1400
    assert emoji.x.shape == (1400, 3, 32, 32)
    assert emoji.x.dtype == np.uint8
    assert emoji.characters == sorted(emoji.characters)
    assert all(len(character) == 1 for character in emoji.characters)
    assert len(set(emoji.en)) == len(set(emoji.zh)) == 1400
    assert not any(mark in name for name in emoji.en + emoji.zh for mark in ":_")
    assert dict(zip(emoji.characters, emoji.en))["🍐"] == "pear"
    assert dict(zip(emoji.characters, emoji.zh))["🚀"] == "火箭"


def test_pictures_are_drawn_in_color_on_white(emoji):
    assert (emoji.x.min(axis=(1, 2, 3)) < 200).mean() > 0.99
    heart = emoji.x[emoji.characters.index("❤")].astype(float)
    assert heart[0].mean() > heart[2].mean() + 30
    assert (emoji.x[:, :, 0, 0] > 200).mean() > 0.9


def test_kept_features_are_those_of_the_networks(emoji):
    pictures, words = names.emoji_features()
    assert pictures.shape == (1400, 1280)
    assert words.shape == (1400, 384)
    some = [0, 500, 1399]
    fresh = names.picture_features([emoji.characters[i] for i in some])
    assert np.abs(fresh - pictures[some]).max() < 1e-3 * np.abs(fresh).max()
    assert np.abs(names.word_features([emoji.en[i] for i in some]) - words[some]).max() < 1e-4
