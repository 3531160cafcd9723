"""What translations are judged by, and the translation memory. Built in 3.2.5 and 3.2.8, for later lessons.

    counts = overlaps(said, wanted, characters, 6)     # (messages, 6, 3)
    chrf(counts)                                       # of the whole corpus
    chrf(counts, times)                                # of redrawn corpora; times: (repeats, messages)
"""

from collections import Counter

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer


def nearest(asked, known, forbidden=None):
    """For each text the most similar known one, by tf-idf of character n-grams: (places, similarities).

    forbidden: (asked, known), True where a known text may not be found. Built in 3.2.5.
    """
    tfidf = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True).fit(known)
    similar = (tfidf.transform(asked) @ tfidf.transform(known).T).toarray()
    if forbidden is not None:
        similar[forbidden] = -1
    return similar.argmax(axis=1), similar.max(axis=1)


def overlaps(got, wanted, cut, order):
    """Count n-grams: (sentences, order, 3), how many both texts share, `got` has, `wanted` has. Built in 3.2.5."""
    table = np.zeros((len(got), order, 3))
    for i, texts in enumerate(zip(got, wanted, strict=True)):
        units = [cut(text) for text in texts]
        for n in range(1, order + 1):
            ours, theirs = (Counter(zip(*(u[k:] for k in range(n)))) for u in units)
            table[i, n - 1] = (ours & theirs).total(), ours.total(), theirs.total()
    return table


def pooled(table, times=None):
    """Counts of the whole corpus; times: (..., sentences), how often each sentence counts. Built in 3.2.5."""
    times = np.ones(len(table)) if times is None else times
    return np.moveaxis(np.tensordot(times, table, axes=1), -1, 0)         # three of (..., order)


def characters(text):
    """The text without spaces, for chrF. Built in 3.2.5."""
    return "".join(text.split())


def chrf(table, times=None):
    """chrF of a corpus from its counts of n-grams of one to six characters. Built in 3.2.5."""
    both, got, wanted = pooled(np.where(table[..., 2:] > 0, table, 0), times)
    precision, recall = (both / got).mean(-1), (both / wanted).mean(-1)
    return 500 * precision * recall / (4 * precision + recall)


def edits(heard, said):
    """Fewest insertions, deletions and replacements that turn one list of words into another. Built in 3.2.8.

    A text counts as the list of its characters.
    """
    row = list(range(len(said) + 1))
    for i, word in enumerate(heard, start=1):
        last, row = row, [i]
        for j, other in enumerate(said, start=1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (word != other)))
    return row[-1]
