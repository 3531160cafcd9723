"""The scores of translations are sacrebleu's and jiwer's, and the memory finds the nearest message."""

import jiwer
import numpy as np
import pytest
from sacrebleu.metrics import CHRF

from book.scoring import characters, chrf, edits, nearest, overlaps


def test_nearest():
    places, similar = nearest(["open file", "close"], ["open a file", "close tab", "open file"])
    assert places.tolist() == [2, 1]
    assert similar[0] == pytest.approx(1)
    places, _ = nearest(["open file"], ["open a file", "open file"], np.array([[False, True]]))
    assert places.tolist() == [0]


def test_chrf_is_sacrebleus():
    got, wanted = ["Effacer la sortie", "Le noyau"], ["Effacer les sorties", "Redémarrer le noyau"]
    counts = overlaps(got, wanted, characters, 6)
    assert chrf(counts) == pytest.approx(CHRF().corpus_score(got, [wanted]).score)
    twice = CHRF().corpus_score([got[0], *got], [[wanted[0], *wanted]]).score
    assert chrf(counts, np.array([2, 1])) == pytest.approx(twice)


def test_edits_of_characters():
    got, wanted = "Effacer la sortie", "Effacer les sorties"
    assert edits(got, wanted) == 3 == round(jiwer.cer(wanted, got) * len(wanted))
