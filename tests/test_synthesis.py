"""Sentences and the times of their phonemes are what they are said to be; the words of the parts are kept apart."""

import re

import numpy as np
import pytest
import torch

from book import BookError
from book.data import synthesis


@pytest.fixture(scope="module")
def parts():
    return synthesis.spoken_sentences()


def said(part):
    return {word for text in part.texts for word in re.findall(r"[a-z]+", text.lower())}


def test_shapes(parts):
    for part, count in zip(parts, synthesis.COUNTS.values()):
        assert {len(field) for field in part} == {count}
        for samples, phonemes, seconds in zip(part.samples, part.phonemes, part.seconds):
            assert samples.dtype == torch.float32
            assert 0.1 < samples.abs().max() <= 1
            assert seconds.dtype == torch.float64
            assert len(seconds) == len(phonemes) > 8
            assert seconds.min() > 0
            assert seconds.sum().item() == pytest.approx(len(samples) / synthesis.RATE, abs=1e-9)
            assert len(samples) % synthesis.STEP == 0
            assert phonemes[0] == phonemes[-1] == synthesis.SILENCE
            assert all(phonemes)


def test_no_word_of_the_lists_occurs_in_two_parts(parts):
    lists = {part: set(synthesis._words(part)) for part in synthesis.WORDS}
    assert not lists["valid"] & lists["test"]
    for part, words in zip(parts[1:], lists.values()):
        assert not words & said(parts[0])
        assert len(words & said(part)) > 20
        assert said(part) - words <= said(parts[0]) | {"when", "did", "never", *synthesis.WHERE}
    assert not set(parts[1].texts) & set(parts[2].texts)
    for part in parts[1:]:
        assert len(set(part.texts)) == len(part.texts)


def test_every_phoneme_of_the_held_out_parts_was_met(parts):
    met = [{name for names in part.phonemes for name in names} for part in parts]
    assert met[1] | met[2] <= met[0]


def test_a_sentence_begins_and_ends_in_silence_and_a_vowel_is_loud(parts):
    quiet, loud = [], {name: [] for name in ("ˈoʊ", "ˈæ", "ˈɑː")}
    for samples, phonemes, seconds in zip(*parts[0][2:]):
        ends = (seconds.cumsum(0) * synthesis.RATE).round().long().tolist()
        for name, first, last in zip(phonemes, [0, *ends], ends):
            if name in loud and last > first:
                loud[name].append(samples[first:last].square().mean().sqrt().item())
        quiet += [samples[: ends[0]].abs().max().item(), samples[ends[-2] :].abs().max().item()]
    assert max(quiet) < 0.3 * min(np.median(values) for values in loud.values())


def test_a_sentence_said_again_is_the_same(parts):
    """To the last sample after the same sentences, and nearly so after others: the voice remembers a little."""
    again, once_more = (synthesis.speak(parts[2].texts[:2]) for _ in range(2))
    for i in range(2):
        assert again.phonemes[i] == once_more.phonemes[i] == parts[2].phonemes[i]
        assert torch.equal(again.samples[i], once_more.samples[i])
        assert torch.equal(again.seconds[i], once_more.seconds[i])
        assert torch.allclose(again.seconds[i], parts[2].seconds[i], atol=0.005, rtol=0)


def test_speed_and_pitch():
    text = ["The garden is a place of peace."]
    slow, fast, high = (synthesis.speak(text, speed=speed, pitch=pitch)
                        for speed, pitch in ((110, 50), (220, 50), (220, 90)))
    assert slow.phonemes == fast.phonemes == high.phonemes
    assert slow.seconds[0].sum() > 1.4 * fast.seconds[0].sum()
    assert high.seconds[0].sum().item() == pytest.approx(fast.seconds[0].sum().item(), abs=0.1)
    crossings = [(part.samples[0].diff().sign().diff() != 0).sum().item() for part in (fast, high)]
    assert crossings[0] != crossings[1]


def test_the_cache_is_used_and_mended(parts, tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path))
    asked = []
    few = {part: plan[:2] for part, plan in synthesis._plans().items()}
    monkeypatch.setattr(synthesis, "_plans", lambda: few)
    real = synthesis._ask
    monkeypatch.setattr(synthesis, "_ask", lambda rows: asked.append(len(rows)) or real(rows))
    first = synthesis.spoken_sentences()
    again = synthesis.spoken_sentences()
    assert asked == [6]
    assert [path.name for path in tmp_path.glob("*.npz")] == [f"{synthesis.RECIPE}.npz"]
    for one, other, whole in zip(first, again, parts):
        assert one.texts == other.texts == whole.texts[:2]
        assert all(torch.equal(a, b) for a, b in zip(one.samples, other.samples))
    (tmp_path / f"{synthesis.RECIPE}.npz").write_bytes(b"no archive")
    synthesis.spoken_sentences()
    assert asked == [6, 6]


def test_a_voice_that_fails_says_so(monkeypatch):
    monkeypatch.setattr(synthesis.sys, "executable", "/bin/false")
    with pytest.raises(BookError, match="eSpeak NG could not speak"):
        synthesis.speak(["Hello."])
