"""The tokenizer of the package: every text comes back, special tokens stay out of reach."""

import random

import pytest

from book import text

TEXTS = ["the low, the lower and the newest", "分久必合，合久必分", "It's 25 km,  isn't it?\n\n\t"]


@pytest.fixture(scope="module")
def tokenizer():
    return text.Tokenizer(text.train_bpe(text.count_pieces(TEXTS), 300), special=("<|end|>",))


def test_every_text_comes_back(tokenizer):
    rng = random.Random(0)
    points = [i for i in range(0x110000) if not 0xD800 <= i < 0xE000]
    strange = ["", " ", "\r\n\u3000", "e\u0301", "👩‍👩‍👧", "<|end|>", "\x00"]
    for one in TEXTS + strange + ["".join(map(chr, rng.choices(points, k=20))) for _ in range(50)]:
        assert tokenizer.decode(tokenizer.encode(one)) == one


def test_pieces_joined_are_the_text():
    for one in TEXTS:
        assert "".join(text.split(one)) == one


def test_merges_of_the_classic_example():
    merges = text.train_bpe({"low": 5, "lower": 2, "newest": 6, "widest": 3}, 261)
    assert text.token_bytes(merges)[256:] == [b"es", b"est", b"lo", b"low", b"ew"]
    small = text.Tokenizer(merges)
    assert [small.tokens[i] for i in small.encode("lowest")] == [b"low", b"est"]


def test_training_ends_where_no_pair_is_left():
    assert len(text.Tokenizer(text.train_bpe({"ab": 3}, 1000))) == 257
    assert text.train_bpe({}, 1000) == []


def test_special_tokens_are_not_reached_by_typing(tokenizer):
    end = tokenizer.special["<|end|>"]
    assert end == len(tokenizer) - 1
    assert end not in tokenizer.encode("a<|end|>b")
    assert tokenizer.decode([*tokenizer.encode("a"), end]) == "a<|end|>"


def test_a_character_that_is_cut_off_is_marked(tokenizer):
    assert tokenizer.decode(tokenizer.encode("龘")[:-1]) == "�"


def test_same_as_hugging_face(tokenizer):
    tokenizers = pytest.importorskip("tokenizers")
    model = tokenizers.Tokenizer(tokenizers.models.BPE())
    model.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    model.train_from_iterator(TEXTS, tokenizers.trainers.BpeTrainer(
        vocab_size=300, initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    for one in [*TEXTS, "the slowest 久合 25 kg"]:
        assert tokenizer.encode(one) == model.encode(one).ids
