"""The tokenizer that later lessons import. Built in lesson 3.2.1, where every line is explained.

    tokenizer = Tokenizer(train_bpe(count_pieces(texts), 8192))
    ids = tokenizer.encode(text)    # a list of whole numbers below len(tokenizer)
    tokenizer.decode(ids) == text   # for every text
"""

import heapq
from collections import Counter, defaultdict
from operator import add

import regex

PIECE = regex.compile(r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
ORDER = [*range(33, 127), *range(161, 173), *range(174, 256)]  # GPT-2's numbers of the bytes: those that print first
ORDER += [byte for byte in range(256) if byte not in ORDER]
NUMBERS = bytes(ORDER.index(byte) for byte in range(256))


def split(text):
    """Cut a text into the pieces inside which tokens are formed, by the rule of GPT-2. Built in 3.2.1."""
    return PIECE.findall(text)


def count_pieces(texts):
    """Return how often each piece occurs in a list of texts. Built in 3.2.1."""
    return Counter(piece for text in texts for piece in split(text))


def spell(text):
    """A text as a word over the first 256 tokens: one character for each byte. Built in 3.2.1."""
    return text.encode().translate(NUMBERS).decode("latin-1")


def pairs(word):
    """The neighbors in a word, each pair a string of two characters. Built in 3.2.1."""
    return map(add, word, word[1:])


def train_bpe(counts, size):
    """Learn merges until there are `size` tokens; return them in their order. Built in 3.2.1.

    counts: {piece of text: how often}, as `count_pieces` returns it

    The most frequent pair is merged; among equals the one that comes first in the order of its tokens, as in
    Hugging Face's trainer. Fewer tokens come back where the text has no more pairs.
    """
    spelled, times = [spell(piece) for piece in counts], list(counts.values())
    found, where = defaultdict(int), defaultdict(list)
    for i, word in enumerate(spelled):
        for pair in pairs(word):
            found[pair] += times[i]
            where[pair].append(i)
    heap, merges = [(-count, pair) for pair, count in found.items()], []
    heapq.heapify(heap)
    while heap and 256 + len(merges) < size:
        count, pair = heapq.heappop(heap)
        if -count != found[pair]:  # it changed since it was pushed
            if found[pair]:
                heapq.heappush(heap, (-found[pair], pair))
            continue
        new, born = chr(256 + len(merges)), set()
        merges.append(pair)
        for i in where.pop(pair):
            word = spelled[i]
            first = word.find(pair)
            if first < 0:  # an earlier merge took it, or the word is listed twice
                continue
            near = word[max(first - 1, 0) : word.rfind(pair) + 3]
            for old in pairs(near):
                found[old] -= times[i]
            for other in pairs(near.replace(pair, new)):
                found[other] += times[i]
                where[other].append(i)
                born.add(other)
            spelled[i] = word.replace(pair, new)
        for other in born:
            heapq.heappush(heap, (-found[other], other))
    return merges


def token_bytes(merges):
    """Return every token as the bytes that it stands for. Built in 3.2.1."""
    tokens = [bytes([byte]) for byte in ORDER]
    for left, right in merges:
        tokens.append(tokens[ord(left)] + tokens[ord(right)])
    return tokens


class Tokenizer:
    """Byte-level BPE: text to token numbers and back. Built in 3.2.1.

    merges:  pairs in the order in which they were learned; pair i becomes token 256 + i
    special: names of tokens that no text is encoded to, numbered after all others
    """

    def __init__(self, merges, special=()):
        self.merges = merges
        self.rank = {pair: i for i, pair in enumerate(merges)}
        self.tokens = token_bytes(merges)
        self.special = {name: len(self.tokens) + i for i, name in enumerate(special)}
        self.tokens += [name.encode() for name in special]
        self.known = {}

    def __len__(self):
        return len(self.tokens)

    def merge(self, word):
        """Apply to a spelled word all merges that it allows, the first learned first."""
        while ranks := [self.rank[pair] for pair in pairs(word) if pair in self.rank]:
            first = min(ranks)
            word = word.replace(self.merges[first], chr(256 + first))
        return word

    def encode(self, text):
        """Return the numbers of the tokens of a text; the pieces met before are remembered."""
        ids = []
        for piece in split(text):
            if piece not in self.known:
                self.known[piece] = [ord(token) for token in self.merge(spell(piece))]
            ids += self.known[piece]
        return ids

    def to_bytes(self, ids):
        """Return the bytes that token numbers stand for."""
        return b"".join(self.tokens[i] for i in ids)

    def decode(self, ids):
        """Return the text of token numbers; a character that is cut off becomes the mark �."""
        return self.to_bytes(ids).decode("utf-8", errors="replace")
